// SPDX-License-Identifier: GPL-2.0
/* RST: which ones count. */
#include "core/conn_check.h"
#include "core/conn_move.h"
#include "core/conn_note.h"
#include "core/conn_rst.h"

/*
 * The right edge of what the receiver acknowledges selectively: a sender that
 * resets takes its own SND.NXT, whatever was lost before it.
 */
static bool rst_at_sack_edge(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *p = x->p;

	return !((p->flags | x->e->flags) & TCPFSM_END_NO_SACK) &&
	       p->flags & TCPFSM_END_HOLE && seq_after(p->far, p->rcv_nxt) &&
	       x->seg->seq == p->far;
}

/*
 * Exact, as RFC 5961 section 3 asks. A remote receiver may still miss what is
 * only assumed to have arrived; then it expects what it last acknowledged.
 * Linux also takes a RST at the right edge of what it has beyond a hole, and
 * at the peer's FIN once it has that (tcp_reset_check()).
 */
static bool rst_is_exact(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *p = x->p;
	u32 seq = x->seg->seq;

	if (seq == p->rcv_nxt)
		return true;
	if (!x->view->receiver_local && p->flags & TCPFSM_END_ACK &&
	    seq == p->ack)
		return true;
	switch (p->state) {
	case TCPFSM_STATE_SYN_RECEIVED:
	case TCPFSM_STATE_TIME_WAIT:
		return false;
	case TCPFSM_STATE_CLOSE_WAIT:
	case TCPFSM_STATE_LAST_ACK:
	case TCPFSM_STATE_CLOSING:
		return seq == p->rcv_nxt - 1;
	default:
		return rst_at_sack_edge(x);
	}
}

/*
 * Neither old nor in the window. An old one answers a segment that came late,
 * at the number which that acknowledged; nothing was before the ISN.
 */
static bool rst_is_out_of_window(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *p = x->p;
	u32 oldest = p->rcv_nxt - p->max_window - 1;

	if (!(p->flags & TCPFSM_END_EDGE))
		return false;
	if (isn_is_limit(x->e) && seq_before(x->e->iss, oldest))
		oldest = x->e->iss;
	return seq_after(x->seg->seq, p->edge) ||
	       seq_before(x->seg->seq, oldest);
}

/*
 * It answers a segment that does not belong to this handshake, or one of the
 * connection that was there before; or it refuses a SYN whose receiver had no
 * socket for it yet, and another copy found one.
 */
static bool rst_answers_another(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *e = x->e, *p = x->p;

	if (in_handshake(e))
		return true;
	if (x->conn->flags & TCPFSM_CONN_REOPENED &&
	    e->flags & TCPFSM_END_SYN && seq_before(x->seg->seq, e->iss))
		return true;
	return p->flags & TCPFSM_END_SYN && !x->seg->seq &&
	       x->seg->flags & TCPFSM_ACK &&
	       acknowledges_syn(x->seg->ack, p->iss, p->syn_len);
}

/* Whether p acts on the RST; says why when it does not */
static bool rst_counts(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *p = x->p;

	if (is_gone(p) || tcpfsm_conn_is_stale(x))
		return false;
	switch (p->state) {
	case TCPFSM_STATE_SYN_SENT:
		/* RFC 9293 section 3.10.7.3: only with an ACK of the SYN */
		if (x->seg->flags & TCPFSM_ACK &&
		    acknowledges_syn(x->seg->ack, p->iss, p->syn_len))
			return true;
		if (!(x->conn->flags & TCPFSM_CONN_REOPENED))
			tell_expected(x, TCPFSM_ANOMALY_SYN_RST_BAD,
				      p->iss + 1);
		return false;
	case TCPFSM_STATE_TIME_WAIT:
		if (x->view->receiver_local && x->view->rfc1337)
			return false;
		fallthrough;
	default:
		if (rst_is_exact(x))
			return true;
	}
	if (rst_answers_another(x))
		return false;
	if (rst_is_out_of_window(x)) {
		tell_expected(x, TCPFSM_ANOMALY_RST_OUT_OF_WINDOW, p->rcv_nxt);
	} else if (!seq_before(x->seg->seq, p->rcv_nxt)) {
		tell_expected(x, TCPFSM_ANOMALY_RST_INEXACT, p->rcv_nxt);
		if (received(x) && p->state != TCPFSM_STATE_TIME_WAIT)
			x->p->flags |= TCPFSM_END_SUSPICIOUS;
	}
	return false;
}

static void tell_reset(const struct tcpfsm_ctx *x)
{
	if (x->p->state == TCPFSM_STATE_TIME_WAIT)
		tell(x, TCPFSM_ANOMALY_TW_ASSASSINATED);
	else if (x->p->state == TCPFSM_STATE_SYN_SENT)
		tell(x, TCPFSM_ANOMALY_REFUSED);
	else if (x->p->state == TCPFSM_STATE_SYN_RECEIVED &&
		 x->role == TCPFSM_ROLE_CLIENT &&
		 !(x->e->flags & (TCPFSM_END_ACK | TCPFSM_END_SYNACK)))
		tell(x, TCPFSM_ANOMALY_HALF_OPEN_ABORT);
	else
		tell(x, TCPFSM_ANOMALY_ABORT_RST);
}

static void grade_reset(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_conn *conn = x->conn;

	if (!(conn->flags & TCPFSM_CONN_RESET) &&
	    x->role == TCPFSM_ROLE_SERVER)
		conn->flags |= TCPFSM_CONN_BY_SERVER;
	conn->flags |= TCPFSM_CONN_RESET;
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
 * Another SYN in the window of SYN-RECEIVED: the kernel drops the request and
 * resets the sender of that SYN.
 */
static bool rst_answers_syn(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_syn *syn = &x->conn->pending;

	return x->e->state == TCPFSM_STATE_SYN_RECEIVED &&
	       x->conn->flags & TCPFSM_CONN_PENDING && syn->role != x->role &&
	       x->seg->flags & TCPFSM_ACK &&
	       x->seg->ack == syn->seq + 1 + syn->len;
}

/*
 * RFC 9293 section 3.5.1, figure 9: who sent a SYN resets the sender of the old
 * connection's ACK, at the number that it acknowledged.
 */
static void note_recovery(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_conn *conn = x->conn;

	if (conn->flags & TCPFSM_CONN_CHALLENGED &&
	    (x->p->flags & TCPFSM_END_ACK ||
	     x->p->state == TCPFSM_STATE_LISTEN) &&
	    x->seg->seq == x->p->ack &&
	    (x->e->state == TCPFSM_STATE_SYN_SENT ||
	     (conn->flags & TCPFSM_CONN_PENDING &&
	      conn->pending.role == x->role)))
		conn->flags |= TCPFSM_CONN_RECOVERING;
}

/* A firewall may reset in the name of a socket that goes on */
static bool speaks_for_sender(const struct tcpfsm_ctx *x)
{
	return sent(x) && (x->view->genuine || !x->view->sender_local);
}

static bool closes_sender(const struct tcpfsm_ctx *x)
{
	return speaks_for_sender(x) &&
	       tcpfsm_fsm_next(x->e->state, TCPFSM_SND_RST) != x->e->state;
}

/*
 * A RST closes both ends, if the receiver acts on it. This host's own TCP
 * closes when it sends one, even where the receiver will not take it; but not
 * in the handshake, where a RST answers a segment and not the connection.
 */
void tcpfsm_conn_rst(const struct tcpfsm_ctx *x)
{
	bool own = sent(x) && x->view->genuine &&
		   x->e->state != TCPFSM_STATE_CLOSED;
	bool counts = rst_counts(x) || (own && rst_answers_syn(x));

	note_recovery(x);
	if (!counts && (!own || in_handshake(x->e)))
		return;
	x->out->used = true;
	tell_reset(x);
	if ((received(x) && counts) || closes_sender(x))
		grade_reset(x);
	if (sent(x)) {
		x->e->packets++;
		x->conn->last = x->view->now;
		if (speaks_for_sender(x))
			tcpfsm_conn_proves(x, TCPFSM_SND_RST, TCPFSM_CAUSE_RST);
	}
	if (received(x) && counts)
		tcpfsm_conn_reaches(x, TCPFSM_RCV_RST, TCPFSM_CAUSE_RST);
}
