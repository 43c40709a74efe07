// SPDX-License-Identifier: GPL-2.0
/* Sequence numbers, window and options of an end, from its segments. */
#include "core/conn_learn.h"

/**
 * tcpfsm_conn_offer_window - update the receive window of an end
 * @end: the end
 * @ack: left edge, the acknowledgment number that it sends
 * @window: size, octets, already scaled
 *
 * The right edge never moves to the left: if the window shrinks (RFC 9293
 * section 3.8.6), the peer may still send up to the highest edge offered.
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

/* An octet at the number of a SYN or FIN is no payload */
static bool is_at_syn_or_fin(const struct tcpfsm_end *e, u32 seq)
{
	return (e->flags & TCPFSM_END_SYN && seq == e->iss) ||
	       (e->flags & TCPFSM_END_FIN && seq == e->fin - 1);
}

/*
 * Whether the octet of the segment is that of a keepalive, RFC 9293 section
 * 3.8.4: at SND.NXT - 1, with all that was sent acknowledged. So is the last
 * octet that is sent again because its ACK was lost behind us, but that does
 * not wait: keepalives come after a second without a segment, or more.
 */
static bool is_keepalive(const struct tcpfsm_ctx *x)
{
	const u64 idle = 500000000;
	const struct tcpfsm_segment *seg = x->seg;
	const struct tcpfsm_end *e = x->e, *p = x->p;

	return seg->len == 1 && seg->end == e->nxt &&
	       !(seg->flags & TCPFSM_FIN) &&
	       p->flags & TCPFSM_END_ACK && p->ack == e->nxt &&
	       (is_at_syn_or_fin(e, seg->seq) ||
		x->view->now - x->conn->last >= idle);
}

/*
 * Whether the segment begins with the octet of a window probe that p has not
 * acknowledged: p had no room for it, and the octet was counted then.
 */
static bool begins_with_probe(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *e = x->e, *p = x->p;

	return e->probing && x->seg->len && x->seg->seq + 1 == e->nxt &&
	       !(p->flags & TCPFSM_END_ACK && p->ack == e->nxt);
}

/**
 * tcpfsm_conn_count_again - count a segment with numbers already used
 * @x: the segment, without SYN and RST; nothing was learned from it yet
 *
 * A keepalive and a window probe are sent again to get an answer, not because
 * something did not arrive: their octet is neither payload nor a retransmission.
 */
void tcpfsm_conn_count_again(const struct tcpfsm_ctx *x)
{
	x->e->packets++;
	if (is_keepalive(x))
		return;
	x->e->bytes += x->seg->len;
	if (begins_with_probe(x))
		x->e->bytes--;
	else
		x->e->retransmits++;
}

/*
 * Note a window probe as BSD and Windows send it, RFC 9293 section 3.8.6.1: one
 * new octet at the right edge of the window, where p has no room for it. Until
 * something follows it, every segment is looked at for its octet.
 */
static void notice_probe(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_segment *seg = x->seg;
	const struct tcpfsm_end *p = x->p;

	x->e->probing = seg->len == 1 &&
			!(seg->flags & (TCPFSM_SYN | TCPFSM_FIN)) &&
			p->flags & TCPFSM_END_EDGE && seg->seq == p->edge;
}

/* Count a segment: payload, and whether its numbers were used before */
static void count_sent(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_segment *seg = x->seg;
	struct tcpfsm_end *e = x->e;

	/* Of a SYN-ACK send_synack() in conn_synack.c knows what is sent again */
	if (seg->end != seg->seq && seq_before(seg->seq, e->nxt) &&
	    !(seg->flags & TCPFSM_SYN)) {
		tcpfsm_conn_count_again(x);
	} else {
		e->packets++;
		e->bytes += seg->len;
	}
	if (seq_after(seg->end, e->nxt))
		notice_probe(x);
}

/**
 * tcpfsm_conn_learn_sender - update the sender of an acceptable segment
 * @x: the segment
 *
 * SND.NXT, acknowledgment number, window and counters. For segments on the fast
 * path learn() in conn_fast.c does the same.
 */
void tcpfsm_conn_learn_sender(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_segment *seg = x->seg;
	struct tcpfsm_end *e = x->e;
	u32 ack = seg->ack;

	count_sent(x);
	x->conn->last = x->view->now;
	e->nxt = seq_max(e->nxt, seg->end);
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
 * tcpfsm_conn_learn_syn - set up an end from its SYN
 * @end: the sender of the SYN
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
