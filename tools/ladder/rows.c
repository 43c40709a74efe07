// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "base/names.h"
#include "base/units.h"
#include "ladder/rows.h"
#include "ladder/words.h"

/* An unknown number of records */
#define SOME	UINT32_MAX

/*
 * A segment has one of the flags that a record keeps. One with bad flags may have none
 * of these, but has that anomaly.
 */
static bool is_segment(const struct tcpfsm_past *past)
{
	return past->flags || past->anomaly == TCPFSM_ANOMALY_BAD_FLAGS;
}

/* Sequence numbers that it takes */
static uint32_t space(const struct tcpfsm_past *past)
{
	return past->len + !!(past->flags & TCPFSM_SYN) + !!(past->flags & TCPFSM_FIN);
}

static bool is_violation(const struct tcpfsm_past *past)
{
	return past->anomaly < TCPFSM_ANOMALY_COUNT && past->kind == TCPFSM_KIND_VIOLATION;
}

/* Whether its numbers can be used to find out what was sent. */
static bool is_believed(const struct tcpfsm_past *past)
{
	if (!past->flags || is_violation(past))
		return false;
	if (past->flags & TCPFSM_SYN)
		return !past->seq;	/* if not, it is a SYN of the next connection */
	return !(past->flags & TCPFSM_RST) || past->anomaly == TCPFSM_ANOMALY_ABORT_RST;
}

/* Whether @past is @old sent again: the same octets, or the same bare ACK */
static bool repeats(const struct tcpfsm_past *past, const struct tcpfsm_past *old)
{
	return past->from == old->from && past->flags == old->flags &&
	       past->seq == old->seq &&
	       (space(past) ? space(old) : !space(old) && past->ack == old->ack);
}

static bool was_seen(const struct ladder_walk *walk, const struct tcpfsm_past *past)
{
	unsigned int i, kept = min(walk->count, LADDER_SEEN);

	for (i = 0; i < kept; i++)
		if (repeats(past, &walk->seen[i]))
			return true;
	return false;
}

/* An anomaly that on loopback only the arrival of a segment shows */
static bool is_of_arrival(uint8_t anomaly)
{
	return anomaly == TCPFSM_ANOMALY_FIN_GAP || anomaly == TCPFSM_ANOMALY_TW_NO_REACK;
}

/*
 * Whether a segment that was seen before is not sent again, but arrives: on loopback
 * it has a second record then, if another segment was sent in between.
 */
static bool arrives(const struct ladder_walk *walk, const struct ladder *ladder,
		    const struct tcpfsm_past *past)
{
	if (!ladder->end[TCPFSM_ROLE_CLIENT].local || !ladder->end[TCPFSM_ROLE_SERVER].local)
		return false;
	return is_of_arrival(past->anomaly) ||
	       (past->anomaly == TCPFSM_ANOMALY_NONE &&
		past->state[past->from] == walk->end[past->from].state &&
		past->state[!past->from] != walk->end[!past->from].state);
}

static void clear(struct ladder_row *row, enum ladder_kind kind)
{
	memset(row, 0, sizeof(*row));
	row->kind = kind;
}

static void say(struct ladder_row *row, const char *text)
{
	snprintf(row->text, sizeof(row->text), "%s", text);
}

/* A closed end that sends a SYN or SYN-ACK has begun anew; only LAST-ACK is taken back */
static bool was_taken_back(const struct ladder_walk_end *end, uint8_t state)
{
	if (!end->told || state == TCPFSM_STATE_CLOSED || state == TCPFSM_STATE_LISTEN)
		return false;
	if (end->state == TCPFSM_STATE_CLOSED)
		return end->moved && state == TCPFSM_STATE_LAST_ACK;
	return state < end->state;
}

static void follow_time_wait(struct ladder_walk_end *end, const struct tcpfsm_past *past,
			     enum tcpfsm_role role)
{
	if (end->state != TCPFSM_STATE_TIME_WAIT) {
		end->entered = past->time;
		end->restarted = past->time;
		end->restarts = 0;
	} else if (past->from != role && past->flags & TCPFSM_FIN) {
		end->restarted = past->time;
		end->restarts++;
	}
}

/*
 * In a simultaneous open no end was in LISTEN. But that was not known before the second
 * SYN, and the records up to then say so.
 */
static uint8_t state_of(const struct ladder *ladder, const struct tcpfsm_past *past,
			enum tcpfsm_role role)
{
	if (past->state[role] == TCPFSM_STATE_LISTEN &&
	    ladder->opened == TCPFSM_OPENED_SIMULTANEOUS)
		return TCPFSM_STATE_CLOSED;
	return past->state[role];
}

static void tell_state(struct ladder_walk_end *end, uint8_t state,
		       const struct tcpfsm_past *past, enum tcpfsm_role role,
		       struct ladder_state *tell)
{
	tell->state = state;
	tell->told = !end->told || state != end->state;
	if (was_taken_back(end, state))
		tell->mark = LADDER_BACK;
	if (state == TCPFSM_STATE_TIME_WAIT) {
		if (past->anomaly == TCPFSM_ANOMALY_TW_REACK && past->from == role) {
			tell->told = true;
			tell->mark = LADDER_ANEW;
		}
		follow_time_wait(end, past, role);
	}
	end->moved = end->moved || (end->told && state != end->state);
	end->told = true;
	end->state = state;
}

static void tell_states(struct ladder_walk *walk, const struct ladder *ladder,
			const struct tcpfsm_past *past, struct ladder_row *row)
{
	unsigned int role;

	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		tell_state(&walk->end[role], state_of(ladder, past, role), past, role,
			   &row->end[role]);
		walk->marked[row->end[role].mark] = true;
	}
}

unsigned int ladder_lose(struct ladder_walk *walk, uint32_t lost, struct ladder_row *row)
{
	unsigned int role;

	clear(row, LADDER_LOST);
	if (lost == SOME)
		say(row, "some segments are forgotten");
	else
		snprintf(row->text, sizeof(row->text), "%u segment%s forgotten",
			 lost, lost == 1 ? " is" : "s are");
	walk->begun = true;
	walk->lost = true;
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
		walk->end[role].known = false;
	return 1;
}

static void begin_at_rest(struct ladder_walk *walk, const struct ladder *ladder,
			  struct ladder_row *row)
{
	const struct tcpfsm_past rest = {
		.state[TCPFSM_ROLE_CLIENT] = TCPFSM_STATE_CLOSED,
		.state[TCPFSM_ROLE_SERVER] = TCPFSM_STATE_LISTEN,
		.anomaly = TCPFSM_ANOMALY_NONE,
	};

	clear(row, LADDER_BEGIN);
	tell_states(walk, ladder, &rest, row);
}

/* Numbers are relative to the first ones that were seen: both ends begin at 0. */
static void begin_in_midstream(struct ladder_walk *walk, struct ladder_row *row)
{
	clear(row, LADDER_BEGIN);
	say(row, "picked up in mid-stream");
	walk->end[TCPFSM_ROLE_CLIENT].known = true;
	walk->end[TCPFSM_ROLE_SERVER].known = true;
}

/*
 * The row before the first record. The first segment of a connection is always on
 * record, unless it was overwritten or the connection was found in mid-stream.
 */
static unsigned int begin(struct ladder_walk *walk, const struct ladder *ladder,
			  const struct tcpfsm_past *first, struct ladder_row *row)
{
	bool syn = (first->flags & (TCPFSM_SYN | TCPFSM_ACK)) == TCPFSM_SYN;

	if (walk->begun)
		return 0;
	walk->begun = true;
	if (ladder->lost)
		return ladder_lose(walk, ladder->lost, row);
	if (!first->time && syn)
		begin_at_rest(walk, ladder, row);
	else if (!first->time || ladder->opened == TCPFSM_OPENED_MIDSTREAM)
		begin_in_midstream(walk, row);
	else
		return ladder_lose(walk, SOME, row);
	return 1;
}

/* Payload that an end has sent, and that no row has shown yet */
static uint64_t bytes_left(const struct ladder_walk *walk, const struct ladder *ladder,
			   enum tcpfsm_role role)
{
	uint64_t bytes = ladder->end[role].bytes, told = walk->end[role].bytes;

	return bytes > told ? bytes - told : 0;
}

/*
 * Payload before @seq that is not on record. If the sequence number may have wrapped,
 * the total that was sent tells how often.
 */
static uint64_t advance(struct ladder_walk *walk, const struct ladder *ladder,
			enum tcpfsm_role role, uint32_t seq)
{
	struct ladder_walk_end *end = &walk->end[role];
	uint64_t left = bytes_left(walk, ladder, role);
	uint64_t gap = end->known ? (uint32_t)(seq - end->next) : 0;

	if (left > INT32_MAX)
		gap = left < gap ? 0 : gap + ((left - gap) >> 32 << 32);
	else if (gap > INT32_MAX)
		gap = 0;
	if (gap || !end->known)
		end->next = seq;
	end->known = true;
	end->bytes += gap;
	return gap;
}

/* The end has sent all before @seq, the last @len octets of it with this record. */
static void settle(struct ladder_walk_end *end, uint32_t seq, uint32_t len)
{
	if (end->known && !seq_after(seq, end->next))
		return;
	end->bytes += end->known ? min(len, seq - end->next) : len;
	end->next = seq;
	end->known = true;
}

static unsigned int tell_data(const uint64_t bytes[TCPFSM_ROLE_COUNT], struct ladder_row *row)
{
	struct line line = { .len = 0 };

	if (!bytes[TCPFSM_ROLE_CLIENT] && !bytes[TCPFSM_ROLE_SERVER])
		return 0;
	clear(row, LADDER_DATA);
	ladder_put_data(&line, bytes);
	say(row, line_string(&line));
	return 1;
}

/* A row for payload that was sent before this record, and has no record */
static unsigned int tell_gap(struct ladder_walk *walk, const struct ladder *ladder,
			     const struct tcpfsm_past *past, struct ladder_row *row)
{
	struct ladder_walk_end *end = &walk->end[past->from], *peer = &walk->end[!past->from];
	uint64_t gap[TCPFSM_ROLE_COUNT] = { 0 };

	if (!is_believed(past))
		return 0;
	if (!(past->flags & TCPFSM_SYN)) {
		gap[past->from] = advance(walk, ladder, past->from, past->seq);
		if (past->flags & TCPFSM_ACK)
			gap[!past->from] = advance(walk, ladder, !past->from, past->ack);
	} else if (past->flags & TCPFSM_ACK) {
		settle(peer, past->ack, 0);
	}
	settle(end, past->seq + space(past), past->len);
	return tell_data(gap, row);
}

static void tell_segment(struct ladder_walk *walk, const struct ladder *ladder,
			 const struct tcpfsm_past *past, struct ladder_row *row)
{
	struct line line = { .len = 0 };

	row->kind = LADDER_SEGMENT;
	ladder_put_segment(&line, ladder, past);
	if (was_seen(walk, past)) {
		line_str(&line, arrives(walk, ladder, past) ? " arrives" : " again");
		walk->end[past->from].again += !past->len;
	}
	/* a violation may be forged: a good segment like it is no repetition */
	if (past->flags && !row->violation)
		walk->seen[walk->count++ % LADDER_SEEN] = *past;
	say(row, line_string(&line));
}

/* The TIME-WAIT as the module tells it; if it does not, as the records do */
static struct time_wait wait_of(const struct ladder_walk *walk, const struct ladder *ladder,
				enum tcpfsm_role role, uint64_t now)
{
	struct time_wait wait = {
		.entered = walk->end[role].entered,
		.restarts = walk->end[role].restarts,
	};

	if (ladder->wait[role].known)
		wait = ladder->wait[role];
	if (!wait.end && !wait.duration && now > wait.entered)
		wait.duration = now - wait.entered;
	return wait;
}

/*
 * Not where the end sends a RST and the module tells of no TIME-WAIT: the RST has shown
 * that there was none.
 */
static bool leaves_time_wait(const struct ladder_walk *walk, const struct ladder *ladder,
			     const struct tcpfsm_past *past, enum tcpfsm_role role)
{
	if (past->flags & TCPFSM_RST && past->from == role && !ladder->wait[role].known)
		return false;
	return walk->end[role].told && walk->end[role].state == TCPFSM_STATE_TIME_WAIT &&
	       past->state[role] == TCPFSM_STATE_CLOSED;
}

static bool both_closed(const struct tcpfsm_past *past)
{
	return past->state[TCPFSM_ROLE_CLIENT] == TCPFSM_STATE_CLOSED &&
	       past->state[TCPFSM_ROLE_SERVER] == TCPFSM_STATE_CLOSED;
}

static void tell_held(const struct ladder_walk *walk, const struct ladder *ladder,
		      enum tcpfsm_role role, uint64_t now, struct ladder_row *row)
{
	struct time_wait wait = wait_of(walk, ladder, role, now);
	struct line line = { .len = 0 };

	row->kind = LADDER_WAIT;
	row->from = role;
	time_wait_put_held(&line, &wait);
	say(row, line_string(&line));
}

static void tell_change(const struct ladder_walk *walk, const struct ladder *ladder,
			const struct tcpfsm_past *past, struct ladder_row *row)
{
	unsigned int role;

	row->kind = LADDER_CHANGE;
	if (past->anomaly == TCPFSM_ANOMALY_NONE && both_closed(past))
		say(row, names_get(&names_closed, ladder->closed));
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
		if (leaves_time_wait(walk, ladder, past, role))
			tell_held(walk, ladder, role, past->time, row);
}

/* A row below a segment that has ended a TIME-WAIT */
static unsigned int tell_ended(const struct ladder_walk *walk, const struct ladder *ladder,
			       const struct tcpfsm_past *past, struct ladder_row *row)
{
	unsigned int role;

	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		if (!leaves_time_wait(walk, ladder, past, role))
			continue;
		clear(row, LADDER_WAIT);
		tell_held(walk, ladder, role, past->time, row);
		return 1;
	}
	return 0;
}

static unsigned int step(struct ladder_walk *walk, const struct ladder *ladder,
			 const struct tcpfsm_past *past, struct ladder_row *row)
{
	unsigned int rows = begin(walk, ladder, past, row);

	rows += tell_gap(walk, ladder, past, &row[rows]);
	row += rows;
	clear(row, LADDER_SEGMENT);
	row->timed = true;
	row->time = past->time;
	row->from = past->from;
	row->violation = is_violation(past);
	walk->violated = walk->violated || row->violation;
	if (past->anomaly != TCPFSM_ANOMALY_NONE)
		row->anomaly = names_get(&names_anomaly, past->anomaly);
	if (is_segment(past)) {
		tell_segment(walk, ladder, past, row);
		rows += tell_ended(walk, ladder, past, &row[1]);
	} else {
		tell_change(walk, ladder, past, row);
	}
	tell_states(walk, ladder, past, row);
	return rows + 1;
}

unsigned int ladder_step(struct ladder_walk *walk, const struct ladder *ladder,
			 const struct tcpfsm_past *past, struct ladder_row *row)
{
	struct tcpfsm_past first = *past;
	unsigned int rows = 0;

	/* two ends leave TIME-WAIT: a row for each, with its own duration */
	if (!is_segment(past) && leaves_time_wait(walk, ladder, past, TCPFSM_ROLE_CLIENT) &&
	    leaves_time_wait(walk, ladder, past, TCPFSM_ROLE_SERVER)) {
		first.state[TCPFSM_ROLE_SERVER] = TCPFSM_STATE_TIME_WAIT;
		first.anomaly = TCPFSM_ANOMALY_NONE;
		rows = step(walk, ladder, &first, row);
	}
	return rows + step(walk, ladder, past, &row[rows]);
}

/*
 * A row for payload that was sent after the last record. How much is only known of an
 * end that sent no payload twice.
 */
static unsigned int finish_data(struct ladder_walk *walk, const struct ladder *ladder,
				struct ladder_row *row)
{
	uint64_t left[TCPFSM_ROLE_COUNT] = { 0 };
	unsigned int role;

	if (walk->lost || ladder->closed != TCPFSM_CLOSED_OPEN)
		return 0;
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
		if (ladder->end[role].retransmits <= walk->end[role].again)
			left[role] = bytes_left(walk, ladder, role);
	return tell_data(left, row);
}

static unsigned int finish_wait(const struct ladder_walk *walk, const struct ladder *ladder,
				enum tcpfsm_role role, struct ladder_row *row)
{
	const uint64_t twice_msl = TCPFSM_2MSL_SEC * NSEC_PER_SEC;
	const struct ladder_walk_end *end = &walk->end[role];
	struct line line = { .len = 0 };
	struct time_wait wait;
	uint64_t waited;

	if (end->state != TCPFSM_STATE_TIME_WAIT)
		return 0;
	clear(row, LADDER_WAIT);
	row->from = role;
	wait = wait_of(walk, ladder, role, ladder->age);
	waited = ladder->age > end->restarted ? ladder->age - end->restarted : 0;
	time_wait_put_running(&line, &wait, waited < twice_msl ? twice_msl - waited : 0);
	say(row, line_string(&line));
	return 1;
}

unsigned int ladder_finish(struct ladder_walk *walk, const struct ladder *ladder,
			   struct ladder_row *row)
{
	unsigned int rows;

	if (!walk->begun) {
		clear(row, LADDER_LOST);
		say(row, "no segment is remembered");
		return 1;
	}
	rows = finish_data(walk, ladder, row);
	rows += finish_wait(walk, ladder, TCPFSM_ROLE_CLIENT, &row[rows]);
	rows += finish_wait(walk, ladder, TCPFSM_ROLE_SERVER, &row[rows]);
	return rows;
}
