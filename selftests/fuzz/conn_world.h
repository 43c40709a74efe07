/* SPDX-License-Identifier: GPL-2.0 */
/* A connection and all that a caller of conn.h has to do for it. */
#ifndef _TCPFSM_CONN_WORLD_H
#define _TCPFSM_CONN_WORLD_H

#include "conn_laws.h"
#include "conn_step.h"

/**
 * struct world - a connection and its surroundings
 * @conn: the connection
 * @role: of each host in @conn
 * @begun: there was a segment
 * @vantage: where the observer is
 * @rfc1337: see struct tcpfsm_view
 * @now: the clock, nanoseconds
 * @base: what the numbers of each host are relative to
 * @history: of the connection
 * @flight: segments sent over loopback, with relative numbers
 * @from: their senders
 * @flights: how many were sent
 * @whole: every stay of an end so far was measured
 * @stay: sum of the measured stays of an end
 * @late: an end has moved when a loopback segment arrived, but the record of that
 *	segment has the time at which it was sent
 * @handshakes: how often the duration of the handshake was reported
 * @closes: the same for the close
 */
struct world {
	struct tcpfsm_conn	conn;
	enum tcpfsm_role	role[HOST_COUNT];
	bool			begun;
	enum vantage		vantage;
	bool			rfc1337;
	u64			now;
	u32			base[HOST_COUNT];
	struct tcpfsm_history	history;
	struct tcpfsm_segment	flight[FUZZ_FLIGHTS];
	enum host		from[FUZZ_FLIGHTS];
	unsigned int		flights;
	bool			whole[TCPFSM_ROLE_COUNT];
	u64			stay[TCPFSM_ROLE_COUNT];
	bool			late;
	unsigned int		handshakes;
	unsigned int		closes;
};

/**
 * struct happening - what a step did
 * @move: transitions, those of the old incarnation before those of the new one
 * @moves: how many
 * @used: the segment was acceptable on either half of its way
 * @reopened: it opened the next connection
 * @note: anomalies
 * @notes: how many
 * @handshake: its duration, if it was reported
 * @close: the same for the close
 */
struct happening {
	struct tcpfsm_move	move[4 * TCPFSM_MOVES_MAX];
	unsigned int		moves;
	bool			used;
	bool			reopened;
	struct tcpfsm_note	note[4 * TCPFSM_NOTES_MAX];
	unsigned int		notes;
	u64			handshake;
	u64			close;
};

void world_init(struct world *world, u32 client, u32 server, u64 now,
		u8 history);
void world_destroy(struct world *world);
struct happening world_step(struct world *world, const struct fuzz_step *step);
struct tcpfsm_segment world_segment(const struct world *world, enum host from,
				    const struct tcpfsm_segment *relative);
struct tcpfsm_view world_view(const struct world *world, enum host from,
			      u8 halves, bool forged);
void world_pass(struct world *world, enum host from,
		const struct tcpfsm_segment *seg,
		const struct tcpfsm_view *view, struct happening *all);

void world_begin_times(struct world *world);
void world_add_times(struct world *world, const struct tcpfsm_outcome *out);
void world_check_history(const struct world *world);

void probe_duplicate(const struct world *world, enum host from,
		     const struct tcpfsm_segment *seg,
		     const struct tcpfsm_view *view);
void probe_endings(const struct world *world);

#endif /* _TCPFSM_CONN_WORLD_H */
