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
	.notes = 2, .note = { { .anomaly = TCPFSM_ANOMALY_FIN_GAP } },
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

static struct tcpfsm_outcome late(u8 anomaly, u8 role)
{
	return (struct tcpfsm_outcome){
		.notes = 1,
		.note = { { .anomaly = anomaly, .role = role, .late = true,
			    .expected = 300000, .seq = role ? 9101 : 1101, .ack = 9500 } },
	};
}

/* What is noticed late has its own numbers; it comes behind the segment, and moves nothing */
static bool late_anomalies_have_a_record(void)
{
	struct tcpfsm_outcome out = late(TCPFSM_ANOMALY_ACK_UNSENT, TCPFSM_ROLE_CLIENT);
	struct tcpfsm_past past;
	struct ring ring;

	begin(&ring, SIZE);
	add(&ring, &syn, 1, TCPFSM_SENT, &moved);
	/* also if the sender of the segment is the one that it is about */
	add(&ring, &ack, 2, TCPFSM_SENT, &out);
	if (ring.history.total != 2 ||
	    !tcpfsm_history_read(&ring.history, &ring.conn, 1, &past) ||
	    !past.late || past.flags || past.seq != 101 || past.ack != 500 || past.len ||
	    past.time != 2 || past.anomaly != TCPFSM_ANOMALY_ACK_UNSENT)
		return false;
	out.count = 1;
	ring.conn.end[TCPFSM_ROLE_CLIENT].state = TCPFSM_STATE_ESTABLISHED;
	add(&ring, &ack, 3, TCPFSM_SENT, &out);
	return ring.history.total == 4 &&
	       tcpfsm_history_read(&ring.history, &ring.conn, 2, &past) && !past.late &&
	       past.flags == TCPFSM_ACK && past.anomaly == TCPFSM_ANOMALY_NONE &&
	       tcpfsm_history_read(&ring.history, &ring.conn, 3, &past) && past.late &&
	       past.state[TCPFSM_ROLE_CLIENT] == TCPFSM_STATE_ESTABLISHED;
}

/* They were sent before the segment at which they were missed */
static bool unseen_octets_come_first(void)
{
	struct tcpfsm_outcome out = late(TCPFSM_ANOMALY_UNSEEN, TCPFSM_ROLE_SERVER);
	struct tcpfsm_past past;
	struct ring ring;

	begin(&ring, SIZE);
	add(&ring, &syn, 1, TCPFSM_SENT, &moved);
	ring.conn.end[TCPFSM_ROLE_CLIENT].state = TCPFSM_STATE_ESTABLISHED;
	out.count = 1;
	add(&ring, &ack, 2, TCPFSM_SENT, &out);
	return ring.history.total == 3 &&
	       tcpfsm_history_read(&ring.history, &ring.conn, 1, &past) && past.late &&
	       past.from == TCPFSM_ROLE_SERVER && past.seq == 101 && !past.ack &&
	       past.len == 300000 &&
	       past.state[TCPFSM_ROLE_CLIENT] != TCPFSM_STATE_ESTABLISHED &&
	       tcpfsm_history_read(&ring.history, &ring.conn, 2, &past) && !past.late &&
	       past.state[TCPFSM_ROLE_CLIENT] == TCPFSM_STATE_ESTABLISHED;
}

/* An anomaly of the other end, and one of the segment, which may be of one octet */
static bool each_anomaly_stands_where_it_belongs(void)
{
	const struct tcpfsm_outcome both = {
		.notes = 2,
		.note = {
			{ .anomaly = TCPFSM_ANOMALY_TW_NO_REACK, .role = TCPFSM_ROLE_SERVER },
			{ .anomaly = TCPFSM_ANOMALY_FIN_REXMIT },
		},
	}, bad = {
		.notes = 1, .note = { { .anomaly = TCPFSM_ANOMALY_BAD_FLAGS } },
	};
	const struct tcpfsm_segment none = { .seq = 1001, .len = 1 };
	struct tcpfsm_past past[3];
	struct ring ring;
	u32 i;

	begin(&ring, SIZE);
	add(&ring, &ack, 1, TCPFSM_SENT, &both);
	add(&ring, &none, 2, TCPFSM_SENT, &bad);
	for (i = 0; i < ARRAY_SIZE(past); i++)
		if (!tcpfsm_history_read(&ring.history, &ring.conn, i, &past[i]))
			return false;
	return past[0].anomaly == TCPFSM_ANOMALY_FIN_REXMIT && past[0].flags &&
	       past[1].anomaly == TCPFSM_ANOMALY_TW_NO_REACK && !past[1].flags &&
	       !past[1].late && past[1].from == TCPFSM_ROLE_SERVER &&
	       !past[2].late && past[2].len == 1;
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
	ktap_plan(12);
	ktap_result(sizeof(struct tcpfsm_record) == 16, "a record has 16 octets");
	ktap_result(keeps_what_is_worth_it(), "what is kept");
	ktap_result(numbers_are_relative(), "numbers are relative");
	ktap_result(the_oldest_goes(), "the oldest goes first");
	ktap_result(nothing_where_there_is_no_room(), "size 0");
	ktap_result(arrival_completes_the_record(), "arrival over loopback");
	ktap_result(changes_without_a_segment(), "changes without a segment");
	ktap_result(times_are_exact_enough(), "times");
	ktap_result(long_segments_are_cut(), "long segments");
	ktap_result(late_anomalies_have_a_record(), "what is noticed late");
	ktap_result(unseen_octets_come_first(), "octets that were unseen");
	ktap_result(each_anomaly_stands_where_it_belongs(), "anomalies of either end");
	return ktap_exit();
}
