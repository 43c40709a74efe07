/* SPDX-License-Identifier: GPL-2.0 */
/* The counters of a capture: tcpfsm replay --stats */
#ifndef _TCPFSM_TOOL_REPLAY_STATS_H
#define _TCPFSM_TOOL_REPLAY_STATS_H

#include "engine/engine.h"

/* Packets that the engine does not count, because they are no segments */
struct replay_counts {
	uint64_t packets;
	uint64_t other;		/* not TCP, or not IP */
	uint64_t cut;		/* TCP, but the capture does not have all of the header */
};

/* Print all counters, under the names that the module has for them. A status. */
int replay_stats(const struct engine *engine, const struct replay_counts *counts);

#endif /* _TCPFSM_TOOL_REPLAY_STATS_H */
