// SPDX-License-Identifier: GPL-2.0
/* Laws of acceptance: which segments may move anything. */
#include "conn_laws.h"

#define BIT(state)	(1u << TCPFSM_STATE_##state)

/* In these states Linux also takes a RST at the FIN it has received: tcp_reset_check() */
#define HAS_FIN_OF_PEER	(BIT(CLOSE_WAIT) | BIT(LAST_ACK) | BIT(CLOSING))
/* In these states out-of-order data is kept, and a RST may be at its right edge */
#define KEEPS_HOLES	(BIT(ESTABLISHED) | BIT(FIN_WAIT_1) | BIT(FIN_WAIT_2))

static bool is_synchronized(const struct tcpfsm_end *end)
{
	return end->state >= TCPFSM_STATE_ESTABLISHED;
}

/* RFC 5961 section 4; not for SYNs of this host's own TCP */
static void check_syn(const struct passage *x)
{
	const struct tcpfsm_end *e = &x->before->end[x->role];
	const struct tcpfsm_end *p = &x->before->end[!x->role];

	if (x->fresh || x->view->genuine || !is_synchronized(e) ||
	    !is_synchronized(p) || !(e->flags & TCPFSM_END_ACK))
		return;
	must(!x->out->used && !x->out->reopen,
	     "a SYN moves nothing in a synchronized connection");
}

/* Did data of a server with Fast Open overtake its SYN-ACK? */
static bool is_overtaken(const struct tcpfsm_end *before, const struct tcpfsm_end *after)
{
	return before->state == TCPFSM_STATE_LISTEN &&
	       before->flags & TCPFSM_END_SEEN && after->nxt == before->nxt &&
	       after->nxt - after->iss < 1u << 17;
}

/* The number of a SYN-ACK is the ISN of its sender */
static void check_synack(const struct passage *x)
{
	const struct tcpfsm_end *before = &x->before->end[x->role];
	const struct tcpfsm_end *after = &x->after->end[x->role];

	if (!x->out->used || !(x->view->halves & TCPFSM_SENT))
		return;
	must(after->flags & TCPFSM_END_SYN && after->iss == x->seg->seq,
	     "the ISN of who sent a SYN-ACK is that of the SYN-ACK");
	if (before->iss != x->seg->seq || !(before->flags & TCPFSM_END_SYN))
		must(after->nxt == x->seg->end || is_overtaken(before, after),
		     "a SYN-ACK with a new ISN sets SND.NXT behind it");
}

/* RFC 5961 section 3, and the other numbers that Linux takes: Documentation/fsm.rst */
static void check_rst(const struct passage *x)
{
	const struct tcpfsm_end *p = &x->before->end[!x->role];
	u32 state = 1u << p->state, seq = x->seg->seq;

	if (!x->out->used || x->view->genuine)
		return;
	if (state & BIT(SYN_SENT)) {
		must(x->seg->flags & TCPFSM_ACK &&
		     x->seg->ack - (p->iss + 1) <= p->syn_len,
		     "in SYN-SENT only a RST that acknowledges the SYN counts");
		return;
	}
	must(seq == p->rcv_nxt ||
	     (!x->view->receiver_local && p->flags & TCPFSM_END_ACK &&
	      seq == p->ack) ||
	     (state & HAS_FIN_OF_PEER && seq == p->rcv_nxt - 1) ||
	     (state & KEEPS_HOLES && p->flags & TCPFSM_END_HOLE &&
	      seq == p->far),
	     "a RST counts only at a number where RFC 5961 or Linux takes it");
}

/* RFC 7323 section 5 (PAWS), which is only known of a receiver on this host */
static void check_stamp(const struct passage *x)
{
	const struct tcpfsm_end *e = &x->before->end[x->role];
	const struct tcpfsm_end *p = &x->before->end[!x->role];

	if (!x->view->receiver_local || !x->seg->stamped || !e->tsval ||
	    !(e->flags & p->flags & TCPFSM_END_STAMPED) ||
	    x->view->now - x->before->last > 2147 * 1000000000ull)
		return;
	/* tcp_paws_check(): a difference of 2^31 counts as newer */
	must(!x->out->used || (s32)(e->tsval - x->seg->tsval) <= 1,
	     "a segment with an old timestamp is not acceptable (PAWS)");
}

/* A FIN beyond the window is not received until there is room for it */
static void check_fin(const struct passage *x)
{
	const struct tcpfsm_end *before = &x->before->end[!x->role];
	const struct tcpfsm_end *after = &x->after->end[!x->role];

	if (!(before->flags & TCPFSM_END_EDGE) ||
	    !seq_after(x->seg->end, before->edge) ||
	    !seq_before(before->rcv_nxt, x->seg->end))
		return;
	must(seq_before(after->rcv_nxt, x->seg->end),
	     "a FIN beyond the window is not received");
}

/**
 * laws_of_acceptance - check whether a segment was acceptable
 * @x: the call
 */
void laws_of_acceptance(const struct passage *x)
{
	switch (x->seg->flags & (TCPFSM_SYN | TCPFSM_ACK | TCPFSM_FIN |
				 TCPFSM_RST)) {
	case TCPFSM_SYN:
		check_syn(x);
		break;
	case TCPFSM_SYN | TCPFSM_ACK:
		check_synack(x);
		break;
	case TCPFSM_FIN | TCPFSM_ACK:
		check_fin(x);
		fallthrough;
	case TCPFSM_ACK:
		check_stamp(x);
		break;
	default:
		check_rst(x);
	}
}
