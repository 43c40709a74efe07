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
#include "core/conn_infer.h"
#include "core/conn_note.h"

/*
 * So many segments may come out of order before something is concluded: captures
 * with several queues exchange neighbours.
 */
#define PATIENCE	4

/* Whether the last anomaly of the segment is one that a hole in the view makes */
static bool may_be_hole(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_note *note = &x->out->note[x->out->notes - 1];

	switch (note->anomaly) {
	case TCPFSM_ANOMALY_ACK_UNSENT:
		return true;
	case TCPFSM_ANOMALY_FIN_BAD_ACK:
	case TCPFSM_ANOMALY_LAST_ACK_BAD:
		return x->conn->hole[!x->role].fin;
	case TCPFSM_ANOMALY_ACK3_BAD_ACK:
		return seq_after(x->seg->ack, x->p->nxt);
	case TCPFSM_ANOMALY_ACK3_BAD_SEQ:
	case TCPFSM_ANOMALY_SEQ_OUT_OF_WINDOW:
		return x->p->flags & TCPFSM_END_EDGE &&
		       seq_after(x->seg->seq, x->p->edge);
	case TCPFSM_ANOMALY_ACK_BEFORE_SYNACK:
	case TCPFSM_ANOMALY_FIN_EARLY:
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
	claim->count = 0;
}

/* Whether two numbers are so close that they can be of one connection */
static bool is_near(u32 a, u32 b)
{
	const u32 far = 1u << 30;

	return a - b < far || b - a < far;
}

/*
 * Whether the segment goes on with what its sender claims already. It need not be
 * in order: it may have been sent again, or have been overtaken. But nothing
 * follows a FIN.
 */
static bool goes_on(const struct tcpfsm_claim *claim,
		    const struct tcpfsm_segment *seg)
{
	if (!claim->count || !is_near(seg->seq, claim->seq) ||
	    !is_near(seg->ack, claim->ack) || !is_near(seg->end, claim->end))
		return false;
	if (claim->fin && seq_after(seg->end, claim->end))
		return false;
	return !(seg->flags & TCPFSM_FIN) || !seq_before(seg->end, claim->end);
}

/* From the first octet of all segments to the last one */
static void extend(const struct tcpfsm_ctx *x, struct tcpfsm_claim *claim)
{
	const struct tcpfsm_segment *seg = x->seg;
	u32 old = seq_max(seg->end, x->e->nxt);

	if (seq_after(seg->seq, claim->end))
		claim->gap += seg->seq - claim->end;
	else if (seq_before(old, claim->seq))
		claim->gap += claim->seq - old;
	else if (!seq_before(seg->seq, claim->seq) &&
		 !seq_after(seg->end, claim->end))
		claim->gap -= min(seg->len, claim->gap);
	claim->seq = seq_before(seg->seq, claim->seq) ? seg->seq : claim->seq;
	claim->end = seq_max(claim->end, seg->end);
	claim->len += seg->len;
	if (seq_before(seg->ack, claim->low))
		claim->low = seg->ack;
	if (seq_after(seg->ack, claim->ack)) {
		claim->step = seg->ack == claim->ack + 1;
		claim->after_fin = claim->fin;
	}
	if (!seq_before(seg->ack, claim->ack)) {
		claim->ack = seg->ack;
		claim->window = seg->window;
	}
	claim->fin |= !!(seg->flags & TCPFSM_FIN);
	claim->count += claim->count < 0xff;
}

/* Whether @seq is at most @back before @base or three times as much after it */
static bool is_within(u32 seq, u32 base, u32 back)
{
	return seq - (base - back) <= 4 * back;
}

/*
 * Whether a claim without a witness is plausible: it goes on near where its
 * sender was, and the other end has not sent more than windows of it. Somebody
 * who sees neither cannot guess that.
 */
static bool is_plausible(const struct tcpfsm_ctx *x,
			 const struct tcpfsm_claim *claim)
{
	const struct tcpfsm_end *e = x->e, *p = x->p;
	const u32 least = 0xffff;

	return is_within(claim->seq, e->nxt, max(p->max_window, least)) &&
	       (!(e->flags & TCPFSM_END_ACK) ||
		is_within(claim->ack, e->ack, max(e->max_window, least)));
}

/*
 * Only one end is seen, it seems. Told once, and not before several claims have
 * counted: if the other end may just have sent a flight of segments that were not
 * seen, the ACKs of it look the same.
 */
static void suspect_one_sided(const struct tcpfsm_ctx *x,
			      struct tcpfsm_claim *claim)
{
	const u8 enough = x->p->packets ||
			  x->conn->flags & TCPFSM_CONN_MIDSTREAM ?
			  4 * PATIENCE : PATIENCE;

	if (claim->alone < enough)
		claim->alone++;
	if (claim->alone < enough || x->conn->one_sided)
		return;
	x->conn->one_sided = true;
	tcpfsm_conn_note(x->out, TCPFSM_ANOMALY_ONE_SIDED, x->role);
}

/*
 * Whether the other end has never been seen, and may have sent what the claim
 * acknowledges: that fits into the window.
 */
static bool was_never_seen(const struct tcpfsm_ctx *x,
			   const struct tcpfsm_claim *claim)
{
	return x->conn->flags & TCPFSM_CONN_MIDSTREAM &&
	       !(x->p->flags & TCPFSM_END_SEEN) &&
	       !(x->e->flags & TCPFSM_END_EDGE &&
		 seq_after(claim->ack, x->e->edge));
}

/*
 * Whether a claim counts although the other end has not spoken: after so many
 * segments it is silent, and every further claim counts.
 */
static bool is_alone(const struct tcpfsm_ctx *x, struct tcpfsm_claim *claim)
{
	if (!claim->alone && !was_never_seen(x, claim) &&
	    (claim->count < PATIENCE || claim->age || !is_plausible(x, claim)))
		return false;
	suspect_one_sided(x, claim);
	return true;
}

/* The last ACK, of a FIN that was not seen: nothing may follow it */
static bool ends_close(const struct tcpfsm_ctx *x,
		       const struct tcpfsm_claim *claim)
{
	const struct tcpfsm_end *e = x->e;

	if (!claim->step || x->seg->ack != claim->ack || !is_bare_ack(x->seg) ||
	    x->seg->seq != seq_max(e->nxt, claim->end) ||
	    x->p->flags & TCPFSM_END_FIN || !is_plausible(x, claim))
		return false;
	return e->state == TCPFSM_STATE_FIN_WAIT_1 ||
	       e->state == TCPFSM_STATE_FIN_WAIT_2 ||
	       (e->state == TCPFSM_STATE_ESTABLISHED && claim->fin);
}

/**
 * tcpfsm_conn_hold_claim - keep a refused segment as the claim of its sender
 * @x: the segment, with an ACK and without SYN and RST, that was not acceptable;
 *	its anomaly is the last one noted
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
			.ack = x->seg->ack,
			.low = x->seg->ack,
			.anomaly = note.anomaly,
			.expected = note.expected,
			.alone = claim->alone,
			.step = x->seg->ack == x->p->nxt + 1 &&
				x->p->state != TCPFSM_STATE_LISTEN,
		};
	}
	extend(x, claim);
	x->conn->flags |= TCPFSM_CONN_DOUBT;
	return is_alone(x, claim) || ends_close(x, claim) ||
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
 * @x: an acceptable segment, which was not overtaken
 * @role: whose claim
 *
 * Only the other end contradicts: if the claim is true, it has overtaken what its
 * sender says now.
 */
void tcpfsm_conn_age_claim(const struct tcpfsm_ctx *x, enum tcpfsm_role role)
{
	struct tcpfsm_claim *claim = &x->conn->claim[role];

	if (claim->count && x->role != role && ++claim->age >= PATIENCE)
		refute(claim, role, x->out);
}

/**
 * tcpfsm_conn_claim_filled - whether what a claim had missed has come after all
 * @conn: the connection, after a segment that was acceptable
 * @role: whose claim
 *
 * Return: true if the record bears out the claim now.
 */
bool tcpfsm_conn_claim_filled(const struct tcpfsm_conn *conn,
			      enum tcpfsm_role role)
{
	const struct tcpfsm_claim *claim = &conn->claim[role];
	const struct tcpfsm_end *p = &conn->end[!role];

	return claim->count && p->flags & TCPFSM_END_SEEN &&
	       !seq_after(claim->ack, p->nxt) &&
	       (!(p->flags & TCPFSM_END_EDGE) ||
		!seq_after(claim->seq, p->edge));
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
	u32 acked = claim->seq;

	if (!claim->count || !sent(x) || !received(x) ||
	    !(seg->flags & TCPFSM_ACK))
		return false;
	/* What it acknowledges may have crossed the claim */
	if (x->e->flags & TCPFSM_END_ACK && seq_before(x->e->ack, acked))
		acked = x->e->ack;
	if (seg->seq - claim->ack >= far ||
	    seg->ack - acked > claim->end - acked)
		return false;
	return !(x->e->flags & TCPFSM_END_SEEN) ||
	       seq_after(seg->seq, x->e->nxt) || seq_after(seg->ack, x->p->nxt);
}

/*
 * What lies beyond the window was forged, and so perhaps all but what the other
 * end has acknowledged.
 */
static void cut(struct tcpfsm_claim *claim, const struct tcpfsm_reach *reach)
{
	u32 span;

	if (!seq_after(claim->end, reach->edge))
		return;
	claim->end = seq_max(claim->seq, reach->ack);
	claim->fin = false;
	span = claim->end - claim->seq;
	claim->len = min(claim->len, span);
	claim->gap = span - claim->len;
}

/*
 * Whether the last octet that a claim acknowledges is a FIN that was not seen: one
 * octet, and its sender closes too.
 */
static bool acks_fin(const struct tcpfsm_ctx *x,
		     const struct tcpfsm_claim *claim)
{
	return claim->step && seq_after(claim->ack, x->p->nxt) &&
	       !(x->p->flags & TCPFSM_END_FIN) &&
	       (claim->fin || x->e->flags & TCPFSM_END_FIN);
}

/* The other end has sent up to @nxt. Nothing of a silent end is awaited. */
static void infer_data(const struct tcpfsm_ctx *x, u32 nxt, bool silent)
{
	struct tcpfsm_end *p = x->p;

	if (!seq_after(nxt, p->nxt))
		return;
	if (silent)
		tcpfsm_conn_count_unseen(x->conn, !x->role, p->nxt, nxt);
	else
		tcpfsm_conn_open_hole(x, !x->role, p->nxt, nxt);
	p->nxt = nxt;
}

/**
 * tcpfsm_conn_take_claim - bring the record up to a claim
 * @x: the claim as a segment on its way: @x->e is the end that made it
 * @reach: how far it can reach; NULL: there is no witness, and it is not known
 * @taken: filled with the claim
 * @seg: @x->seg; filled with the claim
 *
 * The caller lets the segment act on the connection, and counts it.
 */
void tcpfsm_conn_take_claim(const struct tcpfsm_ctx *x,
			    const struct tcpfsm_reach *reach,
			    struct tcpfsm_claim *taken,
			    struct tcpfsm_segment *seg)
{
	struct tcpfsm_claim *claim = &x->conn->claim[x->role];
	struct tcpfsm_end *p = x->p;
	bool fin;

	if (reach)
		cut(claim, reach);
	*taken = *claim;
	claim->count = 0;
	*seg = (struct tcpfsm_segment){
		.flags = TCPFSM_ACK | (taken->fin ? TCPFSM_FIN : 0),
		.wscale = TCPFSM_WSCALE_NONE,
		.window = taken->window,
		.seq = taken->seq,
		.ack = taken->ack,
		.len = taken->end - taken->seq - taken->fin,
		.end = taken->end,
	};
	if (p->state == TCPFSM_STATE_LISTEN)
		tcpfsm_conn_infer_synack(x, taken->low);
	if (x->conn->hole[!x->role].fin && seq_after(seg->ack, p->fin))
		tcpfsm_conn_undo_fin(x, !x->role);
	fin = acks_fin(x, taken);
	infer_data(x, seg->ack - fin, taken->alone);
	if (fin && taken->after_fin)
		seg->ack--;
	else if (fin)
		tcpfsm_conn_infer_fin(x, !reach);
	tcpfsm_conn_doubt_fin(x);
	if (p->flags & TCPFSM_END_EDGE && seq_after(seg->end, p->edge))
		p->edge = seg->end;
}

/**
 * tcpfsm_conn_claim_rest - the last ACK of a claim, if that follows its FIN
 * @x: the claim as one segment, which has acted
 * @witnessed: the other end has borne it out
 * @claim: the claim
 * @seg: @x->seg; filled with the last ACK
 *
 * A claim can end the connection: its FIN, the FIN of the other end, which was
 * not seen, and the ACK of that.
 *
 * Return: true if there is a last ACK.
 */
bool tcpfsm_conn_claim_rest(const struct tcpfsm_ctx *x, bool witnessed,
			    const struct tcpfsm_claim *claim,
			    struct tcpfsm_segment *seg)
{
	if (seg->ack == claim->ack)
		return false;
	tcpfsm_conn_infer_fin(x, !witnessed);
	seg->flags = TCPFSM_ACK;
	seg->seq = claim->end;
	seg->ack = claim->ack;
	seg->len = 0;
	x->e->packets--;
	return true;
}

/**
 * tcpfsm_conn_count_claim - count the segments of a claim, which has acted
 * @x: the claim as one segment, which was counted
 * @claim: the claim
 * @before: the hole of its sender before it, if it has octets of there; or NULL
 *
 * The one segment has filled all of the hole that is between its ends. The claim
 * has filled no more of it than it has octets.
 */
void tcpfsm_conn_count_claim(const struct tcpfsm_ctx *x,
			     const struct tcpfsm_claim *claim,
			     const struct tcpfsm_hole *before)
{
	u32 span = claim->end - claim->seq - claim->fin;

	x->e->packets += claim->count - 1;
	x->e->bytes += claim->len;
	x->e->bytes -= span;
	if (before && claim->count > 1)
		tcpfsm_conn_fill_some(x->conn, x->role, before, claim->len);
	if (claim->gap)
		tcpfsm_conn_widen_hole(x, x->role, claim->seq, claim->end,
				       claim->gap);
}
