// SPDX-License-Identifier: GPL-2.0
#include <assert.h>

#include "times.h"

static struct entry *write_entry(struct model *m, enum who who, uint64_t now)
{
	struct entry *entry = &m->entry[m->entries++];

	assert(m->entries <= ENTRIES);
	*entry = (struct entry){ .who = who, .time = now };
	return entry;
}

/* NULL: it has not moved */
static const struct entry *last_move(const struct model *m, enum who who)
{
	size_t i;

	for (i = m->entries; i > 0; i--)
		if (m->entry[i - 1].who == who && m->entry[i - 1].kind == MOVED)
			return &m->entry[i - 1];
	return NULL;
}

/* The initial states are known, except in mid-stream */
bool saw_entering(const struct model *m, enum who who)
{
	return last_move(m, who) || !m->midstream;
}

uint64_t entered_at(const struct model *m, enum who who)
{
	const struct entry *move = last_move(m, who);

	return move ? move->time : m->began;
}

/*
 * Flush and eviction only end the observation, and a rollback revokes the stay. 2MSL end a
 * confirmed TIME-WAIT; every other timeout is only an assumption, unless a missing socket
 * proves it.
 */
bool stay_is_known(const struct model *m, enum who who, enum cause cause, bool proven)
{
	const struct end *end = &m->end[who];

	if (end->state == CLOSED || !saw_entering(m, who))
		return false;
	if (cause == BY_FLUSH || cause == BY_EVICT || cause == BY_ROLLBACK)
		return false;
	return cause != BY_TIME || proven || (end->state == TIME_WAIT && end->confirmed);
}

static enum wait_end end_by(enum cause cause, bool confirmed)
{
	switch (cause) {
	case BY_SYN:
		return WAIT_REOPENED;
	case BY_RST:
		return WAIT_RESET;
	case BY_EVICT:
		return WAIT_EVICTED;
	case BY_FLUSH:
		return WAIT_FLUSHED;
	default:
		assert(cause == BY_TIME || cause == BY_ROLLBACK);
		return confirmed ? WAIT_EXPIRED : WAIT_UNCONFIRMED;
	}
}

void write_move(struct model *m, enum who who, enum state state, enum cause cause,
		uint64_t now)
{
	const struct end *end = &m->end[who];
	struct entry *entry = write_entry(m, who, now);

	entry->kind = MOVED;
	entry->state = state;
	entry->cause = cause;
	if (end->state == TIME_WAIT)
		entry->wait_end = end_by(cause, end->confirmed);
}

void write_restart(struct model *m, enum who who, bool fin_again, uint64_t now)
{
	write_entry(m, who, now)->kind = fin_again ? FIN_REPEATED : RESTARTED;
}

/* The kernel's socket decides. WAIT_SKIPPED: there was no TIME-WAIT to measure */
void correct_wait_end(struct model *m, struct verdict *verdict, enum wait_end end)
{
	m->entry[m->entries - 1].wait_end = end;
	if (end == WAIT_SKIPPED)
		verdict->move[verdict->moves - 1].known_stay = false;
}

static void restart_wait(struct wait *wait, const struct entry *entry)
{
	wait->restarted = entry->time;
	wait->fins += entry->kind == FIN_REPEATED;
}

/*
 * A choice: a restart that was logged later than the end counts as one at the end. This
 * happens when a SYN-ACK tells that the next connection began with its SYN.
 */
static void end_wait(struct wait *wait, const struct entry *entry)
{
	wait->lasts = false;
	wait->was = entry->cause != BY_ROLLBACK;
	wait->end = entry->wait_end;
	wait->ended = entry->time;
	if (wait->restarted > wait->ended)
		wait->restarted = wait->ended;
	if (wait->end == WAIT_SKIPPED) {
		wait->ended = wait->began;
		wait->restarted = wait->began;
		wait->fins = 0;
	}
}

/* A TIME-WAIT that a rollback revoked does not count */
struct wait wait_of(const struct model *m, enum who who)
{
	struct wait wait = { 0 };
	size_t i;

	for (i = 0; i < m->entries; i++) {
		const struct entry *entry = &m->entry[i];

		if (entry->who != who)
			continue;
		if (entry->kind != MOVED)
			restart_wait(&wait, entry);
		else if (entry->state == TIME_WAIT)
			wait = (struct wait){
				.was = true, .lasts = true, .began = entry->time,
				.restarted = entry->time,
			};
		else if (wait.lasts)
			end_wait(&wait, entry);
		else if (entry->cause == BY_ROLLBACK)
			wait.was = false;
	}
	return wait;
}

/* Every reported stay counts, even if a rollback revoked it later */
uint64_t time_in_state(const struct model *m, enum who who, enum state state, uint64_t now)
{
	enum state at = who == CLIENT ? CLOSED : LISTEN;
	bool known = !m->midstream;
	uint64_t since = m->began, sum = 0;
	size_t i;

	for (i = 0; i < m->entries; i++) {
		const struct entry *entry = &m->entry[i];

		if (entry->who != who || entry->kind != MOVED)
			continue;
		if (known && at == state)
			sum += entry->time - since;
		known = true;
		at = entry->state;
		since = entry->time;
	}
	return sum + (known && at == state ? now - since : 0);
}

uint64_t unseen_time(const struct model *m, enum who who, uint64_t now)
{
	size_t i;

	if (!m->midstream)
		return 0;
	for (i = 0; i < m->entries; i++)
		if (m->entry[i].who == who && m->entry[i].kind == MOVED)
			return m->entry[i].time - m->began;
	return now - m->began;
}

/* RFC 9293 section 3.3.2: "the synchronized states" */
static bool is_synchronized(const struct end *end)
{
	return end->state != CLOSED && !in_handshake(end);
}

/*
 * Section 3.6: both FINs are acknowledged. A choice: an end whose TIME-WAIT was over stays
 * closed, whatever its segments show later.
 */
static bool has_closed(const struct end *end)
{
	return end->waited || (end->sent_fin && end->has_fin && end->fin_acked);
}

/* A choice: also that of a FIN that was inferred and was none, if its peer has sent one */
static uint64_t first_fin_at(const struct model *m)
{
	size_t i;

	for (i = 0; i < m->records; i++)
		if (m->record[i].fin || m->record[i].inferred)
			return m->record[i].time;
	return 0;
}

static uint64_t not_zero(uint64_t duration)
{
	return duration ? duration : 1;
}

/*
 * Handshake: from the SYN until both ends are synchronized. Close: from the first FIN to
 * the last ACK.
 */
void tell_durations(struct model *m, struct verdict *verdict, uint64_t now)
{
	const struct end *c = &m->end[CLIENT], *s = &m->end[SERVER];

	if (!m->told_open && !m->midstream && is_synchronized(c) && is_synchronized(s)) {
		m->told_open = true;
		verdict->handshake = not_zero(now - m->began);
	}
	if (!m->told_close && !m->cut_short && has_closed(c) && has_closed(s)) {
		m->told_close = true;
		verdict->close = not_zero(now - first_fin_at(m));
	}
}
