// SPDX-License-Identifier: GPL-2.0
/*
 * An observer does not see every segment. One that was not seen makes the next
 * segment of the other end unacceptable: it acknowledges what was never sent. If
 * that were the end of it, the connection could never be followed again. So a
 * segment that is refused because of a number stays as its sender's claim, and
 * the other end is the witness: if its next segment fits the claim and not the
 * record, then the record is what is wrong.
 *
 * A forged segment does no harm: the other end goes on as the record says.
 */
#include "core/conn_claim.h"
#include "core/conn_hole.h"
#include "core/conn_move.h"
#include "core/conn_note.h"

/*
 * So many segments may come out of order before something is concluded: captures
 * with several queues exchange neighbours.
 */
#define PATIENCE	4

/* Whether the last anomaly of the segment is one that a hole in the view makes */
static bool may_be_hole(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_note *note;

	if (!x->out->notes)
		return false;
	note = &x->out->note[x->out->notes - 1];
	if (note->role != x->role)
		return false;
	switch (note->anomaly) {
	case TCPFSM_ANOMALY_ACK_UNSENT:
		return true;
	case TCPFSM_ANOMALY_ACK3_BAD_ACK:
		return seq_after(x->seg->ack, x->p->nxt);
	case TCPFSM_ANOMALY_ACK3_BAD_SEQ:
	case TCPFSM_ANOMALY_SEQ_OUT_OF_WINDOW:
		return x->p->flags & TCPFSM_END_EDGE &&
		       seq_after(x->seg->seq, x->p->edge);
	case TCPFSM_ANOMALY_ACK_BEFORE_SYNACK:
		return !seq_before(x->seg->seq, x->e->nxt);
	default:
		return false;
	}
}

/* The claim was false: now it is what it looked like when it came */
static void refute(struct tcpfsm_claim *claim, enum tcpfsm_role role,
		   struct tcpfsm_outcome *out)
{
	struct tcpfsm_note *note = tcpfsm_conn_note(out, claim->anomaly, role);

	note->expects = true;
	note->expected = claim->expected;
	note->late = true;
	note->seq = claim->seq;
	note->ack = claim->ack;
	claim->count = 0;
}

/* Whether the segment goes on with what its sender claims already */
static bool goes_on(const struct tcpfsm_claim *claim,
		    const struct tcpfsm_segment *seg)
{
	return claim->count && !seq_before(seg->seq, claim->seq) &&
	       !seq_before(seg->ack, claim->ack) &&
	       (!claim->fin || !seq_after(seg->end, claim->end));
}

static void extend(struct tcpfsm_claim *claim, const struct tcpfsm_segment *seg)
{
	if (seq_after(seg->end, claim->end)) {
		claim->len += seg->end - claim->end;
		claim->end = seg->end;
	}
	claim->ack = seg->ack;
	claim->window = seg->window;
	claim->fin |= !!(seg->flags & TCPFSM_FIN);
	claim->count += claim->count < 0xff;
}

/* Told once a connection */
static void note_one_sided(const struct tcpfsm_ctx *x)
{
	if (!x->conn->one_sided)
		tcpfsm_conn_note(x->out, TCPFSM_ANOMALY_ONE_SIDED, x->role);
	x->conn->one_sided = true;
}

/*
 * Whether the segment acknowledges a FIN that was not seen: one octet, and its
 * sender closes too.
 */
static bool is_ack_of_fin(const struct tcpfsm_ctx *x)
{
	return x->seg->ack == x->p->nxt + 1 &&
	       !(x->p->flags & TCPFSM_END_FIN) &&
	       (x->seg->flags & TCPFSM_FIN || x->e->flags & TCPFSM_END_FIN);
}

/* The last ACK, of a FIN that was not seen: nothing will follow it */
static bool ends_close(const struct tcpfsm_ctx *x)
{
	return x->e->state == TCPFSM_STATE_FIN_WAIT_2 && is_bare_ack(x->seg) &&
	       is_ack_of_fin(x);
}

/**
 * tcpfsm_conn_hold_claim - keep a refused segment as the claim of its sender
 * @x: the segment, with an ACK and without SYN and RST, that was not acceptable
 *
 * Its anomaly is noted if and when the claim turns out to be false. Of an end on
 * this host every segment is seen: nothing can be claimed of it.
 *
 * Return: true if the claim is true at once: this host's own TCP makes it, or
 * the other end is silent.
 */
bool tcpfsm_conn_hold_claim(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_claim *claim = &x->conn->claim[x->role];
	struct tcpfsm_note note;

	if (!sent(x) || !received(x) || x->p->flags & TCPFSM_END_LOCAL ||
	    !may_be_hole(x))
		return false;
	note = x->out->note[--x->out->notes];
	if (!goes_on(claim, x->seg)) {
		if (claim->count)
			refute(claim, x->role, x->out);
		*claim = (struct tcpfsm_claim){
			.seq = x->seg->seq,
			.end = x->seg->seq,
			.anomaly = note.anomaly,
			.expected = note.expected,
			.alone = claim->alone,
		};
	}
	extend(claim, x->seg);
	x->conn->flags |= TCPFSM_CONN_DOUBT;
	if (claim->count >= PATIENCE && !claim->age && !claim->alone) {
		claim->alone = true;
		note_one_sided(x);
	}
	return claim->alone || ends_close(x) ||
	       (x->view->genuine && x->view->sender_local);
}

/**
 * tcpfsm_conn_rst_refutes - whether a RST answers what its receiver claims
 * @x: the RST
 *
 * RFC 9293 section 3.10.7: an unacceptable ACK is answered by a RST without ACK
 * whose sequence number is the acknowledgment number. If so, the anomaly of the
 * claim is noted.
 */
void tcpfsm_conn_rst_refutes(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_claim *claim = &x->conn->claim[!x->role];

	if (claim->count && sent(x) && !(x->seg->flags & TCPFSM_ACK) &&
	    x->seg->seq == claim->ack)
		refute(claim, !x->role, x->out);
}

/**
 * tcpfsm_conn_age_claim - count a segment that is no evidence for a claim
 * @x: an acceptable segment
 * @role: whose claim
 */
void tcpfsm_conn_age_claim(const struct tcpfsm_ctx *x, enum tcpfsm_role role)
{
	struct tcpfsm_claim *claim = &x->conn->claim[role];

	if (claim->count && ++claim->age >= PATIENCE)
		refute(claim, role, x->out);
}

/**
 * tcpfsm_conn_claim_filled - whether what a claim had missed has come after all
 * @x: a segment that was acceptable
 *
 * Return: true if the record bears out the claim of its receiver now.
 */
bool tcpfsm_conn_claim_filled(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_claim *claim = &x->conn->claim[!x->role];

	return claim->count && x->e->flags & TCPFSM_END_SEEN &&
	       !seq_after(claim->ack, x->e->nxt) &&
	       (!(x->e->flags & TCPFSM_END_EDGE) ||
		!seq_after(claim->seq, x->e->edge));
}

/**
 * tcpfsm_conn_claim_agrees - whether a segment bears out the claim of its peer
 * @x: the segment, without SYN
 *
 * Its sender has sent what the claim acknowledges, and acknowledges what the
 * claim has sent, but nothing of this can be if the record is right.
 *
 * Return: true if the record has to give way.
 */
bool tcpfsm_conn_claim_agrees(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_claim *claim = &x->conn->claim[!x->role];
	const struct tcpfsm_segment *seg = x->seg;
	const u32 far = 1u << 30;

	if (!claim->count || !sent(x) || !received(x) ||
	    !(seg->flags & TCPFSM_ACK))
		return false;
	if (seg->seq - claim->ack >= far ||
	    seg->ack - claim->seq > claim->end - claim->seq)
		return false;
	return !(x->e->flags & TCPFSM_END_SEEN) ||
	       seq_after(seg->seq, x->e->nxt) || seq_after(seg->ack, x->p->nxt);
}

/* The SYN-ACK was not seen. Its ISN is before what the first ACK acknowledges */
static void infer_synack(const struct tcpfsm_ctx *x,
			 const struct tcpfsm_segment *seg)
{
	struct tcpfsm_end *p = x->p;

	p->iss = seg->ack - 1;
	p->rcv_nxt = seg->seq;
	x->e->rcv_nxt = seg->ack;
	p->flags |= TCPFSM_END_SYN | TCPFSM_END_SYNACK;
	/* Unknown shift count: take the largest, to avoid false anomalies */
	p->wscale = x->e->wscale == TCPFSM_WSCALE_NONE ?
		    TCPFSM_WSCALE_NONE : TCPFSM_WSCALE_MAX;
	tcpfsm_conn_reaches(x, TCPFSM_SND_SYNACK, TCPFSM_CAUSE_SYN_ACK);
}

static void infer_fin(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_end *e = x->e, *p = x->p;

	p->nxt++;
	p->fin = p->nxt;
	p->flags |= TCPFSM_END_FIN;
	/* Of a silent end: it has received all */
	if (x->conn->claim[x->role].alone) {
		p->ack = e->nxt;
		p->flags |= TCPFSM_END_ACK;
	}
	if (e->flags & TCPFSM_END_FIN && p->flags & TCPFSM_END_ACK &&
	    !seq_before(p->ack, e->fin))
		p->flags |= TCPFSM_END_FIN_SECOND;
	x->conn->hole[!x->role].fin = true;
	x->conn->flags |= TCPFSM_CONN_DOUBT;
	if (x->conn->claim[x->role].alone && e->state == TCPFSM_STATE_FIN_WAIT_1)
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

/**
 * tcpfsm_conn_undo_fin - take back a FIN that was inferred
 * @x: a segment without SYN and RST, whose sender was thought to have closed
 *
 * R3: its sender has not closed where it was thought to, or closes only now.
 */
void tcpfsm_conn_undo_fin(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_hole *hole = &x->conn->hole[x->role];
	struct tcpfsm_end *e = x->e;

	if (!hole->fin || x->conn->flags & TCPFSM_CONN_RESET ||
	    (is_bare_ack(x->seg) && x->seg->seq == e->fin))
		return;
	hole->fin = false;
	e->flags &= ~(TCPFSM_END_FIN | TCPFSM_END_FIN_SECOND);
	if (x->seg->flags & TCPFSM_FIN && x->seg->end == e->fin) {
		e->nxt = e->fin - 1;
		x->p->rcv_nxt = e->nxt;
	} else {
		tcpfsm_conn_open_hole(x, x->role, e->fin - 1, e->fin);
	}
	move_back(x, x->role, without_own_fin(e->state));
	move_back(x, !x->role, without_peer_fin(x->p->state));
}

/**
 * tcpfsm_conn_take_claim - bring the record up to a claim
 * @x: the claim as a segment on its way: @x->e is the end that made it
 * @seg: @x->seg; filled with the claim
 *
 * The caller lets the segment act on the connection.
 */
void tcpfsm_conn_take_claim(const struct tcpfsm_ctx *x,
			    struct tcpfsm_segment *seg)
{
	struct tcpfsm_claim *claim = &x->conn->claim[x->role];
	struct tcpfsm_end *e = x->e, *p = x->p;

	*seg = (struct tcpfsm_segment){
		.flags = TCPFSM_ACK | (claim->fin ? TCPFSM_FIN : 0),
		.wscale = TCPFSM_WSCALE_NONE,
		.window = claim->window,
		.seq = claim->seq,
		.ack = claim->ack,
		.len = claim->len,
		.end = claim->end,
	};
	e->packets += claim->count - 1;
	claim->count = 0;
	if (!(p->flags & TCPFSM_END_SEEN)) {
		p->nxt = seg->ack;
	} else if (is_ack_of_fin(x)) {
		infer_fin(x);
	} else if (seq_after(seg->ack, p->nxt)) {
		tcpfsm_conn_open_hole(x, !x->role, p->nxt, seg->ack);
		p->nxt = seg->ack;
	}
	p->flags |= TCPFSM_END_SEEN;
	if (p->state == TCPFSM_STATE_LISTEN)
		infer_synack(x, seg);
	if (p->flags & TCPFSM_END_EDGE && seq_after(seg->end, p->edge))
		p->edge = seg->end;
}
