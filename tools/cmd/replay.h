/* SPDX-License-Identifier: GPL-2.0 */
/* tcpfsm replay: a capture, through the engine. */
#ifndef _TCPFSM_TOOL_REPLAY_H
#define _TCPFSM_TOOL_REPLAY_H

#include "engine/engine.h"

/* What the module does not count, because it does not see it. */
struct replay_counts {
	uint64_t packets;
	uint64_t other;		/* not TCP, or not IP */
	uint64_t cut;		/* TCP, but the capture has not all of the header */
};

/* All counters under the names of the module. A status. */
int replay_stats(const struct engine *engine, const struct replay_counts *counts);

#endif /* _TCPFSM_TOOL_REPLAY_H */
