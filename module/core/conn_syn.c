// SPDX-License-Identifier: GPL-2.0
/* A SYN without ACK: the first one, a retransmission, or one that reopens. */
#include "core/conn_grade.h"
#include "core/conn_learn.h"
#include "core/conn_move.h"
#include "core/conn_note.h"
#include "core/conn_syn.h"
#include "core/zeek.h"

static struct tcpfsm_syn syn_of(const struct tcpfsm_ctx *x)
{
	return (struct tcpfsm_syn){
		.time = x->view->now,
		.seq = x->seg->seq,
		.window = x->seg->window,
		.len = syn_data(x->seg),
		.wscale = x->seg->wscale,
		.role = x->role,
		.sack = x->seg->sack,
		.cookie = x->seg->cookie,
		.tsval = x->seg->tsval,
		.stamped = x->seg->stamped,
	};
}

/*
 * Recovery from a half-open connection, RFC 9293 section 3.5.1: SYN, ACK of the
 * old connection, RST, and now the SYN again.
 */
static void tell_recovery(const struct tcpfsm_ctx *x)
{
	if (!(x->conn->flags & TCPFSM_CONN_RECOVERING))
		return;
	tell(x, TCPFSM_ANOMALY_HALF_OPEN_RECOVERY);
	x->conn->flags &= ~(TCPFSM_CONN_RECOVERING | TCPFSM_CONN_CHALLENGED);
}

/* The first SYN of an end opens the connection, or crosses the peer's SYN */
static void send_first_syn(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_syn syn = syn_of(x);

	x->e->packets++;
	x->e->bytes += x->seg->len;
	x->conn->last = x->view->now;
	tcpfsm_conn_learn_syn(x->e, &syn);
	if (!(x->p->flags & TCPFSM_END_ACK))
		x->p->rcv_nxt = x->seg->seq + 1;
	if (x->seg->len)
		tell(x, TCPFSM_ANOMALY_SYN_DATA);
	if (x->seg->cookie)
		x->conn->flags |= TCPFSM_CONN_FAST_OPEN;
	tell_recovery(x);
	tcpfsm_conn_proves(x, TCPFSM_SND_SYN, TCPFSM_CAUSE_SYN);
}

static void receive_syn(const struct tcpfsm_ctx *x)
{
	if (x->p->flags & TCPFSM_END_ACK)
		return;
	x->p->rcv_nxt = x->seg->seq + 1;
	/*
	 * Crossing SYNs: the window of p's own SYN begins at the sequence
	 * number after this SYN, which was not known before.
	 */
	if (x->p->flags & TCPFSM_END_SYN &&
	    !(x->conn->flags & TCPFSM_CONN_MIDSTREAM))
		tcpfsm_conn_offer_window(x->p, x->p->rcv_nxt, x->p->window);
	if (x->p->state == TCPFSM_STATE_SYN_SENT)
		tcpfsm_conn_reaches(x, TCPFSM_RCV_SYN, TCPFSM_CAUSE_SYN);
}

static void first_syn(const struct tcpfsm_ctx *x)
{
	x->out->used = true;
	if (sent(x))
		send_first_syn(x);
	if (received(x))
		receive_syn(x);
}

/* A retransmitted SYN may carry more data than the first one */
static void learn_late_data(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_end *e = x->e;

	if (x->seg->len <= e->syn_len)
		return;
	if (!e->syn_len)
		tell(x, TCPFSM_ANOMALY_SYN_DATA);
	e->syn_len = syn_of(x).len;
	e->nxt = seq_max(e->nxt, x->seg->end);
}

/*
 * A retransmitted SYN may offer another window scale than the first one. It is
 * not known which of them the SYN-ACK will answer: take the largest scale, to
 * avoid false anomalies.
 */
static void learn_late_scale(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_end *e = x->e;

	if (x->p->flags & TCPFSM_END_SYNACK ||
	    x->seg->wscale == TCPFSM_WSCALE_NONE)
		return;
	if (e->wscale == TCPFSM_WSCALE_NONE || x->seg->wscale > e->wscale)
		e->wscale = x->seg->wscale;
}

/* e was refused, but has not given up: see tries_again() */
static void try_again(const struct tcpfsm_ctx *x)
{
	/* If the RST has closed p as well, only its SYN-ACK undoes that */
	if (x->p->state == TCPFSM_STATE_LISTEN)
		tcpfsm_conn_undo_close(x->conn);
	x->conn->closed = TCPFSM_CLOSED_OPEN;
	tcpfsm_zeek_undo_reset(x->conn);
	tcpfsm_conn_proves(x, TCPFSM_SND_SYN, TCPFSM_CAUSE_SYN);
}

/* A retransmission of the SYN: its sender is in SYN-SENT, maybe by rollback */
static void syn_again(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_end *e = x->e;

	x->out->used = true;
	if (sent(x)) {
		e->packets++;
		e->bytes += x->seg->len;
		e->retransmits++;
		e->flags |= TCPFSM_END_SEEN;
		/* R3: nothing that the peer sent after its SYN has arrived */
		e->rcv_nxt = x->p->iss + 1;
		e->flags &= ~TCPFSM_END_HOLE;
		x->conn->last = x->view->now;
		tell(x, TCPFSM_ANOMALY_SYN_REXMIT);
		tell_recovery(x);
		learn_late_data(x);
		learn_late_scale(x);
		if (e->state == TCPFSM_STATE_CLOSED)
			try_again(x);
		else
			tcpfsm_conn_proves(x, TCPFSM_AGAIN_SYN,
					   TCPFSM_CAUSE_ROLLBACK);
	}
	if (received(x))
		receive_syn(x);
}

/*
 * Whether e, though closed, sends its SYN again because that was refused:
 * Windows tries three times, with the same ISN. This host's own TCP does not:
 * its SYN is that of a new socket.
 */
static bool tries_again(const struct tcpfsm_ctx *x)
{
	return x->conn->closed == TCPFSM_CLOSED_REFUSED &&
	       both_unconnected(x->conn) && !x->view->genuine;
}

/* Whether e may still retransmit its SYN */
static bool may_resend_syn(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *e = x->e;

	if (e->flags & TCPFSM_END_ACK)
		return false;
	if (e->state == TCPFSM_STATE_CLOSED)
		return tries_again(x);
	return e->state == TCPFSM_STATE_SYN_SENT ||
	       e->state == TCPFSM_STATE_ESTABLISHED ||
	       e->state == TCPFSM_STATE_CLOSE_WAIT ||
	       e->state == TCPFSM_STATE_SYN_RECEIVED;
}

/*
 * Whether a SYN may reopen a connection in TIME-WAIT: RFC 6191 section 2, and
 * RFC 9293 section 3.6.1 without timestamps.
 */
static bool may_reopen(const struct tcpfsm_ctx *x)
{
	return seq_after(x->seg->seq, x->p->rcv_nxt) ||
	       (has_stamps(x) && seq_after(x->seg->tsval, x->e->tsval));
}

/*
 * Whether an end may use its port for a new connection. It may if it is closed
 * or in TIME-WAIT, though its peer may still wait for the last ACK or a RST. It
 * may in FIN-WAIT-2, a state that it can leave without a segment; Linux even
 * lets a new socket replace one in FIN-WAIT-2: tcp_twsk_unique().
 */
static bool may_reuse_port(const struct tcpfsm_end *e)
{
	return is_unconnected(e) || e->state == TCPFSM_STATE_TIME_WAIT ||
	       e->state == TCPFSM_STATE_FIN_WAIT_2;
}

/* Whether e has sent pending SYNs with different ISNs, this one included */
static bool has_other_pending(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_syn *syn = &x->conn->pending;

	return x->conn->flags & TCPFSM_CONN_PENDING && syn->role == x->role &&
	       (syn->second || syn->seq != x->seg->seq);
}

/*
 * A SYN on an existing connection. By RFC 5961 section 4 and RFC 6191 it has no
 * effect unless it is answered with a SYN-ACK: only store it until then.
 */
static void keep_pending(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_end *p = x->p;
	bool second = has_other_pending(x);

	if (in_handshake(x->e) || in_handshake(p)) {
		if (x->e->flags & TCPFSM_END_SYN)
			tell_expected(x, TCPFSM_ANOMALY_SYN_ISN_CHANGED,
				      x->e->iss);
	} else if (p->state == TCPFSM_STATE_TIME_WAIT) {
		if (!may_reopen(x))
			tell_expected(x, TCPFSM_ANOMALY_TW_REOPEN_BAD,
				      p->rcv_nxt + 1);
	} else if (!is_unconnected(p)) {
		tell_kind(x, TCPFSM_ANOMALY_SYN_IN_SYNC, may_reuse_port(x->e) ?
			  TCPFSM_KIND_NOTABLE : TCPFSM_KIND_VIOLATION);
		if (received(x))
			p->flags |= TCPFSM_END_SUSPICIOUS;
	}
	x->conn->pending = syn_of(x);
	x->conn->pending.second = second;
	x->conn->flags |= TCPFSM_CONN_PENDING;
	x->conn->flags &= ~(TCPFSM_CONN_CHALLENGED | TCPFSM_CONN_RECOVERING);
}

/**
 * tcpfsm_conn_syn - let a SYN without ACK act on its connection
 * @x: the segment
 *
 * RFC 9293 sections 3.10.7.2 to 3.10.7.4.
 */
void tcpfsm_conn_syn(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_end *e = x->e, *p = x->p;
	bool same = e->flags & TCPFSM_END_SYN && x->seg->seq == e->iss;

	if (is_fresh(x->conn)) {
		first_syn(x);
		return;
	}
	if (same && may_resend_syn(x)) {
		syn_again(x);
		return;
	}
	if (!sent(x)) {
		/*
		 * Crossing SYNs over loopback: e has changed its state between
		 * sending and arrival of its SYN.
		 */
		if (same && p->state == TCPFSM_STATE_SYN_SENT) {
			x->out->used = true;
			receive_syn(x);
		}
		return;
	}
	/*
	 * This host's own TCP sends a SYN only for a new socket in SYN-SENT:
	 * the old socket of e is gone. In LISTEN there was none: crossing SYNs.
	 */
	if (x->view->genuine && e->state != TCPFSM_STATE_LISTEN) {
		x->out->reopen = true;
		return;
	}
	if (both_unconnected(x->conn) && !same) {
		x->out->reopen = true;
		return;
	}
	/* Crossing SYNs, but the SYN-ACK of e has overtaken its SYN */
	if (same && e->state == TCPFSM_STATE_SYN_RECEIVED &&
	    x->role == TCPFSM_ROLE_SERVER &&
	    !(x->conn->flags & TCPFSM_CONN_CROSSED_SYN)) {
		x->conn->flags |= TCPFSM_CONN_CROSSED_SYN;
		tell(x, TCPFSM_ANOMALY_SIMULTANEOUS_OPEN);
		return;
	}
	/*
	 * An old duplicate of the SYN. If both ends are closed in another way
	 * than by a refusal, it may as well open a new connection with the same
	 * ISN.
	 */
	if (same && !both_unconnected(x->conn))
		return;
	/*
	 * Crossing SYNs; a server that answers a SYN with a SYN (split
	 * handshake) looks the same. The answer of e to the SYN of p tells them
	 * apart: see grade_synack() in conn_synack.c, grade_final_ack() in
	 * conn_ack.c.
	 */
	if (e->state == TCPFSM_STATE_LISTEN &&
	    p->state == TCPFSM_STATE_SYN_SENT) {
		x->conn->flags |= TCPFSM_CONN_CROSSED_SYN;
		first_syn(x);
		return;
	}
	keep_pending(x);
}
