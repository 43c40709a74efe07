// SPDX-License-Identifier: GPL-2.0
/*
 * What follows from a claim that is borne out: its receiver has sent a SYN-ACK,
 * or a FIN. The numbers are right; that one octet is a FIN is a guess, which is
 * taken back if its sender goes on.
 */
#include "core/conn_hole.h"
#include "core/conn_infer.h"
#include "core/conn_learn.h"
#include "core/conn_move.h"

/**
 * tcpfsm_conn_infer_synack - the SYN-ACK of an end in LISTEN was not seen
 * @x: the claim that shows it; the end is @x->p
 * @ack: the lowest number that the claim acknowledges
 *
 * Its ISN is before that number. Or lower, if what first acknowledged it was not
 * seen either.
 */
void tcpfsm_conn_infer_synack(const struct tcpfsm_ctx *x, u32 ack)
{
	struct tcpfsm_end *p = x->p;

	p->iss = ack - 1;
	if (!(p->flags & TCPFSM_END_SEEN))
		p->nxt = ack;
	p->rcv_nxt = x->seg->seq;
	x->e->rcv_nxt = ack;
	p->flags |= TCPFSM_END_SEEN | TCPFSM_END_SYN | TCPFSM_END_SYNACK;
	x->conn->hole[!x->role].syn = true;
	/* Unknown shift count: take the largest, to avoid false anomalies */
	p->wscale = x->e->wscale == TCPFSM_WSCALE_NONE ?
		    TCPFSM_WSCALE_NONE : TCPFSM_WSCALE_MAX;
	tcpfsm_conn_reaches(x, TCPFSM_SND_SYNACK, TCPFSM_CAUSE_SYN_ACK);
}

/* Whether @ack acknowledges the FIN of @end */
static bool covers_fin(u32 ack, const struct tcpfsm_end *end)
{
	return end->flags & TCPFSM_END_FIN && !seq_before(ack, end->fin);
}

/**
 * tcpfsm_conn_infer_fin - the FIN of an end was not seen: its next octet
 * @x: the claim that acknowledges it; the end is @x->p
 * @received_all: the end has acknowledged all that @x->e has sent, it is assumed
 */
void tcpfsm_conn_infer_fin(const struct tcpfsm_ctx *x, bool received_all)
{
	struct tcpfsm_end *e = x->e, *p = x->p;

	p->nxt++;
	p->fin = p->nxt;
	p->flags |= TCPFSM_END_FIN;
	if (received_all) {
		p->ack = e->nxt;
		p->flags |= TCPFSM_END_ACK;
	}
	if (p->flags & TCPFSM_END_ACK && covers_fin(p->ack, e))
		p->flags |= TCPFSM_END_FIN_SECOND;
	x->conn->hole[!x->role].fin = true;
	x->conn->flags |= TCPFSM_CONN_DOUBT;
	if (received_all && e->state == TCPFSM_STATE_FIN_WAIT_1)
		tcpfsm_conn_assumes(x, TCPFSM_RCV_ACK_FIN, TCPFSM_CAUSE_ACK);
	tcpfsm_conn_reaches(x, TCPFSM_SND_FIN, TCPFSM_CAUSE_FIN);
}

/* The state that an end was in before @old, had its peer not sent a FIN */
static enum tcpfsm_state without_peer_fin(enum tcpfsm_state old)
{
	switch (old) {
	case TCPFSM_STATE_CLOSE_WAIT:
		return TCPFSM_STATE_ESTABLISHED;
	case TCPFSM_STATE_LAST_ACK:
	case TCPFSM_STATE_CLOSING:
		return TCPFSM_STATE_FIN_WAIT_1;
	case TCPFSM_STATE_TIME_WAIT:
		return TCPFSM_STATE_FIN_WAIT_2;
	default:
		return old;
	}
}

/* The same, had it not sent one itself */
static enum tcpfsm_state without_own_fin(enum tcpfsm_state old)
{
	switch (old) {
	case TCPFSM_STATE_FIN_WAIT_1:
	case TCPFSM_STATE_FIN_WAIT_2:
		return TCPFSM_STATE_ESTABLISHED;
	case TCPFSM_STATE_CLOSING:
	case TCPFSM_STATE_LAST_ACK:
	case TCPFSM_STATE_TIME_WAIT:
	case TCPFSM_STATE_CLOSED:
		return TCPFSM_STATE_CLOSE_WAIT;
	default:
		return old;
	}
}

static void move_back(const struct tcpfsm_ctx *x, enum tcpfsm_role role,
		      enum tcpfsm_state new)
{
	if (new != x->conn->end[role].state)
		tcpfsm_conn_move(x, role, new, TCPFSM_CAUSE_ROLLBACK, false);
}

/* R3: both ends go back to where they were without the FIN */
static void take_back(const struct tcpfsm_ctx *x, enum tcpfsm_role role)
{
	struct tcpfsm_end *end = &x->conn->end[role];

	x->conn->hole[role].fin = false;
	end->flags &= ~(TCPFSM_END_FIN | TCPFSM_END_FIN_SECOND);
	move_back(x, role, without_own_fin(end->state));
	move_back(x, !role, without_peer_fin(x->conn->end[!role].state));
	x->out->used = true;
}

/**
 * tcpfsm_conn_undo_fin - what was taken for a FIN was payload, which was not seen
 * @x: the segment or claim that shows it
 * @role: the end that has not closed there
 */
void tcpfsm_conn_undo_fin(const struct tcpfsm_ctx *x, enum tcpfsm_role role)
{
	u32 fin = x->conn->end[role].fin;

	take_back(x, role);
	tcpfsm_conn_open_hole(x, role, fin - 1, fin);
}

/*
 * Whether the FIN of e was inferred, and the segment is acceptable where it says
 * something about that.
 */
static bool speaks_of_fin(const struct tcpfsm_ctx *x)
{
	return x->conn->hole[x->role].fin && sent(x) && received(x) &&
	       !(x->conn->flags & TCPFSM_CONN_RESET) &&
	       !seq_after(x->seg->ack, x->p->nxt) &&
	       !(x->p->flags & TCPFSM_END_EDGE &&
		 seq_after(x->seg->seq, x->p->edge));
}

/**
 * tcpfsm_conn_doubt_fin - take an inferred FIN back if its sender goes on
 * @x: a segment or claim without SYN and RST
 */
void tcpfsm_conn_doubt_fin(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_segment *seg = x->seg;
	bool is_data = seg->len && !(seg->flags & TCPFSM_FIN);

	if (speaks_of_fin(x) &&
	    (seq_after(seg->end, x->e->fin) ||
	     (is_data && seg->end == x->e->fin)))
		tcpfsm_conn_undo_fin(x, x->role);
}

/**
 * tcpfsm_conn_meets_fin - whether a segment is the FIN that was inferred
 * @x: a segment without SYN and RST
 *
 * If it is, it was late, and changes no state. But if it does not acknowledge
 * the FIN of the peer, and was thought to, or the other way round, then what was
 * inferred is taken back.
 *
 * Return: true if nothing is left to be done.
 */
bool tcpfsm_conn_meets_fin(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_end *e = x->e;
	bool second = e->flags & TCPFSM_END_FIN_SECOND;

	if (!speaks_of_fin(x) || !(x->seg->flags & TCPFSM_FIN) ||
	    x->seg->end != e->fin)
		return false;
	e->nxt = e->fin - 1;
	if (covers_fin(x->seg->ack, x->p) != second) {
		take_back(x, x->role);
		x->p->rcv_nxt = e->nxt;
		return false;
	}
	x->conn->hole[x->role].fin = false;
	tcpfsm_conn_learn_sender(x);
	x->out->used = true;
	return true;
}
