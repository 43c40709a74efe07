// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "engine.h"

#define NSEC_PER_SEC	1000000000ull

/* So far off that no timeout after it overflows: the year 2262 */
#define TIME_MAX	(UINT64_MAX / 2)

#define HISTORY_MIN	8
#define HISTORY_MAX	255u	/* what its size can say */

static const uint32_t defaults[ENGINE_SETTINGS] = {
#define X(name, min, max, value, doc) [ENGINE_SETTING_##name] = value,
	TCPFSM_SETTINGS(X)
#undef X
};

struct engine *engine_new(const struct engine_observer *observer, void *data, bool keep)
{
	static const struct engine_observer nobody;
	struct engine *engine = calloc(1, sizeof(*engine));

	if (!engine)
		return NULL;
	flows_init(&engine->flows, keep);
	memcpy(engine->setting, defaults, sizeof(defaults));
	engine->observer = observer ? observer : &nobody;
	engine->data = data;
	/* In a connection's times 0 means never */
	engine->now = 1;
	return engine;
}

void engine_free(struct engine *engine)
{
	if (!engine)
		return;
	flows_free(&engine->flows);
	free(engine);
}

static void count(struct engine *engine, enum engine_counter counter)
{
	engine->stats.counter[counter]++;
}

static enum tcpfsm_role role_of(const struct flow *flow, unsigned int place)
{
	return place == flow->client ? TCPFSM_ROLE_CLIENT : TCPFSM_ROLE_SERVER;
}

unsigned int engine_place(const struct flow *flow, enum tcpfsm_role role)
{
	return role == TCPFSM_ROLE_CLIENT ? flow->client : !flow->client;
}

static void count_note(struct engine *engine, const struct tcpfsm_note *note)
{
	engine->stats.anomaly[note->anomaly]++;
	count(engine, note->kind == TCPFSM_KIND_VIOLATION ? ENGINE_COUNTER_VIOLATIONS :
							    ENGINE_COUNTER_NOTABLES);
}

static void report_note(struct engine *engine, struct flow *flow, const struct tcpfsm_note *note,
			const struct tcpfsm_segment *seg)
{
	if (!flow->tally)
		flow->tally = calloc(1, sizeof(*flow->tally));
	if (flow->tally)
		flow->tally->count[note->anomaly]++;
	else
		engine->starved = true;
	count_note(engine, note);
	if (engine->observer->noted)
		engine->observer->noted(engine->data, flow, note, seg, engine->now);
}

static void report(struct engine *engine, struct flow *flow, const struct tcpfsm_outcome *out,
		   const struct tcpfsm_segment *seg)
{
	unsigned int i;

	for (i = 0; i < out->notes; i++)
		report_note(engine, flow, &out->note[i], seg);
	for (i = 0; i < out->count; i++) {
		const struct tcpfsm_move *move = &out->move[i];

		engine->stats.transition[move->old][move->new]++;
		if (engine->observer->moved)
			engine->observer->moved(engine->data, flow, move, seg, engine->now);
	}
}

static void report_opened(struct engine *engine, const struct flow *flow)
{
	if (engine->observer->opened)
		engine->observer->opened(engine->data, flow, engine->now);
}

static void report_closed(struct engine *engine, struct flow *flow)
{
	if (!flow->told && engine->observer->closed)
		engine->observer->closed(engine->data, flow, engine->now);
	flow->told = true;
}

/*
 * The ring grows while it has not begun to overwrite: most connections need few
 * of their records.
 */
static void make_history(struct engine *engine, struct tcpfsm_history *history)
{
	uint32_t most = min(engine->setting[ENGINE_SETTING_history], HISTORY_MAX);
	uint32_t size = min(history->size ? history->size * 2u : HISTORY_MIN, most);
	struct tcpfsm_record *record;

	if (history->total != history->size || size <= history->size)
		return;
	record = reallocarray(history->record, size, sizeof(*record));
	if (!record) {
		engine->starved = true;
		return;
	}
	history->record = record;
	history->size = size;
}

static void remember(struct engine *engine, struct flow *flow, enum tcpfsm_role role,
		     const struct tcpfsm_segment *seg, const struct tcpfsm_view *view,
		     const struct tcpfsm_outcome *out)
{
	make_history(engine, &flow->history);
	tcpfsm_history_add(&flow->history, &flow->conn, role, seg, view, out);
}

static void remember_change(struct engine *engine, struct flow *flow,
			    const struct tcpfsm_outcome *out)
{
	make_history(engine, &flow->history);
	tcpfsm_history_change(&flow->history, &flow->conn, engine->now, out);
}

static void count_removal(struct engine *engine, enum tcpfsm_cause cause, enum tcpfsm_wait wait)
{
	if (cause == TCPFSM_CAUSE_SYN)
		count(engine, ENGINE_COUNTER_REMOVED_REOPENED);
	else if (wait == TCPFSM_WAIT_CLOSED)
		count(engine, ENGINE_COUNTER_REMOVED_CLOSED);
	else
		count(engine, ENGINE_COUNTER_REMOVED_TIMEOUT);
}

static void end_incarnation(struct engine *engine, struct flow *flow, enum tcpfsm_cause cause,
			    const struct tcpfsm_segment *seg)
{
	enum tcpfsm_wait wait = tcpfsm_conn_wait(&flow->conn);
	struct tcpfsm_outcome out;

	tcpfsm_conn_end(&flow->conn, cause, &out);
	remember_change(engine, flow, &out);
	report(engine, flow, &out, seg);
	report_closed(engine, flow);
	count_removal(engine, cause, wait);
}

static uint64_t timeout_of(const struct engine *engine, enum tcpfsm_wait wait)
{
	static const enum engine_setting settings[] = {
		[TCPFSM_WAIT_HALF_OPEN] = ENGINE_SETTING_timeout_half_open,
		[TCPFSM_WAIT_LIVE] = ENGINE_SETTING_timeout_established,
		[TCPFSM_WAIT_CLOSING] = ENGINE_SETTING_timeout_closing,
		[TCPFSM_WAIT_CLOSED] = ENGINE_SETTING_timeout_closed,
	};

	if (wait == TCPFSM_WAIT_TIME_WAIT)
		return TCPFSM_2MSL_SEC * NSEC_PER_SEC;
	return engine->setting[settings[wait]] * NSEC_PER_SEC;
}

/* Whether a CLOSE-WAIT is going to be too long, and when. */
static bool awaits_long_close_wait(const struct engine *engine, const struct flow *flow,
				   uint64_t *due)
{
	uint64_t limit = engine->setting[ENGINE_SETTING_close_wait_long] * NSEC_PER_SEC;

	return limit && tcpfsm_conn_close_wait_due(&flow->conn, limit, due);
}

static uint64_t due_of(const struct engine *engine, const struct flow *flow)
{
	uint64_t due;

	if (awaits_long_close_wait(engine, flow, &due) && due < flow->deadline)
		return due;
	return flow->deadline;
}

/* A deadline that moves away costs nothing before the old one has come. */
static void rearm(struct engine *engine, struct flow *flow)
{
	uint64_t due = due_of(engine, flow);

	if (due < flow->armed)
		flows_arm(&engine->flows, flow, due);
}

static void set_deadline(struct engine *engine, struct flow *flow)
{
	flow->deadline = engine->now + timeout_of(engine, tcpfsm_conn_wait(&flow->conn));
}

static void remove_flow(struct engine *engine, struct flow *flow)
{
	end_incarnation(engine, flow, TCPFSM_CAUSE_TIMEOUT, NULL);
	flows_remove(&engine->flows, flow);
	flows_release(&engine->flows, flow);
}

/* The wait is over: is nothing left, or does it wait for something else? */
static void expire(struct engine *engine, struct flow *flow)
{
	struct tcpfsm_outcome out;

	if (tcpfsm_conn_wait(&flow->conn) == TCPFSM_WAIT_TIME_WAIT) {
		tcpfsm_conn_expire_time_wait(&flow->conn, &out);
		remember_change(engine, flow, &out);
		report(engine, flow, &out, NULL);
		if (tcpfsm_conn_wait(&flow->conn) != TCPFSM_WAIT_CLOSED) {
			set_deadline(engine, flow);
			flows_arm(&engine->flows, flow, due_of(engine, flow));
			return;
		}
	}
	remove_flow(engine, flow);
}

static void look_after(struct engine *engine, struct flow *flow)
{
	uint64_t due = due_of(engine, flow);
	struct tcpfsm_outcome out;

	if (due > flow->armed) {
		flows_arm(&engine->flows, flow, due);
		return;
	}
	engine->now = max(engine->now, due);
	if (due == flow->deadline) {
		expire(engine, flow);
		return;
	}
	tcpfsm_conn_long_close_wait(&flow->conn, &out);
	remember_change(engine, flow, &out);
	report(engine, flow, &out, NULL);
	flows_arm(&engine->flows, flow, due_of(engine, flow));
}

/* All that is due by then, in its order. */
static void advance(struct engine *engine, uint64_t now)
{
	struct flow *flow;

	now = min(now, TIME_MAX);
	while ((flow = flows_first_due(&engine->flows)) && flow->armed <= now)
		look_after(engine, flow);
	engine->now = max(engine->now, now);
}

/* The lower endpoint first; the place of the sender comes back. */
static unsigned int make_key(const struct tcpfsm_segment *seg, struct flow_key *key)
{
	int order = memcmp(&seg->src, &seg->dst, sizeof(seg->src));
	unsigned int sender;

	if (!order)
		order = memcmp(&seg->sport, &seg->dport, sizeof(seg->sport));
	sender = order > 0;
	memset(key, 0, sizeof(*key));
	key->addr[sender] = seg->src;
	key->addr[!sender] = seg->dst;
	key->port[sender] = seg->sport;
	key->port[!sender] = seg->dport;
	key->family = seg->family;
	return sender;
}

static struct tcpfsm_view view_of(const struct engine *engine)
{
	return (struct tcpfsm_view){
		.now = engine->now,
		.halves = TCPFSM_SENT | TCPFSM_RECEIVED,
	};
}

/* The SYN that waited for its SYN-ACK is where the history begins, at its own time. */
static void begin_history(struct engine *engine, struct flow *flow,
			  const struct tcpfsm_outcome *syn)
{
	const struct tcpfsm_end *client = &flow->conn.end[TCPFSM_ROLE_CLIENT];
	const struct tcpfsm_segment seg = {
		.flags = TCPFSM_SYN,
		.seq = client->iss,
		.len = client->syn_len,
	};
	struct tcpfsm_view view = view_of(engine);

	view.now = flow->conn.start;
	if (syn->count)
		remember(engine, flow, TCPFSM_ROLE_CLIENT, &seg, &view, syn);
}

/* The next incarnation, which the segment opens, in the place of @old; NULL: no memory. */
static struct flow *reopen(struct engine *engine, struct flow *old, unsigned int sender,
			   const struct tcpfsm_segment *seg, struct tcpfsm_outcome *out)
{
	struct flow *flow = flows_succeed(&engine->flows, old);
	const struct tcpfsm_view view = view_of(engine);
	struct tcpfsm_outcome syn;
	enum tcpfsm_role role;

	if (!flow)
		return NULL;
	end_incarnation(engine, old, TCPFSM_CAUSE_SYN, seg);
	count(engine, ENGINE_COUNTER_CONN_SEEN);
	count(engine, ENGINE_COUNTER_CONN_TRACKED);

	flow->conn = old->conn;
	role = tcpfsm_conn_reopen(&flow->conn, role_of(old, sender), seg, &view, &syn);
	flow->client = role == TCPFSM_ROLE_CLIENT ? sender : !sender;
	flows_release(&engine->flows, old);
	begin_history(engine, flow, &syn);
	tcpfsm_conn_segment(&flow->conn, role, seg, &view, out);
	report_opened(engine, flow);
	report(engine, flow, &syn, seg);
	return flow;
}

static void count_segment(struct engine *engine, const struct tcpfsm_outcome *out)
{
	count(engine, ENGINE_COUNTER_PACKETS_SEEN);
	count(engine, out->used ? ENGINE_COUNTER_PACKETS_USED : ENGINE_COUNTER_PACKETS_IGNORED);
}

static enum engine_result feed(struct engine *engine, struct flow *flow, unsigned int sender,
			       const struct tcpfsm_segment *seg, bool is_new)
{
	enum tcpfsm_wait before = tcpfsm_conn_wait(&flow->conn), after;
	const struct tcpfsm_view view = view_of(engine);
	enum tcpfsm_role role = role_of(flow, sender);
	struct tcpfsm_outcome out;

	tcpfsm_conn_segment(&flow->conn, role, seg, &view, &out);
	remember(engine, flow, role, seg, &view, &out);
	if (is_new)
		report_opened(engine, flow);
	report(engine, flow, &out, seg);
	if (out.reopen) {
		flow = reopen(engine, flow, sender, seg, &out);
		if (!flow)
			return ENGINE_NO_MEMORY;
		remember(engine, flow, role_of(flow, sender), seg, &view, &out);
		report(engine, flow, &out, seg);
		is_new = true;
	}
	count_segment(engine, &out);

	/* What is not acceptable prolongs nothing, nor anything what has ended */
	after = tcpfsm_conn_wait(&flow->conn);
	if (is_new || before != after ||
	    (after != TCPFSM_WAIT_CLOSED &&
	     (out.used || flow->conn.tw_restarted == engine->now)))
		set_deadline(engine, flow);
	rearm(engine, flow);
	if (after == TCPFSM_WAIT_CLOSED && before != after)
		report_closed(engine, flow);
	return ENGINE_SEGMENT;
}

static enum engine_result track_new(struct engine *engine, const struct flow_key *key,
				    unsigned int sender, const struct tcpfsm_segment *seg)
{
	bool first_is_client = tcpfsm_conn_first(seg) == TCPFSM_ROLE_CLIENT;
	struct flow *flow = flows_add(&engine->flows, key);

	if (!flow)
		return ENGINE_NO_MEMORY;
	count(engine, ENGINE_COUNTER_CONN_SEEN);
	count(engine, ENGINE_COUNTER_CONN_TRACKED);
	flow->client = first_is_client ? sender : !sender;
	tcpfsm_conn_init(&flow->conn, engine->now);
	return feed(engine, flow, sender, seg, true);
}

static enum engine_result track(struct engine *engine, const struct tcpfsm_segment *seg)
{
	struct flow_key key;
	unsigned int sender = make_key(seg, &key);
	struct flow *flow;

	/* One end that talks to itself has no two ends to tell apart */
	if (!memcmp(&key.addr[0], &key.addr[1], sizeof(key.addr[0])) &&
	    key.port[0] == key.port[1]) {
		engine->stats.reject[TCPFSM_REJECT_SELF]++;
		return ENGINE_REJECT;
	}
	flow = flows_find(&engine->flows, &key);
	if (flow)
		return feed(engine, flow, sender, seg, false);
	if (tcpfsm_conn_opens(seg))
		return track_new(engine, &key, sender, seg);
	count(engine, ENGINE_COUNTER_PACKETS_SEEN);
	count(engine, ENGINE_COUNTER_PACKETS_UNTRACKED);
	return ENGINE_SEGMENT;
}

/* They act on nothing, but are told where the connection is known. */
static void note_bad_flags(struct engine *engine, const struct tcpfsm_segment *seg)
{
	const struct tcpfsm_view view = view_of(engine);
	struct flow_key key;
	unsigned int sender = make_key(seg, &key);
	struct flow *flow = flows_find(&engine->flows, &key);
	enum tcpfsm_role role = flow ? role_of(flow, sender) : TCPFSM_ROLE_CLIENT;
	struct tcpfsm_outcome out;

	tcpfsm_conn_bad_flags(role, &out);
	if (flow) {
		remember(engine, flow, role, seg, &view, &out);
		report(engine, flow, &out, seg);
	} else {
		count_note(engine, &out.note[0]);
	}
}

static enum engine_result take(struct engine *engine, const uint8_t *bytes,
			       uint32_t avail, uint32_t total)
{
	enum tcpfsm_reject reject = TCPFSM_REJECT_TRUNCATED;
	enum engine_result result = ENGINE_REJECT;
	struct tcpfsm_segment seg;

	switch (tcpfsm_pkt_parse(bytes, min(avail, total), total, &seg, &reject)) {
	case TCPFSM_PKT_SEGMENT:
		return track(engine, &seg);
	case TCPFSM_PKT_OTHER:
		return ENGINE_OTHER;
	case TCPFSM_PKT_SHORT:
		reject = TCPFSM_REJECT_TRUNCATED;
		result = ENGINE_CUT;
		break;
	case TCPFSM_PKT_REJECT:
		if (reject == TCPFSM_REJECT_FLAGS)
			note_bad_flags(engine, &seg);
		break;
	}
	engine->stats.reject[reject]++;
	return result;
}

enum engine_result engine_packet(struct engine *engine, const uint8_t *bytes,
				 uint32_t avail, uint32_t total, uint64_t now)
{
	enum engine_result result;

	advance(engine, now);
	result = take(engine, bytes, avail, total);
	return engine->starved ? ENGINE_NO_MEMORY : result;
}
