// SPDX-License-Identifier: GPL-2.0
/* The states follow from what is believed: RFC 9293 section 3.3.2. */
#include <assert.h>
#include <string.h>

#include "rules.h"
#include "times.h"

/* "Represents waiting for ..." */
static enum state state_of(const struct end *end)
{
	if (end->gone)
		return CLOSED;
	if (!end->sent_syn)
		return end->listens ? LISTEN : CLOSED;

	if (end->sent_fin && end->has_fin) {
		if (end->fin_second)	/* "... an acknowledgment of the FIN" */
			return end->fin_acked ? CLOSED : LAST_ACK;
		return end->fin_acked ? TIME_WAIT : CLOSING;
	}
	if (end->sent_fin)		/* "... a termination request from the remote" */
		return end->fin_acked ? FIN_WAIT_2 : FIN_WAIT_1;
	if (end->has_fin)		/* "... from the local user" */
		return CLOSE_WAIT;

	if (!end->has_syn)		/* "... a matching connection request" */
		return SYN_SENT;
	if (!end->syn_acked)		/* "... a confirming acknowledgment" */
		return SYN_RECEIVED;
	return ESTABLISHED;
}

/*
 * "opened": judged with every step of an end that is not its end, so that it
 * keeps its word when the ends are closed.
 */
static enum opened opened_how(const struct model *m)
{
	if (m->midstream)
		return MIDSTREAM;
	if (in_handshake(&m->end[CLIENT]) || in_handshake(&m->end[SERVER]))
		return INCOMPLETE;
	/* Who has closed comes no further */
	if (m->end[CLIENT].state == CLOSED || m->end[SERVER].state == CLOSED)
		return m->opened;
	if (syns_crossed(m))
		return SIMULTANEOUS;
	return syn_data_was_taken(m) ? FAST_OPEN : HANDSHAKE;
}

/*
 * "ended" by FINs when an end waits 2MSL or has its last ACK; not after all when
 * that is taken back.
 */
static void judge_ending(struct model *m, enum state old, enum state new,
			 enum cause cause)
{
	if (cause == BY_ROLLBACK && (old == TIME_WAIT || old == CLOSED))
		m->ended = OPEN;
	if (new == TIME_WAIT)
		m->ended = old == CLOSING ? CROSSED_FINS : FINS;
	else if (old == LAST_ACK && m->ended == OPEN)
		m->ended = FINS;
}

static void tell(struct model *m, struct verdict *verdict, enum who who,
		 enum state new, enum cause cause, bool proven, uint64_t now)
{
	struct move *move = &verdict->move[verdict->moves++];

	assert(verdict->moves <= MOVES_MAX);
	*move = (struct move){
		.who = who, .old = m->end[who].state, .new = new, .cause = cause,
		.confirmed = proven,
		.known_stay = stay_is_known(m, who, cause, proven),
		.stay = now - entered_at(m, who),
	};
	write_move(m, who, new, cause, proven, now);
	m->end[who].state = new;
	m->end[who].confirmed = proven;
	if (new == TIME_WAIT)
		m->end[who].watched = false;
	tell_durations(m, verdict, now);
}

/*
 * After a belief has changed: the state that follows from it. A choice: what is
 * proven stays confirmed until an assumption moves it; proof of anything confirms
 * what was assumed, but not that an end is closed.
 */
void settle(struct model *m, struct verdict *verdict, enum who who, enum cause cause,
	    bool proven, uint64_t now)
{
	enum state old = m->end[who].state, new = state_of(&m->end[who]);

	if (old == new) {
		m->end[who].confirmed |= proven && new != CLOSED;
		return;
	}
	tell(m, verdict, who, new, cause, proven, now);
	judge_ending(m, old, new, cause);
	if (new != CLOSED)
		m->opened = opened_how(m);
}

/* R1 */
void sender_shows(const struct context *x, enum cause cause)
{
	settle(x->m, x->verdict, x->from, cause, true, x->sight->now);
}

/* R2 */
void receiver_gets(const struct context *x, enum cause cause)
{
	settle(x->m, x->verdict, x->to, cause, x->sight->receiver_here, x->sight->now);
}

static void place(struct context *x)
{
	const struct segment *seg = x->seg;

	x->start = number_place(x->m, x->from, seg->seq);
	x->end = x->start + seg->len + seg->syn + seg->fin;
	x->ackno = number_place(x->m, x->to, seg->ackno);
}

/* The first number that is known of an end; its others are relative to it */
void number_from(struct context *x, enum who who, uint32_t wire)
{
	if (!x->m->end[who].numbered) {
		x->m->end[who].numbered = true;
		x->m->end[who].zero = wire;
	}
	place(x);
}

struct record *remember(const struct context *x)
{
	struct record *r = &x->m->record[x->m->records];

	assert(x->m->records < RECORDS);
	*r = (struct record){
		.seg = *x->seg, .from = x->from, .left = x->sight->leaves,
		.arrived = x->sight->arrives, .start = x->start, .end = x->end,
		.ackno = x->ackno, .window = window_of(x->m, x->from, x->seg), .beyond = INT64_MIN,
		.time = x->sight->now,
	};
	x->m->records++;
	return r;
}

/* In Linux a listening socket's end of a handshake is no full socket yet */
bool is_request(const struct context *x)
{
	return receiver(x)->state == SYN_RECEIVED && !syns_crossed(x->m);
}

/*
 * RFC 7323 section 5.3, PAWS. Choices of Linux: no timestamp of zero is
 * remembered; where there is a full socket, one that is older by one passes; none
 * is too old after 24 days without a segment. A RST is only subject to it before
 * and after there is a full socket, and for a minute (tcp_paws_reject()).
 */
bool is_old_by_clock(const struct context *x)
{
	const uint64_t second = 1000000000, day = 86400 * second;
	uint64_t idle = x->sight->idle;
	bool full = !is_request(x) && receiver(x)->state != TIME_WAIT;
	uint32_t known = last_stamp(x->m, x->from);

	if (!x->sight->receiver_here || !x->seg->stamped || !known || !stamps_are_agreed(x->m))
		return false;
	if (x->seg->rst ? full || idle > 60 * second : idle > 24 * day)
		return false;
	return (int32_t)(known - x->seg->tsval) > full;
}

/*
 * Linux begins TIME-WAIT anew for every segment with an ACK, acceptable or not,
 * and for a SYN that is old by its clock: tcp_timewait_state_process(). The FIN
 * that comes again is what RFC 9293 section 3.10.7.4 does it for.
 */
static bool makes_wait_anew(const struct context *x)
{
	return x->sight->arrives && receiver(x)->state == TIME_WAIT && !x->seg->rst &&
	       (x->seg->ack || is_old_by_clock(x));
}

static void wait_anew(const struct context *x)
{
	bool again = x->seg->fin && x->end == after_fin(x->m, x->from);

	write_visit(x->m, x->to, again, x->sight->now);
}

static void apply_rules(struct context *x)
{
	if (x->seg->rst)
		rule_rst(x);
	else if (x->seg->syn && x->seg->ack)
		rule_synack(x);
	else if (x->seg->syn)
		rule_syn(x);
	else
		rule_ack(x);
}

void model_segment(struct model *m, enum who from, const struct segment *seg,
		   const struct sight *sight, struct verdict *verdict)
{
	struct context x = {
		.m = m, .from = from, .to = peer_of(from), .seg = seg, .sight = sight,
		.verdict = verdict,
	};

	bool anew;

	*verdict = (struct verdict){ 0 };
	place(&x);
	anew = makes_wait_anew(&x);
	/* What only arrives left before, and not in the last connection already */
	if (sight->leaves || seg->rst ||
	    (m->end[from].numbered && x.end <= sent_up_to(m, from)))
		apply_rules(&x);
	/* What belongs to the next connection says nothing of this one */
	if (anew && !verdict->reopen)
		wait_anew(&x);
}

void model_begin(struct model *m, uint64_t now)
{
	memset(m, 0, offsetof(struct model, record));
	m->began = now;
	m->end[SERVER].listens = true;
	m->end[SERVER].state = LISTEN;
}

/*
 * The next connection on the tuple, in the place of one that has ended. The SYN
 * that opens it is this segment, or was remembered, and this is its SYN-ACK.
 */
enum who model_reopen(struct model *m, enum who from, const struct segment *seg,
		      const struct sight *sight, struct verdict *verdict)
{
	struct segment syn = m->pending_syn;
	const struct sight before = {
		.now = seg->ack ? m->pending_time : sight->now,
		.leaves = true, .arrives = true,
	};

	*verdict = (struct verdict){ 0 };
	model_begin(m, before.now);
	(void)from;
	if (!seg->ack)
		return CLIENT;
	model_segment(m, CLIENT, &syn, &before, verdict);
	return SERVER;
}

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
		tell(m, verdict, who, CLOSED, BY_TIME, m->end[who].confirmed, now);
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
			tell(m, verdict, who, CLOSED, cause, false, last > now ? last : now);
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
	tell(m, verdict, who, CLOSED, BY_TIME, true, now);
	if (waited) {
		e->waited = true;
		e->watched = true;
		correct_wait_end(m, verdict, end);
	}
	judge_time(m, end == WAIT_ABORTED ? ABORTED : TIMED_OUT);
}
