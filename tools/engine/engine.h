/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module without the kernel: the same parser and state machine, and here,
 * as in module/track.c and module/expire.c, which segment goes to which
 * connection and when one ends. All are seen from between the two ends, and the
 * clock is the packets': nothing happens after the last one.
 */
#ifndef _TCPFSM_TOOL_ENGINE_H
#define _TCPFSM_TOOL_ENGINE_H

#include "engine/types.h"

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
