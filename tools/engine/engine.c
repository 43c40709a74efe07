// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "core/conn.h"
#include "core/conn_life.h"
#include "engine/engine.h"
#include "engine/report.h"

#define NSEC_PER_SEC	1000000000ull

/* The latest time, in the year 2262: no sum of it and a timeout overflows. */
#define TIME_MAX	(UINT64_MAX / 2)

struct engine *engine_new(const struct engine_observer *observer, void *data, bool keep)
{
	static const struct engine_observer nobody;
	struct engine *engine = calloc(1, sizeof(*engine));

	if (!engine)
		return NULL;
	flows_init(&engine->flows, keep);
	tcpfsm_setting_defaults(engine->setting);
	engine->observer = observer ? observer : &nobody;
	engine->data = data;
	/* 0 is 'never' in the times of a connection */
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

static enum tcpfsm_role role_of(const struct flow *flow, unsigned int place)
{
	return tcpfsm_index_role(place, flow->client);
}

unsigned int engine_place(const struct flow *flow, enum tcpfsm_role role)
{
	return tcpfsm_role_index(role, flow->client);
}

static void end_incarnation(struct engine *engine, struct flow *flow)
{
	enum tcpfsm_wait wait = tcpfsm_conn_wait(&flow->conn);
	struct tcpfsm_outcome out;

	tcpfsm_conn_end(&flow->conn, TCPFSM_CAUSE_TIMEOUT, engine->now, &out);
	engine_report_change(engine, flow, &out, NULL);
	engine_report_closed(engine, flow);
	engine_count(engine, wait == TCPFSM_WAIT_CLOSED ? TCPFSM_COUNTER_REMOVED_CLOSED :
							  TCPFSM_COUNTER_REMOVED_TIMEOUT);
}

static void supersede(struct engine *engine, struct flow *flow, unsigned int sender,
		      const struct tcpfsm_segment *seg, const struct tcpfsm_view *view)
{
	struct tcpfsm_outcome out;

	tcpfsm_conn_supersede(&flow->conn, role_of(flow, sender), seg, view, &out);
	engine_report_change(engine, flow, &out, seg);
	engine_report_closed(engine, flow);
	engine_count(engine, TCPFSM_COUNTER_REMOVED_REOPENED);
}

/* Whether a CLOSE-WAIT may become too long, and when (@due). */
static bool awaits_long_close_wait(const struct engine *engine, const struct flow *flow,
				   uint64_t *due)
{
	uint64_t limit = engine->setting[TCPFSM_SETTING_close_wait_long] * NSEC_PER_SEC;

	return limit && tcpfsm_conn_close_wait_due(&flow->conn, limit, due);
}

static uint64_t due_of(const struct engine *engine, const struct flow *flow)
{
	uint64_t due;

	if (awaits_long_close_wait(engine, flow, &due) && due < flow->deadline)
		return due;
	return flow->deadline;
}

/* A deadline that is put off is left to look_after(), when the old one comes. */
static void rearm(struct engine *engine, struct flow *flow)
{
	uint64_t due = due_of(engine, flow);

	if (due < flow->armed)
		flows_arm(&engine->flows, flow, due);
}

static void set_deadline(struct engine *engine, struct flow *flow)
{
	enum tcpfsm_wait wait = tcpfsm_conn_wait(&flow->conn);

	flow->deadline = engine->now +
			 tcpfsm_setting_timeout(engine->setting, wait) * NSEC_PER_SEC;
}

static void release(struct engine *engine, struct flow *flow)
{
	const struct engine_observer *observer = engine->observer;

	flows_release(&engine->flows, flow, engine->flows.keep && observer->unwanted &&
		      observer->unwanted(engine->data, flow, engine->now));
}

static void remove_flow(struct engine *engine, struct flow *flow)
{
	end_incarnation(engine, flow);
	flows_remove(&engine->flows, flow);
	release(engine, flow);
}

/* The deadline has come: TIME-WAIT ends, with a new deadline; any other flow is removed. */
static void expire(struct engine *engine, struct flow *flow)
{
	struct tcpfsm_outcome out;

	if (tcpfsm_conn_wait(&flow->conn) != TCPFSM_WAIT_TIME_WAIT) {
		remove_flow(engine, flow);
		return;
	}
	tcpfsm_conn_expire_time_wait(&flow->conn, engine->now, &out);
	engine_report_change(engine, flow, &out, NULL);
	if (tcpfsm_conn_wait(&flow->conn) == TCPFSM_WAIT_CLOSED)
		engine_report_closed(engine, flow);
	set_deadline(engine, flow);
	flows_arm(&engine->flows, flow, due_of(engine, flow));
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
	engine_report_change(engine, flow, &out, NULL);
	flows_arm(&engine->flows, flow, due_of(engine, flow));
}

/* Look after all flows that are due until @now, in their order, and set the clock. */
bool engine_advance(struct engine *engine, uint64_t now)
{
	struct flow *flow;

	now = min(now, TIME_MAX);
	while ((flow = flows_first_due(&engine->flows)) && flow->armed <= now)
		look_after(engine, flow);
	engine->now = max(engine->now, now);
	return !engine->starved;
}

/* The same order whoever sends; returns the index of the sender. */
static unsigned int make_key(const struct tcpfsm_segment *seg, uint64_t scope,
			     struct flow_key *key)
{
	unsigned int sender = tcpfsm_segment_is_second(seg);

	memset(key, 0, sizeof(*key));
	key->addr[sender] = seg->src;
	key->addr[!sender] = seg->dst;
	key->port[sender] = seg->sport;
	key->port[!sender] = seg->dport;
	key->scope = scope;
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

/* Put the next incarnation, which the segment opens, in the place of @old. NULL: no memory. */
static struct flow *reopen(struct engine *engine, struct flow *old, unsigned int sender,
			   const struct tcpfsm_segment *seg, struct tcpfsm_outcome *out)
{
	struct flow *flow = flows_succeed(&engine->flows, old);
	const struct tcpfsm_view view = view_of(engine);
	struct tcpfsm_outcome syn;
	enum tcpfsm_role role;

	if (!flow)
		return NULL;
	supersede(engine, old, sender, seg, &view);
	engine_count(engine, TCPFSM_COUNTER_CONN_SEEN);
	engine_count(engine, TCPFSM_COUNTER_CONN_TRACKED);

	flow->conn = old->conn;
	role = tcpfsm_conn_reopen(&flow->conn, role_of(old, sender), seg, &view, &syn);
	flow->client = tcpfsm_role_index(role, sender);
	release(engine, old);
	engine_begin_history(engine, flow, &view, &syn);
	tcpfsm_conn_segment(&flow->conn, role, seg, &view, out);
	engine_report_opened(engine, flow);
	engine_report(engine, flow, &syn, seg);
	return flow;
}

static void count_segment(struct engine *engine, const struct tcpfsm_outcome *out)
{
	engine_count(engine, TCPFSM_COUNTER_PACKETS_SEEN);
	engine_count(engine, out->used ? TCPFSM_COUNTER_PACKETS_USED :
					 TCPFSM_COUNTER_PACKETS_IGNORED);
}

static enum engine_result feed(struct engine *engine, struct flow *flow, unsigned int sender,
			       const struct tcpfsm_segment *seg, bool is_new)
{
	enum tcpfsm_wait before = tcpfsm_conn_wait(&flow->conn), after;
	const struct tcpfsm_view view = view_of(engine);
	enum tcpfsm_role role = role_of(flow, sender);
	struct tcpfsm_outcome out;

	tcpfsm_conn_segment(&flow->conn, role, seg, &view, &out);
	engine_remember(engine, flow, role, seg, &view, &out);
	if (is_new)
		engine_report_opened(engine, flow);
	engine_report(engine, flow, &out, seg);
	if (out.reopen) {
		flow = reopen(engine, flow, sender, seg, &out);
		if (!flow)
			return ENGINE_NO_MEMORY;
		engine_remember(engine, flow, role_of(flow, sender), seg, &view, &out);
		engine_report(engine, flow, &out, seg);
		is_new = true;
	}
	count_segment(engine, &out);

	/* Only an acceptable segment prolongs the wait, and nothing prolongs CLOSED */
	after = tcpfsm_conn_wait(&flow->conn);
	if (is_new || before != after ||
	    (after != TCPFSM_WAIT_CLOSED && (out.used || out.restarted)))
		set_deadline(engine, flow);
	rearm(engine, flow);
	if (after == TCPFSM_WAIT_CLOSED && before != after)
		engine_report_closed(engine, flow);
	return ENGINE_SEGMENT;
}

static enum engine_result track_new(struct engine *engine, const struct flow_key *key,
				    unsigned int sender, const struct tcpfsm_segment *seg)
{
	struct flow *flow = flows_add(&engine->flows, key);

	if (!flow)
		return ENGINE_NO_MEMORY;
	engine_count(engine, TCPFSM_COUNTER_CONN_SEEN);
	engine_count(engine, TCPFSM_COUNTER_CONN_TRACKED);
	flow->client = tcpfsm_role_index(tcpfsm_conn_first(seg), sender);
	tcpfsm_conn_init(&flow->conn, engine->now);
	return feed(engine, flow, sender, seg, true);
}

static enum engine_result track(struct engine *engine, const struct tcpfsm_segment *seg,
				uint64_t scope)
{
	struct flow_key key;
	unsigned int sender = make_key(seg, scope, &key);
	struct flow *flow;

	if (tcpfsm_segment_is_self(seg)) {
		engine->stats.reject[TCPFSM_REJECT_SELF]++;
		return ENGINE_REJECT;
	}
	flow = flows_find(&engine->flows, &key);
	if (flow)
		return feed(engine, flow, sender, seg, false);
	if (tcpfsm_conn_opens(seg))
		return track_new(engine, &key, sender, seg);
	engine_count(engine, TCPFSM_COUNTER_PACKETS_SEEN);
	engine_count(engine, TCPFSM_COUNTER_PACKETS_UNTRACKED);
	return ENGINE_SEGMENT;
}

/* Such a segment changes nothing; it is an anomaly of the flow, if there is one. */
static void note_bad_flags(struct engine *engine, const struct tcpfsm_segment *seg,
			   uint64_t scope)
{
	const struct tcpfsm_view view = view_of(engine);
	struct flow_key key;
	unsigned int sender = make_key(seg, scope, &key);
	struct flow *flow = flows_find(&engine->flows, &key);
	enum tcpfsm_role role = flow ? role_of(flow, sender) : TCPFSM_ROLE_CLIENT;
	struct tcpfsm_outcome out;

	tcpfsm_conn_bad_flags(role, &out);
	if (flow) {
		engine_remember(engine, flow, role, seg, &view, &out);
		engine_report(engine, flow, &out, seg);
	} else {
		engine_count_note(engine, &out.note[0]);
	}
}

static enum engine_result take(struct engine *engine, const struct packet_data *packet)
{
	enum tcpfsm_reject reject = TCPFSM_REJECT_TRUNCATED;
	enum engine_result result = ENGINE_REJECT;
	struct tcpfsm_segment seg;

	switch (tcpfsm_pkt_parse(packet->bytes, min(packet->avail, packet->total),
				 packet->total, &seg, &reject)) {
	case TCPFSM_PKT_SEGMENT:
		return track(engine, &seg, packet->scope);
	case TCPFSM_PKT_OTHER:
		return ENGINE_OTHER;
	case TCPFSM_PKT_SHORT:
		reject = TCPFSM_REJECT_TRUNCATED;
		result = ENGINE_CUT;
		break;
	case TCPFSM_PKT_REJECT:
		if (reject == TCPFSM_REJECT_FLAGS)
			note_bad_flags(engine, &seg, packet->scope);
		break;
	}
	engine->stats.reject[reject]++;
	return result;
}

enum engine_result engine_packet(struct engine *engine, const struct packet_data *packet)
{
	enum engine_result result = take(engine, packet);

	return engine->starved ? ENGINE_NO_MEMORY : result;
}
