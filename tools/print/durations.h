/* SPDX-License-Identifier: GPL-2.0 */
/* Histograms of durations by name: a table with a line for each, or JSON. */
#ifndef _TCPFSM_TOOL_DURATIONS_H
#define _TCPFSM_TOOL_DURATIONS_H

#include <stdbool.h>

#include "core/hist.h"	/* of the module */

/* All zero before the first. */
struct durations {
	bool begun;
	char group[32];		/* in JSON: the object that is open; "": none */
};

/* As in "handshake" or "client.time-wait"; those of a role follow each other. */
void durations_put(struct durations *durations, const char *name,
		   const struct tcpfsm_hist *hist);
void durations_end(struct durations *durations);

/* Into an open object, as seconds */
void durations_json(const char *key, const struct tcpfsm_hist *hist);

#endif /* _TCPFSM_TOOL_DURATIONS_H */
