/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Listen to the notifications of the module: until a callback ends it, SIGINT or
 * SIGTERM comes, or the reader of stdout is gone.
 */
#ifndef _TCPFSM_TOOL_WATCH_H
#define _TCPFSM_TOOL_WATCH_H

#include "nl/nl.h"

/* Each returns a status; STATUS_ENOUGH also ends it, as STATUS_OK of watch_run(). */
struct watch {
	/* We listen: what happens from now on is notified. May be NULL. */
	int (*begin)(void *data);
	nl_cb notification;
	/* Some notifications did not reach us. */
	int (*lost)(void *data);
	/* All that have come are handed on. May be NULL. */
	int (*idle)(void *data);
};

/*
 * A status. At SIGINT and SIGTERM the tool exits at once, with STATUS_OK: the
 * callbacks have to print whole lines, and flush them.
 */
int watch_run(const struct watch *watch, void *data);

#endif /* _TCPFSM_TOOL_WATCH_H */
