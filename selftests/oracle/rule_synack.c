// SPDX-License-Identifier: GPL-2.0
/* RFC 9293 sections 3.5, 3.10.7.2 and 3.10.7.3. */
#include "counts.h"
#include "move.h"
#include "numbers.h"
#include "opening.h"
#include "rule_synack.h"
#include "zeek.h"

/* The first segment is a SYN-ACK: record the SYN that it answers, as far as it is known */
static void infer_syn(struct context *x)
{
	const struct segment syn = {
		.syn = true, .seq = x->seg->ackno - 1,
		.scale = x->seg->scale == NO_SCALE ? NO_SCALE : 14,
		.sack = true,
	};
	struct context unseen = *x;
	struct sight sight = { .now = x->sight->now, .leaves = true, .arrives = true };
	struct end *p = receiver(x);

	x->m->midstream = true;
	x->m->letters[0] = '^';
	unseen.from = x->to;
	unseen.to = x->from;
	unseen.seg = &syn;
	unseen.sight = &sight;
	anchor_numbers(&unseen, unseen.from, syn.seq);
	remember(&unseen)->window = UNKNOWN;
	p->has_isn = true;
	p->isn = unseen.start;
	p->sent_syn = true;
	p->state = SYN_SENT;
	anchor_numbers(x, x->from, x->seg->seq);
}

/*
 * SYN cookies: before the first ACK, another SYN-ACK may have another ISN. The window of
 * the receiver then has to be derived again: what it was for the old ISN does not count.
 */
static void take_isn(const struct context *x)
{
	struct end *e = sender(x);

	if (has_this_isn(x))
		return;
	e->other_isn = e->has_isn;
	e->has_isn = true;
	e->isn = x->start;
	e->isn_since = x->m->records;
}

/*
 * R1: the sender is in SYN-RECEIVED. R3: a retransmission proves that neither an ACK of it
 * nor anything sent with that ACK has arrived. A first SYN-ACK revokes nothing: in a
 * simultaneous open it may have been sent before the SYN-ACK of the peer arrived.
 */
static void synack_leaves(const struct context *x, bool again)
{
	struct end *e = sender(x);

	e->sent_syn = true;
	e->has_syn = true;
	if (again) {
		e->syn_acked = false;
		e->has_fin = false;
		move_sender(x, BY_ROLLBACK);
	} else if (in_handshake(e) || e->gone) {
		if (e->gone) {
			e->syn_acked = false;
			e->overtook = false;
			x->m->ended = OPEN;
			x->m->rst_seen = false;
			zeek_revives(x->m);
		}
		e->gone = false;
		move_sender(x, BY_SYNACK);
	}
}

static void synack_arrives(const struct context *x, struct record *r)
{
	struct end *p = receiver(x);

	r->took = true;
	r->taken = x->end;
	p->has_syn = true;
	if (in_handshake(p))
		p->syn_acked = true;
	move_receiver(x, BY_SYNACK);
}

/*
 * Whether it opens the next connection. A SYN-ACK with both ISNs of this connection belongs
 * to this one.
 */
static bool answers_pending_syn(const struct context *x)
{
	const struct model *m = x->m;
	const struct segment *syn = &m->pending_syn;
	bool old_syn = receiver(x)->has_isn && syn->seq == receiver(x)->zero +
		       (uint32_t)receiver(x)->isn;

	if (!x->sight->leaves || !m->pending || m->pending_from != x->to)
		return false;
	if (x->seg->ackno - (syn->seq + 1) > syn->len)
		return false;
	return !(old_syn && has_this_isn(x));
}

/*
 * An end may send a SYN-ACK in the handshake, and where it is only assumed to be past it.
 * One that has sent a FIN or was closed sends none; but after a server was closed in the
 * handshake, its listener takes the retransmitted SYN for a new one and chooses another
 * ISN.
 */
static bool may_send_synack(const struct context *x)
{
	const struct end *e = sender(x);

	if (in_handshake(e))
		return true;
	if (e->gone)
		return !has_proved_open(x->m, x->from) && !e->sent_fin &&
		       !syns_crossed(x->m) && !is_nowhere(receiver(x)) &&
		       !has_this_isn(x);
	return !has_proved_open(x->m, x->from) &&
	       (e->state == ESTABLISHED || e->state == CLOSE_WAIT);
}

void rule_synack(struct context *x)
{
	struct record *r;
	bool again;

	if (answers_pending_syn(x)) {
		x->verdict->reopen = true;
		return;
	}
	if (!x->m->records)
		infer_syn(x);
	/* It answers a SYN, never a SYN-ACK, unless the SYNs crossed */
	if (!(has_sent_syn(x->m, x->to) || syns_crossed(x->m)) ||
	    !acks_syn_of(x->m, x->to, x->ackno) ||
	    x->ackno > sent_up_to(x->m, x->to) || !may_send_synack(x))
		return;
	/* After the ACK of a SYN-ACK, the ISN does not change any more */
	if (sender(x)->has_isn && !has_this_isn(x) && has_acked(x->m, x->to))
		return;

	x->verdict->used = true;
	anchor_numbers(x, x->from, x->seg->seq);
	again = has_this_isn(x) && has_sent_synack(x->m, x->from);
	if (x->sight->leaves) {
		count_syn(x, again);
		take_isn(x);
	}
	r = remember(x);
	r->disproves = again;
	if (x->sight->leaves)
		synack_leaves(x, again);
	if (x->sight->arrives)
		synack_arrives(x, r);
}
