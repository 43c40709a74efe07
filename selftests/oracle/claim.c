// SPDX-License-Identifier: GPL-2.0
/*
 * A watcher does not see every segment. So an end may acknowledge what its peer was not seen
 * to send, or send beyond the window that the peer was seen to offer. It may as well be
 * forged. One segment proves nothing, but if both ends tell the same, it is so.
 */
#include "claim.h"
#include "move.h"
#include "numbers.h"

/* Whether two numbers are less than 1 GiB apart: of one connection */
static bool is_near(uint32_t a, uint32_t b)
{
	return a - b < 0x40000000 || b - a < 0x40000000;
}

/*
 * Whether it goes on with the claim of its sender, in order or not. But nothing follows a
 * FIN: not that of the claim, nor that of the receiver, which may have come since.
 */
static bool goes_on(const struct context *x)
{
	const struct claim *claim = &sender(x)->claim;
	const struct segment *seg = x->seg;
	uint32_t end = seg->seq + seg->len + seg->fin;

	if (claim->news == NO_NEWS || !is_near(seg->seq, claim->first) ||
	    !is_near(seg->ackno, claim->ackno) || !is_near(end, claim->end))
		return false;
	if (has_sent_fin(x->m, x->to) &&
	    unwrap(x->m, x->to, claim->ackno) > after_fin(x->m, x->to))
		return false;
	if (claim->fin && (int32_t)(end - claim->end) > 0)
		return false;
	return !seg->fin || (int32_t)(end - claim->end) >= 0;
}

void claim_make(const struct context *x, enum news news)
{
	struct claim *claim = &sender(x)->claim;
	const struct segment *seg = x->seg;
	uint32_t end = seg->seq + seg->len + seg->fin;

	x->verdict->claims = news;
	x->verdict->extends = goes_on(x);
	x->verdict->replaces = claim->news != NO_NEWS && !x->verdict->extends;
	if (!x->verdict->extends)
		*claim = (struct claim){ .first = seg->seq, .end = end, .ackno = seg->ackno };
	claim->news = news;
	if ((int32_t)(seg->seq - claim->first) < 0)
		claim->first = seg->seq;
	if ((int32_t)(end - claim->end) > 0)
		claim->end = end;
	if ((int32_t)(seg->ackno - claim->ackno) >= 0) {
		claim->ackno = seg->ackno;
		claim->window = seg->window;
	}
	claim->fin |= seg->fin;
	claim->segments++;
}

/* Whether the sender continues from what was claimed, and has received some of the claim */
static bool fits(const struct context *x, const struct claim *claim)
{
	return x->seg->seq - claim->ackno < 0x40000000 &&
	       x->seg->ackno - claim->first <= claim->end - claim->first;
}

/* Whether the segment tells something that the records do not */
static bool is_new(const struct context *x)
{
	const struct end *e = sender(x);

	if (!has_sent(x->m, x->from) || x->ackno > sent_up_to(x->m, x->to))
		return true;
	if (!e->numbered)	/* Fast Open: seen before the SYN-ACK */
		return (int32_t)(e->early - x->seg->seq) < 0;
	return x->start > sent_up_to(x->m, x->from);
}

/* Nothing follows a FIN (RFC 9293 section 3.6), so none can bear out that something does */
bool claim_is_borne_out(const struct context *x)
{
	const struct claim *claim = &receiver(x)->claim;

	if (!x->seg->ack || x->seg->syn || !x->sight->leaves ||
	    !x->sight->arrives || claim->news == NO_NEWS)
		return false;
	return fits(x, claim) && is_new(x) &&
	       unwrap(x->m, x->from, claim->ackno) <= after_fin(x->m, x->from);
}

/* Four segments, and nothing that is acceptable: nobody else is seen */
static bool is_alone(const struct context *x)
{
	const struct claim *claim = &sender(x)->claim;

	return sender(x)->alone || (claim->segments >= 4 && !claim->age);
}

/*
 * Whether the octet before this number may be a FIN of the end: the first one that was not
 * seen. A choice: of an end in SYN-SENT it is none, because that has no connection to close.
 */
static bool may_be_fin(const struct model *m, enum who who, int64_t number)
{
	return has_sent(m, who) && !has_sent_fin(m, who) && m->end[who].state != SYN_SENT &&
	       number == sent_up_to(m, who) + 1;
}

/* The peer has closed last: this acknowledges its FIN */
static bool is_last_ack(const struct context *x)
{
	return sender(x)->state == FIN_WAIT_2 && !x->seg->len && !x->seg->fin &&
	       may_be_fin(x->m, x->to, x->ackno);
}

bool claim_counts_at_once(const struct context *x)
{
	if (is_alone(x))
		sender(x)->alone = true;
	return sender(x)->alone || is_last_ack(x) ||
	       (x->sight->genuine && x->sight->sender_here);
}

/* Whether the sender has sent everything before this number, also before its SYN-ACK */
static bool has_reached(const struct context *x, uint32_t wire)
{
	const struct end *e = sender(x);

	if (e->numbered)
		return unwrap(x->m, x->from, wire) <= sent_up_to(x->m, x->from);
	return e->overtook && (int32_t)(e->early - wire) >= 0;
}

bool claim_is_filled(const struct context *x)
{
	const struct claim *claim = &receiver(x)->claim;

	if (claim->news == NO_NEWS || !has_reached(x, claim->ackno))
		return false;
	return !begins_beyond_window(x->m, x->from, claim->first);
}

struct segment claim_segment(const struct claim *claim)
{
	return (struct segment){
		.ack = true, .fin = claim->fin, .seq = claim->first, .ackno = claim->ackno,
		.len = claim->end - claim->first - claim->fin, .window = claim->window,
		.scale = NO_SCALE,
	};
}

/* The peer of "who" has everything before this number of "who", though that was not seen */
static void assume_arrived(const struct context *x, enum who who, uint32_t wire)
{
	const struct segment none = { .seq = wire };
	struct context unseen = *x;
	struct record *r;

	unseen.from = who;
	unseen.to = peer_of(who);
	unseen.seg = &none;
	unwrap_segment(&unseen);
	r = remember(&unseen);
	r->left = false;
	r->arrived = false;
	r->took = true;
	r->taken = unseen.start;
}

/*
 * The SYN-ACK of this end was not seen: record it as far as it is known. A
 * choice: it acknowledged what its peer had sent with the SYN, and by now this end has
 * received all that precedes the claim.
 */
static void infer_synack(const struct context *x, enum who who, const struct claim *claim)
{
	const struct end *peer = &x->m->end[peer_of(who)];
	struct segment synack = {
		.syn = true, .ack = true, .seq = claim->ackno - 1,
		.ackno = peer->zero + (uint32_t)sent_up_to(x->m, peer_of(who)),
		.scale = 14, .sack = true,
	};
	struct context unseen = *x;
	struct end *e = &x->m->end[who];

	if ((int32_t)(claim->first - synack.ackno) < 0)
		synack.ackno = claim->first;
	unseen.from = who;
	unseen.to = peer_of(who);
	unseen.seg = &synack;
	anchor_numbers(&unseen, who, synack.seq);
	e->has_isn = true;
	e->isn = unseen.start;
	e->isn_since = x->m->records;
	remember(&unseen)->unseen = true;
	assume_arrived(x, peer_of(who), claim->first);
	e->sent_syn = true;
	e->has_syn = true;
	settle(x->m, x->verdict, who, BY_SYNACK, false, x->sight->now);
}

/* Nobody sees the peer of "who": it has acknowledged all that "who" has sent */
static void assume_received(const struct context *x, enum who who)
{
	struct model *m = x->m;
	struct end *e = &m->end[who], *p = &m->end[peer_of(who)];
	struct context unseen = *x;
	struct segment ack;
	struct record *r;

	ack = (struct segment){
		.ack = true, .seq = p->zero + (uint32_t)sent_up_to(m, peer_of(who)),
		.ackno = e->zero + (uint32_t)sent_up_to(m, who),
	};
	unseen.from = peer_of(who);
	unseen.to = who;
	unseen.seg = &ack;
	unwrap_segment(&unseen);
	r = remember(&unseen);
	r->left = true;
	r->arrived = true;
	r->unseen = true;
	if (!e->sent_fin)
		return;
	p->has_fin = true;
	settle(m, x->verdict, peer_of(who), BY_FIN, false, x->sight->now);
	e->fin_acked = true;
	settle(m, x->verdict, who, BY_ACK, false, x->sight->now);
}

/* One octet more than was seen, when the other end closes: that is the FIN of this end */
static void infer_fin(const struct context *x, enum who who, const struct claim *claim)
{
	struct model *m = x->m;
	struct end *p = &m->end[who], *e = &m->end[peer_of(who)];
	const struct segment fin = { .fin = true, .seq = claim->ackno - 1 };
	struct context unseen = *x;
	struct record *r;

	if (!may_be_fin(m, who, unwrap(m, who, claim->ackno)) ||
	    (!has_sent_fin(m, peer_of(who)) && !claim->fin))
		return;
	x->verdict->infers_fin = true;
	if (e->alone)
		assume_received(x, peer_of(who));
	unseen.from = who;
	unseen.to = peer_of(who);
	unseen.seg = &fin;
	unwrap_segment(&unseen);
	r = remember(&unseen);
	r->left = false;
	r->arrived = false;
	r->fin = true;
	r->inferred = true;
	p->syn_acked = true;	/* by the same number */
	p->sent_fin = true;
	p->fin_second = p->has_fin;
	settle(m, x->verdict, who, BY_FIN, false, x->sight->now);
}

void claim_believe(const struct context *x, enum who who)
{
	const struct claim claim = x->m->end[who].claim;
	const struct segment seg = claim_segment(&claim);
	struct context told = *x;
	struct record *r;

	x->m->end[who].claim = (struct claim){ .news = NO_NEWS };
	told.from = who;
	told.to = peer_of(who);
	told.seg = &seg;
	if (receiver(&told)->state == LISTEN)
		infer_synack(x, told.to, &claim);
	else
		anchor_numbers(&told, told.to, claim.ackno);
	infer_fin(x, told.to, &claim);
	unwrap_segment(&told);
	r = remember(&told);
	r->left = false;
	r->arrived = false;
	r->borne_out = true;
}

void claims_age(const struct context *x)
{
	int who;

	sender(x)->claim.age++;
	receiver(x)->claim.age++;
	receiver(x)->alone = false;
	for (who = CLIENT; who <= SERVER; who++) {
		struct claim *claim = &x->m->end[who].claim;

		if (claim->news == NO_NEWS || claim->age < 4)
			continue;
		x->verdict->refutes = claim->news;
		*claim = (struct claim){ .news = NO_NEWS };
	}
}

void claim_is_reset(const struct context *x)
{
	struct claim *claim = &receiver(x)->claim;

	if (claim->news == NO_NEWS || !x->seg->rst || x->seg->ack ||
	    x->seg->seq != claim->ackno)
		return;
	x->verdict->refutes = claim->news;
	*claim = (struct claim){ .news = NO_NEWS };
}

struct record *inferred_fin(const struct context *x)
{
	struct record *fin = NULL;
	size_t i;

	for (i = 0; i < x->m->records; i++) {
		struct record *r = &x->m->record[i];

		if (r->from != x->from || !r->fin)
			continue;
		if (!r->inferred)
			return NULL;
		fin = r;
	}
	return fin;
}

/* The inferred FIN comes now: its receiver has it only from now on */
static void await_fin(const struct context *x, int64_t start)
{
	struct record *r = remember(x);

	r->left = false;
	r->arrived = false;
	r->resumes = true;
	r->start = start;
}

void take_fin_back(const struct context *x)
{
	struct record *r = inferred_fin(x);
	struct end *p = sender(x), *e = receiver(x);
	const struct segment *seg = x->seg;

	if (!r || x->m->rst_seen || seg->syn || seg->rst)
		return;
	if (!seg->len && !seg->fin && x->start == r->end)
		return;
	x->verdict->takes_back = true;
	r->fin = false;
	r->inferred = e->sent_fin;
	if (seg->fin && x->end == r->end)
		await_fin(x, r->end - 1);
	p->gone = false;	/* its TIME-WAIT was none */
	p->waited = false;
	p->sent_fin = false;
	p->fin_acked = false;
	p->fin_second = false;
	settle(x->m, x->verdict, x->from, BY_ROLLBACK, false, x->sight->now);
	e->has_fin = false;
	e->fin_second = false;
	settle(x->m, x->verdict, x->to, BY_ROLLBACK, false, x->sight->now);
}
