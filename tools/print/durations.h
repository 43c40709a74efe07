/* SPDX-License-Identifier: GPL-2.0 */
/* Print histograms of durations: a table with a line for each, or JSON. */
#ifndef _TCPFSM_TOOL_DURATIONS_H
#define _TCPFSM_TOOL_DURATIONS_H

#include <stdbool.h>

#include "core/hist.h"	/* of the module */

/* What is printed so far; all zero before the first histogram */
struct durations {
	bool begun;
	char group[32];		/* JSON: the group whose object is open; "": none */
};

/*
 * @name is as in "handshake" or "client.time-wait": a part before a dot is a group,
 * and all of a group must come in a row.
 */
void durations_put(struct durations *durations, const char *name,
		   const struct tcpfsm_hist *hist);
void durations_end(struct durations *durations);

/* Only the JSON of one histogram, into an open object; times in seconds */
void durations_json(const char *key, const struct tcpfsm_hist *hist);

#endif /* _TCPFSM_TOOL_DURATIONS_H */
