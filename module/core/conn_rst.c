// SPDX-License-Identifier: GPL-2.0
/* A RST: whether it is acceptable, and which ends it closes. */
#include "core/conn_check.h"
#include "core/conn_move.h"
#include "core/conn_note.h"
#include "core/conn_rst.h"

/*
 * Whether the RST is at the right edge of what the receiver acknowledges with
 * SACK: a sender that aborts uses its SND.NXT, even if segments before it were
 * lost.
 */
static bool rst_at_sack_edge(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *p = x->p;

	return !((p->flags | x->e->flags) & TCPFSM_END_NO_SACK) &&
	       p->flags & TCPFSM_END_HOLE && seq_after(p->far, p->rcv_nxt) &&
	       x->seg->seq == p->far;
}

/*
 * Whether the RST is at RCV.NXT: RFC 5961 section 3. RCV.NXT of a remote
 * receiver is assumed; it may still be what it last acknowledged. Linux also
 * accepts a RST at the right edge of what it has received beyond a hole
 * (tcp_validate_incoming()), and one at the peer's FIN after it has received
 * that (tcp_reset_check()).
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
 * Whether the RST is neither within the window nor old. An old RST is legal: it
 * answers a late segment, and its sequence number is the acknowledgment number
 * of that segment. Old means not before the ISN of e, or at most the largest
 * window behind RCV.NXT.
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
 * Whether the RST answers a segment that is not of this connection: one that
 * does not belong to this handshake, or one of the previous connection on the
 * tuple; or another copy of the SYN, when no socket was listening.
 */
static bool rst_is_unrelated(const struct tcpfsm_ctx *x)
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

/* Whether p accepts the RST; if not, notes an anomaly if that is one */
static bool rst_is_accepted(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *p = x->p;

	if (is_unconnected(p) || tcpfsm_conn_is_stale(x))
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
	if (rst_is_unrelated(x))
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
 * Whether the RST of a request socket answers another SYN within the window:
 * tcp_check_req() drops the request and sends a RST to the sender of that SYN.
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
 * Recovery from a half-open connection, RFC 9293 section 3.5.1, figure 9: the
 * sender of a SYN has received an ACK of the old connection. It answers with a
 * RST, whose sequence number is the acknowledgment number of that ACK.
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

/*
 * Whether the RST proves that e is closed. A RST of this host that is not from
 * its own TCP may come from a firewall, and the socket goes on.
 */
static bool rst_is_from_socket(const struct tcpfsm_ctx *x)
{
	return sent(x) && (x->view->genuine || !x->view->sender_local);
}

/* Whether the RST closes an end that was not closed before */
static bool closes_sender(const struct tcpfsm_ctx *x)
{
	return rst_is_from_socket(x) &&
	       tcpfsm_fsm_next(x->e->state, TCPFSM_SND_RST) != x->e->state;
}

/*
 * R3: an end in TIME-WAIT acknowledges the FIN of p at once, and sends no RST.
 * So e was never there if it sends one and has not acknowledged the FIN. Linux:
 * once the user has closed, tcp_timewait_state_process() in FIN-WAIT-2, and
 * tcp_rcv_state_process() before that, answer data with a RST and are done, even
 * if the FIN comes with the data or is right behind it. So does a host whose
 * orphan in FIN-WAIT-2 was given up before the FIN came.
 */
static void undo_time_wait(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *e = x->e;

	if (e->state == TCPFSM_STATE_TIME_WAIT && rst_is_from_socket(x) &&
	    !(e->flags & TCPFSM_END_ACK && !seq_before(e->ack, x->p->fin)))
		tcpfsm_conn_proves(x, TCPFSM_UNDO_FIN, TCPFSM_CAUSE_ROLLBACK);
}

/**
 * tcpfsm_conn_rst - let a RST act on its connection
 * @x: the segment
 *
 * A RST that the receiver accepts closes both ends. One of this host's own TCP
 * closes its sender even if the receiver does not accept it; but not in the
 * handshake, where it answers one segment and leaves the sender as it is.
 *
 * RFC 9293 sections 3.5.3, 3.10.7.3 and 3.10.7.4, RFC 5961 section 3.
 */
void tcpfsm_conn_rst(const struct tcpfsm_ctx *x)
{
	bool own = sent(x) && x->view->genuine &&
		   x->e->state != TCPFSM_STATE_CLOSED;
	bool counts = rst_is_accepted(x) || (own && rst_answers_syn(x));

	note_recovery(x);
	if (!counts && (!own || in_handshake(x->e)))
		return;
	x->out->used = true;
	undo_time_wait(x);
	tell_reset(x);
	if ((received(x) && counts) || closes_sender(x))
		grade_reset(x);
	if (sent(x)) {
		x->e->packets++;
		x->conn->last = x->view->now;
		if (rst_is_from_socket(x))
			tcpfsm_conn_proves(x, TCPFSM_SND_RST, TCPFSM_CAUSE_RST);
	}
	if (received(x) && counts)
		tcpfsm_conn_reaches(x, TCPFSM_RCV_RST, TCPFSM_CAUSE_RST);
}
