// SPDX-License-Identifier: GPL-2.0
/* Everything with an ACK and without a SYN: data, and the close. */
#include "core/conn_ack.h"
#include "core/conn_check.h"
#include "core/conn_learn.h"
#include "core/conn_move.h"
#include "core/conn_note.h"

/* Mid-stream: both are at least established; who opened cannot be known */
static void pick_up(const struct tcpfsm_ctx *x)
{
	x->conn->flags |= TCPFSM_CONN_MIDSTREAM;
	x->conn->opened = TCPFSM_OPENED_MIDSTREAM;
	x->e->state = TCPFSM_STATE_ESTABLISHED;
	x->p->state = TCPFSM_STATE_ESTABLISHED;
	memset(x->conn->since, 0, sizeof(x->conn->since));
	/* The shift is unknown, so take the largest: never an alarm for nothing */
	x->e->wscale = TCPFSM_WSCALE_MAX;
	x->p->wscale = TCPFSM_WSCALE_MAX;
	x->e->nxt = x->seg->seq;
	x->p->nxt = x->seg->ack;
	x->e->rcv_nxt = x->seg->ack;
	x->p->rcv_nxt = x->seg->seq;
	x->e->iss = x->seg->seq;
	x->p->iss = x->seg->ack;
	x->e->flags |= TCPFSM_END_SEEN | TCPFSM_END_OPEN;
}

/* RFC 7323 section 4.3: not from a segment beyond what was acknowledged last */
static void remember_stamp(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_segment *seg = x->seg;
	struct tcpfsm_end *e = x->e, *p = x->p;

	if (has_stamps(x) && !seq_before(seg->tsval, e->tsval) &&
	    (!(p->flags & TCPFSM_END_ACK) || !seq_after(seg->seq, p->ack)))
		e->tsval = seg->tsval;
}

static bool covers_fin(u32 ack, const struct tcpfsm_end *end)
{
	return end->flags & TCPFSM_END_FIN && !seq_before(ack, end->fin);
}

/*
 * R3: the peer's FIN had not reached it yet. R2: but it is on its way, unless
 * there is a hole before it.
 */
static void send_crossing_fin(const struct tcpfsm_ctx *x)
{
	if (x->e->state == TCPFSM_STATE_CLOSE_WAIT)
		tcpfsm_conn_proves(x, TCPFSM_AGAIN_FIN, TCPFSM_CAUSE_ROLLBACK);
	else
		tcpfsm_conn_proves(x, TCPFSM_SND_FIN, TCPFSM_CAUSE_FIN);
	if (covers_fin(x->e->rcv_nxt, x->p))
		tcpfsm_conn_assumes(x, TCPFSM_RCV_FIN, TCPFSM_CAUSE_FIN);
}

static void send_first_fin(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_end *e = x->e, *p = x->p;
	u32 end = x->seg->end;

	e->flags |= TCPFSM_END_FIN;
	e->fin = end;
	e->nxt = end;
	if (covers_fin(e->ack, p)) {
		e->flags |= TCPFSM_END_FIN_SECOND;
		tcpfsm_conn_proves(x, TCPFSM_SND_ACK_FIN, TCPFSM_CAUSE_ACK);
	} else if (p->flags & TCPFSM_END_FIN) {
		tell(x, TCPFSM_ANOMALY_SIMULTANEOUS_CLOSE);
		send_crossing_fin(x);
		return;
	}
	tcpfsm_conn_proves(x, TCPFSM_SND_FIN, TCPFSM_CAUSE_FIN);
}

/*
 * R3: the ACK of its FIN has not reached it. Whether it waits for that ACK in
 * CLOSING or in LAST-ACK was decided when it sent the FIN first. An ACK field
 * that went back tells an old duplicate, which proves nothing.
 */
static void send_fin_again(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_end *e = x->e;

	tell(x, TCPFSM_ANOMALY_FIN_REXMIT);
	if (x->seg->ack != e->ack)
		return;
	if (!covers_fin(e->ack, x->p)) {
		e->rcv_nxt = e->ack;
		tcpfsm_conn_proves(x, TCPFSM_AGAIN_FIN, TCPFSM_CAUSE_ROLLBACK);
	} else if (e->state != TCPFSM_STATE_CLOSED ||
		 e->flags & TCPFSM_END_FIN_SECOND) {
		tcpfsm_conn_proves(x, TCPFSM_AGAIN_FIN_ACK,
				   TCPFSM_CAUSE_ROLLBACK);
	}
}

/*
 * Whether a segment of e proves that its handshake is done: of a client any, of
 * who sent a SYN-ACK one that needs the ACK of it.
 */
static bool proves_open(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *p = x->p;

	if (!(x->e->flags & TCPFSM_END_SYNACK) ||
	    seq_after(x->seg->ack, p->iss + 1 + p->syn_len))
		return true;
	/*
	 * With Fast Open a server sends data before; and a bare ACK may be a
	 * challenge ACK, which Linux sends in SYN-RECEIVED too.
	 */
	return x->seg->len && !(x->conn->flags & (TCPFSM_CONN_SYN_DATA |
						  TCPFSM_CONN_FAST_OPEN));
}

static enum tcpfsm_cause data_or_ack(const struct tcpfsm_segment *seg)
{
	return seg->len ? TCPFSM_CAUSE_DATA : TCPFSM_CAUSE_ACK;
}

/* The first ACK of the peer's SYN: how long did it take, and was it right? */
static void grade_final_ack(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_conn *conn = x->conn;

	if (conn->flags & TCPFSM_CONN_MIDSTREAM || x->e->flags & TCPFSM_END_ACK)
		return;
	if (x->p->flags & TCPFSM_END_SYNACK)
		conn->rtt[x->role] = max(x->view->now - conn->last, (u64)1);
	/* Had the SYNs crossed, it would have answered with a SYN-ACK */
	if (conn->flags & TCPFSM_CONN_CROSSED_SYN &&
	    x->role == TCPFSM_ROLE_SERVER)
		tell(x, TCPFSM_ANOMALY_SPLIT_HANDSHAKE);
}

/*
 * Data where only an ACK of its own SYN, or Fast Open, lets an end send it. When
 * a simultaneous open is refused and tried again, that ACK may have come while
 * the SYN counted for the try before.
 */
static bool is_too_early(const struct tcpfsm_ctx *x)
{
	return x->seg->len && x->e->state == TCPFSM_STATE_SYN_RECEIVED &&
	       !syn_is_acked(x->e, x->p) &&
	       !(x->conn->flags & (TCPFSM_CONN_SYN_DATA | TCPFSM_CONN_FAST_OPEN |
				   TCPFSM_CONN_MIDSTREAM |
				   TCPFSM_CONN_REOPENED));
}

/* New data of an end that has acknowledged its peer's FIN */
static bool is_half_close(const struct tcpfsm_ctx *x)
{
	return x->seg->len && !(x->conn->flags & TCPFSM_CONN_HALF_CLOSE) &&
	       covers_fin(x->seg->ack, x->p) &&
	       seq_after(x->seg->seq + x->seg->len, x->e->nxt);
}

static void send_ack(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_segment *seg = x->seg;
	struct tcpfsm_conn *conn = x->conn;
	struct tcpfsm_end *e = x->e, *p = x->p;
	bool again = e->flags & TCPFSM_END_FIN;

	grade_final_ack(x);
	if (is_too_early(x))
		tell(x, TCPFSM_ANOMALY_DATA_BEFORE_ESTABLISHED);
	if (is_half_close(x)) {
		tell(x, TCPFSM_ANOMALY_HALF_CLOSE);
		conn->flags |= TCPFSM_CONN_HALF_CLOSE;
	}
	tcpfsm_conn_learn_sender(x);
	if (conn->flags & TCPFSM_CONN_MIDSTREAM)
		p->nxt = seq_max(p->nxt, seg->ack);

	if (!(e->flags & TCPFSM_END_OPEN) && proves_open(x))
		e->flags |= TCPFSM_END_OPEN;
	if (e->flags & TCPFSM_END_OPEN &&
	    (in_handshake(e) || e->state == TCPFSM_STATE_ESTABLISHED)) {
		tcpfsm_conn_proves(x, TCPFSM_SND_ACK_SYN, TCPFSM_CAUSE_ACK);
		tcpfsm_conn_proves(x, TCPFSM_SND_DATA, data_or_ack(seg));
	}

	if (covers_fin(seg->ack, p))
		tcpfsm_conn_proves(x, TCPFSM_SND_ACK_FIN, TCPFSM_CAUSE_ACK);
	if (seg->flags & TCPFSM_FIN) {
		if (again)
			send_fin_again(x);
		else
			send_first_fin(x);
	}
}

/* What p had without a hole before it, now reaches to where? */
static void advance_receiver(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_segment *seg = x->seg;
	struct tcpfsm_end *p = x->p;
	u32 end = seg->end;

	/*
	 * A closed window takes nothing, and a FIN must fit in: else it waits
	 * for the receiver's word.
	 */
	if (p->flags & TCPFSM_END_EDGE && !seq_before(p->rcv_nxt, p->edge))
		return;
	if (seg->flags & TCPFSM_FIN && p->flags & TCPFSM_END_EDGE &&
	    seq_after(end, p->edge))
		end--;
	if (seq_after(seg->seq, p->rcv_nxt)) {
		if (end != seg->seq && (!(p->flags & TCPFSM_END_HOLE) ||
					seq_after(end, p->far))) {
			p->far = end;
			p->flags |= TCPFSM_END_HOLE;
		}
		if (seg->flags & TCPFSM_FIN)
			tcpfsm_conn_note(x->out, TCPFSM_ANOMALY_FIN_GAP,
					 x->role);
		return;
	}
	p->rcv_nxt = seq_max(p->rcv_nxt, end);
	if (!seq_before(p->rcv_nxt, p->far))
		p->flags &= ~TCPFSM_END_HOLE;
}

static void receive_ack(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_segment *seg = x->seg;
	struct tcpfsm_end *p = x->p;

	if (p->state == TCPFSM_STATE_SYN_SENT)
		return;
	remember_stamp(x);
	if (p->state == TCPFSM_STATE_SYN_RECEIVED)
		tcpfsm_conn_reaches(x, TCPFSM_RCV_ACK_SYN, data_or_ack(seg));
	if (covers_fin(seg->ack, p))
		tcpfsm_conn_reaches(x, TCPFSM_RCV_ACK_FIN, TCPFSM_CAUSE_ACK);

	advance_receiver(x);
	if (covers_fin(p->rcv_nxt, x->e))
		tcpfsm_conn_reaches(x, TCPFSM_RCV_FIN, TCPFSM_CAUSE_FIN);
}

/* With SYN cookies the first ACK tells which of several SYN-ACKs counts */
static bool chooses_isn(const struct tcpfsm_ctx *x)
{
	return sent(x) && x->conn->flags & TCPFSM_CONN_NEW_ISN &&
	       x->p->state == TCPFSM_STATE_SYN_RECEIVED &&
	       !(x->e->flags & TCPFSM_END_ACK) &&
	       x->seg->seq == x->e->iss + 1 &&
	       (!seq_after(x->seg->ack, x->p->iss) ||
		seq_after(x->seg->ack, x->p->nxt));
}

static void choose_isn(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_end *e = x->e, *p = x->p;

	p->iss = x->seg->ack - 1;
	p->nxt = x->seg->ack;
	p->syn_len = 0;
	e->rcv_nxt = x->seg->ack;
	e->flags &= ~(TCPFSM_END_EDGE | TCPFSM_END_HOLE);
}

/* What e was expected to answer: here it is, or it is something else */
static void note_answer(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_conn *conn = x->conn;
	struct tcpfsm_end *e = x->e;

	if (e->flags & TCPFSM_END_FIN_AGAIN && x->seg->ack == x->p->fin) {
		e->flags &= ~TCPFSM_END_FIN_AGAIN;
		tell(x, TCPFSM_ANOMALY_TW_REACK);
	}
	if (!(e->flags & TCPFSM_END_SUSPICIOUS))
		return;
	e->flags &= ~TCPFSM_END_SUSPICIOUS;
	if (!is_bare_ack(x->seg) || x->seg->seq != e->nxt)
		return;
	tell(x, TCPFSM_ANOMALY_CHALLENGE_ACK);
	if (conn->flags & TCPFSM_CONN_PENDING && conn->pending.role != x->role)
		conn->flags |= TCPFSM_CONN_CHALLENGED;
}

/*
 * A segment that the receiver expects next, between ends that have acknowledged
 * each other: conn_check.c would find nothing against it. Unlike is_next() in
 * conn_fast.c this also holds while a connection closes, and for a segment that
 * is sent again because it had not arrived.
 */
static bool needs_no_check(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_segment *seg = x->seg;
	const struct tcpfsm_end *e = x->e, *p = x->p;
	const u32 others = 1u << TCPFSM_STATE_CLOSED |
			   1u << TCPFSM_STATE_LISTEN |
			   1u << TCPFSM_STATE_SYN_SENT |
			   1u << TCPFSM_STATE_SYN_RECEIVED;

	if (others & (1u << e->state | 1u << p->state) ||
	    !(e->flags & p->flags & TCPFSM_END_ACK) ||
	    !(p->flags & TCPFSM_END_EDGE))
		return false;
	if (seg->seq != p->rcv_nxt || seq_after(seg->seq, p->edge) ||
	    seq_before(seg->end, p->ack) ||
	    (e->flags & TCPFSM_END_FIN &&
	     (seg->seq != e->fin || !is_bare_ack(seg))))
		return false;
	if (seq_before(seg->ack, e->ack) || seq_after(seg->ack, p->nxt) ||
	    (isn_is_limit(p) && seq_before(seg->ack, p->iss)))
		return false;
	return !seg->stamped || !seq_before(seg->tsval, e->tsval);
}

/* The questions of conn_check.c; choosing: one whose ACK need not fit */
static bool is_acceptable(const struct tcpfsm_ctx *x, bool choosing)
{
	if (!tcpfsm_conn_belongs(x) || (!choosing && !tcpfsm_conn_ack_fits(x)) ||
	    !tcpfsm_conn_keeps_fin(x))
		return false;
	if (!tcpfsm_conn_is_stale(x) && tcpfsm_conn_seq_fits(x))
		return true;
	/* Old data is legal: it counts, but moves nothing */
	if (sent(x) && !x->out->notes) {
		x->e->packets++;
		x->e->bytes += x->seg->len;
		x->e->retransmits += x->seg->len != 0;
		x->conn->last = x->view->now;
	}
	return false;
}

void tcpfsm_conn_ack(const struct tcpfsm_ctx *x)
{
	bool checked = needs_no_check(x);
	bool chooses = !checked && chooses_isn(x);

	if (!checked && is_fresh(x->conn))
		pick_up(x);
	if (x->e->flags & (TCPFSM_END_FIN_AGAIN | TCPFSM_END_SUSPICIOUS) &&
	    sent(x))
		note_answer(x);
	if (!checked && !is_acceptable(x, chooses))
		return;
	x->out->used = true;
	if (chooses)
		choose_isn(x);
	if (sent(x))
		send_ack(x);
	if (received(x))
		receive_ack(x);
}
