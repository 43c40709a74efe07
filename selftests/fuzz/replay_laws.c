// SPDX-License-Identifier: GPL-2.0
#include "conn_laws.h"
#include "engine/flow_msg.h"
#include "replay_laws.h"

/* The messages that the tool prints from: built here, too, but not printed */
static struct msg msg;

static void event(struct witness *witness, u64 now)
{
	must(now >= witness->now, "notifications come in the order of time");
	witness->now = now;
}

static void on_opened(void *data, const struct flow *flow, uint64_t now)
{
	struct witness *witness = data;

	event(witness, now);
	witness->opened++;
	flow_msg_lifecycle(&msg, flow, TCPFSM_CMD_OPENED_NTF, now);
}

static void on_closed(void *data, const struct flow *flow, uint64_t now)
{
	struct witness *witness = data;

	event(witness, now);
	witness->closed++;
	if (flow->id < WITNESS_FLOWS) {
		must(!witness->gone[flow->id], "a connection ends once");
		witness->gone[flow->id] = true;
	}
	flow_msg_lifecycle(&msg, flow, TCPFSM_CMD_CLOSED_NTF, now);
}

static void on_moved(void *data, const struct flow *flow,
		     const struct tcpfsm_move *move,
		     const struct tcpfsm_segment *seg, uint64_t now)
{
	struct witness *witness = data;

	event(witness, now);
	witness->moved++;
	flow_msg_move(&msg, flow, move, seg, now);
	must(move->role < TCPFSM_ROLE_COUNT, "a transition names a role");
	if (flow->id < WITNESS_FLOWS) {
		u8 *state = &witness->state[flow->id][move->role];

		must(!*state || *state == move->old + 1,
		     "a transition begins in the state that the one before led to");
		*state = (u8)(move->new + 1);
	}
}

static void on_noted(void *data, const struct flow *flow,
		     const struct tcpfsm_note *note,
		     const struct tcpfsm_segment *seg, uint64_t now)
{
	struct witness *witness = data;

	event(witness, now);
	witness->noted++;
	flow_msg_note(&msg, flow, note, seg, now);
}

const struct engine_observer witness_observer = {
	.opened = on_opened,
	.closed = on_closed,
	.moved = on_moved,
	.noted = on_noted,
};

static u64 counter(const struct engine *engine, enum tcpfsm_counter which)
{
	return engine->stats.counter[which];
}

static u64 removed(const struct engine *engine)
{
	return counter(engine, TCPFSM_COUNTER_REMOVED_CLOSED) +
	       counter(engine, TCPFSM_COUNTER_REMOVED_TIMEOUT) +
	       counter(engine, TCPFSM_COUNTER_REMOVED_REOPENED);
}

/**
 * laws_of_engine - check the counters of an engine
 * @engine: the engine
 * @witness: its observer
 */
void laws_of_engine(const struct engine *engine, const struct witness *witness)
{
	u64 moved = 0, noted = 0;
	unsigned int i, j;

	for (i = 0; i < TCPFSM_STATE_COUNT; i++)
		for (j = 0; j < TCPFSM_STATE_COUNT; j++)
			moved += engine->stats.transition[i][j];
	for (i = 0; i < TCPFSM_ANOMALY_COUNT; i++)
		noted += engine->stats.anomaly[i];
	must(counter(engine, TCPFSM_COUNTER_PACKETS_SEEN) ==
	     counter(engine, TCPFSM_COUNTER_PACKETS_USED) +
	     counter(engine, TCPFSM_COUNTER_PACKETS_IGNORED) +
	     counter(engine, TCPFSM_COUNTER_PACKETS_UNTRACKED),
	     "counters: packets seen = used + ignored + untracked");
	must(counter(engine, TCPFSM_COUNTER_CONN_SEEN) ==
	     counter(engine, TCPFSM_COUNTER_CONN_TRACKED) +
	     counter(engine, TCPFSM_COUNTER_CONN_REFUSED),
	     "counters: connections seen = tracked + refused");
	must(counter(engine, TCPFSM_COUNTER_CONN_TRACKED) ==
	     engine->flows.count + removed(engine),
	     "counters: connections tracked = present + removed");
	must(noted == counter(engine, TCPFSM_COUNTER_VIOLATIONS) +
		      counter(engine, TCPFSM_COUNTER_NOTABLES),
	     "counters: anomalies = violations + notables");
	must(moved == witness->moved, "as many transitions are notified as are counted");
	must(noted >= witness->noted, "no more anomalies are notified than are counted");
	must(witness->opened == counter(engine, TCPFSM_COUNTER_CONN_TRACKED),
	     "each connection that is tracked is notified as opened");
	must(witness->closed <= witness->opened,
	     "no more connections are notified as closed than as opened");
	must(witness->now <= engine->now,
	     "no notification is later than the clock of the engine");
}

static bool is_due_before(const struct flow *a, const struct flow *b)
{
	return a->armed != b->armed ? a->armed < b->armed : a->id < b->id;
}

static void check_heap(const struct engine *engine)
{
	const struct flows *flows = &engine->flows;
	u32 i;

	must(flows->count <= flows->room, "the heap has room for all flows");
	for (i = 0; i < flows->count; i++) {
		const struct flow *flow = flows->heap[i];

		must(flow->place == i, "a flow has its index in the heap");
		must(!i || is_due_before(flows->heap[(i - 1) / 2], flow),
		     "a flow is due after its parent in the heap");
		must(flow->armed <= flow->deadline,
		     "a flow is looked at before its deadline");
		must(flows_find(flows, &flow->key) == flow,
		     "a flow in the heap is found in the table");
	}
}

static void check_flow(const struct engine *engine, const struct flow *flow,
		       const struct witness *witness)
{
	unsigned int role;

	must(memcmp(&flow->key.addr[0], &flow->key.addr[1],
		    sizeof(flow->key.addr[0])) ||
	     flow->key.port[0] != flow->key.port[1],
	     "the ends of a flow differ");
	flow_msg_conn(&msg, flow, true, engine->now);
	laws_of_history(&flow->history, &flow->conn, engine->now);
	if (flows_find(&engine->flows, &flow->key) == flow)
		laws_of_state(&flow->conn, engine->now);
	if (flow->id >= WITNESS_FLOWS)
		return;
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
		must(!witness->state[flow->id][role] ||
		     witness->state[flow->id][role] ==
		     flow->conn.end[role].state + 1,
		     "the state of an end is where its last transition led");
}

/**
 * laws_of_flows - check all flows of an engine
 * @engine: the engine, which keeps all
 * @witness: its observer
 */
void laws_of_flows(const struct engine *engine, const struct witness *witness)
{
	const struct flow *flow = NULL;
	u64 last = 0, count = 0;

	check_heap(engine);
	while ((flow = flows_next(&engine->flows, flow))) {
		must(flow->id > last, "flows are read in the order of their ids");
		last = flow->id;
		count++;
		check_flow(engine, flow, witness);
	}
	must(count == counter(engine, TCPFSM_COUNTER_CONN_TRACKED),
	     "there are as many ids as connections were tracked");
}

static bool same_time_wait(const struct tcpfsm_time_wait *a, const struct tcpfsm_time_wait *b)
{
	return a->entered == b->entered && a->restarted == b->restarted &&
	       a->ended == b->ended && a->restarts == b->restarts &&
	       a->isn_delta == b->isn_delta && a->end == b->end && a->source == b->source;
}

/* All but the pending SYN, whose padding memcmp() would compare */
static bool same_conn(const struct tcpfsm_conn *a, const struct tcpfsm_conn *b)
{
	return !memcmp(a->end, b->end, sizeof(a->end)) &&
	       a->start == b->start && a->last == b->last &&
	       !memcmp(a->since, b->since, sizeof(a->since)) &&
	       same_time_wait(&a->time_wait[0], &b->time_wait[0]) &&
	       same_time_wait(&a->time_wait[1], &b->time_wait[1]) &&
	       a->rtt[0] == b->rtt[0] && a->rtt[1] == b->rtt[1] &&
	       a->letters == b->letters && a->fin_seen == b->fin_seen &&
	       a->flags == b->flags && a->opened == b->opened &&
	       a->closed == b->closed;
}

/**
 * laws_of_engines - compare two engines that have read the same capture
 * @a: one of them
 * @b: the other: with another secret, without an observer, and keeping only
 *	connections that have not ended
 */
void laws_of_engines(const struct engine *a, const struct engine *b)
{
	const struct flow *flow = NULL, *twin;

	must(!memcmp(&a->stats, &b->stats, sizeof(a->stats)) && a->now == b->now,
	     "counters do not depend on the secret, the observer or what is kept");
	must(a->flows.count == b->flows.count && a->flows.ids == b->flows.ids,
	     "the numbers of flows and ids do not depend on what is kept");
	while ((flow = flows_next(&b->flows, flow))) {
		twin = flows_find(&a->flows, &flow->key);
		must(twin && twin->id == flow->id &&
		     twin->deadline == flow->deadline &&
		     same_conn(&twin->conn, &flow->conn),
		     "connections do not depend on the secret, the observer or what is kept");
	}
}
