// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "compat.h"
#include "core/conn.h"
#include "core/conn_life.h"
#include "track/entry.h"
#include "track/report.h"

/* Without memory for its history a connection is tracked all the same */
static void make_history(struct tcpfsm_flow *flow)
{
	u32 size = tcpfsm_setting(flow->tracker, TCPFSM_SETTING_history);

	if (size)
		flow->history.record =
			kmalloc_array(size, sizeof(*flow->history.record),
				      GFP_ATOMIC | __GFP_NOWARN);
	if (flow->history.record)
		flow->history.size = size;
}

/**
 * tcpfsm_entry_make - make an entry for a new connection
 * @tracker: the namespace, in which room was made
 * @key: the endpoints
 * @sender: index in @key of who sent @seg
 * @seg: the first segment
 *
 * Return: the entry, not in the table yet; or NULL without memory. The caller
 * inserts it or frees it with tcpfsm_table_free().
 */
struct tcpfsm_flow *tcpfsm_entry_make(struct tcpfsm_tracker *tracker,
				      const struct tcpfsm_key *key,
				      unsigned int sender,
				      const struct tcpfsm_segment *seg)
{
	struct tcpfsm_flow *flow = tcpfsm_table_alloc(key);

	if (!flow)
		return NULL;
	flow->tracker = tracker;
	flow->client = tcpfsm_role_index(tcpfsm_conn_first(seg), sender);
	flow->counted[TCPFSM_ROLE_CLIENT] = TCPFSM_STATE_COUNT;
	flow->counted[TCPFSM_ROLE_SERVER] = TCPFSM_STATE_COUNT;
	tcpfsm_conn_init(&flow->conn, ktime_get_boottime_ns());
	make_history(flow);
	return flow;
}

static void count_removal(struct tcpfsm_tracker *tracker,
			  enum tcpfsm_cause cause, enum tcpfsm_wait wait)
{
	switch (cause) {
	case TCPFSM_CAUSE_TIMEOUT:
		if (wait == TCPFSM_WAIT_CLOSED)
			tcpfsm_tracker_count(tracker, REMOVED_CLOSED);
		else
			tcpfsm_tracker_count(tracker, REMOVED_TIMEOUT);
		break;
	case TCPFSM_CAUSE_SYN:
		tcpfsm_tracker_count(tracker, REMOVED_REOPENED);
		break;
	case TCPFSM_CAUSE_EVICT:
		if (wait == TCPFSM_WAIT_HALF_OPEN)
			tcpfsm_tracker_count(tracker, REMOVED_EVICTED_HALF_OPEN);
		else
			tcpfsm_tracker_count(tracker, REMOVED_EVICTED_CLOSED);
		break;
	default:
		tcpfsm_tracker_count(tracker, REMOVED_FLUSHED);
		break;
	}
}

/* The incarnation in the entry has ended: history, counters, listeners */
static void report_end(struct tcpfsm_flow *flow, enum tcpfsm_cause cause,
		       enum tcpfsm_wait wait, const struct tcpfsm_outcome *out,
		       const struct tcpfsm_segment *seg, u64 now)
{
	tcpfsm_history_change(&flow->history, &flow->conn, now, out);
	tcpfsm_report_outcome(flow, out, seg, now);
	tcpfsm_report_closed(flow);
	count_removal(flow->tracker, cause, wait);
}

/**
 * tcpfsm_entry_reopen - begin the next connection on the tuple in its entry
 * @flow: the entry, locked
 * @sender: index in the key of who sent @seg
 * @seg: the segment that tcpfsm_conn_segment() answered with reopen
 * @view: where and when it was seen
 * @out: what it does to the new connection
 *
 * Without memory for a new id the entry keeps the old one.
 */
void tcpfsm_entry_reopen(struct tcpfsm_flow *flow, unsigned int sender,
			 const struct tcpfsm_segment *seg,
			 const struct tcpfsm_view *view,
			 struct tcpfsm_outcome *out)
{
	struct tcpfsm_tracker *tracker = flow->tracker;
	struct tcpfsm_outcome syn;
	enum tcpfsm_wait wait;
	enum tcpfsm_role role;

	wait = tcpfsm_conn_wait(&flow->conn);
	role = tcpfsm_flow_role(flow, sender);
	tcpfsm_conn_supersede(&flow->conn, role, seg, view, out);
	report_end(flow, TCPFSM_CAUSE_SYN, wait, out, seg, view->now);
	tcpfsm_table_renew(&tracker->table, flow);
	tcpfsm_tracker_count(tracker, CONN_SEEN);
	tcpfsm_tracker_count(tracker, CONN_TRACKED);

	role = tcpfsm_conn_reopen(&flow->conn, role, seg, view, &syn);
	flow->client = tcpfsm_role_index(role, sender);
	flow->watched = 0;
	flow->genuine = 0;
	flow->found = 0;
	flow->met = 0;
	if (flow->tally)
		memset(flow->tally, 0, sizeof(*flow->tally));
	tcpfsm_history_begin(&flow->history, &flow->conn, view, &syn);
	tcpfsm_conn_segment(&flow->conn, role, seg, view, out);
	tcpfsm_report_opened(flow);
	tcpfsm_report_outcome(flow, &syn, seg, view->now);
}

/**
 * tcpfsm_entry_end - end what is in an entry, for good
 * @flow: the entry, locked and not dead
 * @cause: TIMEOUT, EVICT or FLUSH
 *
 * The caller unlocks it, and then calls tcpfsm_entry_drop().
 */
void tcpfsm_entry_end(struct tcpfsm_flow *flow, enum tcpfsm_cause cause)
{
	enum tcpfsm_wait wait = tcpfsm_conn_wait(&flow->conn);
	struct tcpfsm_outcome out __uninitialized;
	u64 now = ktime_get_boottime_ns();

	lockdep_assert_held(&flow->lock);
	tcpfsm_flow_catch_up(flow);
	tcpfsm_conn_end(&flow->conn, cause, now, &out);
	report_end(flow, cause, wait, &out, NULL, now);
	tcpfsm_report_uncount(flow);
	flow->dead = true;
}

/**
 * tcpfsm_entry_drop - take a dead entry out of the table
 * @flow: the entry, unlocked, by whoever called tcpfsm_entry_end(); freed after
 *	a grace period
 *
 * With bottom halves off, under rcu_read_lock(). The timer of a dead entry is
 * never armed again; the grace period waits for one that runs now.
 */
void tcpfsm_entry_drop(struct tcpfsm_flow *flow)
{
	timer_delete(&flow->timer);
	tcpfsm_table_remove(&flow->tracker->table, flow);
}

/**
 * tcpfsm_entry_remove - end an entry and take it out of the table
 * @flow: the entry; the caller is under rcu_read_lock() and holds no lock
 * @cause: EVICT or FLUSH
 *
 * Any context. An entry is chosen for eviction without its lock: a segment that
 * came since may have brought it to life.
 *
 * Return: false if somebody else has removed the entry, or if it must not be
 * evicted any more.
 */
bool tcpfsm_entry_remove(struct tcpfsm_flow *flow, enum tcpfsm_cause cause)
{
	bool remove;

	spin_lock_bh(&flow->lock);
	remove = !flow->dead && (cause != TCPFSM_CAUSE_EVICT ||
				 tcpfsm_flow_rank(flow) != TCPFSM_RANK_LIVE);
	if (remove)
		tcpfsm_entry_end(flow, cause);
	spin_unlock(&flow->lock);
	if (remove)
		tcpfsm_entry_drop(flow);
	local_bh_enable();
	return remove;
}

/**
 * tcpfsm_entry_flush - remove all entries of a namespace
 * @tracker: the namespace
 *
 * Process context; gives way to others between entries.
 */
void tcpfsm_entry_flush(struct tcpfsm_tracker *tracker)
{
	struct tcpfsm_flow *flow;
	u64 id = 0;

	for (;;) {
		rcu_read_lock();
		flow = tcpfsm_table_next(&tracker->table, &id);
		if (flow)
			tcpfsm_entry_remove(flow, TCPFSM_CAUSE_FLUSH);
		rcu_read_unlock();
		if (!flow)
			return;
		cond_resched();
	}
}

static bool evict(struct tcpfsm_tracker *tracker, enum tcpfsm_rank rank)
{
	struct tcpfsm_flow *flow = tcpfsm_table_victim(&tracker->table, rank);

	return flow && tcpfsm_entry_remove(flow, TCPFSM_CAUSE_EVICT);
}

/**
 * tcpfsm_entry_make_room - reserve room for one entry, evict one if need be
 * @tracker: the namespace
 *
 * Under rcu_read_lock().
 *
 * Return: false where nothing can go.
 */
bool tcpfsm_entry_make_room(struct tcpfsm_tracker *tracker)
{
	u32 limit = tcpfsm_setting(tracker, TCPFSM_SETTING_limit);

	if (tcpfsm_table_reserve(&tracker->table, limit))
		return true;
	if (!evict(tracker, TCPFSM_RANK_HALF_OPEN) &&
	    !evict(tracker, TCPFSM_RANK_CLOSED))
		return false;
	return tcpfsm_table_reserve(&tracker->table, limit);
}
