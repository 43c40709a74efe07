// SPDX-License-Identifier: GPL-2.0
/* The laws of which segments may do something. */
#include "conn_laws.h"

#define BIT(state)	(1u << TCPFSM_STATE_##state)

/* Whose RST may also stand at the peer's FIN: tcp_reset_check() */
#define HAS_FIN_OF_PEER	(BIT(CLOSE_WAIT) | BIT(LAST_ACK) | BIT(CLOSING))
/* Who keeps what arrives beyond a hole, so that a RST may stand behind that */
#define KEEPS_HOLES	(BIT(ESTABLISHED) | BIT(FIN_WAIT_1) | BIT(FIN_WAIT_2))

static bool is_synchronized(const struct tcpfsm_end *end)
{
	return end->state >= TCPFSM_STATE_ESTABLISHED;
}

/* RFC 5961 section 4: from somewhere else on the path, or off it */
static void check_syn(const struct passage *x)
{
	const struct tcpfsm_end *e = &x->before->end[x->role];
	const struct tcpfsm_end *p = &x->before->end[!x->role];

	if (x->fresh || x->view->genuine || !is_synchronized(e) ||
	    !is_synchronized(p) || !(e->flags & TCPFSM_END_ACK))
		return;
	must(!x->out->used && !x->out->reopen,
	     "a SYN does nothing to a synchronized connection");
}

/* What a server with Fast Open has sent may have overtaken its SYN-ACK */
static bool is_overtaken(const struct tcpfsm_end *before, const struct tcpfsm_end *after)
{
	return before->state == TCPFSM_STATE_LISTEN &&
	       before->flags & TCPFSM_END_SEEN && after->nxt == before->nxt &&
	       after->nxt - after->iss < 1u << 17;
}

/* Where the SYN-ACK begins, its sender does */
static void check_synack(const struct passage *x)
{
	const struct tcpfsm_end *before = &x->before->end[x->role];
	const struct tcpfsm_end *after = &x->after->end[x->role];

	if (!x->out->used || !(x->view->halves & TCPFSM_SENT))
		return;
	must(after->flags & TCPFSM_END_SYN && after->iss == x->seg->seq,
	     "a SYN-ACK tells the ISN of its sender");
	if (before->iss != x->seg->seq || !(before->flags & TCPFSM_END_SYN))
		must(after->nxt == x->seg->end || is_overtaken(before, after),
		     "and all that it has sent");
}

/* RFC 5961 section 3, and what Linux takes besides: Documentation/fsm.rst */
static void check_rst(const struct passage *x)
{
	const struct tcpfsm_end *p = &x->before->end[!x->role];
	u32 state = 1u << p->state, seq = x->seg->seq;

	if (!x->out->used || x->view->genuine)
		return;
	if (state & BIT(SYN_SENT)) {
		must(x->seg->flags & TCPFSM_ACK &&
		     x->seg->ack - (p->iss + 1) <= p->syn_len,
		     "in SYN-SENT a RST counts that acknowledges the SYN");
		return;
	}
	must(seq == p->rcv_nxt ||
	     (!x->view->receiver_local && p->flags & TCPFSM_END_ACK &&
	      seq == p->ack) ||
	     (state & HAS_FIN_OF_PEER && seq == p->rcv_nxt - 1) ||
	     (state & KEEPS_HOLES && p->flags & TCPFSM_END_HOLE &&
	      seq == p->far),
	     "a RST that counts is where one is expected");
}

/* RFC 7323 section 5: what a socket of this host does not let pass */
static void check_stamp(const struct passage *x)
{
	const struct tcpfsm_end *e = &x->before->end[x->role];
	const struct tcpfsm_end *p = &x->before->end[!x->role];

	if (!x->view->receiver_local || !x->seg->stamped || !e->tsval ||
	    !(e->flags & p->flags & TCPFSM_END_STAMPED) ||
	    x->view->now - x->before->last > 24 * 24 * 3600 * 1000000000ull)
		return;
	/* tcp_paws_check(): of what is as far ahead as behind it says ahead */
	must(!x->out->used || (s32)(e->tsval - x->seg->tsval) <= 1,
	     "what is old by its timestamp is not used");
}

/* A FIN that is beyond the window waits until there is room for it */
static void check_fin(const struct passage *x)
{
	const struct tcpfsm_end *before = &x->before->end[!x->role];
	const struct tcpfsm_end *after = &x->after->end[!x->role];

	if (!(before->flags & TCPFSM_END_EDGE) ||
	    !seq_after(x->seg->end, before->edge) ||
	    !seq_before(before->rcv_nxt, x->seg->end))
		return;
	must(seq_before(after->rcv_nxt, x->seg->end),
	     "a FIN has to fit into the window");
}

/**
 * laws_of_acceptance - of whether a segment may do something
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
