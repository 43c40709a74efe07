// SPDX-License-Identifier: GPL-2.0
/*
 * What most segments are: the next one of an established connection, with
 * nothing odd about it or before it. All the questions that the other files
 * ask have the same answer for it, so a few are enough; selftests/oracle
 * compares what comes of it with what they make of it.
 *
 * A data segment costs 220 ns without this and 160 with it (selftests/bench).
 */
#include "conn_pass.h"
#include "zeek.h"

/* What an end of such a connection is, and what it may be besides */
#define END_IS	(TCPFSM_END_SEEN | TCPFSM_END_ACK | TCPFSM_END_EDGE | \
		 TCPFSM_END_OPEN | TCPFSM_END_CONFIRMED)
#define END_MAY	(TCPFSM_END_SYN | TCPFSM_END_SYNACK | TCPFSM_END_LOCAL | \
		 TCPFSM_END_STAMPED | TCPFSM_END_NO_SACK)

static bool is_plain_end(const struct tcpfsm_end *end)
{
	return end->state == TCPFSM_STATE_ESTABLISHED &&
	       (end->flags & ~END_MAY) == END_IS;
}

static bool is_known_local(const struct tcpfsm_pass *x)
{
	return (!x->view->sender_local || x->e->flags & TCPFSM_END_LOCAL) &&
	       (!x->view->receiver_local || x->p->flags & TCPFSM_END_LOCAL);
}

/* In order at both ends, in the window, and its ACK neither old nor ahead */
static bool is_next(const struct tcpfsm_pass *x)
{
	const struct tcpfsm_segment *seg = x->seg;

	return seg->seq == x->e->nxt && seg->seq == x->p->rcv_nxt &&
	       !seq_after(seg->end, x->p->edge) &&
	       !seq_before(seg->ack, x->e->ack) &&
	       !seq_after(seg->ack, x->p->nxt);
}

/**
 * tcpfsm_conn_plain - let a segment act on its connection, if it is a plain one
 * @x: the segment
 *
 * Return: false when it is not; nothing was done then.
 */
bool tcpfsm_conn_plain(const struct tcpfsm_pass *x)
{
	const u8 marks = TCPFSM_SYN | TCPFSM_FIN | TCPFSM_RST | TCPFSM_ACK;
	const u16 odd = TCPFSM_CONN_MIDSTREAM | TCPFSM_CONN_PENDING;
	const struct tcpfsm_segment *seg = x->seg;
	struct tcpfsm_end *e = x->e, *p = x->p;

	if ((seg->flags & marks) != TCPFSM_ACK || x->conn->flags & odd ||
	    x->view->halves != (TCPFSM_SENT | TCPFSM_RECEIVED) ||
	    !is_plain_end(e) || !is_plain_end(p) || !is_known_local(x) ||
	    !is_next(x) || !tcpfsm_zeek_knows(x->conn, x->role, seg))
		return false;
	if (has_stamps(x)) {
		if (seq_before(seg->tsval, e->tsval))
			return false;
		/* RFC 7323 section 4.3 */
		if (!seq_after(seg->seq, p->ack))
			e->tsval = seg->tsval;
	}
	tcpfsm_pass_learn_sender(x);
	p->rcv_nxt = seg->end;
	x->out->used = true;
	x->out->plain = true;
	return true;
}
