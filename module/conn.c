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
 *
 * "e" is the end that sends the segment at hand, "p" its peer.
 */
#include "conn.h"

#define X(id, name, kind) [TCPFSM_ANOMALY_##id] = name,
const char *const tcpfsm_anomaly_names[TCPFSM_ANOMALY_COUNT] = {
	TCPFSM_ANOMALIES(X)
};
#undef X

/* One segment on its way through a connection */
struct ctx {
	struct tcpfsm_conn		*conn;
	struct tcpfsm_end		*e;
	struct tcpfsm_end		*p;
	enum tcpfsm_role		role;	/* of e */
	const struct tcpfsm_segment	*seg;
	const struct tcpfsm_view	*view;
	struct tcpfsm_outcome		*out;
};

static bool sent(const struct ctx *x)
{
	return x->view->halves & TCPFSM_SENT;
}

static bool received(const struct ctx *x)
{
	return x->view->halves & TCPFSM_RECEIVED;
}

static void tell(const struct ctx *x, enum tcpfsm_anomaly anomaly)
{
	x->out->anomaly = anomaly;
}

static bool in_handshake(const struct tcpfsm_end *end)
{
	return end->state == TCPFSM_STATE_LISTEN ||
	       end->state == TCPFSM_STATE_SYN_SENT ||
	       end->state == TCPFSM_STATE_SYN_RECEIVED;
}

static bool is_gone(const struct tcpfsm_end *end)
{
	return end->state == TCPFSM_STATE_CLOSED ||
	       end->state == TCPFSM_STATE_LISTEN;
}

static bool both_gone(const struct tcpfsm_conn *conn)
{
	return is_gone(&conn->end[TCPFSM_ROLE_CLIENT]) &&
	       is_gone(&conn->end[TCPFSM_ROLE_SERVER]);
}

static bool is_fresh(const struct tcpfsm_conn *conn)
{
	return !((conn->end[TCPFSM_ROLE_CLIENT].flags |
		  conn->end[TCPFSM_ROLE_SERVER].flags) & TCPFSM_END_SEEN);
}

/* How the connection was opened, once both ends are through the handshake */
static void grade_opening(struct tcpfsm_conn *conn)
{
	const struct tcpfsm_end *client = &conn->end[TCPFSM_ROLE_CLIENT];
	const struct tcpfsm_end *server = &conn->end[TCPFSM_ROLE_SERVER];

	if (conn->flags & TCPFSM_CONN_MIDSTREAM)
		conn->opened = TCPFSM_OPENED_MIDSTREAM;
	else if (in_handshake(client) || in_handshake(server))
		conn->opened = TCPFSM_OPENED_INCOMPLETE;
	else if (conn->flags & TCPFSM_CONN_CROSSED_SYN)
		conn->opened = TCPFSM_OPENED_SIMULTANEOUS;
	else if (conn->flags & TCPFSM_CONN_SYN_DATA)
		conn->opened = TCPFSM_OPENED_FAST_OPEN;
	else
		conn->opened = TCPFSM_OPENED_HANDSHAKE;
}

static void move(struct tcpfsm_conn *conn, enum tcpfsm_role role,
		 enum tcpfsm_state new, enum tcpfsm_cause cause,
		 bool confirmed, struct tcpfsm_outcome *out)
{
	struct tcpfsm_end *end = &conn->end[role];

	if (out->count < TCPFSM_MOVES_MAX)
		out->move[out->count++] = (struct tcpfsm_move){
			.role = role,
			.old = end->state,
			.new = new,
			.cause = cause,
			.confirmed = confirmed,
		};
	end->state = new;
	end->flags &= ~TCPFSM_END_CONFIRMED;
	if (confirmed)
		end->flags |= TCPFSM_END_CONFIRMED;
}

static void enter_time_wait(struct tcpfsm_conn *conn, enum tcpfsm_role role,
			    enum tcpfsm_state old, u64 now)
{
	conn->tw_role = role;
	conn->tw_entered = now;
	conn->tw_restarted = now;
	conn->tw_restarts = 0;
	conn->closed = old == TCPFSM_STATE_CLOSING ?
		       TCPFSM_CLOSED_SIMULTANEOUS_FIN : TCPFSM_CLOSED_FIN;
}

/* Move one end by the table, and keep what follows from it */
static void step(const struct ctx *x, struct tcpfsm_end *end,
		 enum tcpfsm_event event, enum tcpfsm_cause cause,
		 bool confirmed)
{
	enum tcpfsm_role role = end == x->e ? x->role : !x->role;
	enum tcpfsm_state old = end->state;
	enum tcpfsm_state new = tcpfsm_fsm_next(old, event);
	struct tcpfsm_conn *conn = x->conn;

	if (new == old) {
		if (confirmed)
			end->flags |= TCPFSM_END_CONFIRMED;
		return;
	}
	move(conn, role, new, cause, confirmed, x->out);

	if (cause == TCPFSM_CAUSE_ROLLBACK && (old == TCPFSM_STATE_TIME_WAIT ||
					       old == TCPFSM_STATE_CLOSED)) {
		conn->closed = TCPFSM_CLOSED_OPEN;
		if (conn->tw_role == role)
			conn->tw_entered = 0;
	}
	if (new == TCPFSM_STATE_TIME_WAIT)
		enter_time_wait(conn, role, old, x->view->now);
	if (old == TCPFSM_STATE_LAST_ACK && conn->closed == TCPFSM_CLOSED_OPEN)
		conn->closed = TCPFSM_CLOSED_FIN;
	if (new != TCPFSM_STATE_CLOSED)
		grade_opening(conn);
}

/* R1: the sender did it, so it is proven */
static void proves(const struct ctx *x, enum tcpfsm_event event,
		   enum tcpfsm_cause cause)
{
	step(x, x->e, event, cause, true);
}

/* R2: proven only where the receiver is a socket of this host */
static void reaches(const struct ctx *x, enum tcpfsm_event event,
		    enum tcpfsm_cause cause)
{
	step(x, x->p, event, cause, x->view->receiver_local);
}

static u32 shifted_window(const struct tcpfsm_segment *seg,
			  const struct tcpfsm_end *end)
{
	/* The window of a SYN is never scaled: RFC 7323 section 2.2 */
	return seg->flags & TCPFSM_SYN ? seg->window :
					 (u32)seg->window << end->wscale;
}

static void offer_window(struct tcpfsm_end *end, u32 ack, u32 window)
{
	u32 edge = ack + window;

	if (!(end->flags & TCPFSM_END_EDGE) || seq_after(edge, end->edge))
		end->edge = edge;
	end->flags |= TCPFSM_END_EDGE;
	if (window > end->max_window)
		end->max_window = window;
}

/* The sender's own numbers: SND.NXT, what it acknowledges, its window */
static void learn_sender(const struct ctx *x)
{
	const struct tcpfsm_segment *seg = x->seg;
	struct tcpfsm_end *e = x->e;

	if (!(e->flags & TCPFSM_END_SEEN))
		e->nxt = seg->seq;
	else if (seg->end != seg->seq && seq_before(seg->seq, e->nxt))
		e->retransmits++;
	e->flags |= TCPFSM_END_SEEN;
	e->nxt = seq_max(e->nxt, seg->end);
	e->packets++;
	e->bytes += seg->len;
	x->conn->last = x->view->now;

	if (!(seg->flags & TCPFSM_ACK))
		return;
	if (!(e->flags & TCPFSM_END_ACK) || seq_after(seg->ack, e->ack)) {
		e->ack = seg->ack;
		e->rcv_nxt = e->flags & TCPFSM_END_ACK ||
			     x->p->flags & TCPFSM_END_SEEN ?
			     seq_max(e->rcv_nxt, seg->ack) : seg->ack;
	}
	e->flags |= TCPFSM_END_ACK;
	offer_window(e, seg->ack, shifted_window(seg, e));
}

/* RFC 7323 section 2.2: scaling only when both SYNs carried the option */
static void agree_on_scaling(const struct ctx *x)
{
	if (x->seg->wscale == TCPFSM_WSCALE_NONE ||
	    x->p->wscale == TCPFSM_WSCALE_NONE) {
		x->e->wscale = 0;
		x->p->wscale = 0;
	} else {
		x->e->wscale = x->seg->wscale;
	}
}

static void learn_syn(struct tcpfsm_end *end, const struct tcpfsm_syn *syn)
{
	end->iss = syn->seq;
	end->nxt = syn->seq + 1 + syn->len;
	end->syn_len = syn->len;
	end->window = syn->window;
	end->max_window = syn->window;
	end->wscale = syn->wscale;
	end->flags |= TCPFSM_END_SEEN | TCPFSM_END_SYN;
}

static struct tcpfsm_syn syn_of(const struct ctx *x)
{
	return (struct tcpfsm_syn){
		.seq = x->seg->seq,
		.window = x->seg->window,
		.len = min(x->seg->len, (u32)0xffff),
		.wscale = x->seg->wscale,
		.role = x->role,
	};
}

/* A SYN that opens: the first one, another ISN before any answer, a crossing */
static void send_first_syn(const struct ctx *x)
{
	struct tcpfsm_syn syn = syn_of(x);

	x->e->packets++;
	x->e->bytes += x->seg->len;
	x->conn->last = x->view->now;
	learn_syn(x->e, &syn);
	proves(x, TCPFSM_SND_SYN, TCPFSM_CAUSE_SYN);
}

static void receive_syn(const struct ctx *x)
{
	x->p->rcv_nxt = x->seg->seq + 1;
	/* Now the window of the SYN that went the other way has a place */
	if (x->p->flags & TCPFSM_END_SYN)
		offer_window(x->p, x->p->rcv_nxt, x->p->window);
	if (x->p->state == TCPFSM_STATE_SYN_SENT)
		reaches(x, TCPFSM_RCV_SYN, TCPFSM_CAUSE_SYN);
}

static void first_syn(const struct ctx *x)
{
	x->out->used = true;
	if (sent(x))
		send_first_syn(x);
	if (received(x))
		receive_syn(x);
}

/* The same SYN again: its sender is still, or was after all, in SYN-SENT */
static void syn_again(const struct ctx *x)
{
	struct tcpfsm_end *e = x->e;

	x->out->used = true;
	if (sent(x)) {
		e->packets++;
		e->bytes += x->seg->len;
		e->retransmits++;
		x->conn->last = x->view->now;
		tell(x, TCPFSM_ANOMALY_SYN_REXMIT);
		proves(x, TCPFSM_AGAIN_SYN, TCPFSM_CAUSE_ROLLBACK);
	}
	if (received(x))
		receive_syn(x);
}

/* Whether a SYN with a known ISN can still be a retransmission by its sender */
static bool may_resend_syn(const struct tcpfsm_end *e)
{
	if (e->flags & TCPFSM_END_ACK)
		return false;
	return e->state == TCPFSM_STATE_SYN_SENT ||
	       e->state == TCPFSM_STATE_ESTABLISHED ||
	       e->state == TCPFSM_STATE_SYN_RECEIVED;
}

/*
 * A SYN where one does not belong. RFC 5961 section 4 and RFC 6191: nothing
 * changes unless a SYN-ACK answers it, so only remember it.
 */
static void keep_pending(const struct ctx *x)
{
	if (!is_gone(x->p) && x->p->state != TCPFSM_STATE_TIME_WAIT)
		tell(x, TCPFSM_ANOMALY_SYN_IN_SYNC);
	x->conn->pending = syn_of(x);
	x->conn->flags |= TCPFSM_CONN_PENDING;
}

static void on_syn(const struct ctx *x)
{
	struct tcpfsm_end *e = x->e, *p = x->p;
	bool same = e->flags & TCPFSM_END_SYN && x->seg->seq == e->iss;

	if (is_fresh(x->conn)) {
		first_syn(x);
		return;
	}
	if (same && may_resend_syn(e)) {
		syn_again(x);
		return;
	}
	/* On arrival over loopback: it was taken note of when it was sent */
	if (same && !sent(x)) {
		receive_syn(x);
		return;
	}
	/* The kernel itself has a socket in SYN-SENT: nothing is left of e */
	if (x->view->genuine && sent(x) && e->state != TCPFSM_STATE_LISTEN) {
		x->out->reopen = true;
		return;
	}
	/* With the ISN of a closed connection it may be an old duplicate */
	if (both_gone(x->conn) && !same) {
		x->out->reopen = true;
		return;
	}
	if (e->state == TCPFSM_STATE_SYN_SENT &&
	    p->state == TCPFSM_STATE_LISTEN) {
		first_syn(x);
		tell(x, TCPFSM_ANOMALY_SYN_ISN_CHANGED);
		return;
	}
	/* Crossing SYNs; a server that answers a SYN with one looks the same */
	if (e->state == TCPFSM_STATE_LISTEN &&
	    p->state == TCPFSM_STATE_SYN_SENT) {
		x->conn->flags |= TCPFSM_CONN_CROSSED_SYN;
		first_syn(x);
		tell(x, TCPFSM_ANOMALY_SIMULTANEOUS_OPEN);
		return;
	}
	keep_pending(x);
}

static bool acknowledges_syn(u32 ack, u32 iss, u16 syn_len)
{
	return ack - (iss + 1) <= syn_len;
}

/* A SYN-ACK whose SYN was not seen tells both ISNs, and who is who */
static void infer_syn(const struct ctx *x)
{
	x->conn->flags |= TCPFSM_CONN_MIDSTREAM;
	x->p->iss = x->seg->ack - 1;
	x->p->nxt = x->seg->ack;
	x->p->flags |= TCPFSM_END_SYN;
	x->p->state = TCPFSM_STATE_SYN_SENT;
	x->p->wscale = x->seg->wscale == TCPFSM_WSCALE_NONE ?
		       TCPFSM_WSCALE_NONE : TCPFSM_WSCALE_MAX;
	tell(x, TCPFSM_ANOMALY_SYNACK_UNSOLICITED);
}

/*
 * Before the first ACK of it a SYN-ACK may carry another ISN: a server with
 * SYN cookies computes a new one for each SYN.
 */
static void send_synack(const struct ctx *x)
{
	struct tcpfsm_end *e = x->e;
	bool again = e->flags & TCPFSM_END_SYN && x->seg->seq == e->iss &&
		     e->state != TCPFSM_STATE_SYN_SENT;

	if (!again) {
		e->iss = x->seg->seq;
		e->nxt = x->seg->seq;
		e->flags |= TCPFSM_END_SYN;
	}
	learn_sender(x);
	agree_on_scaling(x);
	if (again) {
		if (!(x->conn->flags & TCPFSM_CONN_CROSSED_SYN))
			tell(x, TCPFSM_ANOMALY_SYNACK_REXMIT);
		proves(x, TCPFSM_AGAIN_SYNACK, TCPFSM_CAUSE_ROLLBACK);
	} else {
		proves(x, TCPFSM_SND_SYNACK, TCPFSM_CAUSE_SYN_ACK);
	}
	if (x->seg->ack != x->p->iss + 1)
		x->conn->flags |= TCPFSM_CONN_SYN_DATA;
}

static void receive_synack(const struct ctx *x)
{
	struct tcpfsm_end *p = x->p;
	bool first = !(p->flags & TCPFSM_END_EDGE);

	if (first || seq_after(x->seg->end, p->rcv_nxt))
		p->rcv_nxt = x->seg->end;
	if (first)
		offer_window(p, x->seg->seq + 1, p->window);
	reaches(x, TCPFSM_RCV_SYNACK, TCPFSM_CAUSE_SYN_ACK);
}

/* Whether e may be one that (still) sends SYN-ACKs */
static bool may_send_synack(const struct tcpfsm_end *e)
{
	if (in_handshake(e))
		return true;
	return !(e->flags & TCPFSM_END_OPEN) &&
	       (e->state == TCPFSM_STATE_ESTABLISHED ||
		e->state == TCPFSM_STATE_CLOSE_WAIT);
}

static void on_synack(const struct ctx *x)
{
	const struct tcpfsm_segment *seg = x->seg;
	struct tcpfsm_conn *conn = x->conn;
	struct tcpfsm_end *e = x->e, *p = x->p;

	if (conn->flags & TCPFSM_CONN_PENDING &&
	    conn->pending.role != x->role &&
	    acknowledges_syn(seg->ack, conn->pending.seq, conn->pending.len)) {
		if (e->state == TCPFSM_STATE_TIME_WAIT)
			tell(x, TCPFSM_ANOMALY_TW_REOPEN);
		x->out->reopen = true;
		return;
	}
	if (is_fresh(conn))
		infer_syn(x);
	if (!(p->flags & TCPFSM_END_SYN)) {
		tell(x, TCPFSM_ANOMALY_SYNACK_WRONG_DIR);
		return;
	}
	if (!acknowledges_syn(seg->ack, p->iss, p->syn_len)) {
		tell(x, TCPFSM_ANOMALY_SYNACK_BAD_ACK);
		return;
	}
	/* An old duplicate, or after its ISN was acknowledged a forgery */
	if (!may_send_synack(e) ||
	    (e->flags & TCPFSM_END_SYN && seg->seq != e->iss &&
	     p->flags & TCPFSM_END_ACK))
		return;

	x->out->used = true;
	if (sent(x))
		send_synack(x);
	if (received(x))
		receive_synack(x);
}

/*
 * Exact, as RFC 5961 section 3 asks. A remote receiver may still miss what is
 * only assumed to have arrived; then it expects what it last acknowledged.
 * Linux also takes a RST at the FIN's own sequence number once it has the FIN
 * (tcp_reset_check()).
 */
static bool rst_is_exact(const struct ctx *x)
{
	const struct tcpfsm_end *p = x->p;
	u32 seq = x->seg->seq;

	if (seq == p->rcv_nxt)
		return true;
	if (!x->view->receiver_local && p->flags & TCPFSM_END_ACK &&
	    seq == p->ack)
		return true;
	return seq == p->rcv_nxt - 1 && x->e->flags & TCPFSM_END_FIN &&
	       p->rcv_nxt == x->e->fin &&
	       (p->state == TCPFSM_STATE_CLOSE_WAIT ||
		p->state == TCPFSM_STATE_LAST_ACK ||
		p->state == TCPFSM_STATE_CLOSING);
}

static bool rst_in_window(const struct ctx *x)
{
	const struct tcpfsm_end *p = x->p;

	return p->flags & TCPFSM_END_EDGE &&
	       !seq_before(x->seg->seq, p->rcv_nxt) &&
	       seq_before(x->seg->seq, p->edge);
}

/* Whether p acts on the RST; says why when it does not */
static bool rst_counts(const struct ctx *x)
{
	const struct tcpfsm_end *p = x->p;

	switch (p->state) {
	case TCPFSM_STATE_CLOSED:
	case TCPFSM_STATE_LISTEN:
		return false;
	case TCPFSM_STATE_SYN_SENT:
		/* RFC 9293 section 3.10.7.3: only with an ACK of the SYN */
		if (x->seg->flags & TCPFSM_ACK &&
		    acknowledges_syn(x->seg->ack, p->iss, p->syn_len))
			return true;
		tell(x, TCPFSM_ANOMALY_SYN_RST_BAD);
		return false;
	case TCPFSM_STATE_SYN_RECEIVED:
		/* Linux takes any in the window here (tcp_check_req()) */
		if (rst_is_exact(x) ||
		    (!(x->conn->flags & TCPFSM_CONN_CROSSED_SYN) &&
		     rst_in_window(x)))
			return true;
		break;
	case TCPFSM_STATE_TIME_WAIT:
		if (x->view->receiver_local && x->view->rfc1337)
			return false;
		fallthrough;
	default:
		if (rst_is_exact(x))
			return true;
	}
	tell(x, rst_in_window(x) ? TCPFSM_ANOMALY_RST_INEXACT :
				   TCPFSM_ANOMALY_RST_OUT_OF_WINDOW);
	return false;
}

static void grade_reset(const struct ctx *x)
{
	struct tcpfsm_conn *conn = x->conn;

	if (x->p->state == TCPFSM_STATE_TIME_WAIT)
		tell(x, TCPFSM_ANOMALY_TW_ASSASSINATED);
	else if (x->p->state == TCPFSM_STATE_SYN_SENT)
		tell(x, TCPFSM_ANOMALY_REFUSED);
	else
		tell(x, TCPFSM_ANOMALY_ABORT_RST);
	if (conn->closed != TCPFSM_CLOSED_OPEN)
		return;
	if (x->p->state == TCPFSM_STATE_SYN_SENT)
		conn->closed = TCPFSM_CLOSED_REFUSED;
	else if (in_handshake(x->e) || in_handshake(x->p))
		conn->closed = TCPFSM_CLOSED_ABORTED;
	else
		conn->closed = TCPFSM_CLOSED_RESET;
}

/*
 * A RST closes both ends, if the receiver acts on it. This host's own TCP
 * closes when it sends one, even where the receiver will not take it; but not
 * in the handshake, where a RST answers a segment and not the connection.
 */
static void on_rst(const struct ctx *x)
{
	bool counts = rst_counts(x);
	bool own = sent(x) && x->view->genuine && !in_handshake(x->e) &&
		   x->e->state != TCPFSM_STATE_CLOSED;

	if (!counts && !own)
		return;
	x->out->used = true;
	grade_reset(x);
	x->conn->flags |= TCPFSM_CONN_RESET;
	if (sent(x)) {
		x->e->packets++;
		x->conn->last = x->view->now;
		proves(x, TCPFSM_SND_RST, TCPFSM_CAUSE_RST);
	}
	if (received(x) && counts)
		reaches(x, TCPFSM_RCV_RST, TCPFSM_CAUSE_RST);
}

/* Mid-stream: both are at least established; who opened cannot be known */
static void pick_up(const struct ctx *x)
{
	x->conn->flags |= TCPFSM_CONN_MIDSTREAM;
	x->conn->opened = TCPFSM_OPENED_MIDSTREAM;
	x->e->state = TCPFSM_STATE_ESTABLISHED;
	x->p->state = TCPFSM_STATE_ESTABLISHED;
	/* The shift is unknown, so take the largest: never an alarm for nothing */
	x->e->wscale = TCPFSM_WSCALE_MAX;
	x->p->wscale = TCPFSM_WSCALE_MAX;
	x->e->nxt = x->seg->seq;
	x->p->nxt = x->seg->ack;
	x->e->rcv_nxt = x->seg->ack;
	x->p->rcv_nxt = x->seg->seq;
	x->e->flags |= TCPFSM_END_SEEN | TCPFSM_END_OPEN;
}

/* RFC 9293 section 3.10.7.4, "first check sequence number" */
static bool seq_acceptable(const struct ctx *x)
{
	const struct tcpfsm_end *p = x->p;

	if (p->flags & TCPFSM_END_EDGE && seq_after(x->seg->seq, p->edge)) {
		tell(x, TCPFSM_ANOMALY_SEQ_OUT_OF_WINDOW);
		return false;
	}
	if (!(p->flags & TCPFSM_END_ACK) || !seq_before(x->seg->end, p->ack))
		return true;
	/*
	 * All of it was acknowledged: a retransmission of old data, a
	 * keepalive, a window probe. The receiver only answers it.
	 */
	if (p->ack - x->seg->end > p->max_window + 1)
		tell(x, TCPFSM_ANOMALY_SEQ_OUT_OF_WINDOW);
	return false;
}

/* "Fifth check the ACK field", narrowed by RFC 5961 section 5 */
static bool ack_acceptable(const struct ctx *x)
{
	const struct tcpfsm_end *e = x->e, *p = x->p;
	u32 ack = x->seg->ack;

	if (p->state == TCPFSM_STATE_SYN_RECEIVED &&
	    (!seq_after(ack, p->iss) || seq_after(ack, p->nxt))) {
		tell(x, TCPFSM_ANOMALY_ACK3_BAD_ACK);
		return false;
	}
	/* In mid-stream p may have sent more before we looked */
	if (seq_after(ack, p->nxt) &&
	    !(x->conn->flags & TCPFSM_CONN_MIDSTREAM &&
	      (!(e->flags & TCPFSM_END_EDGE) || !seq_after(ack, e->edge)))) {
		tell(x, TCPFSM_ANOMALY_ACK_UNSENT);
		return false;
	}
	return !(e->flags & TCPFSM_END_ACK) ||
	       !seq_before(ack, e->ack - e->max_window - 1);
}

/* The ends are where an ACK, with or without data or FIN, means something */
static bool ack_belongs(const struct ctx *x)
{
	switch (x->e->state) {
	case TCPFSM_STATE_LISTEN:
		/* The answer of a half-open old connection, perhaps */
		return false;
	case TCPFSM_STATE_SYN_SENT:
		if (x->p->flags & TCPFSM_END_SYN)
			break;
		tell(x, x->seg->flags & TCPFSM_FIN ?
			TCPFSM_ANOMALY_FIN_EARLY :
			TCPFSM_ANOMALY_ACK_BEFORE_SYNACK);
		return false;
	case TCPFSM_STATE_CLOSED:
		if (x->conn->flags & TCPFSM_CONN_RESET) {
			tell(x, TCPFSM_ANOMALY_AFTER_RST);
			return false;
		}
		break;
	default:
		break;
	}
	/* RFC 9293 section 3.10.7.3: without a SYN or RST it is dropped */
	return x->p->state != TCPFSM_STATE_SYN_SENT;
}

/* Nothing comes after a FIN, and a FIN stays where it is */
static bool keeps_its_fin(const struct ctx *x)
{
	const struct tcpfsm_end *e = x->e;

	if (!(e->flags & TCPFSM_END_FIN))
		return true;
	if (seq_after(x->seg->end, e->fin)) {
		tell(x, TCPFSM_ANOMALY_DATA_AFTER_FIN);
		return false;
	}
	if (x->seg->flags & TCPFSM_FIN && x->seg->end != e->fin) {
		tell(x, TCPFSM_ANOMALY_FIN_MOVED);
		return false;
	}
	return true;
}

static bool covers_fin(u32 ack, const struct tcpfsm_end *end)
{
	return end->flags & TCPFSM_END_FIN && !seq_before(ack, end->fin);
}

static void send_first_fin(const struct ctx *x)
{
	struct tcpfsm_end *e = x->e;

	e->flags |= TCPFSM_END_FIN;
	e->fin = x->seg->end;
	if (covers_fin(e->ack, x->p)) {
		e->flags |= TCPFSM_END_FIN_SECOND;
	} else if (x->p->flags & TCPFSM_END_FIN) {
		tell(x, TCPFSM_ANOMALY_SIMULTANEOUS_CLOSE);
		/* R3: the peer's FIN had not reached it after all */
		proves(x, TCPFSM_AGAIN_FIN, TCPFSM_CAUSE_ROLLBACK);
	}
	proves(x, TCPFSM_SND_FIN, TCPFSM_CAUSE_FIN);
}

/*
 * R3: the ACK of its FIN has not reached it. Whether it waits for that ACK in
 * CLOSING or in LAST-ACK was decided when it sent the FIN first. An ACK field
 * that went back tells an old duplicate, which proves nothing.
 */
static void send_fin_again(const struct ctx *x)
{
	struct tcpfsm_end *e = x->e;

	tell(x, TCPFSM_ANOMALY_FIN_REXMIT);
	if (x->seg->ack != e->ack)
		return;
	if (!covers_fin(e->ack, x->p))
		proves(x, TCPFSM_AGAIN_FIN, TCPFSM_CAUSE_ROLLBACK);
	else if (e->state != TCPFSM_STATE_CLOSED ||
		 e->flags & TCPFSM_END_FIN_SECOND)
		proves(x, TCPFSM_AGAIN_FIN_ACK, TCPFSM_CAUSE_ROLLBACK);
}

/* Whether a segment of e proves that the ACK of its SYN-ACK has arrived */
static bool proves_open(const struct ctx *x)
{
	const struct tcpfsm_end *p = x->p;

	if (seq_after(x->seg->ack, p->iss + 1 + p->syn_len))
		return true;
	/*
	 * With Fast Open a server sends data before; and a bare ACK may be a
	 * challenge ACK, which Linux sends in SYN-RECEIVED too.
	 */
	return x->seg->len && !(x->conn->flags & TCPFSM_CONN_SYN_DATA);
}

static enum tcpfsm_cause data_or_ack(const struct tcpfsm_segment *seg)
{
	return seg->len ? TCPFSM_CAUSE_DATA : TCPFSM_CAUSE_ACK;
}

static void send_ack(const struct ctx *x)
{
	const struct tcpfsm_segment *seg = x->seg;
	struct tcpfsm_end *e = x->e;
	bool again = e->flags & TCPFSM_END_FIN;

	learn_sender(x);
	if (x->conn->flags & TCPFSM_CONN_MIDSTREAM)
		x->p->nxt = seq_max(x->p->nxt, seg->ack);

	switch (e->state) {
	case TCPFSM_STATE_SYN_SENT:
		proves(x, TCPFSM_SND_ACK_SYN, TCPFSM_CAUSE_ACK);
		break;
	case TCPFSM_STATE_SYN_RECEIVED:
		if (proves_open(x))
			proves(x, TCPFSM_SND_DATA, data_or_ack(seg));
		break;
	case TCPFSM_STATE_ESTABLISHED:
		e->flags |= TCPFSM_END_CONFIRMED;
		break;
	default:
		break;
	}
	if (e->state != TCPFSM_STATE_SYN_RECEIVED)
		e->flags |= TCPFSM_END_OPEN;

	if (covers_fin(seg->ack, x->p))
		proves(x, TCPFSM_SND_ACK_FIN, TCPFSM_CAUSE_ACK);
	if (seg->flags & TCPFSM_FIN) {
		if (again)
			send_fin_again(x);
		else
			send_first_fin(x);
	}
}

/* What p had without a hole before it, now reaches to where? */
static void advance_receiver(const struct ctx *x)
{
	const struct tcpfsm_segment *seg = x->seg;
	struct tcpfsm_end *p = x->p;
	u32 end = seg->end;

	/* A FIN beyond the window waits for the receiver's word */
	if (seg->flags & TCPFSM_FIN && p->flags & TCPFSM_END_EDGE &&
	    seq_after(end, p->edge))
		end--;
	if (seq_after(seg->seq, p->rcv_nxt)) {
		if (seg->flags & TCPFSM_FIN)
			tell(x, TCPFSM_ANOMALY_FIN_GAP);
		return;
	}
	p->rcv_nxt = seq_max(p->rcv_nxt, end);
}

static void receive_ack(const struct ctx *x)
{
	const struct tcpfsm_segment *seg = x->seg;
	struct tcpfsm_end *p = x->p;

	if (p->state == TCPFSM_STATE_SYN_RECEIVED)
		reaches(x, TCPFSM_RCV_ACK_SYN, data_or_ack(seg));
	if (covers_fin(seg->ack, p))
		reaches(x, TCPFSM_RCV_ACK_FIN, TCPFSM_CAUSE_ACK);

	advance_receiver(x);
	/* Linux restarts the wait for whatever has an ACK: see tcp_minisocks.c */
	if (p->state == TCPFSM_STATE_TIME_WAIT) {
		x->conn->tw_restarted = x->view->now;
		if (seg->flags & TCPFSM_FIN)
			x->conn->tw_restarts++;
	}
	if (covers_fin(p->rcv_nxt, x->e))
		reaches(x, TCPFSM_RCV_FIN, TCPFSM_CAUSE_FIN);
}

static void on_ack(const struct ctx *x)
{
	if (is_fresh(x->conn))
		pick_up(x);
	if (!ack_belongs(x) || !ack_acceptable(x) || !keeps_its_fin(x))
		return;
	if (!seq_acceptable(x)) {
		/* Old data is legal: it counts, but moves nothing */
		if (sent(x) && x->out->anomaly == TCPFSM_ANOMALY_NONE) {
			x->e->packets++;
			x->e->bytes += x->seg->len;
			x->e->retransmits += x->seg->len != 0;
			x->conn->last = x->view->now;
		}
		return;
	}
	x->out->used = true;
	if (sent(x))
		send_ack(x);
	if (received(x))
		receive_ack(x);
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
	struct ctx x = {
		.conn = conn,
		.e = &conn->end[role],
		.p = &conn->end[!role],
		.role = role,
		.seg = seg,
		.view = view,
		.out = out,
	};

	out->count = 0;
	out->anomaly = TCPFSM_ANOMALY_NONE;
	out->used = false;
	out->reopen = false;

	if (view->sender_local)
		x.e->flags |= TCPFSM_END_LOCAL;
	if (view->receiver_local)
		x.p->flags |= TCPFSM_END_LOCAL;

	if (seg->flags & TCPFSM_RST)
		on_rst(&x);
	else if (!(seg->flags & TCPFSM_SYN))
		on_ack(&x);
	else if (seg->flags & TCPFSM_ACK)
		on_synack(&x);
	else
		on_syn(&x);
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
	conn->end[TCPFSM_ROLE_CLIENT].state = TCPFSM_STATE_CLOSED;
	conn->end[TCPFSM_ROLE_SERVER].state = TCPFSM_STATE_LISTEN;
	conn->end[TCPFSM_ROLE_CLIENT].wscale = TCPFSM_WSCALE_NONE;
	conn->end[TCPFSM_ROLE_SERVER].wscale = TCPFSM_WSCALE_NONE;
}

/**
 * tcpfsm_conn_reopen - begin the next incarnation in the place of the last
 * @conn: the connection, already ended with tcpfsm_conn_end()
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
	struct tcpfsm_end *end;

	out->count = 0;
	tcpfsm_conn_init(conn, view->now);
	conn->end[TCPFSM_ROLE_CLIENT].flags = client_flags;
	conn->end[TCPFSM_ROLE_SERVER].flags = server_flags;
	if (!answers)
		return TCPFSM_ROLE_CLIENT;

	end = &conn->end[TCPFSM_ROLE_CLIENT];
	learn_syn(end, &syn);
	end->packets = 1;
	end->bytes = syn.len;
	conn->end[TCPFSM_ROLE_SERVER].rcv_nxt = syn.seq + 1;
	move(conn, TCPFSM_ROLE_CLIENT, TCPFSM_STATE_SYN_SENT,
	     TCPFSM_CAUSE_SYN, true, out);
	return TCPFSM_ROLE_SERVER;
}

/**
 * tcpfsm_conn_end - end a connection for another reason than its segments
 * @conn: the connection
 * @cause: TIMEOUT, FLUSH, EVICT, or SYN where a new connection takes its place
 * @out: the transitions of those ends that were not closed yet
 */
void tcpfsm_conn_end(struct tcpfsm_conn *conn, enum tcpfsm_cause cause,
		     struct tcpfsm_outcome *out)
{
	int role;

	out->count = 0;
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
		if (conn->end[role].state != TCPFSM_STATE_CLOSED)
			move(conn, role, TCPFSM_STATE_CLOSED, cause, false,
			     out);
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
 * tcpfsm_conn_expire_time_wait - 2MSL have passed
 * @conn: the connection
 * @out: the transitions of the ends that were in TIME-WAIT
 */
void tcpfsm_conn_expire_time_wait(struct tcpfsm_conn *conn,
				  struct tcpfsm_outcome *out)
{
	int role;

	out->count = 0;
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
		if (conn->end[role].state == TCPFSM_STATE_TIME_WAIT)
			move(conn, role, TCPFSM_STATE_CLOSED,
			     TCPFSM_CAUSE_TIMEOUT,
			     conn->end[role].flags & TCPFSM_END_CONFIRMED,
			     out);
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
