// SPDX-License-Identifier: GPL-2.0
/* RFC 9293 sections 3.5 and 3.10.7.1 to 3.10.7.3. */
#include "counts.h"
#include "move.h"
#include "numbers.h"
#include "opening.h"
#include "rule_syn.h"
#include "zeek.h"

/*
 * R2: a SYN arrives. An end in SYN-SENT moves to SYN-RECEIVED. An end in LISTEN does not
 * move before it sends its SYN-ACK. An end that has acknowledged a SYN ignores another.
 */
static void syn_arrives(const struct context *x, struct record *r)
{
	if (!x->sight->arrives || has_acked(x->m, x->to))
		return;
	r->took = true;
	r->taken = x->start + 1;
	if (receiver(x)->state != SYN_SENT)
		return;
	receiver(x)->has_syn = true;
	move_receiver(x, BY_SYN);
}

/* R1: the sender of a SYN without ACK is in SYN-SENT: it has no SYN of its peer */
static void first_syn(struct context *x)
{
	struct end *e = sender(x);
	struct record *r;

	anchor_numbers(x, x->from, x->seg->seq);
	x->verdict->used = true;
	r = remember(x);
	if (x->sight->leaves) {
		count_syn(x, false);
		e->has_isn = true;
		e->isn = x->start;
		e->sent_syn = true;
		e->overtook = false;
		move_sender(x, BY_SYN);
	}
	syn_arrives(x, r);
}

/* The sender was refused, and asks again. Its peer is not revived, unless it still listens. */
static void try_again(const struct context *x)
{
	sender(x)->gone = false;
	x->m->ended = OPEN;
	x->m->rst_seen = receiver(x)->gone;
	zeek_revives(x->m);
}

/*
 * A SYN sent again. R1: its sender is in SYN-SENT. R3: it has received nothing, neither a
 * SYN-ACK nor a segment that followed it.
 */
static void syn_again(struct context *x)
{
	struct end *e = sender(x);
	struct record *r;

	x->verdict->used = true;
	r = remember(x);
	r->again = true;
	r->decided = has_sent_synack(x->m, x->to);
	if (x->sight->leaves) {
		count_syn(x, true);
		if (e->gone)
			try_again(x);
		e->has_syn = false;
		e->syn_acked = false;
		e->has_fin = false;
		move_sender(x, e->state == CLOSED ? BY_SYN : BY_ROLLBACK);
	}
	syn_arrives(x, r);
}

/*
 * An end retransmits its SYN until it has acknowledged something or is closed. RFC 9293
 * section 3.10.7.3 closes it when the SYN is refused, but Windows then sends the SYN again.
 * Of a socket of this host it is known that it was closed.
 */
static bool may_send_syn_again(const struct context *x)
{
	bool refused = x->m->ended == REFUSED && sender(x)->state == CLOSED &&
		       is_nowhere(receiver(x)) && !x->sight->genuine;

	return !has_acked(x->m, x->from) && (refused || !is_nowhere(sender(x)));
}

/*
 * A SYN for a tuple that is in use: RFC 5961 section 4 and RFC 6191. It changes nothing
 * unless a SYN-ACK answers it. A choice: only the last such SYN is kept.
 */
static void keep_pending(const struct context *x)
{
	x->m->pending = true;
	x->m->pending_syn = *x->seg;
	x->m->pending_from = x->from;
	x->m->pending_time = x->sight->now;
}

void rule_syn(struct context *x)
{
	bool known = has_this_isn(x);
	bool nowhere = is_nowhere(sender(x)) && is_nowhere(receiver(x));

	if (!x->m->records) {
		first_syn(x);
		return;
	}
	if (known && may_send_syn_again(x)) {
		syn_again(x);
		return;
	}
	if (!x->sight->leaves) {
		/* Loopback: it crossed its receiver's SYN, and its sender has moved since */
		if (known && receiver(x)->state == SYN_SENT) {
			x->verdict->used = true;
			syn_arrives(x, remember(x));
		}
		return;
	}
	/* The kernel has a new socket in SYN-SENT, so its old socket no longer exists */
	if (x->sight->genuine && sender(x)->state != LISTEN) {
		x->verdict->reopen = true;
		return;
	}
	if (nowhere && !known) {
		x->verdict->reopen = true;
		return;
	}
	/* Simultaneous open, but the SYN-ACK of this end was seen before its SYN */
	if (known && sender(x)->state == SYN_RECEIVED && x->from == SERVER)
		x->m->crossed_late = true;
	if (known && !nowhere)	/* an old duplicate */
		return;
	if (sender(x)->state == LISTEN && receiver(x)->state == SYN_SENT) {
		first_syn(x);
		return;
	}
	keep_pending(x);
}
