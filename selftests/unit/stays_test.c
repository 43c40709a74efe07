// SPDX-License-Identifier: GPL-2.0
/*
 * Time in state, as far back as the history reaches; and the bucket of a
 * histogram that a duration belongs to.
 */
#include "core/conn.h"
#include "core/conn_life.h"
#include "core/hist.h"
#include "core/history.h"
#include "ktap.h"

#define MSEC	1000000ull
#define SIZE	12
#define C	TCPFSM_ROLE_CLIENT
#define S	TCPFSM_ROLE_SERVER

/* Time in each state, milliseconds; 0: it was not in it */
struct stays {
	u32	of[TCPFSM_ROLE_COUNT][TCPFSM_STATE_COUNT];
};

/**
 * struct step - a segment, or with EXPIRE instead of flags the end of 2MSL
 * @after: milliseconds since the step before
 * @from: the sender
 * @flags: of the segment
 * @seq: relative to the ISN
 * @ack: relative to the peer's
 */
struct step {
	u32			after;
	enum tcpfsm_role	from;
	u8			flags;
	u32			seq;
	u32			ack;
};

#define SYN	TCPFSM_SYN
#define ACK	TCPFSM_ACK
#define SYNACK	(TCPFSM_SYN | TCPFSM_ACK)
#define FIN	(TCPFSM_FIN | TCPFSM_ACK)
#define EXPIRE	0

#define ISN	0xfffffffeu

/* The history, and the stays as the transitions reported them */
struct tape {
	struct tcpfsm_record	record[SIZE];
	struct tcpfsm_history	history;
	struct tcpfsm_conn	conn;
	u64			now;
	u64			moved[TCPFSM_ROLE_COUNT][TCPFSM_STATE_COUNT];
};

static void add_moves(struct tape *tape, const struct tcpfsm_outcome *out)
{
	int i;

	for (i = 0; i < out->count; i++)
		if (out->move[i].measured)
			tape->moved[out->move[i].role][out->move[i].old] +=
				out->move[i].stay;
}

static void look(struct tape *tape, const struct step *step, u8 halves)
{
	const struct tcpfsm_segment seg = {
		.flags = step->flags, .seq = ISN + step->seq,
		.ack = step->flags & ACK ? ISN + step->ack : 0,
		.end = ISN + step->seq + !!(step->flags & (SYN | TCPFSM_FIN)),
		.window = 65535, .wscale = TCPFSM_WSCALE_NONE, .sack = true,
	};
	const struct tcpfsm_view view = { .now = tape->now, .halves = halves };
	struct tcpfsm_outcome out;

	tcpfsm_conn_segment(&tape->conn, step->from, &seg, &view, &out);
	tcpfsm_history_add(&tape->history, &tape->conn, step->from, &seg, &view,
			   &out);
	add_moves(tape, &out);
}

static void expire(struct tape *tape)
{
	struct tcpfsm_outcome out;

	tcpfsm_conn_expire_time_wait(&tape->conn, tape->now, &out);
	tcpfsm_history_change(&tape->history, &tape->conn, tape->now, &out);
	add_moves(tape, &out);
}

static void play(struct tape *tape, const struct step *step, size_t steps,
		 u8 size, bool loopback)
{
	size_t i;

	memset(tape, 0, sizeof(*tape));
	tape->history.record = tape->record;
	tape->history.size = size;
	tape->now = 5000 * MSEC;
	tcpfsm_conn_init(&tape->conn, tape->now + step->after * MSEC);
	for (i = 0; i < steps; i++) {
		tape->now += step[i].after * MSEC;
		if (step[i].flags == EXPIRE) {
			expire(tape);
		} else if (loopback) {
			look(tape, &step[i], TCPFSM_SENT);
			look(tape, &step[i], TCPFSM_RECEIVED);
		} else {
			look(tape, &step[i], TCPFSM_SENT | TCPFSM_RECEIVED);
		}
	}
}

/* A time in the history is rounded to 22 bits; a stay has two of them */
static bool is_near(const struct tape *tape, u64 got, u64 want)
{
	u64 most = (tape->now - tape->conn.start) >> 21;

	return (got > want ? got - want : want - got) <= most;
}

static bool check(const struct tape *tape, const char *what, const struct stays *want)
{
	u64 stay[TCPFSM_STATE_COUNT];
	int role, state;

	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		u32 met;

		memset(stay, 0xa5, sizeof(stay));
		met = tcpfsm_history_stays(&tape->history, &tape->conn, role,
					   tape->now, stay);
		for (state = 0; state < TCPFSM_STATE_COUNT; state++) {
			u32 wanted = want->of[role][state];

			if (is_near(tape, stay[state], wanted * MSEC) &&
			    (met & 1u << state || (!wanted && !stay[state])))
				continue;
			ktap_note("%s: %s in %s for %llu ns, and not %u ms", what,
				  tcpfsm_role_names[role], tcpfsm_state_names[state],
				  (unsigned long long)stay[state], wanted);
			return false;
		}
	}
	return true;
}

/* The stays as reported, and of the present state until now */
static bool check_moved(const struct tape *tape, const char *what)
{
	u64 stay[TCPFSM_STATE_COUNT];
	int role, state;

	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		u8 present = tape->conn.end[role].state;

		tcpfsm_history_stays(&tape->history, &tape->conn, role, tape->now, stay);
		for (state = 1; state < TCPFSM_STATE_COUNT; state++) {
			u64 moved = tape->moved[role][state];

			if (state == present)
				moved += tape->now - tape->conn.since[role];
			if (is_near(tape, stay[state], moved))
				continue;
			ktap_note("%s: %s in %s for %llu ns, by the moves %llu", what,
				  tcpfsm_role_names[role], tcpfsm_state_names[state],
				  (unsigned long long)stay[state],
				  (unsigned long long)moved);
			return false;
		}
	}
	return true;
}

static const struct step story[] = {
	{ 0, C, SYN, 0, 0 },
	{ 10, S, SYNACK, 0, 1 },
	{ 20, C, ACK, 1, 1 },
	{ 400, C, FIN, 1, 1 },
	{ 30, S, ACK, 1, 2 },
	{ 200, S, FIN, 1, 2 },
	{ 40, C, ACK, 2, 2 },
	{ 60000, C, EXPIRE, 0, 0 },
};

#define WHOLE	ARRAY_SIZE(story)

static const struct stays whole = { {
	[C] = {
		[TCPFSM_STATE_SYN_SENT] = 10, [TCPFSM_STATE_ESTABLISHED] = 420,
		[TCPFSM_STATE_FIN_WAIT_1] = 30, [TCPFSM_STATE_FIN_WAIT_2] = 200,
		[TCPFSM_STATE_TIME_WAIT] = 60040,
	},
	[S] = {
		[TCPFSM_STATE_LISTEN] = 10, [TCPFSM_STATE_SYN_RECEIVED] = 20,
		[TCPFSM_STATE_ESTABLISHED] = 400, [TCPFSM_STATE_CLOSE_WAIT] = 230,
		[TCPFSM_STATE_LAST_ACK] = 40,
	},
} };

static bool whole_history(void)
{
	struct tape tape;

	play(&tape, story, WHOLE, SIZE, false);
	return !tcpfsm_history_forgotten(&tape.history) &&
	       check(&tape, "whole", &whole) && check_moved(&tape, "whole");
}

/* Compare after each step, and again some time later */
static bool present_state_lasts(void)
{
	struct tape tape;
	size_t steps;

	for (steps = 1; steps <= WHOLE; steps++) {
		play(&tape, story, steps, SIZE, false);
		if (!check_moved(&tape, "just now"))
			return false;
		tape.now += 12345 * MSEC;
		if (!check_moved(&tape, "later"))
			return false;
	}
	return true;
}

static bool both_halves_at_once(void)
{
	struct tape tape;

	play(&tape, story, WHOLE, SIZE, true);
	return tape.history.total == WHOLE && check(&tape, "loopback", &whole) &&
	       check_moved(&tape, "loopback");
}

/* The ring keeps the last three: S's FIN, the last ACK, the end of 2MSL */
static bool forgotten_records(void)
{
	static const struct stays want = { {
		[C] = { [TCPFSM_STATE_TIME_WAIT] = 60040 },
		[S] = { [TCPFSM_STATE_LAST_ACK] = 40 },
	} };
	struct tape tape;

	play(&tape, story, WHOLE, 3, false);
	return tcpfsm_history_forgotten(&tape.history) == WHOLE - 3 &&
	       check(&tape, "forgotten", &want);
}

/* The state after the oldest record counts from the time of that record */
static bool oldest_record_is_a_beginning(void)
{
	static const struct stays want = { {
		[C] = { [TCPFSM_STATE_FIN_WAIT_2] = 200, [TCPFSM_STATE_TIME_WAIT] = 40 },
		[S] = { [TCPFSM_STATE_CLOSE_WAIT] = 200, [TCPFSM_STATE_LAST_ACK] = 40 },
	} };
	struct tape tape;

	play(&tape, story, WHOLE - 1, 3, false);
	return check(&tape, "oldest", &want);
}

/* Without a history only the present state is known */
static bool no_history(void)
{
	static const struct stays before = { {
		[C] = { [TCPFSM_STATE_FIN_WAIT_2] = 50 },
		[S] = { [TCPFSM_STATE_CLOSE_WAIT] = 80 },
	} };
	static const struct stays first = { {
		[C] = { [TCPFSM_STATE_SYN_SENT] = 50 },
		[S] = { [TCPFSM_STATE_LISTEN] = 50 },
	} };
	static const struct stays none;
	struct tape tape;

	play(&tape, story, 5, 0, false);
	tape.now += 50 * MSEC;
	if (tcpfsm_history_forgotten(&tape.history) || !check(&tape, "none", &before))
		return false;
	play(&tape, story, 1, 0, false);
	tape.now += 50 * MSEC;
	if (!check(&tape, "none, the SYN", &first))
		return false;
	play(&tape, story, WHOLE, 0, false);
	return check(&tape, "none, closed", &none);
}

/* The first state has no known beginning; those after it have */
static bool midstream(void)
{
	static const struct stays none;
	static const struct stays want = { {
		[C] = { [TCPFSM_STATE_FIN_WAIT_1] = 30, [TCPFSM_STATE_FIN_WAIT_2] = 200,
			[TCPFSM_STATE_TIME_WAIT] = 60040 },
		[S] = { [TCPFSM_STATE_CLOSE_WAIT] = 230, [TCPFSM_STATE_LAST_ACK] = 40 },
	} };
	struct tape tape;

	play(&tape, story + 2, 1, SIZE, false);
	tape.now += 50 * MSEC;
	if (!check(&tape, "mid-stream, idle", &none))
		return false;
	play(&tape, story + 2, WHOLE - 2, SIZE, false);
	return check(&tape, "mid-stream", &want) && check_moved(&tape, "mid-stream");
}

/* A SYN-ACK first: the server was in LISTEN and the client in SYN-SENT, since when is unknown */
static bool midstream_synack(void)
{
	static const struct stays want = { {
		[C] = { [TCPFSM_STATE_ESTABLISHED] = 20 },
		[S] = { [TCPFSM_STATE_SYN_RECEIVED] = 20 },
	} };
	struct tape tape;

	play(&tape, story + 1, 2, SIZE, false);
	return check(&tape, "SYN-ACK first", &want) && check_moved(&tape, "SYN-ACK first");
}

/* At each power of two: bucket i is for durations from 2^(i-1) to 2^i - 1 */
static bool buckets(void)
{
	unsigned int i;

	if (tcpfsm_hist_index(0) != 0 || tcpfsm_hist_index(1) != 1 ||
	    tcpfsm_hist_index(~0ull) != TCPFSM_HIST_BUCKETS - 1)
		return false;
	for (i = 1; i < 64; i++) {
		unsigned int want = min(i, (unsigned int)TCPFSM_HIST_BUCKETS - 1);
		u64 power = 1ull << i;

		if (tcpfsm_hist_index(power - 1) != want ||
		    tcpfsm_hist_index(power >> 1) != want)
			return false;
	}
	return true;
}

int main(void)
{
	ktap_plan(8);
	ktap_result(whole_history(), "a whole history");
	ktap_result(present_state_lasts(), "the present state lasts");
	ktap_result(both_halves_at_once(), "both halves of a segment's way");
	ktap_result(forgotten_records(), "records that had to make room");
	ktap_result(oldest_record_is_a_beginning(), "from the oldest record on");
	ktap_result(no_history(), "without a history");
	ktap_result(midstream() && midstream_synack(), "mid-stream");
	ktap_result(buckets(), "the bucket of a duration");
	return ktap_exit();
}
