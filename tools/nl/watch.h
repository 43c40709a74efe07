/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Listen to the notifications of the module until a callback wants no more, SIGINT
 * or SIGTERM comes, or the reader of stdout is gone.
 */
#ifndef _TCPFSM_TOOL_WATCH_H
#define _TCPFSM_TOOL_WATCH_H

#include "nl/nl.h"

/* Each returns a status; one that is not STATUS_OK ends watch_run(). */
struct watch {
	/* The groups are joined: notifications from now on will come. May be NULL. */
	int (*begin)(void *data);
	nl_cb notification;
	/* The kernel had to drop some notifications. */
	int (*lost)(void *data);
	/* Those that have come so far were handed on. May be NULL. */
	int (*idle)(void *data);
};

/*
 * What a callback returned, but STATUS_OK for STATUS_ENOUGH; or a status. At SIGINT
 * and SIGTERM the tool exits at once with STATUS_OK, so the callbacks have to flush
 * what they print.
 */
int watch_run(const struct watch *watch, void *data);

#endif /* _TCPFSM_TOOL_WATCH_H */
