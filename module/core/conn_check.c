// SPDX-License-Identifier: GPL-2.0
/*
 * Acceptability of a segment with an ACK and without a SYN: RFC 9293 section
 * 3.10.7.4.
 */
#include "core/conn_check.h"
#include "core/conn_note.h"

/* Note a segment outside the window; in SYN-RECEIVED it is the final ACK */
static void tell_outside(const struct tcpfsm_ctx *x)
{
	if (x->p->state != TCPFSM_STATE_SYN_RECEIVED)
		tell_expected(x, TCPFSM_ANOMALY_SEQ_OUT_OF_WINDOW,
			      x->p->rcv_nxt);
	else
		tell_expected(x, TCPFSM_ANOMALY_ACK3_BAD_SEQ, x->e->iss + 1);
}

/*
 * Right of the window. To Linux a segment that begins exactly at the right edge
 * is acceptable, to a request socket only if it is empty or begins at RCV.NXT:
 * tcp_sequence(), tcp_in_window().
 */
static bool is_beyond(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *p = x->p;

	return seq_after(x->seg->seq, p->edge) ||
	       (x->seg->seq == p->edge && x->seg->end != x->seg->seq &&
		x->seg->seq != p->rcv_nxt && is_request(x));
}

/* Left of the window: acknowledged already, or before the ISN */
static bool is_old(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *e = x->e, *p = x->p;

	if (p->flags & TCPFSM_END_ACK)
		return seq_before(x->seg->end, p->ack);
	return isn_is_limit(e) && seq_before(x->seg->end, e->iss + 1);
}

/**
 * tcpfsm_conn_seq_fits - check the sequence number
 * @x: a segment with an ACK and without a SYN
 *
 * RFC 9293 section 3.10.7.4, "First, check sequence number". Notes an anomaly
 * if the segment is neither acceptable nor old.
 *
 * Return: true if it is acceptable.
 */
bool tcpfsm_conn_seq_fits(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *e = x->e, *p = x->p;

	if (p->flags & TCPFSM_END_EDGE && is_beyond(x)) {
		tell_outside(x);
		return false;
	}
	/* A keepalive, or old data up to RCV.NXT: tcp_in_window() rejects it */
	if (is_request(x) && x->seg->seq != p->rcv_nxt &&
	    x->seg->end == p->rcv_nxt)
		return false;
	if (!is_old(x))
		return true;
	/*
	 * A retransmission of old data, a keepalive or a window probe is legal:
	 * the receiver only answers it. A sequence number before the ISN is
	 * not, unless the segment is left over from the previous connection.
	 */
	if (isn_is_limit(e) && !(x->conn->flags & TCPFSM_CONN_REOPENED) &&
	    seq_before(x->seg->seq, e->iss))
		tell_outside(x);
	return false;
}

/* The anomaly of an ACK beyond SND.NXT of p */
static enum tcpfsm_anomaly acks_too_much(const struct tcpfsm_end *p)
{
	if (p->state == TCPFSM_STATE_LAST_ACK)
		return TCPFSM_ANOMALY_LAST_ACK_BAD;
	return p->flags & TCPFSM_END_FIN ? TCPFSM_ANOMALY_FIN_BAD_ACK :
					   TCPFSM_ANOMALY_ACK_UNSENT;
}

/*
 * Whether the segment may belong to a new connection that is not followed yet:
 * one of several pending SYNs has opened it, or e is closed and a new socket in
 * its place answers the pending SYN of p.
 */
static bool belongs_to_next(const struct tcpfsm_ctx *x)
{
	return several_pending(x->conn) ||
	       (x->e->state == TCPFSM_STATE_CLOSED && may_answer_pending(x));
}

/**
 * tcpfsm_conn_ack_fits - check the acknowledgment number
 * @x: a segment with an ACK and without a SYN
 *
 * RFC 9293 section 3.10.7.4, "Fifth, check the ACK field", with RFC 5961
 * section 5. Notes an anomaly if the number is too high.
 *
 * Return: true if it is acceptable.
 */
bool tcpfsm_conn_ack_fits(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *e = x->e, *p = x->p;
	u32 ack = x->seg->ack;

	if (p->state == TCPFSM_STATE_SYN_RECEIVED &&
	    (!seq_after(ack, p->iss) || seq_after(ack, p->nxt))) {
		/* It may be left over from the previous connection */
		if (!(x->conn->flags & TCPFSM_CONN_REOPENED))
			tell_expected(x, TCPFSM_ANOMALY_ACK3_BAD_ACK,
				      p->iss + 1);
		return false;
	}
	/*
	 * In mid-stream p may have sent more than was seen, but nothing after
	 * its FIN, and not beyond the window of e.
	 */
	if (seq_after(ack, p->nxt) &&
	    !(x->conn->flags & TCPFSM_CONN_MIDSTREAM &&
	      !(p->flags & TCPFSM_END_FIN) &&
	      (!(e->flags & TCPFSM_END_EDGE) || !seq_after(ack, e->edge)))) {
		if (!belongs_to_next(x))
			tell_expected(x, acks_too_much(p), p->nxt);
		return false;
	}
	/*
	 * An old ACK is acceptable if it is not before the ISN, and not older
	 * than the largest window: RFC 5961 section 5.
	 */
	if (isn_is_limit(p) && seq_before(ack, p->iss))
		return false;
	if (e->flags & TCPFSM_END_ACK && !seq_before(ack, e->ack))
		return true;
	if (x->conn->flags & TCPFSM_CONN_MIDSTREAM)
		return !seq_before(ack, (e->flags & TCPFSM_END_ACK ? e->ack :
				   p->nxt) - (0xffffu << TCPFSM_WSCALE_MAX));
	return !(e->flags & TCPFSM_END_ACK) ||
	       !seq_before(ack, e->ack - e->max_window);
}

/*
 * With Fast Open a segment of the server may be seen before its SYN-ACK. It is
 * unacceptable then, unless the SYN-ACK overtakes it again behind us. Remember
 * how far it reaches: its ACK may come.
 */
static void remember_early_data(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_end *e = x->e;

	if (!sent(x) || !may_send_early(x) ||
	    !acknowledges_syn(x->seg->ack, x->p->iss, x->p->syn_len))
		return;
	e->nxt = e->flags & TCPFSM_END_SEEN ? seq_max(e->nxt, x->seg->end) :
					      x->seg->end;
	e->flags |= TCPFSM_END_SEEN;
}

/**
 * tcpfsm_conn_states_fit - whether a segment fits the states of both ends
 * @x: a segment with an ACK and without a SYN
 *
 * Notes an anomaly if e must not send it in its state.
 *
 * Return: true if it fits; false if it belongs to another connection or if its
 * receiver ignores it.
 */
bool tcpfsm_conn_states_fit(const struct tcpfsm_ctx *x)
{
	switch (x->e->state) {
	case TCPFSM_STATE_LISTEN:
		/* Maybe an ACK of a half-open old connection: section 3.5.1 */
		if (x->p->state == TCPFSM_STATE_SYN_SENT && is_bare_ack(x->seg)) {
			x->conn->flags |= TCPFSM_CONN_CHALLENGED;
			x->e->ack = x->seg->ack;
		}
		remember_early_data(x);
		return false;
	case TCPFSM_STATE_SYN_SENT:
		if (x->p->flags & TCPFSM_END_SYN)
			break;
		/* It may be left over from the previous connection */
		if (!(x->conn->flags & TCPFSM_CONN_REOPENED))
			tell(x, x->seg->flags & TCPFSM_FIN ?
				TCPFSM_ANOMALY_FIN_EARLY :
				TCPFSM_ANOMALY_ACK_BEFORE_SYNACK);
		return false;
	case TCPFSM_STATE_CLOSED:
		if (x->conn->flags & TCPFSM_CONN_RESET) {
			if (was_reset(x))
				tell(x, TCPFSM_ANOMALY_AFTER_RST);
			return false;
		}
		/* e was closed before p had sent anything to acknowledge */
		if (x->p->state == TCPFSM_STATE_LISTEN)
			return false;
		break;
	default:
		break;
	}
	/*
	 * A receiver in SYN-SENT drops a segment without SYN and RST (RFC 9293
	 * section 3.10.7.3). But it may have got the SYN-ACK by then: with Fast
	 * Open a server sends data right after it.
	 */
	return x->p->state != TCPFSM_STATE_SYN_SENT ||
	       x->e->flags & TCPFSM_END_SYNACK;
}

/*
 * Whether the first FIN of e has a sequence number before RCV.NXT of p, where e
 * has sent data already. Notes that as an anomaly.
 */
static bool fin_is_behind(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *e = x->e;

	/*
	 * A FIN that ends at RCV.NXT may be a retransmission of one that was
	 * not seen (mid-stream) or not accepted (it overtook the SYN-ACK, with
	 * Fast Open). A FIN left of the window is left to
	 * tcpfsm_conn_seq_fits().
	 */
	if (seq_after(x->seg->end, x->p->rcv_nxt) ||
	    (x->seg->end == x->p->rcv_nxt &&
	     (x->conn->flags & TCPFSM_CONN_MIDSTREAM || may_send_early(x))) ||
	    (x->p->flags & TCPFSM_END_ACK &&
	     seq_before(x->seg->end, x->p->ack)))
		return false;
	tell_expected(x, TCPFSM_ANOMALY_DATA_AFTER_FIN, e->nxt);
	return true;
}

/**
 * tcpfsm_conn_fin_fits - check a segment against the FIN of its sender
 * @x: a segment with an ACK and without a SYN
 *
 * Notes an anomaly if the segment is beyond the FIN of e, if it is a FIN with
 * another sequence number, or if it is the first FIN and before data of e.
 *
 * Return: true if none of these is the case.
 */
bool tcpfsm_conn_fin_fits(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *e = x->e;

	if (!(e->flags & TCPFSM_END_FIN))
		return !(x->seg->flags & TCPFSM_FIN) || !fin_is_behind(x);
	/*
	 * Not an anomaly at a closed end: a late ACK with a SYN cookie may have
	 * made another socket there.
	 */
	if (e->state == TCPFSM_STATE_CLOSED && seq_after(x->seg->end, e->fin))
		return false;
	if (x->seg->flags & TCPFSM_FIN) {
		if (x->seg->end == e->fin)
			return true;
		tell_expected(x, TCPFSM_ANOMALY_FIN_MOVED, e->fin - 1);
		return false;
	}
	if (!seq_after(x->seg->end, e->fin))
		return true;
	tell_expected(x, TCPFSM_ANOMALY_DATA_AFTER_FIN, e->fin);
	return false;
}

/**
 * tcpfsm_conn_is_stale - PAWS check, RFC 7323 section 5.3
 * @x: the segment
 *
 * As Linux does it: tcp_paws_check(), tcp_paws_reject(). A full socket accepts
 * a timestamp that is older by one tick (TCP_PAWS_WINDOW). Any timestamp is
 * accepted after 2147 s without a segment (TCP_PAWS_WRAP): timestamps in
 * microseconds may look old then. Before Linux 6.7 that took 24 days
 * (TCP_PAWS_24DAYS), but a duplicate that is older than half an hour is none
 * that a network delivers. A RST is only checked by a request socket and in
 * TIME-WAIT, and only within 60 s of the last segment (TCP_PAWS_MSL).
 *
 * Return: true if the segment is an old duplicate by its timestamp.
 */
bool tcpfsm_conn_is_stale(const struct tcpfsm_ctx *x)
{
	const u64 second = 1000000000;
	bool full = !is_request(x) && x->p->state != TCPFSM_STATE_TIME_WAIT;
	bool rst = x->seg->flags & TCPFSM_RST;
	u64 idle = x->view->now - x->conn->last;

	if (!x->view->receiver_local || !has_stamps(x) || !x->e->tsval ||
	    (rst && full) ||
	    idle > (rst ? 60 : 2147) * second)
		return false;
	/*
	 * As in tcp_paws_check(): a difference of exactly 2^31 is negative, so
	 * such a timestamp is not old.
	 */
	return (s32)(x->e->tsval - x->seg->tsval) > full;
}
