// SPDX-License-Identifier: GPL-2.0
#include <assert.h>

#include "model.h"
#include "move.h"
#include "opening.h"
#include "times.h"

/* Evaluated after each move that does not close the end, so the value survives the close */
static enum opened opened_how(const struct model *m)
{
	if (m->midstream)
		return MIDSTREAM;
	if (in_handshake(&m->end[CLIENT]) || in_handshake(&m->end[SERVER]))
		return INCOMPLETE;
	/* A closed end makes no more progress in the handshake */
	if (m->end[CLIENT].state == CLOSED || m->end[SERVER].state == CLOSED)
		return m->opened;
	if (syns_crossed(m))
		return SIMULTANEOUS;
	return syn_data_was_taken(m) ? FAST_OPEN : HANDSHAKE;
}

/*
 * The connection has ended by FINs when an end enters TIME-WAIT or leaves LAST-ACK. A
 * rollback out of TIME-WAIT or CLOSED revokes that.
 */
static void judge_ending(struct model *m, enum state old, enum state new,
			 enum cause cause)
{
	if (cause == BY_ROLLBACK && (old == TIME_WAIT || old == CLOSED))
		m->ended = OPEN;
	if (new == TIME_WAIT)
		m->ended = old == CLOSING ? CROSSED_FINS : FINS;
	else if (old == LAST_ACK && m->ended == OPEN && cause != BY_ROLLBACK)
		m->ended = FINS;
}

void move_to(struct model *m, struct verdict *verdict, enum who who, enum state new,
	     enum cause cause, bool proven, uint64_t now)
{
	struct move *move = &verdict->move[verdict->moves++];

	assert(verdict->moves <= MOVES_MAX);
	*move = (struct move){
		.who = who, .old = m->end[who].state, .new = new, .cause = cause,
		.confirmed = proven,
		.known_stay = stay_is_known(m, who, cause, proven),
		.stay = now - entered_at(m, who),
	};
	write_move(m, who, new, cause, now);
	m->end[who].state = new;
	m->end[who].confirmed = proven;
	if (new == TIME_WAIT)
		m->end[who].watched = false;
	tell_durations(m, verdict, now);
}

/*
 * A choice: a confirmed state stays confirmed until the end makes an assumed move. Any
 * proof confirms an assumed state, except CLOSED.
 */
void settle(struct model *m, struct verdict *verdict, enum who who, enum cause cause,
	    bool proven, uint64_t now)
{
	enum state old = m->end[who].state, new = state_of(&m->end[who]);

	if (old == new) {
		m->end[who].confirmed |= proven && new != CLOSED;
		return;
	}
	move_to(m, verdict, who, new, cause, proven, now);
	judge_ending(m, old, new, cause);
	if (new != CLOSED)
		m->opened = opened_how(m);
}

void move_sender(const struct context *x, enum cause cause)
{
	settle(x->m, x->verdict, x->from, cause, true, x->sight->now);
}

void move_receiver(const struct context *x, enum cause cause)
{
	settle(x->m, x->verdict, x->to, cause, x->sight->receiver_here, x->sight->now);
}
