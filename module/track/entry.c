// SPDX-License-Identifier: GPL-2.0
#include "compat.h"
#include "core/conn_life.h"
#include "track/entry.h"
#include "track/report.h"
#include "track/timer.h"

#define count(tracker, id) \
	tcpfsm_stats_inc((tracker)->stats, counter[TCPFSM_COUNTER_##id])

static void count_removal(struct tcpfsm_tracker *tracker,
			  enum tcpfsm_cause cause, enum tcpfsm_wait wait)
{
	switch (cause) {
	case TCPFSM_CAUSE_TIMEOUT:
		if (wait == TCPFSM_WAIT_CLOSED)
			count(tracker, REMOVED_CLOSED);
		else
			count(tracker, REMOVED_TIMEOUT);
		break;
	case TCPFSM_CAUSE_SYN:
		count(tracker, REMOVED_REOPENED);
		break;
	case TCPFSM_CAUSE_EVICT:
		if (wait == TCPFSM_WAIT_HALF_OPEN)
			count(tracker, REMOVED_EVICTED_HALF_OPEN);
		else
			count(tracker, REMOVED_EVICTED_CLOSED);
		break;
	default:
		count(tracker, REMOVED_FLUSHED);
		break;
	}
}

/**
 * tcpfsm_entry_report - tell that the incarnation in an entry has ended
 * @flow: the entry, locked
 * @cause: why
 * @wait: what it waited for
 * @out: what its end did
 * @seg: the segment that ended it, or NULL
 * @now: CLOCK_BOOTTIME, nanoseconds
 */
void tcpfsm_entry_report(struct tcpfsm_flow *flow, enum tcpfsm_cause cause,
			 enum tcpfsm_wait wait,
			 const struct tcpfsm_outcome *out,
			 const struct tcpfsm_segment *seg, u64 now)
{
	tcpfsm_history_change(&flow->history, &flow->conn, now, out);
	tcpfsm_report_outcome(flow, out, seg, now);
	tcpfsm_report_closed(flow);
	count_removal(flow->tracker, cause, wait);
}

/*
 * Whether the entry is still to be removed, now that it is locked: it was
 * chosen without the lock, and a segment may have come since.
 */
static bool still_due(const struct tcpfsm_flow *flow, enum tcpfsm_cause cause)
{
	enum tcpfsm_wait wait = tcpfsm_conn_wait(&flow->conn);

	switch (cause) {
	case TCPFSM_CAUSE_EVICT:
		return tcpfsm_timer_rank(wait) != TCPFSM_RANK_LIVE;
	case TCPFSM_CAUSE_TIMEOUT:
		return tcpfsm_timer_is_due(flow);
	default:
		return true;
	}
}

/**
 * tcpfsm_entry_remove - end an entry and take it out of the table
 * @flow: the entry; the caller is under rcu_read_lock() and holds no lock
 * @cause: TIMEOUT, EVICT or FLUSH
 *
 * Any context.
 *
 * Return: false when somebody else was faster, or when a segment has come that
 * keeps it.
 */
bool tcpfsm_entry_remove(struct tcpfsm_flow *flow, enum tcpfsm_cause cause)
{
	u64 now = ktime_get_boottime_ns();
	struct tcpfsm_outcome out __uninitialized;
	enum tcpfsm_wait wait;

	spin_lock_bh(&flow->lock);
	if (flow->dead || !still_due(flow, cause)) {
		spin_unlock_bh(&flow->lock);
		return false;
	}
	tcpfsm_flow_catch_up(flow);
	wait = tcpfsm_conn_wait(&flow->conn);
	tcpfsm_conn_end(&flow->conn, cause, now, &out);
	tcpfsm_entry_report(flow, cause, wait, &out, NULL, now);
	tcpfsm_report_uncount(flow);
	flow->dead = true;
	spin_unlock(&flow->lock);

	/*
	 * A dead entry's timer is never armed again; one that runs now is
	 * waited for by the grace period before the entry is freed.
	 */
	timer_delete(&flow->timer);
	tcpfsm_table_remove(&flow->tracker->table, flow);
	local_bh_enable();
	return true;
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
