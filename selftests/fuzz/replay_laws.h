/* SPDX-License-Identifier: GPL-2.0 */
/* Properties of the engine of "tcpfsm replay", for any capture. */
#ifndef _TCPFSM_REPLAY_LAWS_H
#define _TCPFSM_REPLAY_LAWS_H

#include "engine/engine.h"
#include "fuzz.h"

/* How many connections of a capture the witness follows */
#define WITNESS_FLOWS	1024

/**
 * struct witness - an observer that remembers its notifications
 * @opened: how many connections were opened
 * @closed: how many were closed
 * @moved: transitions
 * @noted: anomalies
 * @now: the time of the last notification
 * @state: of both ends of each connection, by id: 0 not known, else state + 1
 * @gone: connections that were closed, by id
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
