// SPDX-License-Identifier: GPL-2.0
/* A SYN-ACK: the answer to a SYN, which may not have been seen. */
#include "core/conn_grade.h"
#include "core/conn_learn.h"
#include "core/conn_move.h"
#include "core/conn_note.h"
#include "core/conn_synack.h"
#include "core/zeek.h"

/* RFC 7323 section 2.2: windows are scaled only if both SYNs have the option */
static void agree_on_scaling(const struct tcpfsm_ctx *x)
{
	if (x->seg->wscale == TCPFSM_WSCALE_NONE ||
	    x->p->wscale == TCPFSM_WSCALE_NONE) {
		x->e->wscale = TCPFSM_WSCALE_NONE;
		x->p->wscale = TCPFSM_WSCALE_NONE;
	} else {
		x->e->wscale = x->seg->wscale;
	}
}

/*
 * The SYN was not seen. Its SYN-ACK has both ISNs and shows which end is the
 * client. The shift count of the client is unknown: assume the largest.
 */
static void infer_syn(const struct tcpfsm_ctx *x)
{
	x->conn->flags |= TCPFSM_CONN_MIDSTREAM;
	tcpfsm_zeek_swapped(x->conn);
	x->p->iss = x->seg->ack - 1;
	x->p->nxt = x->seg->ack;
	x->e->rcv_nxt = x->seg->ack;
	x->p->flags |= TCPFSM_END_SYN;
	x->p->state = TCPFSM_STATE_SYN_SENT;
	memset(x->conn->since, 0, sizeof(x->conn->since));
	x->p->wscale = x->seg->wscale == TCPFSM_WSCALE_NONE ?
		       TCPFSM_WSCALE_NONE : TCPFSM_WSCALE_MAX;
	tell(x, TCPFSM_ANOMALY_SYNACK_UNSOLICITED);
}

static void tell_other_isn(const struct tcpfsm_ctx *x, enum tcpfsm_kind kind)
{
	tell_expected(x, TCPFSM_ANOMALY_SYNACK_ISN_CHANGED, x->e->iss);
	if (sent(x))
		x->out->note[x->out->notes - 1].kind = kind;
}

/* Anomalies of an acceptable SYN-ACK, and the round trip time of its sender */
static void grade_synack(const struct tcpfsm_ctx *x, bool again)
{
	struct tcpfsm_conn *conn = x->conn;
	const struct tcpfsm_end *p = x->p;

	if (again) {
		tell(x, syn_is_acked(x->e, p) ? TCPFSM_ANOMALY_SYNACK_AFTER_ACK :
						TCPFSM_ANOMALY_SYNACK_REXMIT);
		return;
	}
	if (conn->flags & TCPFSM_CONN_CROSSED_SYN) {
		/*
		 * Only an end whose SYN crossed the peer's answers with a
		 * SYN-ACK: from the server it proves a simultaneous open. The
		 * client sends one in a split handshake as well.
		 */
		if (x->role == TCPFSM_ROLE_SERVER)
			tell(x, TCPFSM_ANOMALY_SIMULTANEOUS_OPEN);
		return;
	}
	if (x->e->flags & TCPFSM_END_SYNACK ||
	    conn->flags & TCPFSM_CONN_MIDSTREAM)
		return;
	conn->rtt[x->role] = max(x->view->now - conn->last, (u64)1);
	if (p->syn_len && x->seg->ack == p->iss + 1)
		tell_expected(x, TCPFSM_ANOMALY_TFO_DATA_UNACKED,
			      p->iss + 1 + p->syn_len);
}

/*
 * SND.NXT of e before its SYN-ACK: beyond the ISN only if a segment has
 * overtaken the SYN-ACK, see remember_early_data() in conn_check.c.
 */
static u32 nxt_before_synack(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *e = x->e;

	if (e->flags & TCPFSM_END_SEEN && e->state == TCPFSM_STATE_LISTEN &&
	    e->nxt - (x->seg->seq + 1) <= x->p->window)
		return e->nxt;
	return x->seg->seq;
}

/*
 * Until its SYN-ACK is acknowledged, a server may send another one with another
 * ISN: SYN cookies have a new ISN for each SYN. In a simultaneous open the
 * SYN-ACK has the ISN of the end's SYN, and the SYN-ACK of the peer may have
 * been seen before.
 */
static void send_synack(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_end *e = x->e;
	bool same = e->flags & TCPFSM_END_SYN && x->seg->seq == e->iss;
	bool again = same && e->flags & TCPFSM_END_SYNACK;
	u32 nxt = nxt_before_synack(x);

	grade_synack(x, again);
	if (!same) {
		if (e->flags & TCPFSM_END_SYN) {
			tell_other_isn(x, TCPFSM_KIND_NOTABLE);
			x->conn->flags |= TCPFSM_CONN_NEW_ISN;
		}
		e->iss = x->seg->seq;
		e->nxt = x->seg->seq;
		e->syn_len = syn_data(x->seg);
		/* Window, hole and RCV.NXT of the receiver depend on the ISN */
		x->p->flags &= ~(TCPFSM_END_EDGE | TCPFSM_END_HOLE);
		if (!(x->p->flags & TCPFSM_END_ACK))
			x->p->rcv_nxt = x->seg->seq + 1;
	}
	e->flags |= TCPFSM_END_SYN | TCPFSM_END_SYNACK;
	if (!x->seg->sack)
		e->flags |= TCPFSM_END_NO_SACK;
	if (x->seg->stamped) {
		e->flags |= TCPFSM_END_STAMPED;
		/* A receiver that has a SYN-ACK already keeps its TS.Recent */
		if (!(x->p->flags & TCPFSM_END_ACK))
			e->tsval = x->seg->tsval;
	}
	tcpfsm_conn_learn_sender(x);
	/* The first SYN-ACK of a simultaneous open has the number of the SYN */
	e->retransmits += again;
	e->nxt = seq_max(e->nxt, nxt);
	agree_on_scaling(x);
	if (again) {
		/* R3: the final ACK did not arrive, nor did data with it */
		e->rcv_nxt = x->seg->ack;
		tcpfsm_conn_proves(x, TCPFSM_AGAIN_SYNACK,
				   TCPFSM_CAUSE_ROLLBACK);
	} else if (in_handshake(e) || e->state == TCPFSM_STATE_CLOSED) {
		if (e->state == TCPFSM_STATE_CLOSED)
			tcpfsm_conn_undo_close(x->conn);
		tcpfsm_conn_proves(x, TCPFSM_SND_SYNACK, TCPFSM_CAUSE_SYN_ACK);
	}
	if (x->seg->ack != x->p->iss + 1)
		x->conn->flags |= TCPFSM_CONN_SYN_DATA;
}

static void receive_synack(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_end *p = x->p;
	bool first = !(p->flags & TCPFSM_END_EDGE);

	if (seq_after(x->seg->end, p->rcv_nxt))
		p->rcv_nxt = x->seg->end;
	/* If p's SYN was not seen, its window is known with its first ACK */
	if (first && !(x->conn->flags & TCPFSM_CONN_MIDSTREAM))
		tcpfsm_conn_offer_window(p, x->seg->seq + 1, p->window);
	tcpfsm_conn_reaches(x, TCPFSM_RCV_SYNACK, TCPFSM_CAUSE_SYN_ACK);
}

/*
 * Whether e, though closed, answers a retransmitted SYN: its request was
 * dropped, and the SYN is a new one to the listener. The SYN-ACK then has
 * another ISN; with the old ISN it is a late duplicate.
 */
static bool answers_new_request(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *e = x->e;
	bool same = e->flags & TCPFSM_END_SYN && x->seg->seq == e->iss;

	return e->state == TCPFSM_STATE_CLOSED && !is_unconnected(x->p) &&
	       !(e->flags & (TCPFSM_END_OPEN | TCPFSM_END_FIN)) &&
	       !(x->conn->flags & TCPFSM_CONN_CROSSED_SYN) && !same;
}

/* Whether e may send a SYN-ACK: its handshake is not proven to be done */
static bool may_send_synack(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *e = x->e;

	if (in_handshake(e) || answers_new_request(x))
		return true;
	return !(e->flags & TCPFSM_END_OPEN) &&
	       (e->state == TCPFSM_STATE_ESTABLISHED ||
		e->state == TCPFSM_STATE_CLOSE_WAIT);
}

/*
 * Whether the SYN-ACK answers the pending SYN and opens a new connection. Not
 * if it has both ISNs of the old connection: then it belongs to that.
 */
static bool answers_pending(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_syn *syn = &x->conn->pending;
	const struct tcpfsm_end *e = x->e, *p = x->p;

	if (!sent(x) || !(x->conn->flags & TCPFSM_CONN_PENDING) ||
	    syn->role == x->role ||
	    !acknowledges_syn(x->seg->ack, syn->seq, syn->len))
		return false;
	return !(p->flags & TCPFSM_END_SYN && syn->seq == p->iss &&
		 e->flags & TCPFSM_END_SYN && x->seg->seq == e->iss);
}

/*
 * Whether the SYN-ACK has another ISN though the ISN of e is acknowledged. If e
 * is closed or in TIME-WAIT, another socket may answer an old duplicate of the
 * SYN.
 */
static bool is_other_isn(const struct tcpfsm_ctx *x)
{
	return x->seg->seq != x->e->iss && syn_is_acked(x->e, x->p) &&
	       !is_unconnected(x->e) && x->e->state != TCPFSM_STATE_TIME_WAIT;
}

/*
 * Each SYN may be answered with an ISN of its own: by SYN cookies, by a listener
 * that has dropped its request, by two servers behind a load balancer. p takes
 * the one that comes first; the others may have been on their way when its ACK
 * passed us. They are legal, and may come again.
 *
 * Once e has shown that it goes on with the ISN that p took (by data, by an ACK
 * of data, by its FIN), it does not send another; unless it has sent a RST and
 * may be another socket now.
 */
static void refuse_other_isn(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_conn *conn = x->conn;
	bool legal = !(x->e->flags & (TCPFSM_END_OPEN | TCPFSM_END_FIN)) ||
		     conn->flags & TCPFSM_CONN_NEW_ISN ||
		     tcpfsm_zeek_has_reset(conn, x->role);

	tell_other_isn(x, legal ? TCPFSM_KIND_NOTABLE : TCPFSM_KIND_VIOLATION);
	if (legal && sent(x) && !(conn->flags & TCPFSM_CONN_CROSSED_SYN))
		conn->flags |= TCPFSM_CONN_NEW_ISN;
}

/* Whether p has sent a SYN without ACK, which a SYN-ACK can answer */
static bool sent_syn(const struct tcpfsm_ctx *x)
{
	return x->p->flags & TCPFSM_END_SYN &&
	       (!(x->p->flags & TCPFSM_END_SYNACK) ||
		x->conn->flags & TCPFSM_CONN_CROSSED_SYN);
}

/**
 * tcpfsm_conn_synack - let a SYN-ACK act on its connection
 * @x: the segment
 *
 * RFC 9293 sections 3.10.7.3 and 3.10.7.4.
 */
void tcpfsm_conn_synack(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_segment *seg = x->seg;
	struct tcpfsm_conn *conn = x->conn;
	struct tcpfsm_end *e = x->e, *p = x->p;

	if (answers_pending(x)) {
		if (e->state == TCPFSM_STATE_TIME_WAIT)
			tell(x, TCPFSM_ANOMALY_TW_REOPEN);
		x->out->reopen = true;
		return;
	}
	if (is_fresh(conn))
		infer_syn(x);
	if (!sent_syn(x)) {
		/*
		 * Not an anomaly in mid-stream, where the sender of the SYN is
		 * unknown, nor if the SYN-ACK may be left over from the
		 * previous connection.
		 */
		if (!(conn->flags & (TCPFSM_CONN_MIDSTREAM |
				     TCPFSM_CONN_REOPENED)))
			tell(x, TCPFSM_ANOMALY_SYNACK_WRONG_DIR);
		return;
	}
	if (!acknowledges_syn(seg->ack, p->iss, p->syn_len) ||
	    seq_after(seg->ack, p->nxt)) {
		/*
		 * Not an anomaly if it may be left over from the previous
		 * connection, or answer a pending SYN that is not stored.
		 */
		if (!(conn->flags & TCPFSM_CONN_REOPENED) &&
		    !(several_pending(conn) && may_answer_pending(x)))
			tell_expected(x, TCPFSM_ANOMALY_SYNACK_BAD_ACK,
				      p->iss + 1);
		return;
	}
	if (is_other_isn(x)) {
		refuse_other_isn(x);
		return;
	}
	/* An old duplicate, or e has not received the RST yet */
	if (!may_send_synack(x) ||
	    (e->flags & TCPFSM_END_SYN && seg->seq != e->iss &&
	     p->flags & TCPFSM_END_ACK)) {
		if (was_reset(x) && seg->seq == e->iss)
			tell(x, TCPFSM_ANOMALY_AFTER_RST);
		return;
	}

	x->out->used = true;
	if (sent(x))
		send_synack(x);
	if (received(x))
		receive_synack(x);
}
