// SPDX-License-Identifier: GPL-2.0
#include "core/conn_ctx.h"

/* How the connection was opened, once both ends are through the handshake */
static void grade_opening(struct tcpfsm_conn *conn)
{
	const struct tcpfsm_end *client = &conn->end[TCPFSM_ROLE_CLIENT];
	const struct tcpfsm_end *server = &conn->end[TCPFSM_ROLE_SERVER];

	if (conn->flags & TCPFSM_CONN_MIDSTREAM)
		conn->opened = TCPFSM_OPENED_MIDSTREAM;
	else if (in_handshake(client) || in_handshake(server))
		conn->opened = TCPFSM_OPENED_INCOMPLETE;
	/* Who was closed meanwhile comes no further */
	else if (client->state == TCPFSM_STATE_CLOSED ||
		 server->state == TCPFSM_STATE_CLOSED)
		return;
	else if (conn->flags & TCPFSM_CONN_CROSSED_SYN)
		conn->opened = TCPFSM_OPENED_SIMULTANEOUS;
	else if (conn->flags & TCPFSM_CONN_SYN_DATA)
		conn->opened = TCPFSM_OPENED_FAST_OPEN;
	else
		conn->opened = TCPFSM_OPENED_HANDSHAKE;
}

/**
 * tcpfsm_conn_note - note an anomaly
 * @out: where
 * @anomaly: which
 * @role: which end did it
 *
 * Return: the note, for more to be said; of the kind that the catalogue gives.
 */
struct tcpfsm_note *tcpfsm_conn_note(struct tcpfsm_outcome *out,
				     enum tcpfsm_anomaly anomaly,
				     enum tcpfsm_role role)
{
	struct tcpfsm_note *note;

	if (out->notes < TCPFSM_NOTES_MAX)
		out->notes++;
	note = &out->note[out->notes - 1];
	*note = (struct tcpfsm_note){
		.anomaly = anomaly,
		.kind = tcpfsm_anomaly_kinds[anomaly],
		.role = role,
	};
	return note;
}

/* Whether the end of a stay is what happened, and not that we gave up */
static bool ends_stay(enum tcpfsm_state old, enum tcpfsm_cause cause,
		      bool confirmed, bool was_confirmed)
{
	switch (cause) {
	case TCPFSM_CAUSE_FLUSH:
	case TCPFSM_CAUSE_EVICT:
		return false;
	/* It never was in this state */
	case TCPFSM_CAUSE_ROLLBACK:
		return false;
	case TCPFSM_CAUSE_TIMEOUT:
		return confirmed ||
		       (was_confirmed && old == TCPFSM_STATE_TIME_WAIT);
	default:
		return true;
	}
}

static void leave_time_wait(struct tcpfsm_time_wait *tw, enum tcpfsm_cause cause,
			    bool was_confirmed, u64 now)
{
	static const u8 ends[TCPFSM_CAUSE_COUNT] = {
		[TCPFSM_CAUSE_SYN]	= TCPFSM_TW_END_REOPENED,
		[TCPFSM_CAUSE_RST]	= TCPFSM_TW_END_RESET,
		[TCPFSM_CAUSE_EVICT]	= TCPFSM_TW_END_EVICTED,
		[TCPFSM_CAUSE_FLUSH]	= TCPFSM_TW_END_FLUSHED,
		[TCPFSM_CAUSE_TIMEOUT]	= TCPFSM_TW_END_EXPIRED,
	};

	tw->ended = now;
	/* What came after the SYN that ended it has restarted nothing */
	tw->restarted = min(tw->restarted, now);
	tw->end = ends[cause];
	if (cause == TCPFSM_CAUSE_TIMEOUT && !was_confirmed)
		tw->end = TCPFSM_TW_END_UNCONFIRMED;
}

/* Whether the time in the old state is known: @ends, and its beginning was seen */
static inline void put_end(struct tcpfsm_conn *conn, enum tcpfsm_role role,
			   enum tcpfsm_state old, enum tcpfsm_state new,
			   enum tcpfsm_cause cause, bool confirmed, bool ends,
			   u64 now, struct tcpfsm_outcome *out)
{
	struct tcpfsm_end *end = &conn->end[role];
	struct tcpfsm_move *move = &out->move[out->count];
	u64 since = conn->since[role];

	now = max(now, since);
	if (out->count < TCPFSM_MOVES_MAX) {
		out->count++;
		move->role = role;
		move->new = new;
		move->confirmed = confirmed;
		move->stay = now - since;
		if (!since || old == TCPFSM_STATE_CLOSED || !ends) {
			move->stay = 0;
			ends = false;
		}
		move->old = old;
		move->cause = cause;
		move->measured = ends;
	}
	conn->since[role] = now;
	conn->end[TCPFSM_ROLE_CLIENT].fast = 0;
	conn->end[TCPFSM_ROLE_SERVER].fast = 0;
	end->state = new;
	end->flags &= ~TCPFSM_END_CONFIRMED;
	end->flags |= confirmed ? TCPFSM_END_CONFIRMED : 0;
}

/**
 * tcpfsm_conn_set_state - put one end into a state, and note the transition
 * @conn: the connection
 * @role: the end
 * @new: its new state
 * @cause: why
 * @confirmed: it is proven
 * @now: when, nanoseconds; no end leaves a state before it has entered it
 * @out: where it is noted
 */
void tcpfsm_conn_set_state(struct tcpfsm_conn *conn, enum tcpfsm_role role,
		      enum tcpfsm_state new, enum tcpfsm_cause cause,
		      bool confirmed, u64 now, struct tcpfsm_outcome *out)
{
	const struct tcpfsm_end *end = &conn->end[role];
	bool was_confirmed = end->flags & TCPFSM_END_CONFIRMED;
	enum tcpfsm_state old = end->state;

	put_end(conn, role, old, new, cause, confirmed,
		ends_stay(old, cause, confirmed, was_confirmed), now, out);
	if (old == TCPFSM_STATE_TIME_WAIT && new == TCPFSM_STATE_CLOSED)
		leave_time_wait(&conn->time_wait[role], cause, was_confirmed,
				conn->since[role]);
}

static void enter_time_wait(struct tcpfsm_conn *conn, enum tcpfsm_role role,
			    enum tcpfsm_state old, u64 now)
{
	conn->time_wait[role] = (struct tcpfsm_time_wait){
		.entered = now,
		.restarted = now,
	};
	conn->closed = old == TCPFSM_STATE_CLOSING ?
		       TCPFSM_CLOSED_SIMULTANEOUS_FIN : TCPFSM_CLOSED_FIN;
}

/* Both ends have said FIN, and the ACKs of both are on their way */
static bool have_closed(const struct tcpfsm_conn *conn)
{
	const u32 through = 1u << TCPFSM_STATE_TIME_WAIT |
			    1u << TCPFSM_STATE_CLOSED;

	return (conn->closed == TCPFSM_CLOSED_FIN ||
		conn->closed == TCPFSM_CLOSED_SIMULTANEOUS_FIN) &&
	       through & 1u << conn->end[TCPFSM_ROLE_CLIENT].state &&
	       through & 1u << conn->end[TCPFSM_ROLE_SERVER].state;
}

/* How long handshake and close took: each told once, when it is done */
static void take_times(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_conn *conn = x->conn;
	u64 now = x->view->now;

	if (!(conn->flags & TCPFSM_CONN_OPEN_TIMED) &&
	    conn->opened != TCPFSM_OPENED_INCOMPLETE &&
	    conn->opened != TCPFSM_OPENED_MIDSTREAM) {
		conn->flags |= TCPFSM_CONN_OPEN_TIMED;
		x->out->handshake = max(now - conn->start, (u64)1);
	}
	if (!(conn->flags & TCPFSM_CONN_CLOSE_TIMED) && conn->fin_seen &&
	    !(conn->flags & TCPFSM_CONN_RESET) && have_closed(conn)) {
		conn->flags |= TCPFSM_CONN_CLOSE_TIMED;
		x->out->close = max(now - conn->fin_seen, (u64)1);
	}
}

/* What the states of both ends say of the connection */
static noinline void grade(const struct tcpfsm_ctx *x, enum tcpfsm_role role,
			   enum tcpfsm_state old, enum tcpfsm_state new)
{
	struct tcpfsm_conn *conn = x->conn;

	if (new == TCPFSM_STATE_TIME_WAIT)
		enter_time_wait(conn, role, old, x->view->now);
	else if (old == TCPFSM_STATE_LAST_ACK &&
		 conn->closed == TCPFSM_CLOSED_OPEN)
		conn->closed = TCPFSM_CLOSED_FIN;
	if (new != TCPFSM_STATE_CLOSED)
		grade_opening(conn);
	take_times(x);
}

static inline void follow(const struct tcpfsm_ctx *x, enum tcpfsm_role role,
			  enum tcpfsm_state old, enum tcpfsm_state new)
{
	const u32 graded = 1u << TCPFSM_STATE_CLOSED |
			   1u << TCPFSM_STATE_LISTEN |
			   1u << TCPFSM_STATE_SYN_SENT |
			   1u << TCPFSM_STATE_SYN_RECEIVED |
			   1u << TCPFSM_STATE_TIME_WAIT;
	struct tcpfsm_conn *conn = x->conn;

	if (new == TCPFSM_STATE_FIN_WAIT_1 && !conn->fin_seen)
		conn->fin_seen = x->view->now;
	if (new == TCPFSM_STATE_CLOSE_WAIT)
		conn->flags &= ~TCPFSM_CONN_LONG_WAIT;
	/* Once open it is not graded again, but when it ends or goes back */
	if (conn->opened == TCPFSM_OPENED_INCOMPLETE || graded & 1u << new)
		grade(x, role, old, new);
}

/* R3 too: it was closed, or nearly */
static noinline void leave_end(const struct tcpfsm_ctx *x,
			       enum tcpfsm_role role, enum tcpfsm_state new,
			       enum tcpfsm_cause cause, bool confirmed)
{
	struct tcpfsm_conn *conn = x->conn;
	struct tcpfsm_end *end = &conn->end[role];
	enum tcpfsm_state old = end->state;

	tcpfsm_conn_set_state(conn, role, new, cause, confirmed, x->view->now,
			 x->out);
	if (old == TCPFSM_STATE_TIME_WAIT &&
	    end->flags & TCPFSM_END_FIN_AGAIN) {
		end->flags &= ~TCPFSM_END_FIN_AGAIN;
		if (new == TCPFSM_STATE_CLOSED)
			tcpfsm_conn_note(x->out, TCPFSM_ANOMALY_TW_NO_REACK,
					 role);
	}
	if (cause == TCPFSM_CAUSE_ROLLBACK) {
		conn->closed = TCPFSM_CLOSED_OPEN;
		conn->time_wait[role].entered = 0;
	}
	follow(x, role, old, new);
}

/**
 * tcpfsm_conn_move - move one end, and keep what follows from it
 * @x: the segment
 * @role: the end
 * @new: its new state, another one
 * @cause: why
 * @confirmed: it is proven
 */
void tcpfsm_conn_move(const struct tcpfsm_ctx *x, enum tcpfsm_role role,
		      enum tcpfsm_state new, enum tcpfsm_cause cause,
		      bool confirmed)
{
	enum tcpfsm_state old = x->conn->end[role].state;

	if (old == TCPFSM_STATE_TIME_WAIT || old == TCPFSM_STATE_CLOSED) {
		leave_end(x, role, new, cause, confirmed);
		return;
	}
	put_end(x->conn, role, old, new, cause, confirmed,
		cause != TCPFSM_CAUSE_ROLLBACK, x->view->now, x->out);
	follow(x, role, old, new);
}

/**
 * tcpfsm_conn_offer_window - what an end is ready to receive
 * @end: the end
 * @ack: what it acknowledges
 * @window: how much it takes from there, octets
 */
void tcpfsm_conn_offer_window(struct tcpfsm_end *end, u32 ack, u32 window)
{
	u32 edge = ack + window;

	if (!(end->flags & TCPFSM_END_EDGE) || seq_after(edge, end->edge))
		end->edge = edge;
	end->flags |= TCPFSM_END_EDGE;
	if (window > end->max_window)
		end->max_window = window;
}

/**
 * tcpfsm_conn_learn_sender - SND.NXT, what it acknowledges, its window
 * @x: the segment, acceptable
 */
void tcpfsm_conn_learn_sender(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_segment *seg = x->seg;
	struct tcpfsm_end *e = x->e;
	u32 ack = seg->ack;

	x->conn->last = x->view->now;
	if (seg->end != seg->seq && seq_before(seg->seq, e->nxt))
		e->retransmits++;
	e->nxt = seq_max(e->nxt, seg->end);
	e->packets++;
	e->bytes += seg->len;
	if (!(seg->flags & TCPFSM_ACK)) {
		e->flags |= TCPFSM_END_SEEN;
		return;
	}
	e->rcv_nxt = seq_max(e->rcv_nxt, ack);
	if (!(e->flags & TCPFSM_END_ACK) || seq_after(ack, e->ack))
		e->ack = ack;
	tcpfsm_conn_offer_window(e, ack, shifted_window(seg, e, x->p));
	e->flags |= TCPFSM_END_SEEN | TCPFSM_END_ACK;
}

/**
 * tcpfsm_conn_learn_syn - what a SYN says of its sender
 * @end: the sender
 * @syn: the SYN
 */
void tcpfsm_conn_learn_syn(struct tcpfsm_end *end, const struct tcpfsm_syn *syn)
{
	end->iss = syn->seq;
	end->nxt = syn->seq + 1 + syn->len;
	end->syn_len = syn->len;
	end->window = syn->window;
	end->max_window = syn->window;
	end->wscale = syn->wscale;
	end->flags |= TCPFSM_END_SEEN | TCPFSM_END_SYN;
	end->tsval = syn->tsval;
	if (!syn->sack)
		end->flags |= TCPFSM_END_NO_SACK;
	if (syn->stamped)
		end->flags |= TCPFSM_END_STAMPED;
}

/**
 * tcpfsm_conn_is_stale - PAWS, RFC 7323 section 5.3
 * @x: the segment
 *
 * As Linux does it: a timestamp older by one is let pass where there is a full
 * socket (TCP_PAWS_WINDOW), and all of them after 24 days without a segment.
 * A RST is not subject to it but before and after there is a full socket, and
 * then only for a minute (TCP_PAWS_MSL).
 *
 * Return: whether the segment is an old duplicate, told by its timestamp.
 */
bool tcpfsm_conn_is_stale(const struct tcpfsm_ctx *x)
{
	const u64 second = 1000000000;
	bool full = !is_request(x) && x->p->state != TCPFSM_STATE_TIME_WAIT;
	bool rst = x->seg->flags & TCPFSM_RST;
	u64 idle = x->view->now - x->conn->last;

	if (!x->view->receiver_local || !has_stamps(x) || !x->e->tsval ||
	    (rst && full) ||
	    idle > (rst ? 60 : 24 * 24 * 3600) * second)
		return false;
	/* As Linux writes it: what is 2^31 - 1 ahead is not old */
	return (s32)(x->e->tsval - x->seg->tsval) > full;
}
