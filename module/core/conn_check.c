// SPDX-License-Identifier: GPL-2.0
/* Which segments with an ACK are acceptable: RFC 9293 section 3.10.7.4. */
#include "core/conn_check.h"
#include "core/conn_note.h"

static void tell_outside(const struct tcpfsm_ctx *x)
{
	if (x->p->state != TCPFSM_STATE_SYN_RECEIVED)
		tell_expected(x, TCPFSM_ANOMALY_SEQ_OUT_OF_WINDOW,
			      x->p->rcv_nxt);
	else
		tell_expected(x, TCPFSM_ANOMALY_ACK3_BAD_SEQ, x->e->iss + 1);
}

/*
 * Right of the window. At its very edge Linux takes a segment, with data in it
 * only where there is a full socket: tcp_sequence(), tcp_in_window().
 */
static bool is_beyond(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *p = x->p;

	return seq_after(x->seg->seq, p->edge) ||
	       (x->seg->seq == p->edge && x->seg->end != x->seg->seq &&
		x->seg->seq != p->rcv_nxt && is_request(x));
}

/* Left of the window: acknowledged, or before what the SYN began with */
static bool is_old(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *e = x->e, *p = x->p;

	if (p->flags & TCPFSM_END_ACK)
		return seq_before(x->seg->end, p->ack);
	return isn_is_limit(e) && seq_before(x->seg->end, e->iss + 1);
}

/**
 * tcpfsm_conn_seq_fits - RFC 9293 section 3.10.7.4, "first check sequence number"
 * @x: a segment with an ACK and without a SYN
 *
 * Return: whether it is acceptable; what is neither that nor old is told of.
 */
bool tcpfsm_conn_seq_fits(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *e = x->e, *p = x->p;

	if (p->flags & TCPFSM_END_EDGE && is_beyond(x)) {
		tell_outside(x);
		return false;
	}
	if (is_request(x) && x->seg->seq != p->rcv_nxt &&
	    x->seg->end == p->rcv_nxt)
		return false;
	if (!is_old(x))
		return true;
	/*
	 * A retransmission of old data, a keepalive, a window probe: the
	 * receiver only answers it. But before the ISN there was never any
	 * data, unless of the connection that was there before.
	 */
	if (isn_is_limit(e) && !(x->conn->flags & TCPFSM_CONN_REOPENED) &&
	    seq_before(x->seg->seq, e->iss))
		tell_outside(x);
	return false;
}

/* The name for an ACK beyond what p has sent */
static enum tcpfsm_anomaly acks_too_much(const struct tcpfsm_end *p)
{
	if (p->state == TCPFSM_STATE_LAST_ACK)
		return TCPFSM_ANOMALY_LAST_ACK_BAD;
	return p->flags & TCPFSM_END_FIN ? TCPFSM_ANOMALY_FIN_BAD_ACK :
					   TCPFSM_ANOMALY_ACK_UNSENT;
}

/*
 * What is closed may be a new socket, which has received a SYN that waits; and
 * of several SYNs one may have opened a connection that we do not follow.
 */
static bool belongs_to_next(const struct tcpfsm_ctx *x)
{
	return several_pending(x->conn) ||
	       (x->e->state == TCPFSM_STATE_CLOSED && may_answer_pending(x));
}

/**
 * tcpfsm_conn_ack_fits - "Fifth check the ACK field", with RFC 5961 section 5
 * @x: a segment with an ACK and without a SYN
 *
 * Return: whether it acknowledges what it may; more than that is told of.
 */
bool tcpfsm_conn_ack_fits(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *e = x->e, *p = x->p;
	u32 ack = x->seg->ack;

	if (p->state == TCPFSM_STATE_SYN_RECEIVED &&
	    (!seq_after(ack, p->iss) || seq_after(ack, p->nxt))) {
		/* It may belong to the connection that was there before */
		if (!(x->conn->flags & TCPFSM_CONN_REOPENED))
			tell_expected(x, TCPFSM_ANOMALY_ACK3_BAD_ACK,
				      p->iss + 1);
		return false;
	}
	/* In mid-stream p may have sent more before we looked */
	if (seq_after(ack, p->nxt) &&
	    !(x->conn->flags & TCPFSM_CONN_MIDSTREAM &&
	      !(p->flags & TCPFSM_END_FIN) &&
	      (!(e->flags & TCPFSM_END_EDGE) || !seq_after(ack, e->edge)))) {
		if (!belongs_to_next(x))
			tell_expected(x, acks_too_much(p), p->nxt);
		return false;
	}
	/* Never of what was before the ISN; else as old as the window is wide */
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
 * With Fast Open what a server sends may overtake its SYN-ACK, and be overtaken
 * by it again behind us: then its receiver takes it.
 */
static void keep_early(const struct tcpfsm_ctx *x)
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
 * tcpfsm_conn_belongs - whether an ACK means something to the ends as they are
 * @x: a segment with an ACK and without a SYN
 *
 * Return: that; what no end may send in its state is told of.
 */
bool tcpfsm_conn_belongs(const struct tcpfsm_ctx *x)
{
	switch (x->e->state) {
	case TCPFSM_STATE_LISTEN:
		/* The answer of a half-open old connection, perhaps */
		if (x->p->state == TCPFSM_STATE_SYN_SENT && is_bare_ack(x->seg)) {
			x->conn->flags |= TCPFSM_CONN_CHALLENGED;
			x->e->ack = x->seg->ack;
		}
		keep_early(x);
		return false;
	case TCPFSM_STATE_SYN_SENT:
		if (x->p->flags & TCPFSM_END_SYN)
			break;
		/* It may belong to the connection that was there before */
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
		/* It ended before its peer had sent anything */
		if (x->p->state == TCPFSM_STATE_LISTEN)
			return false;
		break;
	default:
		break;
	}
	/*
	 * RFC 9293 section 3.10.7.3: without a SYN or RST it is dropped. A
	 * server with Fast Open may have sent it behind its SYN-ACK.
	 */
	return x->p->state != TCPFSM_STATE_SYN_SENT ||
	       x->e->flags & TCPFSM_END_SYNACK;
}

/* A first FIN to the left of what its sender has sent without a hole */
static bool fin_is_behind(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *e = x->e;

	/*
	 * What is old altogether is told of where the window is looked at; in
	 * mid-stream, or with Fast Open where it overtook the SYN-ACK, it may
	 * be a FIN of before that comes again.
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
 * tcpfsm_conn_keeps_fin - nothing comes after a FIN, and a FIN stays where it is
 * @x: a segment with an ACK and without a SYN
 *
 * Return: whether it is so; else it is told of.
 */
bool tcpfsm_conn_keeps_fin(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *e = x->e;

	if (!(e->flags & TCPFSM_END_FIN))
		return !(x->seg->flags & TCPFSM_FIN) || !fin_is_behind(x);
	/* A late ACK with a SYN cookie in it makes another socket of its own */
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
