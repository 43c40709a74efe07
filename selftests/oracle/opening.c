// SPDX-License-Identifier: GPL-2.0
#include "opening.h"

static bool is_syn(const struct record *r)
{
	return r->left && r->seg.syn && !r->seg.ack;
}

static bool is_synack(const struct record *r)
{
	return r->left && r->seg.syn && r->seg.ack;
}

/*
 * RFC 7413: octets in the SYN that may be acknowledged with it, according to the first
 * "records" records. Data that only a retransmitted SYN-ACK carries does not count.
 */
static uint32_t data_with_syn(const struct model *m, enum who who, size_t records)
{
	bool first = true;
	uint32_t most = 0;
	size_t i;

	for (i = m->end[who].isn_since; i < records; i++) {
		const struct record *r = &m->record[i];

		if (r->from != who || !r->left || !r->seg.syn)
			continue;
		if ((first || !r->seg.ack) && r->seg.len > most)
			most = r->seg.len;
		first = false;
	}
	return most;
}

uint32_t syn_data(const struct model *m, enum who who)
{
	return data_with_syn(m, who, m->records);
}

/* RFC 9293 section 3.10.7.3: exactly the SYN; with Fast Open also some or all of its data */
bool acks_syn_of(const struct model *m, enum who who, int64_t ackno)
{
	const struct end *end = &m->end[who];

	return end->has_isn && ackno >= end->isn + 1 &&
	       ackno <= end->isn + 1 + (int64_t)syn_data(m, who);
}

bool has_sent_syn(const struct model *m, enum who who)
{
	size_t i;

	for (i = 0; i < m->records; i++)
		if (m->record[i].from == who && is_syn(&m->record[i]))
			return true;
	return false;
}

bool has_sent_synack(const struct model *m, enum who who)
{
	size_t i;

	for (i = 0; i < m->records; i++)
		if (m->record[i].from == who && is_synack(&m->record[i]))
			return true;
	return false;
}

bool syns_crossed(const struct model *m)
{
	bool sent[2] = { false, false };
	size_t i;

	for (i = 0; i < m->records; i++)
		if (is_syn(&m->record[i]))
			sent[m->record[i].from] = true;
	return m->crossed_late || (sent[CLIENT] && sent[SERVER]);
}

bool asks_for_fast_open(const struct model *m)
{
	size_t i;

	for (i = 0; i < m->records; i++)
		if (is_syn(&m->record[i]) && !m->record[i].again && m->record[i].seg.cookie)
			return true;
	return false;
}

bool may_send_early(const struct model *m, enum who who)
{
	return who == SERVER && (asks_for_fast_open(m) || syn_data(m, CLIENT));
}

/* Whether the first "records" records have a SYN-ACK that acknowledges more than the SYN */
static bool takes_syn_data(const struct model *m, size_t records)
{
	size_t i;

	for (i = 0; i < records; i++) {
		const struct record *r = &m->record[i];

		if (is_synack(r) && r->ackno != m->end[peer_of(r->from)].isn + 1)
			return true;
	}
	return false;
}

bool syn_data_was_taken(const struct model *m)
{
	return takes_syn_data(m, m->records);
}

/*
 * An end that sent no SYN-ACK proves it by any segment with an ACK. A server proves it by
 * a segment that it cannot send before its SYN is acknowledged: one that acknowledges more
 * than the SYN and its data, or data, unless Fast Open allows early data. A bare ACK
 * proves nothing: Linux also sends challenge ACKs in SYN-RECEIVED.
 */
bool has_proved_open(const struct model *m, enum who who)
{
	const struct end *peer = &m->end[peer_of(who)];
	bool synack = false;
	size_t i;

	for (i = 0; i < m->records; i++) {
		const struct record *r = &m->record[i];

		if (r->from != who || !r->left)
			continue;
		if (is_synack(r))
			synack = true;
		if (r->seg.syn || r->unseen)
			continue;
		if (!synack || (r->seg.len && !asks_for_fast_open(m) &&
				!takes_syn_data(m, i)))
			return true;
		if (r->ackno > peer->isn + 1 + (int64_t)data_with_syn(m, peer_of(who), i))
			return true;
	}
	return false;
}

/* Whether its options count: a SYN-ACK, or the first copy of a SYN */
static bool offers(const struct record *r)
{
	return is_synack(r) || (is_syn(r) && !r->again);
}

/*
 * RFC 7323 section 2.2: windows are scaled if the SYN and the SYN-ACK have the option. A
 * choice: which of several copies of a SYN was answered is unknown, so the one with the
 * largest scale counts. A copy sent after the SYN-ACK does not count.
 */
static int scale_of(const struct model *m, enum who who)
{
	int offer[2] = { NO_SCALE, NO_SCALE };
	size_t i;

	for (i = 0; i < m->records; i++) {
		const struct record *r = &m->record[i];
		int *own = &offer[r->from], *other = &offer[peer_of(r->from)];

		if (is_synack(r) && (r->seg.scale == NO_SCALE || *other == NO_SCALE))
			*own = *other = NO_SCALE;
		else if (is_synack(r) ||
			 (is_syn(r) && !r->decided && r->seg.scale > *own))
			*own = r->seg.scale;
	}
	return offer[peer_of(who)] == NO_SCALE ? NO_SCALE : offer[who];
}

/* In mid-stream, unless it begins with a SYN-ACK, the scale is unknown: the largest, 14 */
int64_t window_of(const struct model *m, enum who from, const struct segment *seg)
{
	bool unknown = m->midstream && (!m->records || !m->record[0].seg.syn);
	int scale = unknown ? 14 : scale_of(m, from);

	if (seg->syn || scale == NO_SCALE)
		return seg->window;
	return (int64_t)seg->window << scale;
}

/* A SYN that was not seen is assumed to permit SACK */
bool sack_is_agreed(const struct model *m)
{
	size_t i;

	for (i = 0; i < m->records; i++)
		if (offers(&m->record[i]) && !m->record[i].seg.sack)
			return false;
	return true;
}

bool stamps_are_agreed(const struct model *m)
{
	bool stamped[2] = { false, false };
	size_t i;

	for (i = 0; i < m->records; i++)
		if (offers(&m->record[i]) && m->record[i].seg.stamped)
			stamped[m->record[i].from] = true;
	return stamped[CLIENT] && stamped[SERVER];
}

/*
 * RFC 7323 section 4.3. A SYN-ACK that its receiver has already acknowledged does not
 * update TS.Recent: Linux only answers it.
 */
uint32_t last_stamp(const struct model *m, enum who who)
{
	uint32_t stamp = 0;
	bool answered = false;
	size_t i;

	for (i = 0; i < m->records; i++) {
		const struct record *r = &m->record[i];

		if (r->from == who && r->seg.stamped &&
		    ((offers(r) && !answered) || r->set_clock))
			stamp = r->seg.tsval;
		answered |= r->from != who && r->left && r->seg.ack;
	}
	return stamp;
}
