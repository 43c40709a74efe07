// SPDX-License-Identifier: GPL-2.0
/* The history, a ring of records: what is kept, how exactly, in which order. */
#include "core/conn_life.h"
#include "core/history.h"
#include "ktap.h"

#define SIZE	4
#define SEC	1000000000ull

struct ring {
	struct tcpfsm_record	record[SIZE];
	struct tcpfsm_history	history;
	struct tcpfsm_conn	conn;
};

static void begin(struct ring *ring, u8 size)
{
	memset(ring, 0, sizeof(*ring));
	ring->history.record = ring->record;
	ring->history.size = size;
	tcpfsm_conn_init(&ring->conn, 5 * SEC);
	ring->conn.end[TCPFSM_ROLE_CLIENT].iss = 1000;
	ring->conn.end[TCPFSM_ROLE_SERVER].iss = 9000;
}

static void add(struct ring *ring, const struct tcpfsm_segment *seg, u64 after,
		u8 halves, const struct tcpfsm_outcome *out)
{
	const struct tcpfsm_view view = {
		.now = ring->conn.start + after, .halves = halves,
	};

	tcpfsm_history_add(&ring->history, &ring->conn, TCPFSM_ROLE_CLIENT, seg,
			   &view, out);
}

static const struct tcpfsm_segment syn = { .flags = TCPFSM_SYN, .seq = 1000 };
static const struct tcpfsm_segment ack = {
	.flags = TCPFSM_ACK, .seq = 1001, .ack = 9001, .len = 7,
};
static const struct tcpfsm_outcome nothing;
static const struct tcpfsm_outcome moved = { .count = 1 };
static const struct tcpfsm_outcome noted = {
	.notes = 2, .note = { { .anomaly = TCPFSM_ANOMALY_FIN_GAP,
				.kind = TCPFSM_KIND_NOTABLE } },
};

static bool keeps_what_is_worth_it(void)
{
	struct tcpfsm_past past;
	struct ring ring;

	begin(&ring, SIZE);
	add(&ring, &ack, 1, TCPFSM_SENT, &nothing);
	if (tcpfsm_history_read(&ring.history, &ring.conn, 0, &past))
		return false;
	add(&ring, &syn, 1, TCPFSM_SENT, &nothing);
	add(&ring, &ack, 2, TCPFSM_SENT, &moved);
	add(&ring, &ack, 3, TCPFSM_SENT, &noted);
	return ring.history.total == 3 &&
	       tcpfsm_history_read(&ring.history, &ring.conn, 2, &past) &&
	       past.anomaly == TCPFSM_ANOMALY_FIN_GAP && past.time == 3;
}

/* Each anomaly comes back as it was noted, in either kind where it may have both */
static bool anomalies_keep_their_kind(void)
{
	struct tcpfsm_outcome out = { .notes = 1 };
	struct tcpfsm_past past;
	struct ring ring;
	u8 anomaly, kind;

	for (anomaly = 0; anomaly < TCPFSM_ANOMALY_COUNT; anomaly++) {
		for (kind = 0; kind < TCPFSM_KIND_BOTH; kind++) {
			if (tcpfsm_anomaly_kinds[anomaly] != TCPFSM_KIND_BOTH &&
			    tcpfsm_anomaly_kinds[anomaly] != kind)
				continue;
			begin(&ring, SIZE);
			out.note[0].anomaly = anomaly;
			out.note[0].kind = kind;
			add(&ring, &ack, 1, TCPFSM_SENT, &out);
			if (!tcpfsm_history_read(&ring.history, &ring.conn, 0, &past) ||
			    past.anomaly != anomaly || past.kind != kind)
				return false;
		}
	}
	return true;
}

static bool numbers_are_relative(void)
{
	struct tcpfsm_past past;
	struct ring ring;

	begin(&ring, SIZE);
	ring.conn.end[TCPFSM_ROLE_CLIENT].state = TCPFSM_STATE_ESTABLISHED;
	add(&ring, &ack, 2, TCPFSM_SENT, &moved);
	return tcpfsm_history_read(&ring.history, &ring.conn, 0, &past) &&
	       past.seq == 1 && past.ack == 1 && past.len == 7 &&
	       past.flags == TCPFSM_ACK && past.from == TCPFSM_ROLE_CLIENT &&
	       past.anomaly == TCPFSM_ANOMALY_NONE &&
	       past.state[TCPFSM_ROLE_CLIENT] == TCPFSM_STATE_ESTABLISHED &&
	       past.state[TCPFSM_ROLE_SERVER] == TCPFSM_STATE_LISTEN;
}

static bool the_oldest_goes(void)
{
	struct tcpfsm_past past;
	struct ring ring;
	u32 i;

	begin(&ring, SIZE);
	for (i = 0; i < SIZE + 3; i++)
		add(&ring, &syn, i, TCPFSM_SENT, &nothing);
	for (i = 0; i < SIZE; i++)
		if (!tcpfsm_history_read(&ring.history, &ring.conn, i, &past) ||
		    past.time != i + 3)
			return false;
	return !tcpfsm_history_read(&ring.history, &ring.conn, SIZE, &past) &&
	       ring.history.total == SIZE + 3;
}

static bool nothing_where_there_is_no_room(void)
{
	struct tcpfsm_past past;
	struct ring ring;

	begin(&ring, 0);
	add(&ring, &syn, 1, TCPFSM_SENT, &moved);
	tcpfsm_history_change(&ring.history, &ring.conn, ring.conn.start + 1,
			      &moved);
	return !ring.history.total &&
	       !tcpfsm_history_read(&ring.history, &ring.conn, 0, &past);
}

/* A loopback segment is seen twice, sent and received, and has one record */
static bool arrival_completes_the_record(void)
{
	struct tcpfsm_past past;
	struct ring ring;

	begin(&ring, SIZE);
	add(&ring, &syn, 1, TCPFSM_RECEIVED, &nothing);
	add(&ring, &syn, 1, TCPFSM_SENT, &moved);
	ring.conn.end[TCPFSM_ROLE_SERVER].state = TCPFSM_STATE_SYN_RECEIVED;
	add(&ring, &syn, 2, TCPFSM_RECEIVED, &moved);
	if (ring.history.total != 1 ||
	    !tcpfsm_history_read(&ring.history, &ring.conn, 0, &past) ||
	    past.state[TCPFSM_ROLE_SERVER] != TCPFSM_STATE_SYN_RECEIVED)
		return false;
	/* With another segment in between the arrival is a record of its own, if it moves */
	add(&ring, &ack, 3, TCPFSM_SENT, &moved);
	add(&ring, &syn, 4, TCPFSM_RECEIVED, &nothing);
	add(&ring, &syn, 4, TCPFSM_RECEIVED, &moved);
	return ring.history.total == 3;
}

/* An anomaly that only the arrival shows, as a FIN behind a hole, is not lost */
static bool arrival_has_an_anomaly(void)
{
	const struct tcpfsm_outcome other = {
		.notes = 1, .note = { { .anomaly = TCPFSM_ANOMALY_FIN_REXMIT,
					.kind = TCPFSM_KIND_NOTABLE } },
	};
	struct tcpfsm_past past;
	struct ring ring;

	/* Behind its own record: there */
	begin(&ring, SIZE);
	add(&ring, &syn, 1, TCPFSM_SENT, &moved);
	add(&ring, &syn, 2, TCPFSM_RECEIVED, &noted);
	if (ring.history.total != 1 ||
	    !tcpfsm_history_read(&ring.history, &ring.conn, 0, &past) ||
	    past.anomaly != TCPFSM_ANOMALY_FIN_GAP)
		return false;
	/* But what was noted when it was sent stays the first */
	begin(&ring, SIZE);
	add(&ring, &syn, 1, TCPFSM_SENT, &other);
	add(&ring, &syn, 2, TCPFSM_RECEIVED, &noted);
	if (ring.history.total != 1 ||
	    !tcpfsm_history_read(&ring.history, &ring.conn, 0, &past) ||
	    past.anomaly != TCPFSM_ANOMALY_FIN_REXMIT)
		return false;
	/* Behind another one: a record of its own */
	begin(&ring, SIZE);
	add(&ring, &syn, 1, TCPFSM_SENT, &moved);
	add(&ring, &ack, 2, TCPFSM_SENT, &moved);
	add(&ring, &syn, 3, TCPFSM_RECEIVED, &noted);
	return ring.history.total == 3 &&
	       tcpfsm_history_read(&ring.history, &ring.conn, 2, &past) &&
	       past.anomaly == TCPFSM_ANOMALY_FIN_GAP && past.time == 3;
}

static bool changes_without_a_segment(void)
{
	struct tcpfsm_past past;
	struct ring ring;

	begin(&ring, SIZE);
	tcpfsm_history_change(&ring.history, &ring.conn, ring.conn.start + 1,
			      &nothing);
	tcpfsm_history_change(&ring.history, &ring.conn, ring.conn.start + 2,
			      &moved);
	tcpfsm_history_change(&ring.history, &ring.conn, ring.conn.start + 3,
			      &noted);
	return ring.history.total == 2 &&
	       tcpfsm_history_read(&ring.history, &ring.conn, 1, &past) &&
	       !past.flags && past.time == 3 &&
	       past.anomaly == TCPFSM_ANOMALY_FIN_GAP;
}

/* A time is never read too large; below 2^53 ns at most 1/2^21 too small */
static bool times_are_exact_enough(void)
{
	struct tcpfsm_past past;
	struct ring ring;
	u64 after;

	for (after = 1; after < 200 * 365 * 86400ull * SEC / 4; after = after * 3 + 1) {
		begin(&ring, 1);
		add(&ring, &syn, after, TCPFSM_SENT, &moved);
		tcpfsm_history_read(&ring.history, &ring.conn, 0, &past);
		if (past.time > after)
			return false;
		if (after >> 53 == 0 && after - past.time > after >> 21)
			return false;
	}
	return true;
}

static bool long_segments_are_cut(void)
{
	struct tcpfsm_segment seg = syn;
	struct tcpfsm_past past;
	struct ring ring;

	begin(&ring, SIZE);
	seg.len = 1 << 20;
	add(&ring, &seg, 1, TCPFSM_SENT, &moved);
	return tcpfsm_history_read(&ring.history, &ring.conn, 0, &past) &&
	       past.len == TCPFSM_RECORD_LEN_MAX;
}

int main(void)
{
	ktap_plan(11);
	ktap_result(sizeof(struct tcpfsm_record) == 16, "a record has 16 octets");
	ktap_result(keeps_what_is_worth_it(), "what is kept");
	ktap_result(anomalies_keep_their_kind(), "kinds of anomalies");
	ktap_result(numbers_are_relative(), "numbers are relative");
	ktap_result(the_oldest_goes(), "the oldest goes first");
	ktap_result(nothing_where_there_is_no_room(), "size 0");
	ktap_result(arrival_completes_the_record(), "arrival over loopback");
	ktap_result(arrival_has_an_anomaly(), "anomalies of an arrival");
	ktap_result(changes_without_a_segment(), "changes without a segment");
	ktap_result(times_are_exact_enough(), "times");
	ktap_result(long_segments_are_cut(), "long segments");
	return ktap_exit();
}
