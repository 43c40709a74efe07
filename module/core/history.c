// SPDX-License-Identifier: GPL-2.0
/* History of a connection: packing segments into a ring, and reading it. */
#include "core/history.h"

/*
 * A duration in nanoseconds as a 27-bit floating-point number: 22 bits of
 * mantissa, 5 bits of exponent. Exact up to 4 ms, then rounded down with a
 * relative error below 2^-21; saturates at 2^53 ns, 104 days.
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

/* Never later than the time that was packed: no record is in the future */
static u64 unpack_time(u32 packed)
{
	return (u64)(packed & MANTISSA_MASK) << (packed >> MANTISSA_BITS);
}

/* FIN, SYN and RST keep their bits 0 to 2; ACK goes to bit 3 */
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

/* How many anomalies of the kind BOTH the catalogue has before @anomaly */
static u8 both_before(u8 anomaly)
{
	u8 i, count = 0;

	for (i = 0; i < anomaly; i++)
		count += tcpfsm_anomaly_kinds[i] == TCPFSM_KIND_BOTH;
	return count;
}

/*
 * The kind of most anomalies is in the catalogue. Where that has BOTH, a
 * violation takes one of the values behind the last anomaly.
 */
static u8 pack_note(const struct tcpfsm_note *note)
{
	if (tcpfsm_anomaly_kinds[note->anomaly] != TCPFSM_KIND_BOTH ||
	    note->kind != TCPFSM_KIND_VIOLATION)
		return note->anomaly;
	return TCPFSM_ANOMALY_COUNT + both_before(note->anomaly);
}

static void unpack_note(u8 packed, struct tcpfsm_past *past)
{
	u8 both = packed - TCPFSM_ANOMALY_COUNT;

	past->anomaly = TCPFSM_ANOMALY_NONE;
	if (packed == TCPFSM_RECORD_NO_ANOMALY)
		return;
	if (packed < TCPFSM_ANOMALY_COUNT) {
		past->anomaly = packed;
		past->kind = tcpfsm_anomaly_kinds[packed];
		if (past->kind == TCPFSM_KIND_BOTH)
			past->kind = TCPFSM_KIND_NOTABLE;
		return;
	}
	past->anomaly = 0;
	while (tcpfsm_anomaly_kinds[past->anomaly] != TCPFSM_KIND_BOTH || both--)
		past->anomaly++;
	past->kind = TCPFSM_KIND_VIOLATION;
}

static u8 first_anomaly(const struct tcpfsm_outcome *out)
{
	return out->notes ? pack_note(&out->note[0]) : TCPFSM_RECORD_NO_ANOMALY;
}

/* Whether a segment goes into the history: see tcpfsm_history_add() */
static bool belongs_in_history(const struct tcpfsm_segment *seg,
			       const struct tcpfsm_outcome *out)
{
	return out->count || out->notes ||
	       seg->flags & (TCPFSM_SYN | TCPFSM_FIN | TCPFSM_RST);
}

/*
 * A loopback segment is seen twice: once sent, once received. If the last
 * record is this segment when it was sent, put the states after its arrival
 * there, and what only its arrival has shown, instead of adding a record.
 */
static bool complete_last(const struct tcpfsm_history *history,
			  const struct tcpfsm_conn *conn, enum tcpfsm_role role,
			  const struct tcpfsm_segment *seg,
			  const struct tcpfsm_outcome *out)
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
	if (last->anomaly == TCPFSM_RECORD_NO_ANOMALY)
		last->anomaly = first_anomaly(out);
	return true;
}

/**
 * tcpfsm_history_add - add a segment to the history
 * @history: the ring
 * @conn: its connection, after the segment has acted on it
 * @role: the end that sent the segment
 * @seg: the segment
 * @view: where and when it was seen
 * @out: outcome of the segment
 *
 * Adds only a segment that carries a SYN, FIN or RST, causes a transition or is
 * anomalous. The caller has @history and @conn to itself.
 */
void tcpfsm_history_add(struct tcpfsm_history *history,
			const struct tcpfsm_conn *conn, enum tcpfsm_role role,
			const struct tcpfsm_segment *seg,
			const struct tcpfsm_view *view,
			const struct tcpfsm_outcome *out)
{
	if (!history->size || !belongs_in_history(seg, out))
		return;
	if (!(view->halves & TCPFSM_SENT) &&
	    (complete_last(history, conn, role, seg, out) ||
	     (!out->count && !out->notes)))
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
 * tcpfsm_history_begin - begin the history of the next incarnation
 * @history: the ring
 * @conn: the connection, after tcpfsm_conn_reopen()
 * @view: where and when the segment was seen that reopened it
 * @syn: outcome of tcpfsm_conn_reopen()
 *
 * Drops all records. If the segment is the SYN-ACK of a pending SYN, the first
 * record is that SYN, with the time when it was seen. The caller has @history
 * and @conn to itself.
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
 * tcpfsm_history_change - add a change without a segment to the history
 * @history: the ring
 * @conn: the connection, after the change
 * @now: time of the change, nanoseconds, clock of struct tcpfsm_view
 * @out: the transitions and anomalies; without any, nothing is added
 *
 * The caller has @history and @conn to itself.
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
 * tcpfsm_history_read - read a record of the history
 * @history: the ring
 * @conn: the connection
 * @index: number of the record; 0 is the oldest one that is still there
 * @past: filled with the record
 *
 * The caller has @history and @conn to itself.
 *
 * Return: false if there is no such record.
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
	};
	unpack_note(record->anomaly, past);
	if (past->flags)
		past->seq = record->seq - conn->end[record->from].iss;
	if (past->flags & TCPFSM_ACK)
		past->ack = record->ack - conn->end[!record->from].iss;
	return true;
}

/**
 * tcpfsm_history_forgotten - how many records were overwritten
 * @history: the ring
 *
 * Return: the number of records before the oldest one that is still there.
 */
u32 tcpfsm_history_forgotten(const struct tcpfsm_history *history)
{
	u32 size = history->size;

	return history->total - min(history->total, size);
}

/*
 * Add @span nanoseconds to the time in @state. Time in CLOSED is not counted;
 * TCPFSM_STATE_COUNT stands for a state that is not known.
 */
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
 * @now: end of the time in the present state, nanoseconds, clock of struct
 *	tcpfsm_view
 * @stay: filled with the time in each state, nanoseconds; 0 if it was not in it
 *
 * Covers only the time that the ring still remembers. The caller has @history
 * and @conn to itself.
 *
 * Return: the set of the states that the end was in, bit 1 << state for each.
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
	/* conn->since of the present state is exact, unlike the records */
	if (conn->since[role]) {
		state = conn->end[role].state;
		since = conn->since[role] - conn->start;
	}
	return met | add_stay(stay, state, now - conn->start - since);
}
