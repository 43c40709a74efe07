// SPDX-License-Identifier: GPL-2.0
#include "conn_laws.h"
#include "engine/flow_msg.h"
#include "replay_laws.h"

/* What the tool prints is made of this; here it is only made */
static struct msg msg;

static void event(struct witness *witness, u64 now)
{
	must(now >= witness->now, "events come in the order of time");
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
		must(!witness->gone[flow->id], "what has ended does not end again");
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
	must(move->role < TCPFSM_ROLE_COUNT, "a move is an endpoint's");
	if (flow->id < WITNESS_FLOWS) {
		u8 *state = &witness->state[flow->id][move->role];

		must(!*state || *state == move->old + 1,
		     "a move begins where the one before it ended");
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
 * laws_of_engine - of its counters
 * @engine: it
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
	     "a packet is used, ignored or untracked");
	must(counter(engine, TCPFSM_COUNTER_CONN_SEEN) ==
	     counter(engine, TCPFSM_COUNTER_CONN_TRACKED) +
	     counter(engine, TCPFSM_COUNTER_CONN_REFUSED),
	     "tracked and refused is seen");
	must(counter(engine, TCPFSM_COUNTER_CONN_TRACKED) ==
	     engine->flows.count + removed(engine),
	     "what is tracked is there or was removed");
	must(noted == counter(engine, TCPFSM_COUNTER_VIOLATIONS) +
		      counter(engine, TCPFSM_COUNTER_NOTABLES),
	     "an anomaly is a violation or notable");
	must(moved == witness->moved, "each move is counted and told");
	must(noted >= witness->noted, "what is told is counted");
	must(witness->opened == counter(engine, TCPFSM_COUNTER_CONN_TRACKED),
	     "what is tracked is told to begin");
	must(witness->closed <= witness->opened, "and to end, once");
	must(witness->now <= engine->now, "nothing is told before its time");
}

static bool is_due_before(const struct flow *a, const struct flow *b)
{
	return a->armed != b->armed ? a->armed < b->armed : a->id < b->id;
}

static void check_heap(const struct engine *engine)
{
	const struct flows *flows = &engine->flows;
	u32 i;

	must(flows->count <= flows->room, "the heap has room");
	for (i = 0; i < flows->count; i++) {
		const struct flow *flow = flows->heap[i];

		must(flow->place == i, "who is in the heap knows where");
		must(!i || is_due_before(flows->heap[(i - 1) / 2], flow),
		     "who is due first is above");
		must(flow->armed <= flow->deadline,
		     "nothing is looked after too late");
		must(flows_find(flows, &flow->key) == flow,
		     "what is in the heap is in the table");
	}
}

static void check_flow(const struct engine *engine, const struct flow *flow,
		       const struct witness *witness)
{
	unsigned int role;

	must(memcmp(&flow->key.addr[0], &flow->key.addr[1],
		    sizeof(flow->key.addr[0])) ||
	     flow->key.port[0] != flow->key.port[1],
	     "a connection has two ends");
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
		     "a state is where its last move led to");
}

/**
 * laws_of_flows - of the connections
 * @engine: whose they are; it keeps them all
 * @witness: its observer
 */
void laws_of_flows(const struct engine *engine, const struct witness *witness)
{
	const struct flow *flow;
	u64 id = 0, last = 0, count = 0;

	check_heap(engine);
	while ((flow = flows_next(&engine->flows, &id))) {
		must(flow->id == id && id > last, "ids are read in their order");
		last = id;
		count++;
		check_flow(engine, flow, witness);
	}
	must(count == counter(engine, TCPFSM_COUNTER_CONN_TRACKED),
	     "each incarnation has an id");
}

static bool same_time_wait(const struct tcpfsm_time_wait *a, const struct tcpfsm_time_wait *b)
{
	return a->entered == b->entered && a->restarted == b->restarted &&
	       a->ended == b->ended && a->restarts == b->restarts &&
	       a->isn_delta == b->isn_delta && a->end == b->end && a->source == b->source;
}

/* But for the pending SYN, which has holes between its members */
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
 * laws_of_engines - of two that have read the same
 * @a: one of them
 * @b: the other: with another secret, without an observer, and it keeps only
 *	what has not ended
 */
void laws_of_engines(const struct engine *a, const struct engine *b)
{
	const struct flow *flow, *twin;
	u64 id = 0;

	must(!memcmp(&a->stats, &b->stats, sizeof(a->stats)) && a->now == b->now,
	     "who looks does not matter");
	must(a->flows.count == b->flows.count && a->flows.ids == b->flows.ids,
	     "nor what is kept");
	while ((flow = flows_next(&b->flows, &id))) {
		twin = flows_find(&a->flows, &flow->key);
		must(twin && twin->id == flow->id &&
		     twin->deadline == flow->deadline &&
		     same_conn(&twin->conn, &flow->conn),
		     "the connections are the same");
	}
}
