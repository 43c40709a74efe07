// SPDX-License-Identifier: GPL-2.0
/*
 * What a segment does to the two ends of its connection. Four rules:
 *
 * R1  A segment proves its sender's state.
 * R2  A segment is assumed to reach its receiver once it has passed us and is
 *     acceptable (RFC 9293 section 3.10.7.4); what the receiver does because
 *     of it is assumed until its own segments prove it.
 * R3  Proof beats assumption: what is sent again rolls an assumption back.
 * R4  An unacceptable segment moves nothing. It is named and counted.
 */
#include "core/conn_ctx.h"
#include "core/zeek.h"

/* Nothing has happened yet */
static void clear(struct tcpfsm_outcome *out)
{
	out->count = 0;
	out->notes = 0;
	out->used = false;
	out->reopen = false;
	out->handshake = 0;
	out->close = 0;
}

/*
 * Linux restarts the wait for whatever has an ACK, acceptable or not, and for a
 * SYN with an old timestamp: tcp_timewait_state_process(). The FIN that comes
 * again is what it is for.
 */
static void restart_time_wait(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_time_wait *tw = &x->conn->time_wait[!x->role];

	tw->restarted = x->view->now;
	if (!(x->seg->flags & TCPFSM_FIN) || x->seg->end != x->e->fin)
		return;
	tw->restarts++;
	/* The first one may have been lost on its way to where TIME-WAIT is */
	if (!(x->p->flags & TCPFSM_END_CONFIRMED))
		return;
	if (x->p->flags & TCPFSM_END_FIN_AGAIN)
		tcpfsm_conn_note(x->out, TCPFSM_ANOMALY_TW_NO_REACK, !x->role);
	x->p->flags |= TCPFSM_END_FIN_AGAIN;
}

/*
 * What arrives over loopback was sent before, and not in the last incarnation
 * already.
 */
static bool was_sent(const struct tcpfsm_ctx *x)
{
	return x->e->flags & TCPFSM_END_SEEN &&
	       !seq_after(x->seg->end, x->e->nxt);
}

static void act(const struct tcpfsm_ctx *x)
{
	const u8 flags = x->seg->flags;

	if (flags & TCPFSM_RST)
		tcpfsm_conn_rst(x);
	else if (!sent(x) && !was_sent(x))
		return;
	else if (!(flags & TCPFSM_SYN))
		tcpfsm_conn_ack(x);
	else if (flags & TCPFSM_ACK)
		tcpfsm_conn_synack(x);
	else
		tcpfsm_conn_syn(x);
}

/* The receiver is in TIME-WAIT */
static noinline void act_on_time_wait(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_time_wait *tw = &x->conn->time_wait[!x->role];
	u64 restarted = tw->restarted;

	if (!(x->seg->flags & TCPFSM_RST) &&
	    (x->seg->flags & TCPFSM_ACK || tcpfsm_conn_is_stale(x)))
		restart_time_wait(x);
	act(x);
	/* What belongs to the next connection says nothing of this one */
	if (x->out->reopen)
		tw->restarted = restarted;
}

/**
 * tcpfsm_conn_segment - let a segment act on a connection
 * @conn: the connection
 * @role: which end sent the segment
 * @seg: the segment
 * @view: where and when it was seen
 * @out: what it did; the caller need not initialise it
 *
 * The first segment of a new connection must be one that
 * tcpfsm_conn_opens().
 */
void tcpfsm_conn_segment(struct tcpfsm_conn *conn, enum tcpfsm_role role,
			 const struct tcpfsm_segment *seg,
			 const struct tcpfsm_view *view,
			 struct tcpfsm_outcome *out)
{
	struct tcpfsm_ctx x = {
		.conn = conn,
		.e = &conn->end[role],
		.p = &conn->end[!role],
		.role = role,
		.seg = seg,
		.view = view,
		.out = out,
	};

	clear(out);
	if (view->sender_local)
		x.e->flags |= TCPFSM_END_LOCAL;
	if (view->receiver_local)
		x.p->flags |= TCPFSM_END_LOCAL;

	if (received(&x) && x.p->state == TCPFSM_STATE_TIME_WAIT)
		act_on_time_wait(&x);
	else
		act(&x);
	if (sent(&x) && !out->reopen)
		tcpfsm_zeek_segment(conn, role, seg);
	tcpfsm_conn_mark_fast(conn);
}

/**
 * tcpfsm_conn_bad_flags - a segment whose flags the parser refused
 * @role: which end sent it
 * @out: what it did: nothing but that
 */
void tcpfsm_conn_bad_flags(enum tcpfsm_role role, struct tcpfsm_outcome *out)
{
	clear(out);
	tcpfsm_conn_note(out, TCPFSM_ANOMALY_BAD_FLAGS, role);
}

/**
 * tcpfsm_conn_opens - whether a segment can be the first of a connection
 * @seg: the segment
 *
 * Return: true unless it is a RST, from which nothing can follow.
 */
bool tcpfsm_conn_opens(const struct tcpfsm_segment *seg)
{
	return !(seg->flags & TCPFSM_RST);
}

/**
 * tcpfsm_conn_first - the role of the end that sends the first segment
 * @seg: the first segment that is seen of a connection
 *
 * Return: the server for a SYN-ACK, else the client. Ports are no evidence.
 */
enum tcpfsm_role tcpfsm_conn_first(const struct tcpfsm_segment *seg)
{
	return (seg->flags & (TCPFSM_SYN | TCPFSM_ACK)) ==
	       (TCPFSM_SYN | TCPFSM_ACK) ? TCPFSM_ROLE_SERVER :
					   TCPFSM_ROLE_CLIENT;
}

/**
 * tcpfsm_conn_init - a connection before its first segment
 * @conn: to be initialised
 * @now: time of the first segment, nanoseconds
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
 * tcpfsm_conn_reopen - begin the next incarnation in the place of the last
 * @conn: the connection, already ended with tcpfsm_conn_supersede()
 * @role: role in the old incarnation of the sender of the segment at hand
 * @view: where and when the segment was seen that answered with reopen
 * @seg: that segment: a SYN, or the SYN-ACK that answers the pending SYN
 * @out: the transition that the pending SYN makes, if it was one
 *
 * Return: the role of the sender of the segment in the new incarnation. The
 * segment itself still has to go through tcpfsm_conn_segment().
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

	clear(out);
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
				.flags = TCPFSM_SYN, .len = syn.len });
	conn->end[TCPFSM_ROLE_SERVER].rcv_nxt = syn.seq + 1;
	tcpfsm_conn_set_state(conn, TCPFSM_ROLE_CLIENT, TCPFSM_STATE_SYN_SENT,
			 TCPFSM_CAUSE_SYN, true, syn.time, out);
	return TCPFSM_ROLE_SERVER;
}

/* What was still due from an end, now that nothing comes any more */
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
 * tcpfsm_conn_end - end a connection for another reason than its segments
 * @conn: the connection
 * @cause: TIMEOUT, FLUSH, EVICT, or SYN where a new connection takes its place
 * @now: when, nanoseconds
 * @out: the transitions of those ends that were not closed yet
 */
void tcpfsm_conn_end(struct tcpfsm_conn *conn, enum tcpfsm_cause cause,
		     u64 now, struct tcpfsm_outcome *out)
{
	int role;

	clear(out);
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
 * @role: who sent the segment
 * @seg: the segment that reopens: a SYN, or the SYN-ACK that answers one
 * @view: where and when it was seen
 * @out: the transitions of those ends that were not closed yet
 *
 * It ended when the SYN came, whenever that is answered.
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

/* An end is gone after its time, without a word */
static void time_out(struct tcpfsm_conn *conn, enum tcpfsm_role role,
		     bool confirmed, u64 now, struct tcpfsm_outcome *out)
{
	note_missing(conn, role, TCPFSM_CAUSE_TIMEOUT, out);
	/* Whatever may still come of it, it stays closed */
	conn->end[role].flags &= ~(TCPFSM_END_FIN_AGAIN |
				   TCPFSM_END_FIN_SECOND);
	tcpfsm_conn_set_state(conn, role, TCPFSM_STATE_CLOSED, TCPFSM_CAUSE_TIMEOUT,
			 confirmed, now, out);
}

/**
 * tcpfsm_conn_expire_time_wait - 2MSL have passed
 * @conn: the connection
 * @now: when, nanoseconds
 * @out: the transitions of the ends that were in TIME-WAIT
 *
 * An end whose socket is being watched ends with that instead.
 */
void tcpfsm_conn_expire_time_wait(struct tcpfsm_conn *conn, u64 now,
				  struct tcpfsm_outcome *out)
{
	int role;

	clear(out);
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		const struct tcpfsm_end *end = &conn->end[role];

		if (end->state == TCPFSM_STATE_TIME_WAIT &&
		    conn->time_wait[role].source == TCPFSM_TW_SOURCE_WIRE)
			time_out(conn, role, end->flags & TCPFSM_END_CONFIRMED,
				 now, out);
	}
	/* A rollback had opened it again, and then its end was gone */
	if (both_gone(conn) && conn->closed == TCPFSM_CLOSED_OPEN)
		conn->closed = TCPFSM_CLOSED_TIMEOUT;
}

/**
 * tcpfsm_conn_socket_gone - the kernel has no socket any more for an end
 * @conn: the connection
 * @role: the end; it is not closed
 * @end: EXPIRED: its time was over; ABORTED: by its owner, or somebody else's
 *	hand; SKIPPED: there was no socket for its TIME-WAIT
 * @now: when, nanoseconds
 * @out: the transition, which is proven
 */
void tcpfsm_conn_socket_gone(struct tcpfsm_conn *conn, enum tcpfsm_role role,
			     enum tcpfsm_tw_end end, u64 now,
			     struct tcpfsm_outcome *out)
{
	struct tcpfsm_time_wait *tw = &conn->time_wait[role];
	bool waited = conn->end[role].state == TCPFSM_STATE_TIME_WAIT;

	clear(out);
	time_out(conn, role, true, now, out);
	/* Who did not want to wait any longer has not waited in vain */
	if (end == TCPFSM_TW_END_ABORTED)
		out->notes = 0;
	if (waited) {
		tw->end = end;
		tw->source = TCPFSM_TW_SOURCE_SOCKET;
	} else {
		/* The close is cut short: it will not be told how long it took */
		conn->flags |= TCPFSM_CONN_CLOSE_TIMED;
	}
	if (waited && end == TCPFSM_TW_END_SKIPPED) {
		tw->restarts = 0;
		tw->restarted = tw->entered;
		tw->ended = tw->entered;
		out->move[out->count - 1].measured = false;
	}
	if (both_gone(conn) && conn->closed == TCPFSM_CLOSED_OPEN)
		conn->closed = end == TCPFSM_TW_END_ABORTED ?
			       TCPFSM_CLOSED_ABORTED : TCPFSM_CLOSED_TIMEOUT;
}

static bool is_close_waiting(const struct tcpfsm_conn *conn,
			     enum tcpfsm_role role)
{
	return conn->end[role].state == TCPFSM_STATE_CLOSE_WAIT;
}

/**
 * tcpfsm_conn_close_wait_due - when a CLOSE-WAIT will have been too long
 * @conn: the connection
 * @limit: how long is too long, nanoseconds
 * @due: filled with the time
 *
 * Return: whether there is one that was not told of yet.
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
 * tcpfsm_conn_long_close_wait - a CLOSE-WAIT has been too long; told once
 * @conn: the connection
 * @out: the note
 */
void tcpfsm_conn_long_close_wait(struct tcpfsm_conn *conn,
				 struct tcpfsm_outcome *out)
{
	enum tcpfsm_role role = is_close_waiting(conn, TCPFSM_ROLE_CLIENT) ?
				TCPFSM_ROLE_CLIENT : TCPFSM_ROLE_SERVER;

	clear(out);
	conn->flags |= TCPFSM_CONN_LONG_WAIT;
	tcpfsm_conn_note(out, TCPFSM_ANOMALY_CLOSE_WAIT_LONG, role);
}

/**
 * tcpfsm_conn_wait - what a connection waits for
 * @conn: the connection
 *
 * Return: the kind of wait, which tells how long to keep the connection and
 * whether it may be evicted.
 */
enum tcpfsm_wait tcpfsm_conn_wait(const struct tcpfsm_conn *conn)
{
	u32 states = 1u << conn->end[TCPFSM_ROLE_CLIENT].state |
		     1u << conn->end[TCPFSM_ROLE_SERVER].state;
	u16 both = conn->end[TCPFSM_ROLE_CLIENT].flags &
		   conn->end[TCPFSM_ROLE_SERVER].flags;

	if (both_gone(conn))
		return TCPFSM_WAIT_CLOSED;
	if (states & 1u << TCPFSM_STATE_TIME_WAIT)
		return TCPFSM_WAIT_TIME_WAIT;
	if (in_handshake(&conn->end[TCPFSM_ROLE_CLIENT]) ||
	    in_handshake(&conn->end[TCPFSM_ROLE_SERVER]))
		return TCPFSM_WAIT_HALF_OPEN;
	/* One direction alone is no proof of a connection */
	if (conn->flags & TCPFSM_CONN_MIDSTREAM && !(both & TCPFSM_END_SEEN))
		return TCPFSM_WAIT_HALF_OPEN;
	if (states & (1u << TCPFSM_STATE_FIN_WAIT_1 |
		      1u << TCPFSM_STATE_CLOSING |
		      1u << TCPFSM_STATE_LAST_ACK |
		      1u << TCPFSM_STATE_CLOSED))
		return TCPFSM_WAIT_CLOSING;
	return TCPFSM_WAIT_LIVE;
}
