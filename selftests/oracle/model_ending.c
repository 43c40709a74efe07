// SPDX-License-Identifier: GPL-2.0
/* The ends of a connection that are not the work of its own segments. */
#include "model_ending.h"
#include "move.h"
#include "numbers.h"
#include "times.h"

/* Time has closed both ends, and nothing else had closed the connection */
static void judge_time(struct model *m, enum ended how)
{
	if (m->ended == OPEN && is_nowhere(&m->end[CLIENT]) && is_nowhere(&m->end[SERVER]))
		m->ended = how;
}

/* 2MSL are over: section 3.6.1. But where there is a socket, that decides. */
void model_expire(struct model *m, uint64_t now, struct verdict *verdict)
{
	int who;

	*verdict = (struct verdict){ 0 };
	for (who = CLIENT; who <= SERVER; who++) {
		if (m->end[who].state != TIME_WAIT || m->end[who].watched)
			continue;
		m->end[who].gone = true;
		m->end[who].waited = true;
		move_to(m, verdict, who, CLOSED, BY_TIME, m->end[who].confirmed, now);
		judge_time(m, TIMED_OUT);
	}
}

/*
 * The connection is given up, or another takes its place. What happened after that
 * has happened nevertheless.
 */
void model_end(struct model *m, enum cause cause, uint64_t now, struct verdict *verdict)
{
	int who;

	*verdict = (struct verdict){ 0 };
	for (who = CLIENT; who <= SERVER; who++) {
		uint64_t last = entered_at(m, who);

		m->end[who].gone = true;
		if (m->end[who].state != CLOSED)
			move_to(m, verdict, who, CLOSED, cause, false, last > now ? last : now);
	}
	m->replaced = cause == BY_SYN;
	if (m->ended != OPEN)
		return;
	m->ended = cause == BY_TIME ? TIMED_OUT : cause == BY_SYN ? REOPENED : FORGOTTEN;
}

/*
 * A new connection takes the place of this one: since its SYN was sent, even if only
 * the SYN-ACK tells that.
 */
void model_succeed(struct model *m, enum who from, const struct segment *seg,
		   const struct sight *sight, struct verdict *verdict)
{
	enum who opener = seg->ack ? peer_of(from) : from;
	uint32_t isn = seg->ack ? m->pending_syn.seq : seg->seq;
	uint32_t next = m->end[opener].zero + (uint32_t)sent_up_to(m, opener);
	int who;

	for (who = CLIENT; who <= SERVER; who++)
		m->end[who].isn_delta = (int32_t)(isn - next);
	model_end(m, BY_SYN, seg->ack ? m->pending_time : sight->now, verdict);
}

/* The kernel has no socket any more: that is a proof */
void model_gone(struct model *m, enum who who, enum wait_end end, uint64_t now,
		struct verdict *verdict)
{
	struct end *e = &m->end[who];
	bool waited = e->state == TIME_WAIT;

	*verdict = (struct verdict){ 0 };
	e->gone = true;
	if (!waited)
		m->cut_short = true;
	move_to(m, verdict, who, CLOSED, BY_TIME, true, now);
	if (waited) {
		e->waited = true;
		e->watched = true;
		correct_wait_end(m, verdict, end);
	}
	judge_time(m, end == WAIT_ABORTED ? ABORTED : TIMED_OUT);
}
