// SPDX-License-Identifier: GPL-2.0
/* RFC 9293 section 3.10.7.4: data, acknowledgments, and the close. */
#include "claim.h"
#include "move.h"
#include "numbers.h"
#include "opening.h"
#include "paws.h"
#include "rule_ack.h"

/*
 * The first segment is no SYN: the connection was there before, and both ends are at least
 * in ESTABLISHED. The receiver has sent what the segment acknowledges, and has received
 * what precedes it.
 */
static void pick_up(struct context *x)
{
	int who;

	x->m->midstream = true;
	x->m->opened = MIDSTREAM;
	for (who = CLIENT; who <= SERVER; who++) {
		struct end *end = &x->m->end[who];

		end->sent_syn = true;
		end->has_syn = true;
		end->syn_acked = true;
		end->state = ESTABLISHED;
	}
	anchor_numbers(x, x->from, x->seg->seq);
	anchor_numbers(x, x->to, x->seg->ackno);
}

/*
 * Whether the states of both ends allow such a segment at all. An end in LISTEN or
 * SYN-SENT has no peer to acknowledge, and neither has one that a RST closed. A receiver
 * in SYN-SENT drops the segment (section 3.10.7.3), unless its sender has sent a SYN-ACK
 * before: a server with Fast Open may do that.
 */
static bool belongs(const struct context *x)
{
	const struct end *e = sender(x), *p = receiver(x);

	if (e->state == LISTEN || (e->state == SYN_SENT && !p->has_isn))
		return false;
	if (e->state == CLOSED && (x->m->rst_seen || p->state == LISTEN))
		return false;
	return p->state != SYN_SENT || has_sent_synack(x->m, x->from);
}

/*
 * Fast Open: if a server that was assumed to listen acknowledges the SYN, this segment was
 * seen before its SYN-ACK. The client drops it if it arrives in this order, but the
 * segments may be reordered again after they were seen. A choice: of two numbers exactly
 * half the number space apart, neither of which is older, the last one counts.
 */
static void overtakes_synack(const struct context *x)
{
	struct end *e = sender(x);
	uint32_t end = x->seg->seq + x->seg->len + x->seg->fin;

	if (e->state != LISTEN || !x->sight->leaves || !may_send_early(x->m, x->from) ||
	    !acks_syn_of(x->m, x->to, x->ackno))
		return;
	if (!e->overtook || (int32_t)(e->early - end) < 0)
		e->early = end;
	e->overtook = true;
}

/*
 * SYN cookies: a server may send SYN-ACKs with several ISNs. A choice: the first ACK of
 * the client decides which of them counts, even if it acknowledges none that was seen.
 */
static bool chooses_isn(const struct context *x)
{
	const struct end *e = sender(x), *p = receiver(x);

	return p->other_isn && p->state == SYN_RECEIVED && !has_acked(x->m, x->from) &&
	       e->has_isn && x->start == e->isn + 1 &&
	       !(x->ackno > p->isn && x->ackno <= sent_up_to(x->m, x->to));
}

/* Numbers before the ISN are invalid. This is checked for the first GB only: they wrap. */
static bool isn_is_limit(const struct model *m, enum who who)
{
	return m->end[who].has_isn && sent_up_to(m, who) - m->end[who].isn < 0x40000000;
}

/*
 * "Fifth, check the ACK field", with RFC 5961 section 5.2: an ACK of data that was never
 * sent is not acceptable, nor one that is older than the largest window. In mid-stream the
 * peer may have sent more than was seen, up to the window.
 */
static bool ack_is_acceptable(const struct context *x)
{
	const struct model *m = x->m;
	const struct end *p = receiver(x);

	if (p->state == SYN_RECEIVED && x->ackno <= p->isn)
		return false;
	if (x->ackno > sent_up_to(m, x->to)) {
		if (!m->midstream || p->state == SYN_RECEIVED || has_sent_fin(m, x->to))
			return false;
		if (has_window(m, x->from) && x->ackno > right_edge(m, x->from))
			return false;
	}
	/* Linux does not accept an ACK before the ISN: tcp_ack(), bytes_acked */
	if (isn_is_limit(m, x->to) && x->ackno < p->isn)
		return false;
	if (m->midstream)
		return x->ackno >= (has_acked(m, x->from) ? acked_up_to(m, x->from) :
				    sent_up_to(m, x->to)) - (65535ll << 14);
	return !has_acked(m, x->from) ||
	       x->ackno >= acked_up_to(m, x->from) - largest_window(m, x->from);
}

/*
 * Whether the first FIN is to the left of RCV.NXT, so that its number belongs to an octet
 * that was received. It may end exactly at RCV.NXT in mid-stream, and with Fast Open when
 * it was seen before the SYN-ACK: the last thing received may have been this FIN.
 */
static bool fin_is_too_early(const struct context *x)
{
	const struct model *m = x->m;

	bool same = !m->midstream && !may_send_early(m, x->from);

	return expects_any(m, x->to) && x->end < expects(m, x->to) + same;
}

/*
 * Section 3.6: nothing follows a FIN, and a retransmission does not move it. A choice: a
 * segment that violates this is not acceptable, and neither is its ACK, although Linux has
 * processed the ACK by then.
 */
static bool keeps_its_fin(const struct context *x)
{
	if (!has_sent_fin(x->m, x->from))
		return !x->seg->fin || !fin_is_too_early(x);
	if (x->seg->fin)
		return x->end == after_fin(x->m, x->from);
	return x->end <= after_fin(x->m, x->from);
}

/*
 * "First, check sequence number". Nothing right of the window is acceptable. Linux accepts
 * a segment that starts exactly at the right edge: a full socket every one
 * (tcp_sequence()), a request only one without length or at RCV.NXT (tcp_in_window()).
 */
static bool is_beyond_window(const struct context *x)
{
	const struct model *m = x->m;

	if (!has_window(m, x->to) || x->start < right_edge(m, x->to))
		return false;
	if (x->start > right_edge(m, x->to))
		return true;
	return is_request(x) && x->end != x->start && x->start != expects(m, x->to);
}

/*
 * Left of the window everything was acknowledged. A segment may end exactly at the left
 * edge, except for a request, where it then has to start there. A number that was not
 * acknowledged may still be missing at the receiver, unless it is before the ISN.
 */
static bool is_before_window(const struct context *x)
{
	const struct model *m = x->m;
	int64_t next = expects(m, x->to);

	if (is_request(x) && x->end == next && x->start != next)
		return true;
	if (!has_acked(m, x->to))
		return isn_is_limit(m, x->from) && x->end <= sender(x)->isn;
	return x->end < acked_up_to(m, x->to);
}

/* Whether the ACK number acknowledges the FIN of this end */
static bool covers_fin(const struct model *m, enum who who, int64_t number)
{
	return has_sent_fin(m, who) && number >= after_fin(m, who);
}

/*
 * R1: its first FIN leaves. If the end has acknowledged the peer's FIN, now or before, it
 * had that FIN first. Otherwise the FINs cross: the end had not received the peer's FIN
 * when it sent its own (R3 revokes that assumption), but it is assumed to receive it now
 * (R2), if there is no hole before it.
 */
static void first_fin(const struct context *x)
{
	struct model *m = x->m;
	struct end *e = sender(x);
	bool took_it_back = e->has_fin;

	if (covers_fin(m, x->to, acked_up_to(m, x->from))) {
		e->has_fin = true;
		move_sender(x, BY_ACK);
		e->sent_fin = true;
		e->fin_second = true;
		move_sender(x, BY_FIN);
		return;
	}
	e->sent_fin = true;
	e->has_fin = false;
	move_sender(x, took_it_back ? BY_ROLLBACK : BY_FIN);
	if (covers_fin(m, x->to, expects(m, x->from))) {
		e->has_fin = true;
		settle(m, x->verdict, x->from, BY_FIN, false, x->sight->now);
	}
}

/*
 * R3: its FIN is retransmitted, so the end has no ACK of it, nor the peer's FIN if it does
 * not acknowledge that. A copy with an older ACK number is an old duplicate and proves
 * nothing. A choice: an end whose TIME-WAIT was over stays closed.
 */
static void fin_again(const struct context *x, struct record *r)
{
	struct model *m = x->m;
	struct end *e = sender(x);

	if (x->ackno != acked_up_to(m, x->from))
		return;
	if (!covers_fin(m, x->to, x->ackno)) {
		r->disproves = true;
		e->has_fin = false;
	} else if (e->state == CLOSED && !e->fin_second) {
		return;
	}
	e->fin_acked = false;
	move_sender(x, BY_ROLLBACK);
}

/* R1: what it proves of its sender, in this order: handshake, FIN of the peer, own FIN */
static void ack_leaves(const struct context *x, struct record *r, bool fin, bool again)
{
	struct end *e = sender(x);

	if (has_proved_open(x->m, x->from) && (in_handshake(e) || e->state == ESTABLISHED)) {
		e->has_syn = true;
		if (e->state == SYN_SENT) {
			e->syn_acked = true;
			move_sender(x, BY_ACK);
		}
		e->syn_acked = true;
		move_sender(x, x->seg->len ? BY_DATA : BY_ACK);
	}
	if (covers_fin(x->m, x->to, x->ackno)) {
		e->has_fin = true;
		move_sender(x, BY_ACK);
	}
	if (fin && again)
		fin_again(x, r);
	else if (fin)
		first_fin(x);
}

/*
 * "Seventh, process the segment text": what the receiver takes of it. A closed window
 * takes nothing, and a FIN has to fit in. A choice: octets behind a hole are not tracked;
 * they count as received when the receiver acknowledges them.
 */
static void text_arrives(const struct context *x, struct record *r)
{
	const struct model *m = x->m;
	bool edge_known = has_window(m, x->to);
	int64_t edge = right_edge(m, x->to), next = expects(m, x->to), end = x->end;

	if (!expects_any(m, x->to) || (edge_known && next >= edge))
		return;
	if (x->seg->fin && edge_known && end > edge)
		end--;
	if (x->start <= next) {
		r->took = true;
		r->taken = end;
	} else if (end != x->start) {
		r->beyond = end;
	}
}

/* RFC 7323 section 4.3: only a segment at or before Last.ACK.sent updates TS.Recent */
static bool sets_clock(const struct context *x)
{
	if (!x->seg->stamped || !stamps_are_agreed(x->m) ||
	    (int32_t)(x->seg->tsval - last_stamp(x->m, x->from)) < 0)
		return false;
	return !has_acked(x->m, x->to) || x->start <= acked_up_to(x->m, x->to);
}

/* R2, in the order of section 3.10.7.4: ACK of the SYN, ACK of the FIN, text, peer's FIN */
static void ack_arrives(const struct context *x, struct record *r)
{
	struct end *p = receiver(x);

	r->set_clock = sets_clock(x);
	if (p->state == SYN_RECEIVED) {
		p->syn_acked = true;
		move_receiver(x, x->seg->len ? BY_DATA : BY_ACK);
	}
	if (covers_fin(x->m, x->to, x->ackno)) {
		p->fin_acked = true;
		move_receiver(x, BY_ACK);
	}
	text_arrives(x, r);
	if (expects_any(x->m, x->to) &&
	    covers_fin(x->m, x->from, expects(x->m, x->to))) {
		p->has_fin = true;
		move_receiver(x, BY_FIN);
	}
}

static void choose_isn(const struct context *x)
{
	struct end *p = receiver(x);

	p->isn = x->ackno - 1;
	p->isn_since = x->m->records;
}

/* Whether the segment is acceptable; if so, it acts */
static bool accept(struct context *x)
{
	bool chooses = chooses_isn(x), fin, again, seen;
	struct record *r;

	if (!belongs(x) || (!chooses && !ack_is_acceptable(x)) || !keeps_its_fin(x))
		return false;
	if (is_old_by_clock(x) || is_beyond_window(x) || is_before_window(x))
		return false;
	x->verdict->used = true;
	if (chooses)
		choose_isn(x);
	/*
	 * Only a segment that leaves tells something of its sender. A FIN that was inferred, and
	 * comes in a claim now, is neither the first one nor a retransmission.
	 */
	fin = x->seg->fin && x->sight->leaves;
	again = has_sent_fin(x->m, x->from);
	seen = !inferred_fin(x);
	r = remember(x);
	r->chooses = chooses;
	r->fin = fin;
	if (x->sight->leaves)
		ack_leaves(x, r, fin && seen, again);
	if (x->sight->arrives && receiver(x)->state != SYN_SENT)
		ack_arrives(x, r);
	return true;
}

/*
 * The receiver has sent nothing yet, so the sender has its SYN from a SYN-ACK that was not
 * seen. A FIN is another mistake, and an old duplicate has another sequence number.
 */
static bool follows_unseen_synack(const struct context *x)
{
	return sender(x)->state == SYN_SENT && !receiver(x)->has_isn && !x->seg->fin &&
	       !x->m->follows && x->start >= sent_up_to(x->m, x->from);
}

/*
 * It acknowledges more than its receiver was seen to send. Nothing follows a FIN. A
 * segment of another connection on the tuple tells nothing of this one: it may be left
 * over from the last one, or belong to the next one that a pending SYN has opened.
 */
static bool acks_unseen(const struct context *x)
{
	const struct model *m = x->m;

	if (x->ackno <= sent_up_to(m, x->to))
		return false;
	if (receiver(x)->state == SYN_RECEIVED)
		return !m->follows;
	if (sender(x)->state == CLOSED && m->pending && m->pending_from == x->to)
		return false;
	return !has_sent_fin(m, x->to) && !(m->pending && m->several_pending);
}

/* What the segment tells of its receiver. Of a socket on this host, everything is seen */
static enum news tells(const struct context *x)
{
	if (!x->sight->leaves || !x->sight->arrives || x->sight->receiver_here)
		return NO_NEWS;
	if (!belongs(x))
		return follows_unseen_synack(x) ? SYNACK_SENT : NO_NEWS;
	if (!chooses_isn(x) && !ack_is_acceptable(x))
		return acks_unseen(x) ? MORE_SENT : NO_NEWS;
	if (!keeps_its_fin(x) || is_old_by_clock(x))
		return NO_NEWS;
	return begins_beyond_window(x->m, x->to, x->seg->seq) ? WIDER_WINDOW : NO_NEWS;
}

void rule_ack(struct context *x)
{
	enum news news;

	if (!x->m->records)
		pick_up(x);
	overtakes_synack(x);
	if (accept(x))
		return;
	news = tells(x);
	if (news != NO_NEWS)
		claim_make(x, news);
}

void rule_claim(struct context *x)
{
	accept(x);
}
