// SPDX-License-Identifier: GPL-2.0
/* What the calls have said of times, added up over a connection. */
#include "conn_world.h"

/**
 * world_begin_times - a connection begins
 * @world: where
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

/* The client was closed until the SYN, with which the connection begins */
static bool is_opening(const struct world *world, const struct tcpfsm_move *move)
{
	return move->old == TCPFSM_STATE_CLOSED &&
	       world->conn.since[move->role] == world->conn.start;
}

/**
 * world_add_times - take what a call has told; where all is known it adds up
 * @world: where
 * @out: what came of the call
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
			     "stays add up to the time since the start");
	}
	world->handshakes += !!out->handshake;
	world->closes += !!out->close;
	must(world->handshakes <= 1 && world->closes <= 1,
	     "a connection has one handshake and one close");
}

/**
 * world_check_history - it remembers the same times, where it remembers all
 * @world: where
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
