// SPDX-License-Identifier: GPL-2.0
/* The laws of when something happened, and how long it lasted. */
#include "conn_laws.h"

/* The history's times: a mantissa of 22 bits, the first of them set, and an end at 2^53 */
#define ROUNDING	21
#define FAR		53

static bool is_waiting(const struct tcpfsm_end *end)
{
	return end->state == TCPFSM_STATE_TIME_WAIT;
}

static void check_time_wait(const struct tcpfsm_conn *conn, int role, u64 now)
{
	const struct tcpfsm_time_wait *tw = &conn->time_wait[role];
	bool waits = is_waiting(&conn->end[role]);

	must(!waits || tw->entered, "TIME-WAIT began at some time");
	if (!tw->entered)
		return;
	must(conn->start <= tw->entered && tw->entered <= tw->restarted &&
	     tw->restarted <= now, "TIME-WAIT begins before it begins anew");
	must(waits == !tw->ended, "TIME-WAIT has ended where nobody is in it");
	must(tw->source <= TCPFSM_TW_SOURCE_SOCKET, "somebody has told its end");
	if (waits) {
		must(conn->since[role] == tw->entered, "it is there since it began");
		return;
	}
	must(tw->restarted <= tw->ended && tw->ended <= now, "it ends last");
	must(tw->end < TCPFSM_TW_END_COUNT, "for a reason that has a name");
	must(conn->end[role].state == TCPFSM_STATE_CLOSED, "and then all is over");
	must(tw->end == TCPFSM_TW_END_SKIPPED ? tw->ended == tw->entered :
						conn->since[role] == tw->ended,
	     "it is closed since then");
	if (tw->end == TCPFSM_TW_END_SKIPPED || tw->end == TCPFSM_TW_END_ABORTED)
		must(tw->source == TCPFSM_TW_SOURCE_SOCKET,
		     "that there is no socket only the kernel knows");
}

static bool has_closed(const struct tcpfsm_end *end)
{
	return end->state == TCPFSM_STATE_FIN_WAIT_1 ||
	       end->state == TCPFSM_STATE_FIN_WAIT_2 ||
	       end->state == TCPFSM_STATE_CLOSING || is_waiting(end);
}

/**
 * laws_of_times - of all times that a connection knows
 * @conn: it
 * @now: the time
 */
void laws_of_times(const struct tcpfsm_conn *conn, u64 now)
{
	int role;

	must(conn->start <= conn->last && conn->last <= now,
	     "segments come between the start and now");
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		check_time_wait(conn, role, now);
		must(conn->since[role] <= now &&
		     (conn->since[role] >= conn->start || !conn->since[role]),
		     "a state is entered between the start and now");
		must(conn->since[role] || conn->flags & TCPFSM_CONN_MIDSTREAM,
		     "it is known when, unless it was before");
		must(conn->rtt[role] <= max(now - conn->start, (u64)1),
		     "a round trip is no longer than the connection");
		must(conn->fin_seen || !has_closed(&conn->end[role]),
		     "who closed first has sent a FIN");
	}
	must(!conn->fin_seen || (conn->start <= conn->fin_seen && conn->fin_seen <= now),
	     "a FIN comes between the start and now");
}

/* What was seen of the end of a stay, and what was only given up or wrong */
static bool may_be_measured(const struct tcpfsm_move *move)
{
	switch (move->cause) {
	case TCPFSM_CAUSE_FLUSH:
	case TCPFSM_CAUSE_EVICT:
	case TCPFSM_CAUSE_ROLLBACK:
		return false;
	case TCPFSM_CAUSE_TIMEOUT:
		return move->confirmed || move->old == TCPFSM_STATE_TIME_WAIT;
	default:
		return true;
	}
}

static bool must_be_measured(const struct tcpfsm_move *move)
{
	return may_be_measured(move) && move->cause != TCPFSM_CAUSE_TIMEOUT;
}

/**
 * laws_of_stays - of how long the ends were where they were
 * @before: the connection before the moves
 * @after: and after them
 * @out: the moves
 */
void laws_of_stays(const struct tcpfsm_conn *before,
		   const struct tcpfsm_conn *after,
		   const struct tcpfsm_outcome *out)
{
	u64 since[TCPFSM_ROLE_COUNT] = { before->since[0], before->since[1] };
	int i, role;

	for (i = 0; i < out->count; i++) {
		const struct tcpfsm_move *move = &out->move[i];
		u64 now = after->since[move->role];
		bool known = since[move->role] &&
			     move->old != TCPFSM_STATE_CLOSED;

		must(!move->measured || (known && may_be_measured(move)),
		     "only what was seen is measured");
		must(move->measured || !known || !must_be_measured(move),
		     "and all of it is");
		must(!move->measured || move->stay == now - since[move->role],
		     "it stayed from when it came until it went");
		since[move->role] = now;
	}
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
		must(after->since[role] == since[role],
		     "who does not move is where it is since then");
}

/**
 * laws_of_durations - of how long the handshake and the close took
 * @before: the connection before a segment
 * @after: and after it
 * @out: what came of it
 * @now: when
 */
void laws_of_durations(const struct tcpfsm_conn *before,
		       const struct tcpfsm_conn *after,
		       const struct tcpfsm_outcome *out, u64 now)
{
	u32 states = 1u << after->end[0].state | 1u << after->end[1].state;
	const u32 done = 1u << TCPFSM_STATE_CLOSED | 1u << TCPFSM_STATE_TIME_WAIT;
	u16 told = after->flags & ~before->flags;

	must(!out->handshake == !(told & TCPFSM_CONN_OPEN_TIMED),
	     "how long the handshake took is told once");
	must(!(before->flags & ~after->flags &
	       (TCPFSM_CONN_OPEN_TIMED | TCPFSM_CONN_CLOSE_TIMED)),
	     "what was told stays told");
	must(!out->close || told & TCPFSM_CONN_CLOSE_TIMED,
	     "and so is how long the close took");
	if (out->handshake)
		must(out->handshake == max(now - after->start, (u64)1) &&
		     after->opened != TCPFSM_OPENED_INCOMPLETE &&
		     after->opened != TCPFSM_OPENED_MIDSTREAM,
		     "a handshake takes from the first segment to when it is done");
	if (out->close)
		must(out->close == max(now - after->fin_seen, (u64)1) &&
		     after->fin_seen && !(states & ~done) &&
		     after->end[0].flags & after->end[1].flags & TCPFSM_END_FIN,
		     "a close takes from the first FIN to the last ACK");
}

/**
 * laws_of_time_in_state - of what the history says of it
 * @history: it
 * @conn: of this connection
 * @now: the time
 */
void laws_of_time_in_state(const struct tcpfsm_history *history,
			   const struct tcpfsm_conn *conn, u64 now)
{
	u64 stay[TCPFSM_STATE_COUNT], age = now - conn->start;
	int role, state;

	must(tcpfsm_history_forgotten(history) ==
	     (history->total > history->size ? history->total - history->size : 0),
	     "what had no room is forgotten");
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		const u8 present = conn->end[role].state;
		u64 sum = 0;
		u32 met;

		memset(stay, 0xa5, sizeof(stay));
		met = tcpfsm_history_stays(history, conn, role, now, stay);
		for (state = 0; state < TCPFSM_STATE_COUNT; state++) {
			must(!stay[state] || met & 1u << state,
			     "where it was not it did not stay");
			must(stay[state] <= age, "no longer than there was a connection");
			sum += stay[state];
		}
		must(sum <= age + (age >> ROUNDING), "nor all of them together");
		must(!(met & 1u << TCPFSM_STATE_CLOSED), "in CLOSED nobody is");
		if (present != TCPFSM_STATE_CLOSED && conn->since[role])
			must(met & 1u << present &&
			     stay[present] >= now - conn->since[role],
			     "in its state an end is until now");
	}
}

/**
 * laws_of_whole_time - of the time of an end that was never closed in between
 * @history: nothing of it is forgotten
 * @conn: of this connection
 * @role: the end
 * @now: the time
 */
void laws_of_whole_time(const struct tcpfsm_history *history,
			const struct tcpfsm_conn *conn, enum tcpfsm_role role, u64 now)
{
	u64 stay[TCPFSM_STATE_COUNT], age = now - conn->start, sum = 0;
	int state;

	if (age >> FAR)
		return;
	tcpfsm_history_stays(history, conn, role, now, stay);
	for (state = 0; state < TCPFSM_STATE_COUNT; state++)
		sum += stay[state];
	must(sum + (age >> ROUNDING) + 1 >= age, "it was always somewhere");
}
