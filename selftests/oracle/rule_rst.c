// SPDX-License-Identifier: GPL-2.0
/* Which RSTs count: RFC 9293 sections 3.5.3 and 3.10.7, RFC 5961 section 3. */
#include "move.h"
#include "numbers.h"
#include "opening.h"
#include "paws.h"
#include "rule_rst.h"

/*
 * RFC 5961 section 3.2: exactly at RCV.NXT. How far a remote receiver really is
 * nobody knows: it may miss what is assumed to have arrived, and is then where it
 * last acknowledged. What else Linux takes: at the FIN itself, once it has that
 * (tcp_reset_check()), and at the highest number behind a hole that SACK shows.
 */
static bool is_exact(const struct context *x)
{
	const struct model *m = x->m;
	const struct end *p = receiver(x);

	if (expects_any(m, x->to) && x->start == expects(m, x->to))
		return true;
	if (!x->sight->receiver_here && has_acked(m, x->to) &&
	    x->start == acked_up_to(m, x->to))
		return true;

	if (p->state == CLOSE_WAIT || p->state == LAST_ACK || p->state == CLOSING)
		return x->start == expects(m, x->to) - 1;
	if (p->state == ESTABLISHED || p->state == FIN_WAIT_1 || p->state == FIN_WAIT_2)
		return sack_is_agreed(m) && x->start == highest_beyond_hole(m, x->to);
	return false;
}

/* Whether its receiver acts on it */
static bool counts(const struct context *x)
{
	const struct end *p = receiver(x);

	if (is_nowhere(p) || is_old_by_clock(x))
		return false;
	if (p->state == SYN_SENT)	/* section 3.10.7.3 */
		return x->seg->ack && acks_syn_of(x->m, x->to, x->ackno);
	if (p->state == TIME_WAIT && x->sight->receiver_here && x->sight->rfc1337)
		return false;
	return is_exact(x);
}

/*
 * In SYN-RECEIVED another SYN in the window is answered with a RST, and Linux drops
 * what it had (tcp_check_req()).
 */
static bool answers_other_syn(const struct context *x)
{
	const struct segment *syn = &x->m->pending_syn;

	return sender(x)->state == SYN_RECEIVED && x->m->pending &&
	       x->m->pending_from == x->to && x->seg->ack &&
	       x->seg->ackno == syn->seq + 1 + syn->len;
}

static void judge_rst(const struct context *x)
{
	struct model *m = x->m;

	m->rst_seen = true;
	m->cut_short = true;
	if (m->ended != OPEN)
		return;
	if (receiver(x)->state == SYN_SENT)
		m->ended = REFUSED;
	else if (in_handshake(sender(x)) || in_handshake(receiver(x)))
		m->ended = ABORTED;
	else
		m->ended = RESET;
}

/*
 * Section 3.10.5: who aborts is closed, whether the other takes its RST or not. That
 * is known of this host's own TCP; another's RST may be a forgery unless it is
 * exact. In the handshake a RST answers a segment, and its sender goes on. And
 * who resets in the name of a local socket does not close that.
 */
void rule_rst(struct context *x)
{
	bool own = x->sight->leaves && x->sight->genuine && sender(x)->state != CLOSED;
	bool speaks, closes;
	bool taken = counts(x) || (own && answers_other_syn(x));

	if (!taken && (!own || in_handshake(sender(x))))
		return;
	x->verdict->used = true;

	/* Section 3.10.7.3: what sends one in SYN-SENT stays there */
	speaks = x->sight->leaves && (x->sight->genuine || !x->sight->sender_here);
	closes = speaks && sender(x)->state != SYN_SENT && sender(x)->state != CLOSED;
	if (closes || (x->sight->arrives && taken))
		judge_rst(x);
	if (closes)
		sender(x)->gone = true;
	if (speaks) {
		move_sender(x, BY_RST);
		sender(x)->confirmed = true;
	}
	if (x->sight->arrives && taken) {
		receiver(x)->gone = true;
		move_receiver(x, BY_RST);
	}
}
