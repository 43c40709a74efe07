// SPDX-License-Identifier: GPL-2.0
#include "model_ending.h"
#include "move.h"
#include "numbers.h"
#include "times.h"

/* Record how the connection ended, if both ends are closed now and nothing ended it before */
static void judge_time(struct model *m, enum ended how)
{
	if (m->ended == OPEN && is_nowhere(&m->end[CLIENT]) && is_nowhere(&m->end[SERVER]))
		m->ended = how;
}

/* RFC 9293 section 3.6.1. If the kernel has a timewait socket, that decides: model_gone(). */
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
 * "now" may be in the past, when a SYN-ACK tells that the next connection began with its
 * SYN. Moves made since stay valid, so no end closes before its last move.
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

/* This connection ends when the next one's SYN was sent, even if only the SYN-ACK opens it */
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

/* A missing socket proves that the end is closed */
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
