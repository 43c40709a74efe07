// SPDX-License-Identifier: GPL-2.0
/*
 * A connection apart from its segments: how it begins, what it waits for, how
 * it ends.
 */
#include "core/conn_life.h"
#include "core/conn_learn.h"
#include "core/conn_move.h"
#include "core/conn_note.h"
#include "core/zeek.h"

/**
 * tcpfsm_conn_init - initialise a connection, before its first segment
 * @conn: the connection
 * @now: time of the first segment, nanoseconds, clock of struct tcpfsm_view
 */
void tcpfsm_conn_init(struct tcpfsm_conn *conn, u64 now)
{
	memset(conn, 0, sizeof(*conn));
	conn->start = now;
	conn->last = now;
	conn->since[TCPFSM_ROLE_CLIENT] = now;
	conn->since[TCPFSM_ROLE_SERVER] = now;
	conn->end[TCPFSM_ROLE_CLIENT].state = TCPFSM_STATE_CLOSED;
	conn->end[TCPFSM_ROLE_SERVER].state = TCPFSM_STATE_LISTEN;
	conn->end[TCPFSM_ROLE_CLIENT].wscale = TCPFSM_WSCALE_NONE;
	conn->end[TCPFSM_ROLE_SERVER].wscale = TCPFSM_WSCALE_NONE;
}

/**
 * tcpfsm_conn_reopen - begin the next incarnation in place of the last one
 * @conn: the connection, after tcpfsm_conn_supersede()
 * @role: role of the sender of @seg in the old incarnation
 * @seg: the segment whose outcome had @reopen set: a SYN, or the SYN-ACK that
 *	answers the pending SYN
 * @view: where and when @seg was seen
 * @out: filled with the transition that the pending SYN causes, if @seg is its
 *	SYN-ACK; else empty
 *
 * The caller then passes @seg to tcpfsm_conn_segment(). The caller has the
 * connection to itself.
 *
 * Return: the role of the sender of @seg in the new incarnation.
 */
enum tcpfsm_role tcpfsm_conn_reopen(struct tcpfsm_conn *conn,
				    enum tcpfsm_role role,
				    const struct tcpfsm_segment *seg,
				    const struct tcpfsm_view *view,
				    struct tcpfsm_outcome *out)
{
	const u16 kept = TCPFSM_END_LOCAL | TCPFSM_END_LOOPED;
	struct tcpfsm_syn syn = conn->pending;
	bool answers = seg->flags & TCPFSM_ACK;
	enum tcpfsm_role client = answers ? !role : role;
	u16 client_flags = conn->end[client].flags & kept;
	u16 server_flags = conn->end[!client].flags & kept;
	u16 recovers = !answers && role == syn.role ?
		       conn->flags & TCPFSM_CONN_RECOVERING : 0;
	struct tcpfsm_end *end;

	tcpfsm_outcome_clear(out);
	tcpfsm_conn_init(conn, answers ? syn.time : view->now);
	conn->flags = TCPFSM_CONN_REOPENED | recovers;
	conn->end[TCPFSM_ROLE_CLIENT].flags = client_flags;
	conn->end[TCPFSM_ROLE_SERVER].flags = server_flags;
	if (!answers)
		return TCPFSM_ROLE_CLIENT;

	end = &conn->end[TCPFSM_ROLE_CLIENT];
	tcpfsm_conn_learn_syn(end, &syn);
	if (syn.cookie)
		conn->flags |= TCPFSM_CONN_FAST_OPEN;
	end->packets = 1;
	end->bytes = syn.len;
	tcpfsm_zeek_segment(conn, TCPFSM_ROLE_CLIENT,
			    &(struct tcpfsm_segment){
				.flags = TCPFSM_SYN, .seq = syn.seq }, true);
	conn->end[TCPFSM_ROLE_SERVER].rcv_nxt = syn.seq + 1;
	tcpfsm_conn_set_state(conn, TCPFSM_ROLE_CLIENT, TCPFSM_STATE_SYN_SENT,
			      TCPFSM_CAUSE_SYN, true, syn.time, out);
	return TCPFSM_ROLE_SERVER;
}

/*
 * Note the anomalies of an end that is closed without a segment: a FIN that
 * came again was not acknowledged, or the handshake was not completed.
 */
static void note_missing(const struct tcpfsm_conn *conn, enum tcpfsm_role role,
			 enum tcpfsm_cause cause, struct tcpfsm_outcome *out)
{
	const struct tcpfsm_end *end = &conn->end[role];

	if (end->flags & TCPFSM_END_FIN_AGAIN &&
	    (cause == TCPFSM_CAUSE_TIMEOUT || cause == TCPFSM_CAUSE_SYN))
		tcpfsm_conn_note(out, TCPFSM_ANOMALY_TW_NO_REACK, role);
	if (cause == TCPFSM_CAUSE_TIMEOUT && !out->notes &&
	    (end->state == TCPFSM_STATE_SYN_SENT ||
	     end->state == TCPFSM_STATE_SYN_RECEIVED))
		tcpfsm_conn_note(out, TCPFSM_ANOMALY_HANDSHAKE_TIMEOUT, role);
}

/**
 * tcpfsm_conn_end - end a connection for a reason other than its segments
 * @conn: the connection
 * @cause: TIMEOUT, FLUSH, EVICT, or SYN if a new connection takes its place
 * @now: time of the end, nanoseconds, clock of struct tcpfsm_view
 * @out: filled with the transitions of the ends that were not closed yet; they
 *	are not proven
 *
 * The caller has the connection to itself.
 */
void tcpfsm_conn_end(struct tcpfsm_conn *conn, enum tcpfsm_cause cause,
		     u64 now, struct tcpfsm_outcome *out)
{
	int role;

	tcpfsm_outcome_clear(out);
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
		note_missing(conn, role, cause, out);
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
		if (conn->end[role].state != TCPFSM_STATE_CLOSED)
			tcpfsm_conn_set_state(conn, role, TCPFSM_STATE_CLOSED,
					      cause, false, now, out);
	if (conn->closed != TCPFSM_CLOSED_OPEN)
		return;
	if (cause == TCPFSM_CAUSE_SYN)
		conn->closed = TCPFSM_CLOSED_REOPENED;
	else if (cause == TCPFSM_CAUSE_TIMEOUT)
		conn->closed = TCPFSM_CLOSED_TIMEOUT;
	else
		conn->closed = TCPFSM_CLOSED_EVICTED;
}

/**
 * tcpfsm_conn_supersede - end a connection because a new one takes its place
 * @conn: the connection
 * @role: the end that sent @seg
 * @seg: the segment whose outcome had @reopen set: a SYN, or the SYN-ACK that
 *	answers the pending SYN
 * @view: where and when @seg was seen
 * @out: filled with the transitions of the ends that were not closed yet
 *
 * The time of the end is that of the SYN, even if @seg is the SYN-ACK. The
 * caller has the connection to itself.
 */
void tcpfsm_conn_supersede(struct tcpfsm_conn *conn, enum tcpfsm_role role,
			   const struct tcpfsm_segment *seg,
			   const struct tcpfsm_view *view,
			   struct tcpfsm_outcome *out)
{
	bool answers = seg->flags & TCPFSM_ACK;
	u32 seq = answers ? conn->pending.seq : seg->seq;
	u32 expected = conn->end[answers ? !role : role].nxt;
	int i;

	for (i = 0; i < TCPFSM_ROLE_COUNT; i++)
		if (conn->end[i].state == TCPFSM_STATE_TIME_WAIT)
			conn->time_wait[i].isn_delta = seq - expected;
	tcpfsm_conn_end(conn, TCPFSM_CAUSE_SYN,
			answers ? conn->pending.time : view->now, out);
}

/* Close an end without a segment, with the cause TIMEOUT */
static void time_out(struct tcpfsm_conn *conn, enum tcpfsm_role role,
		     bool confirmed, u64 now, struct tcpfsm_outcome *out)
{
	note_missing(conn, role, TCPFSM_CAUSE_TIMEOUT, out);
	/* Without FIN_SECOND a late FIN does not move it back to LAST-ACK */
	conn->end[role].flags &= ~(TCPFSM_END_FIN_AGAIN |
				   TCPFSM_END_FIN_SECOND);
	tcpfsm_conn_set_state(conn, role, TCPFSM_STATE_CLOSED, TCPFSM_CAUSE_TIMEOUT,
			      confirmed, now, out);
}

/**
 * tcpfsm_conn_expire_time_wait - close the ends in TIME-WAIT after 2MSL
 * @conn: the connection
 * @now: time, nanoseconds, clock of struct tcpfsm_view
 * @out: filled with the transitions
 *
 * Leaves an end alone whose TIME-WAIT has %TCPFSM_TW_SOURCE_SOCKET: that ends
 * with its socket, see tcpfsm_conn_socket_gone(). The caller has the connection
 * to itself.
 */
void tcpfsm_conn_expire_time_wait(struct tcpfsm_conn *conn, u64 now,
				  struct tcpfsm_outcome *out)
{
	int role;

	tcpfsm_outcome_clear(out);
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		const struct tcpfsm_end *end = &conn->end[role];

		if (end->state == TCPFSM_STATE_TIME_WAIT &&
		    conn->time_wait[role].source == TCPFSM_TW_SOURCE_WIRE)
			time_out(conn, role, end->flags & TCPFSM_END_CONFIRMED,
				 now, out);
	}
	/*
	 * A rollback of the other end had set closed to open again, and then
	 * that end was closed without a segment.
	 */
	if (both_unconnected(conn) && conn->closed == TCPFSM_CLOSED_OPEN)
		conn->closed = TCPFSM_CLOSED_TIMEOUT;
}

/**
 * tcpfsm_conn_socket_gone - close an end whose socket the kernel has closed
 * @conn: the connection
 * @role: the end; it is not in CLOSED
 * @end: how the socket ended. EXPIRED: its timer ran out; ABORTED: its owner
 *	aborted it, or it was destroyed by hand (ss -K); SKIPPED: the kernel
 *	made no socket for its TIME-WAIT
 * @now: time, nanoseconds, clock of struct tcpfsm_view
 * @out: filled with the transition, which is proven
 *
 * The caller has the connection to itself.
 */
void tcpfsm_conn_socket_gone(struct tcpfsm_conn *conn, enum tcpfsm_role role,
			     enum tcpfsm_tw_end end, u64 now,
			     struct tcpfsm_outcome *out)
{
	struct tcpfsm_time_wait *tw = &conn->time_wait[role];
	bool waited = conn->end[role].state == TCPFSM_STATE_TIME_WAIT;

	tcpfsm_outcome_clear(out);
	time_out(conn, role, true, now, out);
	/* An aborted wait is not an anomaly */
	if (end == TCPFSM_TW_END_ABORTED)
		out->notes = 0;
	if (waited) {
		tw->end = end;
		tw->source = TCPFSM_TW_SOURCE_SOCKET;
	} else {
		/* The close is cut short: its duration is not reported */
		conn->flags |= TCPFSM_CONN_CLOSE_TIMED;
	}
	if (waited && end == TCPFSM_TW_END_SKIPPED) {
		tw->restarts = 0;
		tw->restarted = tw->entered;
		tw->ended = tw->entered;
		out->move[out->count - 1].measured = false;
	}
	if (both_unconnected(conn) && conn->closed == TCPFSM_CLOSED_OPEN)
		conn->closed = end == TCPFSM_TW_END_ABORTED ?
			       TCPFSM_CLOSED_ABORTED : TCPFSM_CLOSED_TIMEOUT;
}

static bool is_close_waiting(const struct tcpfsm_conn *conn,
			     enum tcpfsm_role role)
{
	return conn->end[role].state == TCPFSM_STATE_CLOSE_WAIT;
}

/**
 * tcpfsm_conn_close_wait_due - when a CLOSE-WAIT becomes close-wait-long
 * @conn: the connection
 * @limit: duration from which on it is an anomaly, nanoseconds
 * @due: filled with the time, nanoseconds, clock of struct tcpfsm_view; only
 *	valid if true is returned
 *
 * The caller has the connection to itself.
 *
 * Return: true if an end is in CLOSE-WAIT and it was not reported yet.
 */
bool tcpfsm_conn_close_wait_due(const struct tcpfsm_conn *conn, u64 limit,
				u64 *due)
{
	enum tcpfsm_role role = is_close_waiting(conn, TCPFSM_ROLE_CLIENT) ?
				TCPFSM_ROLE_CLIENT : TCPFSM_ROLE_SERVER;

	*due = conn->since[role] + limit;
	return !(conn->flags & TCPFSM_CONN_LONG_WAIT) &&
	       is_close_waiting(conn, role);
}

/**
 * tcpfsm_conn_long_close_wait - note the anomaly close-wait-long
 * @conn: the connection, with an end in CLOSE-WAIT
 * @out: filled with the anomaly
 *
 * Called once for each CLOSE-WAIT, see tcpfsm_conn_close_wait_due(). The caller
 * has the connection to itself.
 */
void tcpfsm_conn_long_close_wait(struct tcpfsm_conn *conn,
				 struct tcpfsm_outcome *out)
{
	enum tcpfsm_role role = is_close_waiting(conn, TCPFSM_ROLE_CLIENT) ?
				TCPFSM_ROLE_CLIENT : TCPFSM_ROLE_SERVER;

	tcpfsm_outcome_clear(out);
	conn->flags |= TCPFSM_CONN_LONG_WAIT;
	tcpfsm_conn_note(out, TCPFSM_ANOMALY_CLOSE_WAIT_LONG, role);
}

/**
 * tcpfsm_conn_wait - what a connection waits for
 * @conn: the connection
 *
 * Decides how long the connection is kept, and whether it may be evicted. The
 * caller has the connection to itself.
 *
 * Return: enum tcpfsm_wait.
 */
enum tcpfsm_wait tcpfsm_conn_wait(const struct tcpfsm_conn *conn)
{
	u32 states = 1u << conn->end[TCPFSM_ROLE_CLIENT].state |
		     1u << conn->end[TCPFSM_ROLE_SERVER].state;
	u16 both = conn->end[TCPFSM_ROLE_CLIENT].flags &
		   conn->end[TCPFSM_ROLE_SERVER].flags;

	if (both_unconnected(conn))
		return TCPFSM_WAIT_CLOSED;
	if (states & 1u << TCPFSM_STATE_TIME_WAIT)
		return TCPFSM_WAIT_TIME_WAIT;
	if (in_handshake(&conn->end[TCPFSM_ROLE_CLIENT]) ||
	    in_handshake(&conn->end[TCPFSM_ROLE_SERVER]))
		return TCPFSM_WAIT_HALF_OPEN;
	/* Segments of one direction alone do not prove a connection */
	if (conn->flags & TCPFSM_CONN_MIDSTREAM && !(both & TCPFSM_END_SEEN))
		return TCPFSM_WAIT_HALF_OPEN;
	if (states & (1u << TCPFSM_STATE_FIN_WAIT_1 |
		      1u << TCPFSM_STATE_CLOSING |
		      1u << TCPFSM_STATE_LAST_ACK |
		      1u << TCPFSM_STATE_CLOSED))
		return TCPFSM_WAIT_CLOSING;
	return TCPFSM_WAIT_LIVE;
}
