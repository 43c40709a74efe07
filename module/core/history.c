// SPDX-License-Identifier: GPL-2.0
#include "core/history.h"

/*
 * A span of time in 27 bits: a mantissa of 22 and an exponent of 5, so that
 * milliseconds are exact to a nanosecond and days to a part in four million.
 */
#define MANTISSA_BITS	22
#define MANTISSA_MASK	((1u << MANTISSA_BITS) - 1)
#define EXPONENT_MAX	31

static u32 pack_time(u64 ns)
{
	u32 bits = fls64(ns), exponent = 0;

	if (bits > MANTISSA_BITS)
		exponent = min(bits - MANTISSA_BITS, (u32)EXPONENT_MAX);
	ns = min(ns >> exponent, (u64)MANTISSA_MASK);
	return exponent << MANTISSA_BITS | (u32)ns;
}

/* Rounded down, so that nothing is in the future */
static u64 unpack_time(u32 packed)
{
	return (u64)(packed & MANTISSA_MASK) << (packed >> MANTISSA_BITS);
}

/* FIN, SYN and RST are the lowest bits; the ACK's place is next to them */
static u8 pack_flags(u8 flags)
{
	return (flags & (TCPFSM_FIN | TCPFSM_SYN | TCPFSM_RST)) |
	       (flags & TCPFSM_ACK ? 0x8 : 0);
}

static u8 unpack_flags(u8 packed)
{
	return (packed & 0x7) | (packed & 0x8 ? TCPFSM_ACK : 0);
}

static struct tcpfsm_record *next_record(struct tcpfsm_history *history)
{
	return &history->record[history->total++ % history->size];
}

static u8 first_anomaly(const struct tcpfsm_outcome *out)
{
	return out->notes ? out->note[0].anomaly : TCPFSM_RECORD_NO_ANOMALY;
}

static bool is_worth_it(const struct tcpfsm_segment *seg,
			const struct tcpfsm_outcome *out)
{
	return out->count || out->notes ||
	       seg->flags & (TCPFSM_SYN | TCPFSM_FIN | TCPFSM_RST);
}

/* On loopback the second half of a segment's way follows the first */
static bool complete_last(const struct tcpfsm_history *history,
			  const struct tcpfsm_conn *conn, enum tcpfsm_role role,
			  const struct tcpfsm_segment *seg)
{
	struct tcpfsm_record *last;

	if (!history->total)
		return false;
	last = &history->record[(history->total - 1) % history->size];
	if (last->from != role || last->seq != seg->seq ||
	    last->ack != seg->ack || last->flags != pack_flags(seg->flags))
		return false;
	last->client = conn->end[TCPFSM_ROLE_CLIENT].state;
	last->server = conn->end[TCPFSM_ROLE_SERVER].state;
	return true;
}

/**
 * tcpfsm_history_add - remember a segment
 * @history: the ring
 * @conn: its connection, after the segment has acted on it
 * @role: who sent the segment
 * @seg: the segment
 * @view: where and when it was seen
 * @out: what it did
 *
 * Of those that neither carry a SYN, FIN or RST nor change a state nor are
 * anomalous nothing is kept.
 */
void tcpfsm_history_add(struct tcpfsm_history *history,
			const struct tcpfsm_conn *conn, enum tcpfsm_role role,
			const struct tcpfsm_segment *seg,
			const struct tcpfsm_view *view,
			const struct tcpfsm_outcome *out)
{
	if (!history->size || !is_worth_it(seg, out))
		return;
	if (!(view->halves & TCPFSM_SENT) &&
	    (complete_last(history, conn, role, seg) || !out->count))
		return;
	*next_record(history) = (struct tcpfsm_record){
		.seq = seg->seq,
		.ack = seg->ack,
		.time = pack_time(view->now - conn->start),
		.len = min(seg->len, TCPFSM_RECORD_LEN_MAX),
		.client = conn->end[TCPFSM_ROLE_CLIENT].state,
		.server = conn->end[TCPFSM_ROLE_SERVER].state,
		.flags = pack_flags(seg->flags),
		.from = role,
		.anomaly = first_anomaly(out),
	};
}

/**
 * tcpfsm_history_begin - forget the last connection on the tuple
 * @history: the ring
 * @conn: the connection that tcpfsm_conn_reopen() has begun
 * @view: where the segment was seen that it was called for
 * @syn: what it put out
 *
 * Where the SYN was answered only now, the history begins with that SYN, at its
 * own time.
 */
void tcpfsm_history_begin(struct tcpfsm_history *history,
			  const struct tcpfsm_conn *conn,
			  const struct tcpfsm_view *view,
			  const struct tcpfsm_outcome *syn)
{
	const struct tcpfsm_end *client = &conn->end[TCPFSM_ROLE_CLIENT];
	const struct tcpfsm_segment seg = {
		.flags = TCPFSM_SYN,
		.seq = client->iss,
		.len = client->syn_len,
	};
	struct tcpfsm_view then = *view;

	history->total = 0;
	then.now = conn->start;
	if (syn->count)
		tcpfsm_history_add(history, conn, TCPFSM_ROLE_CLIENT, &seg,
				   &then, syn);
}

/**
 * tcpfsm_history_change - remember what happened without a segment
 * @history: the ring
 * @conn: the connection, after it
 * @now: when, nanoseconds
 * @out: what it was
 */
void tcpfsm_history_change(struct tcpfsm_history *history,
			   const struct tcpfsm_conn *conn, u64 now,
			   const struct tcpfsm_outcome *out)
{
	if (!history->size || (!out->count && !out->notes))
		return;
	*next_record(history) = (struct tcpfsm_record){
		.time = pack_time(now - conn->start),
		.client = conn->end[TCPFSM_ROLE_CLIENT].state,
		.server = conn->end[TCPFSM_ROLE_SERVER].state,
		.from = out->count ? out->move[0].role : out->note[0].role,
		.anomaly = first_anomaly(out),
	};
}

/**
 * tcpfsm_history_read - read what happened
 * @history: the ring
 * @conn: the connection
 * @index: 0 for the oldest record that is still there
 * @past: filled
 *
 * Return: false when there is no record @index.
 */
bool tcpfsm_history_read(const struct tcpfsm_history *history,
			 const struct tcpfsm_conn *conn, u32 index,
			 struct tcpfsm_past *past)
{
	const struct tcpfsm_record *record;
	u32 size = history->size;
	u32 kept = min(history->total, size);

	if (index >= kept)
		return false;
	record = &history->record[(history->total - kept + index) % size];
	*past = (struct tcpfsm_past){
		.time = unpack_time(record->time),
		.flags = unpack_flags(record->flags),
		.len = record->len,
		.from = record->from,
		.state[TCPFSM_ROLE_CLIENT] = record->client,
		.state[TCPFSM_ROLE_SERVER] = record->server,
		.anomaly = record->anomaly == TCPFSM_RECORD_NO_ANOMALY ?
			   TCPFSM_ANOMALY_NONE : record->anomaly,
	};
	if (past->flags)
		past->seq = record->seq - conn->end[record->from].iss;
	if (past->flags & TCPFSM_ACK)
		past->ack = record->ack - conn->end[!record->from].iss;
	return true;
}

/**
 * tcpfsm_history_forgotten - how many records had to make room
 * @history: the ring
 *
 * Return: the number of records before the oldest one that is still there.
 */
u32 tcpfsm_history_forgotten(const struct tcpfsm_history *history)
{
	u32 size = history->size;

	return history->total - min(history->total, size);
}

/* A closed end is in no state; nor is known how long an unknown one lasted */
static u32 add_stay(u64 stay[TCPFSM_STATE_COUNT], u8 state, u64 span)
{
	if (state == TCPFSM_STATE_CLOSED || state == TCPFSM_STATE_COUNT)
		return 0;
	stay[state] += span;
	return 1u << state;
}

/**
 * tcpfsm_history_stays - how long an end was in each state
 * @history: the ring
 * @conn: the connection
 * @role: the end
 * @now: nanoseconds; its present state has lasted until now
 * @stay: filled for the states that it was in, nanoseconds
 *
 * As far back as the ring remembers.
 *
 * Return: a bit for each state in @stay.
 */
u32 tcpfsm_history_stays(const struct tcpfsm_history *history,
			 const struct tcpfsm_conn *conn, enum tcpfsm_role role,
			 u64 now, u64 stay[TCPFSM_STATE_COUNT])
{
	bool whole = !tcpfsm_history_forgotten(history) &&
		     !(conn->flags & TCPFSM_CONN_MIDSTREAM);
	u8 state = TCPFSM_STATE_COUNT;
	struct tcpfsm_past past;
	u64 since = 0;
	u32 met = 0, i;

	memset(stay, 0, TCPFSM_STATE_COUNT * sizeof(*stay));
	if (whole)
		state = role == TCPFSM_ROLE_CLIENT ? TCPFSM_STATE_CLOSED :
						     TCPFSM_STATE_LISTEN;
	for (i = 0; tcpfsm_history_read(history, conn, i, &past); i++) {
		if (past.state[role] == state)
			continue;
		met |= add_stay(stay, state, past.time - since);
		state = past.state[role];
		since = past.time;
	}
	/* Of the present one the connection itself knows it to a nanosecond */
	if (conn->since[role]) {
		state = conn->end[role].state;
		since = conn->since[role] - conn->start;
	}
	return met | add_stay(stay, state, now - conn->start - since);
}
