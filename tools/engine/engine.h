/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module without the kernel, for captures. The parser and the state machine are
 * the module's own, module/core. Which flow a segment belongs to and when a flow ends
 * is decided here, as in module/track/track.c and module/track/timer.c. Segments are
 * seen on their way between the two ends, and no end is a socket of this host. The
 * clock is that of the packets: nothing expires after the last one.
 */
#ifndef _TCPFSM_TOOL_ENGINE_H
#define _TCPFSM_TOOL_ENGINE_H

#include "engine/packet.h"
#include "engine/types.h"

enum engine_result {
	ENGINE_SEGMENT,		/* a segment, used or not */
	ENGINE_OTHER,		/* not TCP */
	ENGINE_REJECT,		/* TCP, but not usable: counted by its reason */
	ENGINE_CUT,		/* the same: the capture does not have all of its header */
	ENGINE_NO_MEMORY,	/* from here on something is missing */
};

/*
 * @keep: flows stay in memory after their connections have ended, for flows_next(),
 * unless they are unwanted.
 * @observer may be NULL. Returns NULL if there is no memory.
 */
struct engine *engine_new(const struct engine_observer *observer, void *data, bool keep);
void engine_free(struct engine *engine);

/*
 * Let the time pass, in nanoseconds; the engine's clock stands still while @now goes
 * back. False: ENGINE_NO_MEMORY.
 */
bool engine_advance(struct engine *engine, uint64_t now);

/* Take in a packet, which is of the time to which the engine has advanced. */
enum engine_result engine_packet(struct engine *engine, const struct packet_data *packet);

/* The index of an end in the key of its flow. */
unsigned int engine_place(const struct flow *flow, enum tcpfsm_role role);

#endif /* _TCPFSM_TOOL_ENGINE_H */
