// SPDX-License-Identifier: GPL-2.0
#include "numbers.h"

static int64_t max64(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/*
 * RFC 9293 section 3.4: no segment is older than half the number space. So the unwrapped
 * number is the one nearest to SND.NXT of its end.
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
 * Fast Open: how far a server had sent before its SYN-ACK was seen. Only the SYN-ACK tells
 * the ISN; numbers that do not fit into the window of the peer's SYN are ignored then.
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
 * SND.NXT, section 3.3.1. Nothing follows a FIN. In mid-stream the end may have sent more
 * than was seen; there, everything its peer has acknowledged was sent. Everywhere, it has
 * sent what its peer claims to have received, once it has borne that out itself.
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

		if (r->resumes && r->from == who)
			highest = r->start;
		if (r->borne_out && r->from != who && i >= end->isn_since)
			highest = max64(highest, r->ackno);
		if (!r->left)
			continue;
		if (r->from == who && i >= end->isn_since)
			highest = max64(highest, r->end);
		if (r->from != who && r->seg.ack && m->midstream)
			highest = max64(highest, r->ackno);
	}
	return highest;
}

bool has_sent(const struct model *m, enum who who)
{
	size_t i;

	for (i = 0; i < m->records; i++) {
		const struct record *r = &m->record[i];

		if (r->from == who ? r->left && !r->unseen : r->borne_out)
			return true;
	}
	return m->end[who].overtook;
}

bool has_acked(const struct model *m, enum who who)
{
	size_t i;

	for (i = 0; i < m->records; i++)
		if (m->record[i].from == who && m->record[i].left && m->record[i].seg.ack)
			return true;
	return false;
}

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
 * Section 3.8.6: a receiver does not shrink its window, so the highest right edge counts.
 * A SYN offers a window but acknowledges nothing: its window begins after the ISN of the
 * peer, once the peer's SYN has arrived. A known window reaches as far as the peer's claim,
 * once this end has borne that out.
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
			if (counts && !r->unseen)
				highest = max64(highest, r->ackno + r->window);
		}
		if (r->from != who && r->arrived && r->seg.syn && counts && !acked &&
		    syn_window != UNKNOWN)
			highest = max64(highest, r->start + 1 + syn_window);
		if (r->borne_out && r->from != who && counts && highest != INT64_MIN)
			highest = max64(highest, r->end);
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

bool begins_beyond_window(const struct model *m, enum who who, uint32_t wire)
{
	uint32_t edge = m->end[peer_of(who)].zero + (uint32_t)right_edge(m, who);

	return has_window(m, who) && wire - edge - 1 < 0x80000000u;
}

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
 * What an end has received of its peer: RCV.NXT, section 3.3.1. By R2, every segment that
 * arrived with no hole before it was received. By R3, everything the end acknowledges was
 * received, and a retransmission that it would not have needed otherwise ("disproves")
 * proves that nothing else was.
 */
struct reception {
	bool	known;
	int64_t	next;
	int64_t	beyond;		/* end of the highest segment behind the hole, else INT64_MIN */
	int64_t	isn;		/* of the peer, to which the numbers above belong */
};

static void begin_at_isn(struct reception *it, int64_t isn)
{
	it->next = isn + 1;
	it->beyond = INT64_MIN;
	it->isn = isn;
}

/* A segment with an ACK leaves the end */
static void acknowledge(struct reception *it, const struct record *r)
{
	if (r->chooses)
		begin_at_isn(it, r->ackno - 1);
	it->next = it->known && !r->disproves ? max64(it->next, r->ackno) : r->ackno;
	it->known = true;
}

/* The end retransmits its SYN, so it has received nothing */
static void repeat_syn(struct reception *it)
{
	begin_at_isn(it, it->isn);
}

/*
 * A segment comes from its peer. A SYN-ACK with another ISN begins a new count even if it
 * never arrives: whatever follows it has numbers of that ISN.
 */
static void receive(struct reception *it, const struct record *r)
{
	if (r->seg.syn && r->start != it->isn)
		begin_at_isn(it, r->start);
	if (r->took) {
		it->next = it->known ? max64(it->next, r->taken) : r->taken;
		it->known = true;
	}
	it->beyond = max64(it->beyond, r->beyond);
	/* The FIN that was inferred comes for the first time; all before it is acknowledged */
	if (r->resumes)
		it->next = r->start;
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

int64_t after_fin(const struct model *m, enum who who)
{
	const struct record *r = find_fin(m, who);

	return r ? r->end : INT64_MAX;
}
