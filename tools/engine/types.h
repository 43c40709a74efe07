/* SPDX-License-Identifier: GPL-2.0 */
/* What an engine consists of: its flows, settings, counters and observer. */
#ifndef _TCPFSM_TOOL_ENGINE_TYPES_H
#define _TCPFSM_TOOL_ENGINE_TYPES_H

#include "core/counter.h"
#include "core/hist.h"
#include "core/setting.h"
#include "engine/flows.h"

/* As in module/track/stats.h */
struct engine_stats {
	uint64_t transition[TCPFSM_STATE_COUNT][TCPFSM_STATE_COUNT];
	uint64_t anomaly[TCPFSM_ANOMALY_COUNT];
	uint64_t reject[TCPFSM_REJECT_COUNT];
	uint64_t counter[TCPFSM_COUNTER_COUNT];
	struct tcpfsm_hist stay[TCPFSM_ROLE_COUNT][TCPFSM_STATE_COUNT];
	struct tcpfsm_hist handshake;
	struct tcpfsm_hist close;
};

/*
 * Functions that are called when something happens to a connection, in the order in
 * which it happens. A member may be NULL. @seg is the segment that was the cause, or
 * NULL; @now the engine's clock. @unwanted is asked about a flow that has ended for
 * good, if those are kept: true frees it.
 */
struct engine_observer {
	void (*moved)(void *data, const struct flow *flow, const struct tcpfsm_move *move,
		      const struct tcpfsm_segment *seg, uint64_t now);
	void (*noted)(void *data, const struct flow *flow, const struct tcpfsm_note *note,
		      const struct tcpfsm_segment *seg, uint64_t now);
	void (*opened)(void *data, const struct flow *flow, uint64_t now);
	void (*closed)(void *data, const struct flow *flow, uint64_t now);
	bool (*unwanted)(void *data, const struct flow *flow, uint64_t now);
};

struct engine {
	struct flows flows;
	struct engine_stats stats;
	uint32_t setting[TCPFSM_SETTING_COUNT];	/* may be changed before the first packet */
	const struct engine_observer *observer;
	void *data;				/* the observer's */
	uint64_t now;
	bool starved;				/* no memory for some history or tally */
};

#endif /* _TCPFSM_TOOL_ENGINE_TYPES_H */
