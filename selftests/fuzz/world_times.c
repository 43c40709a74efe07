// SPDX-License-Identifier: GPL-2.0
/* Durations reported by the calls, added up over a connection. */
#include "conn_world.h"

/**
 * world_begin_times - a connection begins
 * @world: the world
 */
void world_begin_times(struct world *world)
{
	int role;

	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		world->whole[role] = true;
		world->stay[role] = 0;
	}
	world->late = false;
	world->handshakes = 0;
	world->closes = 0;
}

/* The transition of the client by the first SYN: from CLOSED, in no time */
static bool is_opening(const struct world *world, const struct tcpfsm_move *move)
{
	return move->old == TCPFSM_STATE_CLOSED &&
	       world->conn.since[move->role] == world->conn.start;
}

/**
 * world_add_times - add the durations that a call has reported, and check the sum
 * @world: the world
 * @out: what the call did
 */
void world_add_times(struct world *world, const struct tcpfsm_outcome *out)
{
	const struct tcpfsm_conn *conn = &world->conn;
	int i, role;

	for (i = 0; i < out->count; i++) {
		const struct tcpfsm_move *move = &out->move[i];

		if (move->measured)
			world->stay[move->role] += move->stay;
		else if (!is_opening(world, move))
			world->whole[move->role] = false;
	}
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		if (!conn->since[role])
			world->whole[role] = false;
		if (world->whole[role] && conn->end[role].state != TCPFSM_STATE_CLOSED)
			must(world->stay[role] == conn->since[role] - conn->start,
			     "measured stays add up to the time from the start to \"since\"");
	}
	world->handshakes += !!out->handshake;
	world->closes += !!out->close;
	must(world->handshakes <= 1 && world->closes <= 1,
	     "handshake and close are each reported once");
}

/**
 * world_check_history - compare times in the history with those reported
 * @world: the world
 */
void world_check_history(const struct world *world)
{
	const struct tcpfsm_conn *conn = &world->conn;
	int role;

	if (world->late || !world->history.size || tcpfsm_history_forgotten(&world->history) ||
	    conn->flags & TCPFSM_CONN_MIDSTREAM)
		return;
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
		if (world->whole[role] && conn->end[role].state != TCPFSM_STATE_CLOSED)
			laws_of_whole_time(&world->history, conn, role, world->now);
}
