// SPDX-License-Identifier: GPL-2.0
#include "numbers.h"

static int64_t max64(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/*
 * RFC 9293 section 3.4: numbers wrap, and are told apart because nothing older
 * than half of them is around. So: the number nearest to what its end has sent.
 */
int64_t unwrap(const struct model *m, enum who who, uint32_t wire)
{
	const struct end *end = &m->end[who];
	int64_t near = end->numbered ? sent_up_to(m, who) : 0;
	uint32_t ahead = wire - (end->zero + (uint32_t)near);

	return ahead <= 0x80000000u ? near + ahead : near + ahead - 0x100000000ll;
}

static bool is_first_syn(const struct record *r, enum who who)
{
	return r->from == who && r->left && r->seg.syn && !r->seg.ack && !r->again;
}

/*
 * How far it had sent when its SYN-ACK came. That tells where it begins; and what fits
 * into the window of the peer's SYN came from there.
 */
static int64_t early_up_to(const struct model *m, enum who who)
{
	const struct end *end = &m->end[who];
	uint32_t ahead = end->early - (end->zero + (uint32_t)(end->isn + 1));
	int64_t window = 0;
	size_t i;

	for (i = 0; i < m->records; i++)
		if (is_first_syn(&m->record[i], peer_of(who)))
			window = m->record[i].window;
	return end->isn + 1 + (ahead <= window ? ahead : 0);
}

/*
 * SND.NXT, section 3.3.1. After a FIN there is nothing. In mid-stream the end may have
 * sent more than was seen; then what its peer has acknowledged was sent, too.
 */
int64_t sent_up_to(const struct model *m, enum who who)
{
	const struct end *end = &m->end[who];
	int64_t highest = end->has_isn ? end->isn + 1 : 0;
	size_t i;

	if (has_sent_fin(m, who))
		return after_fin(m, who);
	if (end->overtook && end->has_isn && !end->other_isn)
		highest = early_up_to(m, who);
	for (i = 0; i < m->records; i++) {
		const struct record *r = &m->record[i];

		if (!r->left)
			continue;
		if (r->from == who && i >= end->isn_since)
			highest = max64(highest, r->end);
		if (r->from != who && r->seg.ack && m->midstream)
			highest = max64(highest, r->ackno);
	}
	return highest;
}

bool has_acked(const struct model *m, enum who who)
{
	size_t i;

	for (i = 0; i < m->records; i++)
		if (m->record[i].from == who && m->record[i].left && m->record[i].seg.ack)
			return true;
	return false;
}

/* The most that it has acknowledged */
int64_t acked_up_to(const struct model *m, enum who who)
{
	int64_t highest = INT64_MIN;
	size_t i;

	for (i = 0; i < m->records; i++) {
		const struct record *r = &m->record[i];

		if (r->from == who && r->left && r->seg.ack)
			highest = max64(highest, r->ackno);
	}
	return highest;
}

/*
 * Section 3.8.6: a window once offered is not taken back, so the furthest one
 * counts. The window of a SYN begins where the peer's numbers do, which its
 * sender knows when it has the peer's SYN.
 */
static bool find_edge(const struct model *m, enum who who, int64_t *edge)
{
	int64_t highest = INT64_MIN, syn_window = UNKNOWN;
	bool acked = false;
	size_t i;

	for (i = 0; i < m->records; i++) {
		const struct record *r = &m->record[i];
		bool counts = i >= m->end[peer_of(who)].isn_since;

		if (is_first_syn(r, who))
			syn_window = r->window;
		if (r->from == who && r->left && r->seg.ack) {
			acked = true;
			if (counts)
				highest = max64(highest, r->ackno + r->window);
		}
		if (r->from != who && r->arrived && r->seg.syn && counts && !acked &&
		    syn_window != UNKNOWN)
			highest = max64(highest, r->start + 1 + syn_window);
	}
	*edge = highest;
	return highest != INT64_MIN;
}

bool has_window(const struct model *m, enum who who)
{
	int64_t edge;

	return find_edge(m, who, &edge);
}

int64_t right_edge(const struct model *m, enum who who)
{
	int64_t edge;

	find_edge(m, who, &edge);
	return edge;
}

/* MAX.SND.WND of its peer, RFC 5961 section 5.2 */
int64_t largest_window(const struct model *m, enum who who)
{
	int64_t largest = 0;
	size_t i;

	for (i = 0; i < m->records; i++) {
		const struct record *r = &m->record[i];

		if (is_first_syn(r, who) || (r->from == who && r->left && r->seg.ack))
			largest = max64(largest, r->window);
	}
	return largest;
}

/*
 * RCV.NXT, section 3.3.1, by R2 and R3: at least the number after the ISN; all that
 * came with no hole before it is there; what the end acknowledges is there; and when
 * it sends again what it would not need to send, then only what its ACK says was
 * there.
 */
struct reception {
	bool	known;
	int64_t	next;
	int64_t	beyond;		/* the highest behind a hole that is still open */
	int64_t	isn;		/* of the peer, that all this is about */
};

static void begin_at_isn(struct reception *it, int64_t isn)
{
	it->next = isn + 1;
	it->beyond = INT64_MIN;
	it->isn = isn;
}

/* The end itself acknowledges */
static void acknowledge(struct reception *it, const struct record *r)
{
	if (r->chooses)
		begin_at_isn(it, r->ackno - 1);
	it->next = it->known && !r->disproves ? max64(it->next, r->ackno) : r->ackno;
	it->known = true;
}

/* It sends its SYN again, so it has nothing at all */
static void repeat_syn(struct reception *it)
{
	begin_at_isn(it, it->isn);
}

/* Something comes from its peer */
static void receive(struct reception *it, const struct record *r)
{
	if (r->took && r->seg.syn && r->start != it->isn)
		begin_at_isn(it, r->start);
	if (r->took) {
		it->next = it->known ? max64(it->next, r->taken) : r->taken;
		it->known = true;
	}
	it->beyond = max64(it->beyond, r->beyond);
}

static struct reception reception_of(const struct model *m, enum who who)
{
	const struct end *peer = &m->end[peer_of(who)];
	struct reception it = {
		.known = peer->has_isn, .next = peer->isn + 1, .beyond = INT64_MIN,
		.isn = peer->isn,
	};
	size_t i;

	for (i = 0; i < m->records; i++) {
		const struct record *r = &m->record[i];

		if (!i && m->midstream && !r->seg.syn && r->from != who) {
			it.known = true;
			it.next = r->start;
		}
		if (r->from != who)
			receive(&it, r);
		else if (r->left && r->seg.ack)
			acknowledge(&it, r);
		else if (r->left && r->again)
			repeat_syn(&it);
		if (it.next >= it.beyond)
			it.beyond = INT64_MIN;
	}
	return it;
}

bool expects_any(const struct model *m, enum who who)
{
	return reception_of(m, who).known;
}

int64_t expects(const struct model *m, enum who who)
{
	return reception_of(m, who).next;
}

/* INT64_MIN: there is no hole */
int64_t highest_beyond_hole(const struct model *m, enum who who)
{
	return reception_of(m, who).beyond;
}

static const struct record *find_fin(const struct model *m, enum who who)
{
	size_t i;

	for (i = 0; i < m->records; i++)
		if (m->record[i].from == who && m->record[i].fin)
			return &m->record[i];
	return NULL;
}

bool has_sent_fin(const struct model *m, enum who who)
{
	return find_fin(m, who);
}

/* The FIN has the number before this one */
int64_t after_fin(const struct model *m, enum who who)
{
	const struct record *r = find_fin(m, who);

	return r ? r->end : INT64_MAX;
}
