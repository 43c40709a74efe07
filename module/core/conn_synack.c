// SPDX-License-Identifier: GPL-2.0
/* SYN-ACK: the answer to a SYN, whether that was seen or not. */
#include "core/conn_learn.h"
#include "core/conn_move.h"
#include "core/conn_note.h"
#include "core/conn_synack.h"
#include "core/zeek.h"

/* RFC 7323 section 2.2: scaling only when both SYNs carried the option */
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

/* A SYN-ACK whose SYN was not seen tells both ISNs, and who is who */
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
		/* Only a second SYN that had crossed the first needs this */
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

/* Before the SYN-ACK there is only what has overtaken it */
static u32 sent_up_to(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *e = x->e;

	if (e->flags & TCPFSM_END_SEEN && e->state == TCPFSM_STATE_LISTEN &&
	    e->nxt - (x->seg->seq + 1) <= x->p->window)
		return e->nxt;
	return x->seg->seq;
}

/* How long it takes to close is not told of what was cut short once */
static void not_closed_after_all(struct tcpfsm_conn *conn)
{
	conn->closed = TCPFSM_CLOSED_OPEN;
	conn->flags &= ~TCPFSM_CONN_RESET;
	conn->flags |= TCPFSM_CONN_CLOSE_TIMED;
}

/*
 * Before the first ACK of it a SYN-ACK may carry another ISN: a server with
 * SYN cookies computes a new one for each SYN. In a simultaneous open the first
 * SYN-ACK repeats the SYN's, and the peer's may have been faster.
 */
static void send_synack(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_end *e = x->e;
	bool same = e->flags & TCPFSM_END_SYN && x->seg->seq == e->iss;
	bool again = same && e->flags & TCPFSM_END_SYNACK;
	u32 nxt = sent_up_to(x);

	grade_synack(x, again);
	if (!same) {
		if (e->flags & TCPFSM_END_SYN) {
			tell_other_isn(x, TCPFSM_KIND_NOTABLE);
			x->conn->flags |= TCPFSM_CONN_NEW_ISN;
		}
		e->iss = x->seg->seq;
		e->nxt = x->seg->seq;
		e->syn_len = syn_data(x->seg);
		/* What the receiver expects begins anew */
		x->p->flags &= ~(TCPFSM_END_EDGE | TCPFSM_END_HOLE);
		if (!(x->p->flags & TCPFSM_END_ACK))
			x->p->rcv_nxt = x->seg->seq + 1;
	}
	e->flags |= TCPFSM_END_SYN | TCPFSM_END_SYNACK;
	if (!x->seg->sack)
		e->flags |= TCPFSM_END_NO_SACK;
	if (x->seg->stamped) {
		e->flags |= TCPFSM_END_STAMPED;
		/* Who has it already only answers, and remembers nothing of it */
		if (!(x->p->flags & TCPFSM_END_ACK))
			e->tsval = x->seg->tsval;
	}
	tcpfsm_conn_learn_sender(x);
	e->nxt = seq_max(e->nxt, nxt);
	agree_on_scaling(x);
	if (again) {
		/* R3: nor can what came with the ACK have arrived */
		e->rcv_nxt = x->seg->ack;
		tcpfsm_conn_proves(x, TCPFSM_AGAIN_SYNACK,
				   TCPFSM_CAUSE_ROLLBACK);
	} else if (in_handshake(e) || e->state == TCPFSM_STATE_CLOSED) {
		if (e->state == TCPFSM_STATE_CLOSED)
			not_closed_after_all(x->conn);
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
	/* The window of a SYN that was not seen is learned with the first ACK */
	if (first && !(x->conn->flags & TCPFSM_CONN_MIDSTREAM))
		tcpfsm_conn_offer_window(p, x->seg->seq + 1, p->window);
	tcpfsm_conn_reaches(x, TCPFSM_RCV_SYNACK, TCPFSM_CAUSE_SYN_ACK);
}

/*
 * Its request is gone, and the SYN that came again was a new one to the
 * listener. With the old number it can only be late.
 */
static bool answers_anew(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *e = x->e;
	bool same = e->flags & TCPFSM_END_SYN && x->seg->seq == e->iss;

	return e->state == TCPFSM_STATE_CLOSED && !is_gone(x->p) &&
	       !(e->flags & (TCPFSM_END_OPEN | TCPFSM_END_FIN)) &&
	       !(x->conn->flags & TCPFSM_CONN_CROSSED_SYN) && !same;
}

/* Whether e may be one that (still, or again) sends SYN-ACKs */
static bool may_send_synack(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *e = x->e;

	if (in_handshake(e) || answers_anew(x))
		return true;
	return !(e->flags & TCPFSM_END_OPEN) &&
	       (e->state == TCPFSM_STATE_ESTABLISHED ||
		e->state == TCPFSM_STATE_CLOSE_WAIT);
}

/* With both ISNs of the old connection it belongs to the old connection */
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
 * A SYN-ACK that cannot be. An end that is gone may be another socket by now,
 * which answers an old duplicate of the SYN: that is no forgery.
 */
static bool is_other_isn(const struct tcpfsm_ctx *x)
{
	return x->seg->seq != x->e->iss && syn_is_acked(x->e, x->p) &&
	       !is_gone(x->e) && x->e->state != TCPFSM_STATE_TIME_WAIT;
}

/* Whether p has sent a SYN that a SYN-ACK can answer: not a SYN-ACK itself */
static bool sent_syn(const struct tcpfsm_ctx *x)
{
	return x->p->flags & TCPFSM_END_SYN &&
	       (!(x->p->flags & TCPFSM_END_SYNACK) ||
		x->conn->flags & TCPFSM_CONN_CROSSED_SYN);
}

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
		 * In mid-stream nobody knows who sent the SYN; and it may
		 * belong to the connection that was there before.
		 */
		if (!(conn->flags & (TCPFSM_CONN_MIDSTREAM |
				     TCPFSM_CONN_REOPENED)))
			tell(x, TCPFSM_ANOMALY_SYNACK_WRONG_DIR);
		return;
	}
	if (!acknowledges_syn(seg->ack, p->iss, p->syn_len) ||
	    seq_after(seg->ack, p->nxt)) {
		/*
		 * It may belong to the connection that was there before, or
		 * answer the one before the SYN that waits now.
		 */
		if (!(conn->flags & TCPFSM_CONN_REOPENED) &&
		    !(several_pending(conn) && may_answer_pending(x)))
			tell_expected(x, TCPFSM_ANOMALY_SYNACK_BAD_ACK,
				      p->iss + 1);
		return;
	}
	if (is_other_isn(x)) {
		/*
		 * Who has sent a RST may be another socket by now, too; and of
		 * several that were sent before the ACK the others come again.
		 */
		if (conn->flags & TCPFSM_CONN_NEW_ISN ||
		    tcpfsm_zeek_has_reset(conn, x->role))
			tell_other_isn(x, TCPFSM_KIND_NOTABLE);
		else
			tell_other_isn(x, TCPFSM_KIND_VIOLATION);
		return;
	}
	/* An old duplicate, or it has not got the RST */
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
