/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module without the kernel: the same parser and state machine, and here,
 * as in module/track/track.c and timer.c, which segment goes to which
 * connection and when one ends. All are seen from between the two ends, and the
 * clock is the packets': nothing happens after the last one.
 */
#ifndef _TCPFSM_TOOL_ENGINE_H
#define _TCPFSM_TOOL_ENGINE_H

#include "core/counter.h"	/* of the module, as the next two */
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
 * Who is told. A member may be NULL; @seg is, where no segment was the cause.
 * What happens to one connection is told in the order it happens.
 */
struct engine_observer {
	void (*moved)(void *data, const struct flow *flow, const struct tcpfsm_move *move,
		      const struct tcpfsm_segment *seg, uint64_t now);
	void (*noted)(void *data, const struct flow *flow, const struct tcpfsm_note *note,
		      const struct tcpfsm_segment *seg, uint64_t now);
	void (*opened)(void *data, const struct flow *flow, uint64_t now);
	void (*closed)(void *data, const struct flow *flow, uint64_t now);
};

struct engine {
	struct flows flows;
	struct engine_stats stats;
	uint32_t setting[TCPFSM_SETTING_COUNT];	/* may be changed before the first packet */
	const struct engine_observer *observer;
	void *data;				/* the observer's */
	uint64_t now;
	bool starved;				/* there was no memory for a history or a tally */
};

enum engine_result {
	ENGINE_SEGMENT,		/* a segment, used or not */
	ENGINE_OTHER,		/* not TCP */
	ENGINE_REJECT,		/* TCP, but not usable: counted by its reason */
	ENGINE_CUT,		/* also that, because the capture has not all of its header */
	ENGINE_NO_MEMORY,	/* what is known from here on is not whole */
};

/*
 * @keep: the connections that have ended stay among the flows. NULL: no memory.
 * @observer may be NULL.
 */
struct engine *engine_new(const struct engine_observer *observer, void *data, bool keep);
void engine_free(struct engine *engine);

/*
 * A packet of @total octets from its IP header on, of which @avail are there.
 * Time does not go back: where @now does, it stands still.
 */
enum engine_result engine_packet(struct engine *engine, const uint8_t *bytes,
				 uint32_t avail, uint32_t total, uint64_t now);

/* The place of an end in the key of its connection. */
unsigned int engine_place(const struct flow *flow, enum tcpfsm_role role);

#endif /* _TCPFSM_TOOL_ENGINE_H */
