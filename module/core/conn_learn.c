// SPDX-License-Identifier: GPL-2.0
/* Sequence numbers, window and options of an end, from its segments. */
#include "core/conn_hole.h"
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

/* The sender leaves octets out, or brings some that had been left out */
static noinline void note_gap(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_segment *seg = x->seg;

	if (seq_after(seg->seq, x->e->nxt))
		tcpfsm_conn_open_hole(x, x->role, x->e->nxt, seg->seq);
	else
		tcpfsm_conn_fill_hole(x);
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

	x->conn->last = x->view->now;
	if (seg->end != seg->seq && seq_before(seg->seq, e->nxt))
		e->retransmits++;
	if (seg->seq != e->nxt && e->flags & TCPFSM_END_SEEN)
		note_gap(x);
	e->nxt = seq_max(e->nxt, seg->end);
	e->packets++;
	e->bytes += seg->len;
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
