// SPDX-License-Identifier: GPL-2.0
/* Laws of times and durations. */
#include "conn_laws.h"

/* Times in the history have 22 significant bits and saturate at 2^53 */
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

	must(!waits || tw->entered, "an end in TIME-WAIT has a time at which it began");
	if (!tw->entered)
		return;
	must(conn->start <= tw->entered && tw->entered <= tw->restarted &&
	     tw->restarted <= now, "TIME-WAIT: start <= entered <= restarted <= now");
	must(waits == !tw->ended,
	     "TIME-WAIT has ended if and only if the end is in another state");
	must(tw->source <= TCPFSM_TW_SOURCE_SOCKET,
	     "TIME-WAIT: the source of its end is one of the enumeration");
	if (waits) {
		must(conn->since[role] == tw->entered,
		     "an end in TIME-WAIT is there since \"entered\"");
		return;
	}
	must(tw->restarted <= tw->ended && tw->ended <= now,
	     "TIME-WAIT: restarted <= ended <= now");
	must(tw->end < TCPFSM_TW_END_COUNT,
	     "TIME-WAIT ends for one of the reasons of the enumeration");
	must(conn->end[role].state == TCPFSM_STATE_CLOSED,
	     "after TIME-WAIT an end is closed");
	must(tw->end == TCPFSM_TW_END_SKIPPED ? tw->ended == tw->entered :
						conn->since[role] == tw->ended,
	     "after TIME-WAIT an end is closed since \"ended\"");
	if (tw->end == TCPFSM_TW_END_SKIPPED || tw->end == TCPFSM_TW_END_ABORTED)
		must(tw->source == TCPFSM_TW_SOURCE_SOCKET,
		     "skipped and aborted TIME-WAITs are told by the socket");
}

static bool has_closed(const struct tcpfsm_end *end)
{
	return end->state == TCPFSM_STATE_FIN_WAIT_1 ||
	       end->state == TCPFSM_STATE_FIN_WAIT_2 ||
	       end->state == TCPFSM_STATE_CLOSING || is_waiting(end);
}

/**
 * laws_of_times - check the times of a connection
 * @conn: the connection
 * @now: the time
 */
void laws_of_times(const struct tcpfsm_conn *conn, u64 now)
{
	int role;

	must(conn->start <= conn->last && conn->last <= now,
	     "start <= last <= now");
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		check_time_wait(conn, role, now);
		must(conn->since[role] <= now &&
		     (conn->since[role] >= conn->start || !conn->since[role]),
		     "\"since\" is unknown or between start and now");
		must(conn->since[role] || conn->flags & TCPFSM_CONN_MIDSTREAM,
		     "\"since\" is unknown only in mid-stream");
		must(conn->rtt[role] <= max(now - conn->start, (u64)1),
		     "a round trip is not longer than the connection");
		must(conn->fin_seen || !has_closed(&conn->end[role]),
		     "an end in a state of the active close: \"fin_seen\" is known");
	}
	must(!conn->fin_seen || (conn->start <= conn->fin_seen && conn->fin_seen <= now),
	     "\"fin_seen\" is between start and now");
}

/* Not if the entry was dropped, or if the state was only assumed and is rolled back */
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
 * laws_of_stays - check the stays that transitions report
 * @before: the connection before them
 * @after: and after them
 * @out: the transitions
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
		     "a stay is measured only if its beginning and its end were seen");
		must(move->measured || !known || !must_be_measured(move),
		     "a stay is measured if its beginning and its end were seen");
		must(!move->measured || move->stay == now - since[move->role],
		     "a stay is the time between two transitions of the end");
		since[move->role] = now;
	}
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
		must(after->since[role] == since[role],
		     "\"since\" changes only with a transition");
}

/**
 * laws_of_durations - check the durations of handshake and close
 * @before: the connection before a segment
 * @after: and after it
 * @out: what it did
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
	     "the duration of the handshake is reported once, with its flag set");
	must(!(before->flags & ~after->flags &
	       (TCPFSM_CONN_OPEN_TIMED | TCPFSM_CONN_CLOSE_TIMED)),
	     "a reported duration stays marked as reported");
	must(!out->close || told & TCPFSM_CONN_CLOSE_TIMED,
	     "the duration of the close is reported with its flag set");
	if (out->handshake)
		must(out->handshake == max(now - after->start, (u64)1) &&
		     after->opened != TCPFSM_OPENED_INCOMPLETE &&
		     after->opened != TCPFSM_OPENED_MIDSTREAM,
		     "the duration of the handshake: from the start to where it is opened");
	if (out->close)
		must(out->close == max(now - after->fin_seen, (u64)1) &&
		     after->fin_seen && !(states & ~done) &&
		     after->end[0].flags & after->end[1].flags & TCPFSM_END_FIN,
		     "the duration of the close: from the first FIN to the last ACK");
}

/**
 * laws_of_time_in_state - check the time in each state by the history
 * @history: the history
 * @conn: its connection
 * @now: the time
 */
void laws_of_time_in_state(const struct tcpfsm_history *history,
			   const struct tcpfsm_conn *conn, u64 now)
{
	u64 stay[TCPFSM_STATE_COUNT], age = now - conn->start;
	int role, state;

	must(tcpfsm_history_forgotten(history) ==
	     (history->total > history->size ? history->total - history->size : 0),
	     "the number of forgotten records: total beyond size");
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		const u8 present = conn->end[role].state;
		u64 sum = 0;
		u32 met;

		memset(stay, 0xa5, sizeof(stay));
		met = tcpfsm_history_stays(history, conn, role, now, stay);
		for (state = 0; state < TCPFSM_STATE_COUNT; state++) {
			must(!stay[state] || met & 1u << state,
			     "time in state: 0 for states that were not met");
			must(stay[state] <= age, "time in state: not more than the age");
			sum += stay[state];
		}
		must(sum <= age + (age >> ROUNDING),
		     "time in state: the sum is not more than the age");
		must(!(met & 1u << TCPFSM_STATE_CLOSED), "time in state: none in CLOSED");
		if (present != TCPFSM_STATE_CLOSED && conn->since[role])
			must(met & 1u << present &&
			     stay[present] >= now - conn->since[role],
			     "time in state: the present state counts until now");
	}
}

/**
 * laws_of_whole_time - check that the times of an end that was never closed add up
 * @history: a history that has forgotten no record
 * @conn: its connection
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
	must(sum + (age >> ROUNDING) + 1 >= age,
	     "time in state: the sum is the age if the end was never closed");
}
