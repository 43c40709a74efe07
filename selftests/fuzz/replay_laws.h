/* SPDX-License-Identifier: GPL-2.0 */
/* What has to hold of the engine of "tcpfsm replay", whatever the capture. */
#ifndef _TCPFSM_REPLAY_LAWS_H
#define _TCPFSM_REPLAY_LAWS_H

#include "engine/engine.h"
#include "fuzz.h"

/* So many connections of a capture are followed from event to event */
#define WITNESS_FLOWS	1024

/**
 * struct witness - an observer that remembers
 * @opened: connections that were told to begin
 * @closed: to have ended
 * @moved: transitions
 * @noted: anomalies
 * @now: the time of the last event
 * @state: of both ends of the connections, by id, 0: not known, else one more
 * @gone: connections that were told to have ended, by id
 */
struct witness {
	u64	opened;
	u64	closed;
	u64	moved;
	u64	noted;
	u64	now;
	u8	state[WITNESS_FLOWS][TCPFSM_ROLE_COUNT];
	bool	gone[WITNESS_FLOWS];
};

extern const struct engine_observer witness_observer;

void laws_of_engine(const struct engine *engine, const struct witness *witness);
void laws_of_flows(const struct engine *engine, const struct witness *witness);
void laws_of_engines(const struct engine *a, const struct engine *b);

#endif /* _TCPFSM_REPLAY_LAWS_H */
