// SPDX-License-Identifier: GPL-2.0
/* A segment with an ACK and without a SYN or RST: data, and the close. */
#include "core/conn_ack.h"
#include "core/conn_check.h"
#include "core/conn_claim.h"
#include "core/conn_hole.h"
#include "core/conn_learn.h"
#include "core/conn_move.h"
#include "core/conn_note.h"

/*
 * First segment of a connection that was opened unseen. Both ends are at least
 * in ESTABLISHED; which of them opened it is unknown.
 */
static void pick_up(const struct tcpfsm_ctx *x)
{
	x->conn->flags |= TCPFSM_CONN_MIDSTREAM;
	x->conn->opened = TCPFSM_OPENED_MIDSTREAM;
	x->e->state = TCPFSM_STATE_ESTABLISHED;
	x->p->state = TCPFSM_STATE_ESTABLISHED;
	memset(x->conn->since, 0, sizeof(x->conn->since));
	/* Unknown shift counts: take the largest, to avoid false anomalies */
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

/*
 * Update TS.Recent of p, RFC 7323 section 4.3: not from a segment that begins
 * beyond the last ACK of p.
 */
static void remember_stamp(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_segment *seg = x->seg;
	struct tcpfsm_end *e = x->e, *p = x->p;

	if (has_stamps(x) && !seq_before(seg->tsval, e->tsval) &&
	    (!(p->flags & TCPFSM_END_ACK) || !seq_after(seg->seq, p->ack)))
		e->tsval = seg->tsval;
}

/* Whether @ack acknowledges the FIN of @end */
static bool covers_fin(u32 ack, const struct tcpfsm_end *end)
{
	return end->flags & TCPFSM_END_FIN && !seq_before(ack, end->fin);
}

/*
 * The first FIN of e does not acknowledge the FIN of p, which therefore had not
 * arrived (R3). It is on its way and assumed to arrive (R2), unless there is a
 * hole before it.
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
 * A retransmitted FIN: the ACK of it has not arrived (R3). Whether e waits for
 * that ACK in CLOSING or in LAST-ACK depends on its first FIN. A FIN with an
 * older acknowledgment number is an old duplicate and proves nothing.
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
 * Whether the segment proves that the handshake of e is done. If e has sent no
 * SYN-ACK, any segment does. If it has, only one that needs the ACK of its
 * SYN-ACK: data, or an ACK of more than the SYN of p.
 */
static bool proves_open(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_end *p = x->p;

	if (!(x->e->flags & TCPFSM_END_SYNACK) ||
	    seq_after(x->seg->ack, p->iss + 1 + p->syn_len))
		return true;
	/*
	 * With Fast Open a server may send data before. A bare ACK may be a
	 * challenge ACK, which Linux also sends in SYN-RECEIVED.
	 */
	return x->seg->len && !(x->conn->flags & (TCPFSM_CONN_SYN_DATA |
						  TCPFSM_CONN_FAST_OPEN));
}

static enum tcpfsm_cause data_or_ack(const struct tcpfsm_segment *seg)
{
	return seg->len ? TCPFSM_CAUSE_DATA : TCPFSM_CAUSE_ACK;
}

/* The first ACK of the peer's SYN: round trip time of e, and split handshake */
static void grade_final_ack(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_conn *conn = x->conn;

	if (conn->flags & TCPFSM_CONN_MIDSTREAM || x->e->flags & TCPFSM_END_ACK)
		return;
	if (x->p->flags & TCPFSM_END_SYNACK)
		conn->rtt[x->role] = max(x->view->now - conn->last, (u64)1);
	/* If the SYNs had crossed, e would have sent a SYN-ACK instead */
	if (conn->flags & TCPFSM_CONN_CROSSED_SYN &&
	    x->role == TCPFSM_ROLE_SERVER)
		tell(x, TCPFSM_ANOMALY_SPLIT_HANDSHAKE);
}

/*
 * Whether e sends data before its SYN is acknowledged, without Fast Open. Not
 * if the connection was reopened: when a simultaneous open is refused and tried
 * again, the ACK may have been seen while the SYN was part of the first try.
 */
static bool is_too_early(const struct tcpfsm_ctx *x)
{
	return x->seg->len && x->e->state == TCPFSM_STATE_SYN_RECEIVED &&
	       !syn_is_acked(x->e, x->p) &&
	       !(x->conn->flags & (TCPFSM_CONN_SYN_DATA | TCPFSM_CONN_FAST_OPEN |
				   TCPFSM_CONN_MIDSTREAM |
				   TCPFSM_CONN_REOPENED));
}

/* Whether e sends new data after it has acknowledged the FIN of p */
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

/* Advance RCV.NXT of p, or remember a hole */
static void advance_receiver(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_segment *seg = x->seg;
	struct tcpfsm_end *p = x->p;
	u32 end = seg->end;

	/*
	 * If the window of p is closed, p drops the segment; if it ends before
	 * the FIN, p drops the FIN. Both have arrived only when p acknowledges
	 * them.
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
		/* Not tell(): over loopback only the arrival shows the hole */
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

/* With SYN cookies the first ACK selects one of several SYN-ACKs by its ISN */
static bool chooses_isn(const struct tcpfsm_ctx *x)
{
	return sent(x) && x->conn->flags & TCPFSM_CONN_NEW_ISN &&
	       x->p->state == TCPFSM_STATE_SYN_RECEIVED &&
	       !(x->e->flags & TCPFSM_END_ACK) &&
	       x->seg->seq == x->e->iss + 1 &&
	       (!seq_after(x->seg->ack, x->p->iss) ||
		seq_after(x->seg->ack, x->p->nxt));
}

/* Take the ISN that the first ACK acknowledges; the window depends on it */
static void choose_isn(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_end *e = x->e, *p = x->p;

	p->iss = x->seg->ack - 1;
	p->nxt = x->seg->ack;
	p->syn_len = 0;
	e->rcv_nxt = x->seg->ack;
	e->flags &= ~(TCPFSM_END_EDGE | TCPFSM_END_HOLE);
}

/*
 * Note the answer of e to what it has received: to a FIN again in TIME-WAIT, or
 * to a SYN or RST that calls for a challenge ACK. Only the next segment of e
 * can be the challenge ACK.
 */
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
 * Hot path: whether all checks of conn_check.c are known to pass, because the
 * segment is the next one that p expects and both ends have sent an ACK. Unlike
 * is_next() in conn_fast.c this also holds while a connection closes, and for
 * the retransmission of a segment that did not arrive.
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

/*
 * The checks of conn_check.c. @choosing: the segment selects an ISN, see
 * chooses_isn(), so its acknowledgment number need not fit the present one.
 */
static bool is_acceptable(const struct tcpfsm_ctx *x, bool choosing)
{
	if (!tcpfsm_conn_states_fit(x) ||
	    (!choosing && !tcpfsm_conn_ack_fits(x)) ||
	    !tcpfsm_conn_fin_fits(x))
		return false;
	if (!tcpfsm_conn_is_stale(x) && tcpfsm_conn_seq_fits(x))
		return true;
	/* Old data is legal: it is counted, but changes no state */
	if (sent(x) && !x->out->notes) {
		x->e->packets++;
		x->e->bytes += x->seg->len;
		x->e->retransmits += x->seg->len != 0;
		x->conn->last = x->view->now;
	}
	return false;
}

/* An acceptable segment */
static void accept(const struct tcpfsm_ctx *x)
{
	x->out->used = true;
	if (sent(x))
		send_ack(x);
	if (received(x))
		receive_ack(x);
}

/* Let the claim of an end count: the record is brought up to it */
static void obey_claim(const struct tcpfsm_ctx *x, enum tcpfsm_role role)
{
	struct tcpfsm_segment seg;
	struct tcpfsm_ctx claim = *x;
	u64 rtt = x->conn->rtt[role];
	u8 notes = x->out->notes;

	claim.e = &x->conn->end[role];
	claim.p = &x->conn->end[!role];
	claim.role = role;
	claim.seg = &seg;
	tcpfsm_conn_take_claim(&claim, &seg);
	if (is_acceptable(&claim, false))
		accept(&claim);
	/* Nothing is odd about it but that something was not seen */
	x->out->notes = notes;
	/* It counts only now, but it came before */
	x->conn->rtt[role] = rtt;
}

/**
 * tcpfsm_conn_hear_witness - see whether a segment bears out its peer's claim
 * @x: the segment, without SYN, before it acts
 */
void tcpfsm_conn_hear_witness(const struct tcpfsm_ctx *x)
{
	if (tcpfsm_conn_claim_agrees(x))
		obey_claim(x, !x->role);
}

/**
 * tcpfsm_conn_judge_claims - see what a segment says of the claims of both ends
 * @x: the segment, which was acceptable
 */
void tcpfsm_conn_judge_claims(const struct tcpfsm_ctx *x)
{
	bool settled = true;
	int role;

	x->conn->claim[!x->role].alone = false;
	if (tcpfsm_conn_claim_filled(x))
		obey_claim(x, !x->role);
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		tcpfsm_conn_age_claim(x, role);
		settled &= tcpfsm_conn_settle_hole(x->conn, role, false, x->out);
		settled &= !x->conn->claim[role].count &&
			   !x->conn->claim[role].alone &&
			   !x->conn->hole[role].fin;
	}
	if (settled)
		x->conn->flags &= ~TCPFSM_CONN_DOUBT;
}

/**
 * tcpfsm_conn_ack - let a segment with an ACK act on its connection
 * @x: the segment, without SYN and RST
 *
 * RFC 9293 section 3.10.7.4.
 */
void tcpfsm_conn_ack(const struct tcpfsm_ctx *x)
{
	bool checked, chooses;

	if (x->conn->flags & TCPFSM_CONN_DOUBT) {
		tcpfsm_conn_undo_fin(x);
		tcpfsm_conn_hear_witness(x);
	}
	checked = needs_no_check(x);
	chooses = !checked && chooses_isn(x);
	if (!checked && is_fresh(x->conn))
		pick_up(x);
	if (x->e->flags & (TCPFSM_END_FIN_AGAIN | TCPFSM_END_SUSPICIOUS) &&
	    sent(x))
		note_answer(x);
	if (!checked && !is_acceptable(x, chooses)) {
		if (tcpfsm_conn_hold_claim(x))
			obey_claim(x, x->role);
		return;
	}
	if (chooses)
		choose_isn(x);
	accept(x);
}
