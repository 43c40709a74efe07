// SPDX-License-Identifier: GPL-2.0
/* RFC 9293 sections 3.5.3 and 3.10.7, RFC 5961 section 3. */
#include "move.h"
#include "numbers.h"
#include "opening.h"
#include "paws.h"
#include "rule_rst.h"

/*
 * RFC 5961 section 3.2: only a RST exactly at RCV.NXT. RCV.NXT of a remote receiver is an
 * assumption; if it has missed a segment, its RCV.NXT is its last ACK number, so that is
 * accepted, too. Linux also accepts a RST at the number of the FIN that it has received
 * (tcp_reset_check()), and at the end of the highest SACK block.
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

/* Whether the receiver accepts the RST */
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
 * In SYN-RECEIVED, Linux answers another SYN in the window with a RST and drops the
 * request (tcp_check_req()).
 */
static bool answers_other_syn(const struct context *x)
{
	const struct segment *syn = &x->m->pending_syn;

	return sender(x)->state == SYN_RECEIVED && x->m->pending &&
	       x->m->pending_from == x->to && x->seg->ack &&
	       x->seg->ackno == syn->seq + 1 + syn->len;
}

/*
 * R3: an end that has received the peer's FIN in FIN-WAIT-2 acknowledges it at once, and then
 * waits in silence (section 3.10.7.4). An end that sends a RST before it has acknowledged the
 * FIN has not taken it: RFC 1122 section 4.2.2.13 lets a host that has closed answer data
 * with a RST. So it was not in TIME-WAIT.
 */
static bool never_waited(const struct context *x)
{
	const struct model *m = x->m;

	return sender(x)->state == TIME_WAIT &&
	       acked_up_to(m, x->from) < after_fin(m, x->to);
}

/* Record how the connection ended */
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
 * Section 3.10.5: an end that aborts is closed, whether its peer accepts the RST or not.
 * This holds for a RST of this host's own TCP. A RST from elsewhere may be forged, so it
 * counts only if the receiver accepts it; and a forged RST in the name of a local socket
 * does not close that socket. In the handshake, a RST may be no more than the answer to a
 * bad segment; then its sender stays where it is.
 */
void rule_rst(struct context *x)
{
	bool own = x->sight->leaves && x->sight->genuine && sender(x)->state != CLOSED;
	bool speaks, closes;
	bool taken = counts(x) || (own && answers_other_syn(x));

	if (!taken && (!own || in_handshake(sender(x))))
		return;
	x->verdict->used = true;
	sender(x)->segments += x->sight->leaves;

	/* Section 3.10.7.3: an end in SYN-SENT that sends a RST stays there */
	speaks = x->sight->leaves && (x->sight->genuine || !x->sight->sender_here);
	if (speaks && never_waited(x)) {
		sender(x)->has_fin = false;
		move_sender(x, BY_ROLLBACK);
	}
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
