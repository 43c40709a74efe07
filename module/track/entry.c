// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "compat.h"
#include "core/conn.h"
#include "core/conn_life.h"
#include "track/entry.h"
#include "track/report.h"

/* Without memory the connection is tracked without a history */
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
 * tcpfsm_entry_make - make a flow for a new connection
 * @tracker: the tracker, in whose table room was reserved
 * @key: the endpoints; tcpfsm_table_find() has filled in the hash
 * @sender: index in @key of the sender of @seg
 * @seg: the first segment
 *
 * Context: Any; does not sleep.
 * Return: the flow, not in the table yet, or NULL without memory. The caller
 * inserts it with tcpfsm_table_insert() or frees it with tcpfsm_table_free().
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

/* Records and reports the end of an incarnation; @wait is what it waited for */
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
 * tcpfsm_entry_reopen - begin the next incarnation in the same flow
 * @flow: the flow, caught up
 * @sender: index in the key of the sender of @seg
 * @seg: the segment for which tcpfsm_conn_segment() has set reopen
 * @view: where and when @seg was seen
 * @out: filled with what @seg does to the new incarnation
 *
 * The old incarnation is ended and reported first. The new one gets an id of
 * its own; without memory for that it keeps the old id.
 *
 * Context: Bottom halves off and @flow->lock held, under rcu_read_lock().
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
 * tcpfsm_entry_end - end the incarnation in a flow and mark the flow dead
 * @flow: the flow, not dead
 * @cause: TIMEOUT, EVICT or FLUSH
 *
 * The caller unlocks the flow and then calls tcpfsm_entry_drop().
 *
 * Context: Bottom halves off and @flow->lock held, under rcu_read_lock().
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
 * tcpfsm_entry_drop - take a dead flow out of the table
 * @flow: the flow, unlocked
 *
 * Only the context that has called tcpfsm_entry_end() may call this. The flow
 * is freed after a grace period. The timer of a dead flow is never armed again;
 * a timer function that is running now is in a softirq, for which the grace
 * period waits.
 *
 * Context: Bottom halves off, under rcu_read_lock().
 */
void tcpfsm_entry_drop(struct tcpfsm_flow *flow)
{
	timer_delete(&flow->timer);
	tcpfsm_table_remove(&flow->tracker->table, flow);
}

/**
 * tcpfsm_entry_remove - end a flow and take it out of the table
 * @flow: the flow, unlocked
 * @cause: EVICT or FLUSH
 *
 * A flow is chosen for eviction without its lock. A segment may have changed
 * its rank since, so the rank is checked again under the lock.
 *
 * Context: Process or softirq, under rcu_read_lock(). Takes @flow->lock.
 * Return: true if this call has removed the flow; false if another context has,
 * or if the flow must not be evicted any more.
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
 * tcpfsm_entry_flush - remove all flows of a tracker
 * @tracker: the tracker; its hooks are unregistered, so no flow is added
 *
 * Context: Process; may sleep between two flows.
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
 * tcpfsm_entry_make_room - reserve room for one flow, evicting one if need be
 * @tracker: the tracker
 *
 * Context: Bottom halves off and no flow locked, under
 * rcu_read_lock().
 * Return: true if room was reserved; false if the table or all tables together
 * are full and no flow of this tracker could be evicted.
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
