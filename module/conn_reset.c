// SPDX-License-Identifier: GPL-2.0
/* RST: which ones count. */
#include "conn_pass.h"

/*
 * Exact, as RFC 5961 section 3 asks. A remote receiver may still miss what is
 * only assumed to have arrived; then it expects what it last acknowledged.
 * Linux also takes a RST at the FIN's own sequence number once it has the FIN
 * (tcp_reset_check()).
 */
static bool rst_is_exact(const struct tcpfsm_pass *x)
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

static bool rst_in_window(const struct tcpfsm_pass *x)
{
	const struct tcpfsm_end *p = x->p;

	return p->flags & TCPFSM_END_EDGE &&
	       !seq_before(x->seg->seq, p->rcv_nxt) &&
	       seq_before(x->seg->seq, p->edge);
}

/* Whether p acts on the RST; says why when it does not */
static bool rst_counts(const struct tcpfsm_pass *x)
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

static void grade_reset(const struct tcpfsm_pass *x)
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
void tcpfsm_conn_rst(const struct tcpfsm_pass *x)
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
		tcpfsm_pass_proves(x, TCPFSM_SND_RST, TCPFSM_CAUSE_RST);
	}
	if (received(x) && counts)
		tcpfsm_pass_reaches(x, TCPFSM_RCV_RST, TCPFSM_CAUSE_RST);
}
