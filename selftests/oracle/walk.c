// SPDX-License-Identifier: GPL-2.0
/*
 * The next step is mostly one that a TCP in the state of the model could take. With a small
 * chance it is slightly wrong, so that every limit is tested on both sides.
 */
#include "event.h"
#include "numbers.h"
#include "opening.h"
#include "pair_step.h"
#include "unit/random.h"
#include "walk.h"

/* One side of the connection, as seen by the functions that make its next segment */
struct side {
	const struct walk	*walk;
	const struct model	*m;
	unsigned int		host;
	enum who		who, peer;
	const struct end	*e, *p;		/* its end and that of its peer */
};

static struct side other_side(const struct side *s)
{
	return (struct side){
		.walk = s->walk, .m = s->m, .host = !s->host,
		.who = s->peer, .peer = s->who, .e = s->p, .p = s->e,
	};
}

static bool chance(unsigned int percent)
{
	return random_below(100) < percent;
}

static uint32_t pick(const uint32_t *values, size_t count)
{
	return values[random_below((uint32_t)count)];
}

#define PICK(...) \
	pick((const uint32_t []){ __VA_ARGS__ }, \
	     sizeof((const uint32_t []){ __VA_ARGS__ }) / sizeof(uint32_t))

/* Undo unwrap() */
static uint32_t on_wire(const struct end *end, int64_t number)
{
	return end->zero + (uint32_t)number;
}

static uint32_t next_of(const struct side *s)
{
	return s->e->numbered ? on_wire(s->e, sent_up_to(s->m, s->who)) :
				s->walk->isn[s->host];
}

static uint32_t isn_of(const struct side *s)
{
	return s->e->has_isn ? on_wire(s->e, s->e->isn) : s->walk->isn[s->host];
}

static uint32_t next_of_peer(const struct side *s)
{
	const struct side other = other_side(s);

	return next_of(&other);
}

/* Mostly RCV.NXT; sometimes the same ACK as before, or more or less than has arrived */
static uint32_t ack_of(const struct side *s)
{
	const struct model *m = s->m;
	int64_t all = expects_any(m, s->who) ? expects(m, s->who) :
		      s->p->has_isn ? s->p->isn + 1 : 0;
	int64_t before = has_acked(m, s->who) ? acked_up_to(m, s->who) : all;

	switch (random_below(16)) {
	case 0:
		return on_wire(s->p, before);
	case 1:
		return on_wire(s->p, all > before ? before +
			       random_below((uint32_t)(all - before)) : all);
	case 2:
		return on_wire(s->p, sent_up_to(m, s->peer));
	case 3:
		return on_wire(s->p, after_fin(m, s->peer) - random_below(2));
	default:
		return on_wire(s->p, all);
	}
}

static uint32_t some_data(void)
{
	return random_below(8) ? 1 + random_below(200) : PICK(1, 1460, 65535, 180000);
}

static struct segment ack(const struct side *s)
{
	return (struct segment){ .ack = true, .seq = next_of(s), .ackno = ack_of(s) };
}

static struct segment data(const struct side *s)
{
	struct segment seg = ack(s);

	seg.len = some_data();
	if (!random_below(8))
		seg.seq += random_below(300);	/* a segment before it was lost */
	return seg;
}

static struct segment fin(const struct side *s)
{
	struct segment seg = ack(s);

	if (has_sent_fin(s->m, s->who))
		seg.seq = on_wire(s->e, after_fin(s->m, s->who) - 1);
	else if (!random_below(8))
		seg.seq += random_below(100);
	seg.fin = true;
	if (!random_below(4)) {
		seg.len = 1 + random_below(50);
		if (has_sent_fin(s->m, s->who))
			seg.seq -= seg.len;
	}
	return seg;
}

/* The end of some earlier segment */
static uint32_t old_edge_of(const struct side *s)
{
	const struct record *r;

	if (!s->m->records)
		return isn_of(s);
	r = &s->m->record[random_below((uint32_t)s->m->records)];
	return on_wire(s->e, r->from == s->who ? r->end : r->ackno);
}

/* A number of the sender at which some check has its limit */
static uint32_t edge_of(const struct side *s)
{
	const struct model *m = s->m;

	switch (random_below(7)) {
	case 0:
		return has_window(m, s->peer) ? on_wire(s->e, right_edge(m, s->peer)) : 0;
	case 1:
		return has_acked(m, s->peer) ? on_wire(s->e, acked_up_to(m, s->peer)) : 0;
	case 2:
		return has_sent_fin(m, s->who) ? on_wire(s->e, after_fin(m, s->who)) : 0;
	case 3:
		return isn_of(s);
	case 4:
		return expects_any(m, s->peer) ? on_wire(s->e, expects(m, s->peer)) : 0;
	case 5:
		return old_edge_of(s);
	default:
		return next_of(s);
	}
}

static struct segment rst(const struct side *s)
{
	const struct side other = other_side(s);
	struct segment seg = ack(s);
	int64_t beyond = highest_beyond_hole(s->m, s->peer);

	seg.rst = true;
	if (s->p->state == SYN_SENT) {
		seg.seq = 0;
		seg.ackno = isn_of(&other) + 1;
	} else if (!random_below(8)) {
		seg.seq = edge_of(s);
	} else if (beyond != INT64_MIN && random_below(2)) {
		seg.seq = on_wire(s->e, beyond);
	} else if (expects_any(s->m, s->peer) && random_below(2)) {
		seg.seq = on_wire(s->e, expects(s->m, s->peer));
	}
	seg.ack = random_below(2);
	return seg;
}

static struct segment syn(const struct side *s)
{
	struct segment seg = { .syn = true, .seq = isn_of(s) };

	if (!random_below(6))
		seg.len = 1 + random_below(20);
	return seg;
}

static struct segment new_syn(const struct side *s)
{
	struct segment seg = syn(s);

	seg.seq = random_below(4) ? next_of(s) + PICK(1, 2, 1000, 100000, -1000, 0x80000000) :
				    random_u32();
	return seg;
}

static struct segment synack(const struct side *s)
{
	struct segment seg = { .syn = true, .ack = true, .seq = isn_of(s) };
	const struct side other = other_side(s);
	const struct model *m = s->m;

	if (m->pending && m->pending_from == s->peer && random_below(2)) {
		if (random_below(8))
			seg.seq += 100000;
		seg.ackno = m->pending_syn.seq + 1;
		if (m->pending_syn.len && random_below(2))
			seg.ackno += m->pending_syn.len;
		return seg;
	}
	if (s->e->has_isn && !random_below(6))
		seg.seq += PICK(1, -1, 70000, -70000, 0x3fffffff);
	seg.ackno = isn_of(&other) + 1;
	if (s->p->numbered && syn_data(m, s->peer) && random_below(2))
		seg.ackno += random_below(2) ? syn_data(m, s->peer) :
					       1 + random_below(syn_data(m, s->peer));
	return seg;
}

/* RFC 9293 sections 3.8.4 and 3.8.6.1: keepalive, zero-window probe */
static struct segment probe(const struct side *s)
{
	struct segment seg = ack(s);

	seg.seq -= random_below(2);
	seg.len = random_below(2);
	return seg;
}

/* A retransmission, maybe with a newer ACK number */
static struct segment again(const struct side *s)
{
	const struct record *r = &s->m->record[random_below((uint32_t)s->m->records)];
	struct segment seg = r->seg;

	if (r->from != s->who || !r->left)
		return ack(s);
	if (seg.ack && random_below(2))
		seg.ackno = ack_of(s);
	return seg;
}

enum action { ACK, DATA, FIN, RST, SYN, NEW_SYN, SYNACK, PROBE, AGAIN, ACTIONS };

static struct segment (*const make[ACTIONS])(const struct side *s) = {
	[ACK] = ack, [DATA] = data, [FIN] = fin, [RST] = rst, [SYN] = syn,
	[NEW_SYN] = new_syn, [SYNACK] = synack, [PROBE] = probe, [AGAIN] = again,
};

/* How often an end in a state does which action */
static const uint8_t weights[STATES][ACTIONS] = {
	[CLOSED]	= { [ACK] = 6, [DATA] = 1, [FIN] = 6, [RST] = 2, [SYN] = 30,
			    [NEW_SYN] = 6, [SYNACK] = 2, [AGAIN] = 3 },
	[LISTEN]	= { [SYNACK] = 40, [SYN] = 7, [RST] = 2, [ACK] = 1, [NEW_SYN] = 1 },
	[SYN_SENT]	= { [SYN] = 10, [ACK] = 6, [SYNACK] = 12, [RST] = 1, [NEW_SYN] = 2,
			    [DATA] = 2, [FIN] = 1 },
	[SYN_RECEIVED]	= { [SYNACK] = 20, [ACK] = 6, [DATA] = 6, [FIN] = 4, [RST] = 2,
			    [SYN] = 3, [NEW_SYN] = 1, [AGAIN] = 2 },
	[ESTABLISHED]	= { [ACK] = 30, [DATA] = 40, [FIN] = 20, [RST] = 2, [SYN] = 3,
			    [NEW_SYN] = 2, [SYNACK] = 4, [PROBE] = 4, [AGAIN] = 8 },
	[CLOSE_WAIT]	= { [ACK] = 30, [DATA] = 20, [FIN] = 30, [RST] = 2, [SYN] = 2,
			    [NEW_SYN] = 2, [SYNACK] = 4, [PROBE] = 4, [AGAIN] = 6 },
	[FIN_WAIT_1]	= { [ACK] = 30, [FIN] = 20, [RST] = 2, [SYN] = 1, [NEW_SYN] = 2,
			    [SYNACK] = 2, [PROBE] = 4, [AGAIN] = 8, [DATA] = 2 },
	[FIN_WAIT_2]	= { [ACK] = 40, [FIN] = 12, [RST] = 2, [SYN] = 1, [NEW_SYN] = 2,
			    [SYNACK] = 2, [PROBE] = 4, [AGAIN] = 8 },
	[CLOSING]	= { [ACK] = 50, [FIN] = 20, [RST] = 3, [NEW_SYN] = 2, [SYNACK] = 2,
			    [AGAIN] = 8 },
	[LAST_ACK]	= { [ACK] = 20, [FIN] = 30, [RST] = 3, [NEW_SYN] = 2, [SYNACK] = 2,
			    [AGAIN] = 8 },
	[TIME_WAIT]	= { [ACK] = 30, [FIN] = 12, [RST] = 2, [NEW_SYN] = 6, [SYNACK] = 5,
			    [SYN] = 2, [AGAIN] = 8 },
};

static struct segment make_legal(const struct side *s)
{
	const uint8_t *weight = weights[s->e->state];
	uint32_t sum = 0, at;
	int action;

	for (action = 0; action < ACTIONS; action++)
		sum += weight[action];
	at = random_below(sum);
	for (action = 0; at >= weight[action]; action++)
		at -= weight[action];
	if (s->m->pending && s->m->pending_from == s->peer && chance(20))
		action = SYNACK;
	if (!s->m->records)
		action = random_below(8) ? SYN : random_below(2) ? SYNACK : FIN - random_below(3);
	return make[action](s);
}

static uint32_t offset(void)
{
	return PICK(0, 1, -1, 1, -1, 2, -2, 100, -100, 1000, -1000, 65535, -65535, -65536,
		    0x7fffffff, 0x80000000, 0x80000001, 0xc0000000);
}

static void spoil_number(const struct side *s, struct segment *seg)
{
	const struct side other = other_side(s);

	switch (random_below(4)) {
	case 0:
		seg->seq += offset();
		break;
	case 1:
		seg->seq = edge_of(s) + offset() - random_below(2) * seg->len;
		break;
	case 2:
		seg->ackno += offset();
		break;
	default:
		seg->ackno = edge_of(&other) + offset();
		break;
	}
}

static void spoil_flags(struct segment *seg)
{
	static const struct segment flags[] = {
		{ .ack = true }, { .ack = true, .fin = true }, { .syn = true },
		{ .syn = true, .ack = true }, { .rst = true }, { .rst = true, .ack = true },
	};
	const struct segment *it = &flags[random_below(6)];

	seg->syn = it->syn;
	seg->ack = it->ack;
	seg->fin = it->fin;
	seg->rst = it->rst;
}

/* A segment that may bear out what the peer claims, or is just outside of that */
static struct segment answer(const struct side *s)
{
	const struct claim *claim = &s->p->claim;
	struct segment seg = random_below(4) ? ack(s) : random_below(2) ? data(s) : fin(s);

	seg.seq = claim->ackno + PICK(0, 0, 0, 0, 1, -1, 100, 5000, 0x3fffffff, 0x40000000);
	seg.ackno = random_below(3) ? claim->end + PICK(0, 0, 0, 1) :
				      claim->first + PICK(0, 0, 1, -1);
	return seg;
}

/* A segment that goes on where the claim of its sender ends, or nearly so */
static struct segment go_on(const struct side *s)
{
	const struct claim *claim = &s->e->claim;
	struct segment seg = random_below(3) ? data(s) : random_below(2) ? ack(s) : fin(s);

	seg.seq = claim->end + PICK(0, 0, 0, 0, 0, 1, -1);
	seg.ackno = claim->ackno + PICK(0, 0, 0, 1, 100, -1);
	return seg;
}

/* In the name of this host: acknowledges what was not sent, or is beyond the window */
static struct segment forgery(const struct side *s)
{
	struct segment seg = random_below(3) ? ack(s) : random_below(3) ? data(s) : fin(s);

	if (random_below(3))
		seg.ackno += 1 + random_below(3000);
	if (!random_below(3))
		seg.seq = edge_of(s) + random_below(3000);
	return seg;
}

/* Acknowledges one octet more than was sent, maybe when it closes itself */
static struct segment ack_of_unseen_fin(const struct side *s)
{
	struct segment seg = random_below(2) ? ack(s) : fin(s);

	seg.ackno = next_of_peer(s) + 1;
	return seg;
}

static struct segment make_noise(const struct side *s)
{
	struct segment seg = {
		.seq = random_below(4) ? edge_of(s) : random_u32(),
		.ackno = random_below(4) ? ack_of(s) : random_u32(),
		.len = random_below(3) ? 0 : some_data(),
	};

	spoil_flags(&seg);
	if (!random_below(3))
		spoil_number(s, &seg);
	return seg;
}

/* From a host without a socket: a RST, the SYN of a new socket, or a listener's SYN-ACK */
static struct segment make_last(const struct side *s)
{
	struct segment seg;

	if (random_below(2))
		return random_below(3) ? rst(s) : new_syn(s);
	seg = synack(s);
	if (random_below(4))
		seg.seq += 70000;
	return seg;
}

static uint16_t some_window(const struct walk *walk)
{
	if (walk->narrow)
		return (uint16_t)random_below(300);
	if (random_below(3))
		return 65535;
	return (uint16_t)(random_below(3) ? random_below(3000) : PICK(0, 0, 1, 100, 1000));
}

static void add_options(struct walk *walk, unsigned int host, struct segment *seg)
{
	seg->window = some_window(walk);
	seg->scale = walk->scales == chance(95) ? (int)random_below(15) : NO_SCALE;
	seg->sack = walk->sack == chance(95);
	seg->cookie = walk->cookie == chance(95);
	seg->stamped = walk->stamps == chance(97);
	walk->clock[host] += random_below(3);
	seg->tsval = !seg->stamped ? 0 : walk->clock[host] +
		     (random_below(12) ? 0 : PICK(-1, -2, -3, -100, 50, 0x80000000));
	if (!seg->ack)
		seg->ackno = 0;
	if (seg->syn)
		seg->len %= 1461;
}

/* One of the loopback segments in flight arrives */
static struct step fly(struct walk *walk)
{
	size_t at = random_below((uint32_t)walk->flying);
	struct step step = walk->flight[at];

	if (random_below(8))	/* else it is duplicated */
		walk->flight[at] = walk->flight[--walk->flying];
	return step;
}

/* A loopback segment left, and will arrive unless it is lost */
static void take_off(struct walk *walk, const struct step *step)
{
	struct step arrival = *step;

	if (walk->flying == FLYING_MAX || !random_below(10))
		return;		/* lost */
	arrival.leaves = false;
	arrival.arrives = true;
	walk->flight[walk->flying++] = arrival;
}

/* More often the one that has to answer, and less often one that is closed */
static unsigned int choose_host(const struct pair *pair)
{
	const struct model *m = &pair->model;
	unsigned int host = random_below(2);

	if (m->records && !random_below(3))
		host = pair->role[0] == m->record[m->records - 1].from;
	if (m->end[pair->role[host]].state == CLOSED && random_below(2))
		host = !host;
	return host;
}

static struct segment some_segment(struct walk *walk, const struct side *s)
{
	struct segment seg;

	if (s->p->claim.news != NO_NEWS && !random_below(walk->doubtful ? 4 : 8))
		return answer(s);
	if (s->e->claim.news != NO_NEWS && !random_below(walk->doubtful ? 3 : 8))
		return go_on(s);
	if (walk->doubtful && !random_below(8))
		return random_below(3) ? forgery(s) : ack_of_unseen_fin(s);
	seg = walk->noise && random_below(4) ? make_noise(s) : make_legal(s);
	if (!random_below(walk->truth ? 24 : 8))
		spoil_number(s, &seg);
	if (!random_below(40))
		spoil_flags(&seg);
	return seg;
}

static struct side side_of(const struct walk *walk, const struct pair *pair, unsigned int host)
{
	enum who who = pair->role[host];

	return (struct side){
		.walk = walk, .m = &pair->model, .host = host, .who = who,
		.peer = peer_of(who), .e = &pair->model.end[who],
		.p = &pair->model.end[peer_of(who)],
	};
}

/* The next step of the ends in "pair" */
static struct step some_step(struct walk *walk, const struct pair *pair)
{
	unsigned int host = choose_host(pair);
	const struct side s = side_of(walk, pair, host);
	struct step step = {
		.kind = SEGMENT, .host = host, .leaves = true,
		.arrives = pair->vantage != LOOPBACK,
		.forged = !random_below(16),
		.pause = event_pause(walk->slow),
		.id = walk->made,
	};

	if (walk->flying && random_below(4))
		return fly(walk);
	if (!random_below(50))
		return event_step(walk->slow, pair, host);

	walk->made++;
	step.seg = pair->dead[host] ? make_last(&s) : some_segment(walk, &s);
	add_options(walk, host, &step.seg);
	if (pair->vantage == LOOPBACK)
		take_off(walk, &step);
	return step;
}

/* Somebody else sends in the name of a host, and is seen, but never arrives */
static struct step forged_step(struct walk *walk, const struct pair *pair)
{
	unsigned int host = pair->dead[0] ? 1 : pair->dead[1] ? 0 : random_below(2);
	const struct side s = side_of(walk, pair, host);
	struct step step = {
		.kind = SEGMENT, .host = host, .leaves = true, .arrives = true,
		.forged = true, .id = walk->made++, .seg = forgery(&s),
	};

	add_options(walk, host, &step.seg);
	return step;
}

/* Some segments in a row are not seen, or those of one host for a while */
static void begin_hole(struct walk *walk)
{
	walk->unseen = random_below(2) ? 1 : 2 + random_below(9);
	walk->one_way = walk->unseen > 1 && random_below(2);
	walk->unseen_host = random_below(2);
}

/* A host whose socket is gone, if that was seen, sends no more than make_last() */
static bool is_dead(const struct pair *pair, const struct step *step)
{
	return pair->dead[step->host] && !step->seg.syn && !step->seg.rst;
}

static bool is_seen(struct walk *walk, const struct pair *pair, const struct step *step)
{
	if (step->kind != SEGMENT)
		return true;
	if (is_dead(pair, step))
		return false;
	if (step->seg.syn && step->seg.ack && chance(25))
		return false;
	if (!walk->unseen && !random_below(12))
		begin_hole(walk);
	if (!walk->unseen || (walk->one_way && step->host != walk->unseen_host))
		return true;
	walk->unseen--;
	return false;
}

/* The walk goes on, as if every step had been seen */
static void go_on_unseen(struct walk *walk, const struct step *step)
{
	/* A plain walk would show the same */
	if (!pair_step(walk->truth, step))
		walk->truth = NULL;
}

struct step walk_step(struct walk *walk, const struct pair *pair)
{
	struct step step;
	bool seen;

	while (walk->truth) {
		if (pair->begun && !(pair->dead[0] && pair->dead[1]) && !random_below(24))
			return forged_step(walk, pair);
		step = some_step(walk, random_below(12) ? walk->truth : pair);
		seen = is_seen(walk, pair, &step);
		walk->made -= !seen;	/* its id is free again */
		go_on_unseen(walk, &step);
		if (seen)
			return step;
	}
	return some_step(walk, pair);
}

static uint32_t some_isn(void)
{
	return random_below(2) ? random_u32() :
	       PICK(0, 1, -1, -2, -100, -3000, 0x7fffffff, 0x80000000, 0x7fffff00);
}

void walk_begin(struct walk *walk, struct story *story, struct pair *truth,
		enum vantage vantage, bool noise)
{
	bool holes = vantage != LOOPBACK && chance(40);

	*walk = (struct walk){
		.noise = noise, .slow = chance(5), .narrow = chance(25), .doubtful = chance(30),
		.stamps = chance(30), .sack = chance(70), .scales = chance(40),
		.cookie = chance(15),
		.isn = { some_isn(), some_isn() },
		.clock = { some_isn(), some_isn() },
		.truth = holes ? truth : NULL,
	};
	*story = (struct story){
		.vantage = vantage, .rfc1337 = chance(20),
	};
	if (holes)
		pair_begin(truth, story);
}
