// SPDX-License-Identifier: GPL-2.0
/* What has an ACK and no SYN: data, and the close. RFC 9293 section 3.10.7.4. */
#include "move.h"
#include "numbers.h"
#include "opening.h"
#include "paws.h"
#include "rule_ack.h"

/*
 * A connection that was there before: both ends are established at least. What
 * the segment acknowledges its receiver has sent, what precedes it has arrived.
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
 * Whether such a segment means anything between these two ends. LISTEN and
 * SYN-SENT know no peer to acknowledge; after a RST there is none any more. In
 * SYN-SENT it is dropped, section 3.10.7.3, but a server with Fast Open may have
 * sent it behind a SYN-ACK.
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
 * Fast Open: a server that listens, as far as we know, answers the SYN; so its SYN-ACK
 * was overtaken. Its peer cannot take it yet, but behind us the order may be right again.
 */
static void overtakes_synack(const struct context *x)
{
	struct end *e = sender(x);
	uint32_t end = x->seg->seq + x->seg->len + x->seg->fin;

	if (e->state != LISTEN || !x->sight->leaves || !may_send_early(x->m, x->from) ||
	    !acks_syn_of(x->m, x->to, x->ackno))
		return;
	if (!e->overtook || (int32_t)(end - e->early) > 0)
		e->early = end;
	e->overtook = true;
}

/*
 * SYN cookies: SYN-ACKs with several ISNs were sent, and the first ACK of what
 * answers the SYN tells which of them counts. A choice: it is believed.
 */
static bool chooses_isn(const struct context *x)
{
	const struct end *e = sender(x), *p = receiver(x);

	return p->other_isn && p->state == SYN_RECEIVED && !has_acked(x->m, x->from) &&
	       e->has_isn && x->start == e->isn + 1 &&
	       !(x->ackno > p->isn && x->ackno <= sent_up_to(x->m, x->to));
}

/* Before its ISN an end has sent nothing. A GB later that is far away. */
static bool isn_is_limit(const struct model *m, enum who who)
{
	return m->end[who].has_isn && sent_up_to(m, who) - m->end[who].isn < 0x40000000;
}

/*
 * "Fifth, check the ACK field", with RFC 5961 section 5.2: not of what was never
 * sent, and not older than the window is wide. In mid-stream the peer may have
 * sent more than was seen, up to the window.
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
	/* Before the ISN there was nothing: tcp_ack(), bytes_acked */
	if (isn_is_limit(m, x->to) && x->ackno < p->isn)
		return false;
	if (m->midstream)
		return x->ackno >= (has_acked(m, x->from) ? acked_up_to(m, x->from) :
				    sent_up_to(m, x->to)) - (65535ll << 14);
	return !has_acked(m, x->from) ||
	       x->ackno >= acked_up_to(m, x->from) - largest_window(m, x->from);
}

/*
 * Whether the first FIN comes behind what its sender has sent, as far as it was
 * received: its number was another octet's. In mid-stream the last one may have been
 * the very FIN, and with Fast Open, where that overtook the SYN-ACK.
 */
static bool fin_is_too_early(const struct context *x)
{
	const struct model *m = x->m;

	bool same = !m->midstream && !may_send_early(m, x->from);

	return expects_any(m, x->to) && x->end < expects(m, x->to) + same;
}

/*
 * Section 3.6: nothing comes after the FIN, and it stays where it is. A choice: what
 * breaks that is refused, with its ACK. Linux has acted upon that by then.
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
 * "First, check sequence number". Right of the window nothing is acceptable. At its
 * very edge Linux takes what a full socket receives, and else what has no length or
 * begins at RCV.NXT: tcp_sequence(), tcp_in_window().
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
 * Left of the window: what was acknowledged. It may end right there, but for a
 * request has to begin there then. What was not acknowledged the receiver may
 * still miss; but never what was before the ISN.
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

/* Its own number is acknowledged */
static bool covers_fin(const struct model *m, enum who who, int64_t number)
{
	return has_sent_fin(m, who) && number >= after_fin(m, who);
}

/*
 * R1: its first FIN. Whether it had the peer's says its ACK, now or before. When it
 * had not, then the FINs cross: that the other had arrived was an assumption (R3),
 * and that it is about to is another (R2), if there is no hole before it.
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
 * R3: its FIN again, so it has no ACK of it; nor the peer's FIN if it does not
 * acknowledge that. An ACK that went back tells an old duplicate, which proves
 * nothing. A choice: what time has closed stays closed.
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

/* R1, in this order: the peer's SYN, the peer's FIN, its own FIN */
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
 * What the receiver takes: "seventh, process the segment text". A closed window takes
 * nothing, and a FIN must fit in. A choice: what comes behind a hole is not
 * remembered octet by octet, but waits for the receiver's word.
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

/* RFC 7323 section 4.3: not of what is beyond the last acknowledgment */
static bool sets_clock(const struct context *x)
{
	if (!x->seg->stamped || !stamps_are_agreed(x->m) ||
	    (int32_t)(x->seg->tsval - last_stamp(x->m, x->from)) < 0)
		return false;
	return !has_acked(x->m, x->to) || x->start <= acked_up_to(x->m, x->to);
}

/* R2, in the order of section 3.10.7.4: its SYN, its FIN, the peer's FIN */
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

void rule_ack(struct context *x)
{
	bool chooses, fin, again;
	struct record *r;

	if (!x->m->records)
		pick_up(x);
	overtakes_synack(x);
	chooses = chooses_isn(x);
	if (!belongs(x) || (!chooses && !ack_is_acceptable(x)) || !keeps_its_fin(x))
		return;
	if (is_old_by_clock(x) || is_beyond_window(x) || is_before_window(x))
		return;
	x->verdict->used = true;
	if (chooses)
		choose_isn(x);
	/* What only arrives says nothing of its sender */
	fin = x->seg->fin && x->sight->leaves;
	again = has_sent_fin(x->m, x->from);
	r = remember(x);
	r->chooses = chooses;
	r->fin = fin;
	if (x->sight->leaves)
		ack_leaves(x, r, fin, again);
	if (x->sight->arrives && receiver(x)->state != SYN_SENT)
		ack_arrives(x, r);
}
