// SPDX-License-Identifier: GPL-2.0
/*
 * The timer of a flow: the end of the wait, the time when a CLOSE-WAIT becomes
 * too long, and the next lookup of sockets, whichever comes first.
 *
 * No timer work per segment: a segment only sets flow->wait_start. The timer is
 * moved only if it would fire too late. If it fires too early, it is armed
 * again for what is left.
 */
#include "compat.h"
#include "core/conn_life.h"
#include "track/entry.h"
#include "track/report.h"
#include "track/sock_watch.h"
#include "track/timer.h"

/* When the wait is over if no segment comes, jiffies */
static unsigned long deadline_of(const struct tcpfsm_flow *flow)
{
	return flow->wait_start + HZ * (unsigned long)
	       tcpfsm_setting_timeout(flow->tracker->setting, flow->wait);
}

static bool is_due(const struct tcpfsm_flow *flow)
{
	return !time_before(jiffies, deadline_of(flow));
}

/* Timers of up to so many jiffies are exact: level 0 of the timer wheel */
#define EXACT	63

/*
 * Longer ones may fire late by an eighth of their time (kernel/time/timer.c).
 * So arm for an eighth less, and arm again when the timer fires: that reduces
 * the error to an eighth each time.
 */
static void arm(struct tcpfsm_flow *flow, unsigned long at)
{
	unsigned long left = at - jiffies;

	if (time_after(at, jiffies + EXACT))
		at -= left / 8;
	mod_timer(&flow->timer, at);
}

/* Out of line: rare */
static noinline bool long_close_wait_at(struct tcpfsm_flow *flow, u64 now,
					unsigned long *at)
{
	u64 limit = tcpfsm_setting(flow->tracker,
				   TCPFSM_SETTING_close_wait_long);
	struct tcpfsm_outcome out __uninitialized;
	u64 due;

	if (!limit || !tcpfsm_conn_close_wait_due(&flow->conn,
						  limit * NSEC_PER_SEC, &due))
		return false;
	if (now < due) {
		*at = jiffies + nsecs_to_jiffies(due - now) + 1;
		return true;
	}
	tcpfsm_conn_long_close_wait(&flow->conn, &out);
	tcpfsm_report_change(flow, &out, now);
	return false;
}

/*
 * If an end is in CLOSE-WAIT, and not for too long yet (close_wait_long),
 * returns true and sets @at to when it will be, in jiffies. If it is there for
 * too long, reports that, once, and returns false. @now is CLOCK_BOOTTIME,
 * nanoseconds.
 */
static inline bool check_close_wait(struct tcpfsm_flow *flow, u64 now,
				    unsigned long *at)
{
	return tcpfsm_conn_close_waits(&flow->conn) &&
	       long_close_wait_at(flow, now, at);
}

static void rearm(struct tcpfsm_flow *flow, u64 now)
{
	unsigned long deadline = deadline_of(flow);
	unsigned long at;

	if (!check_close_wait(flow, now, &at) ||
	    time_before(deadline, at))
		at = deadline;
	/* Not arm(): round as the kernel does for the timer of the socket */
	if (flow->watched && time_before(flow->look, at))
		mod_timer(&flow->timer, flow->look);
	else
		arm(flow, at);
}

/* States may have changed without a segment: restart the wait */
static void restart_wait(struct tcpfsm_flow *flow)
{
	enum tcpfsm_wait before = flow->wait;
	enum tcpfsm_wait after = tcpfsm_conn_wait(&flow->conn);

	tcpfsm_timer_update(flow, after, true);
	if (after == TCPFSM_WAIT_CLOSED && before != after)
		tcpfsm_report_closed(flow);
}

/*
 * The wait is over. Returns true if the flow can be removed, false if it waits
 * again: a TIME-WAIT goes on to the wait for removal, and a flow with a socket
 * is kept.
 */
static bool wait_is_over(struct tcpfsm_flow *flow)
{
	u64 now = ktime_get_boottime_ns();
	struct tcpfsm_outcome out;

	if (flow->wait == TCPFSM_WAIT_CLOSED)
		return true;
	if (flow->wait == TCPFSM_WAIT_TIME_WAIT) {
		tcpfsm_conn_expire_time_wait(&flow->conn, now, &out);
		tcpfsm_report_change(flow, &out, now);
	} else if (!tcpfsm_sock_watch_has_socket(flow)) {
		return true;
	}
	restart_wait(flow);
	rearm(flow, now);
	return false;
}

static void arm_look(struct tcpfsm_flow *flow)
{
	if (time_before(flow->look, flow->timer.expires))
		mod_timer(&flow->timer, flow->look);
}

/**
 * tcpfsm_timer_check_sockets - look up sockets, and restart the wait if one is gone
 * @flow: the flow, caught up
 * @roles: the ends, one bit per role
 * @how: how a missing socket has ended, see tcpfsm_sock_watch_look()
 *
 * Context: Bottom halves off and @flow->lock held, under rcu_read_lock().
 */
void tcpfsm_timer_check_sockets(struct tcpfsm_flow *flow, u8 roles,
				enum tcpfsm_tw_end how)
{
	bool gone = tcpfsm_sock_watch_look(flow, roles, how);

	if (flow->watched)
		arm_look(flow);
	if (gone)
		restart_wait(flow);
}

/**
 * tcpfsm_timer_watch - arm the timer for what a segment has begun
 * @flow: the flow
 * @sender: the end that sent the segment
 * @out: what the segment did: transitions or anomalies
 * @now: CLOCK_BOOTTIME, nanoseconds
 *
 * That is a CLOSE-WAIT that may become too long, and a state that ends with the
 * socket, not with a segment.
 *
 * Context: Bottom halves off and @flow->lock held, under rcu_read_lock().
 */
void tcpfsm_timer_watch(struct tcpfsm_flow *flow, enum tcpfsm_role sender,
			const struct tcpfsm_outcome *out, u64 now)
{
	unsigned long at;

	lockdep_assert_held(&flow->lock);
	if (tcpfsm_sock_watch_segment(flow, sender, out))
		arm_look(flow);
	if (check_close_wait(flow, now, &at) &&
	    time_before(at, flow->timer.expires))
		arm(flow, at);
}

static void on_timer(struct timer_list *timer)
{
	struct tcpfsm_flow *flow = timer_container_of(flow, timer, timer);
	bool ended = false;

	rcu_read_lock();
	spin_lock(&flow->lock);
	if (!flow->dead) {
		tcpfsm_flow_catch_up(flow);
		if (flow->watched && !time_before(jiffies, flow->look))
			tcpfsm_timer_check_sockets(flow, flow->watched,
						   TCPFSM_TW_END_EXPIRED);
		if (!is_due(flow)) {
			rearm(flow, ktime_get_boottime_ns());
		} else if (wait_is_over(flow)) {
			tcpfsm_entry_end(flow, TCPFSM_CAUSE_TIMEOUT);
			ended = true;
		}
	}
	spin_unlock(&flow->lock);
	if (ended)
		tcpfsm_entry_drop(flow);
	rcu_read_unlock();
}

/**
 * tcpfsm_timer_start - set up and arm the timer of a new flow, and rank it
 * @flow: the flow, in the table; its first segment has acted on it
 *
 * Context: Bottom halves off and @flow->lock held, under rcu_read_lock().
 */
void tcpfsm_timer_start(struct tcpfsm_flow *flow)
{
	enum tcpfsm_wait wait = tcpfsm_conn_wait(&flow->conn);

	timer_setup(&flow->timer, on_timer, 0);
	flow->wait_start = jiffies;
	flow->wait = wait;
	rearm(flow, flow->conn.start);
	tcpfsm_table_rank(&flow->tracker->table, flow, tcpfsm_flow_rank(flow));
}

/**
 * tcpfsm_timer_update - restart the wait after a segment or a timeout
 * @flow: the flow, caught up
 * @after: what the connection waits for now
 * @used: the segment was acceptable, or restarts TIME-WAIT; any other does not
 *	prolong the wait
 *
 * The wait for removal, with both ends closed, is not prolonged at all. If the
 * kind of wait has changed, the flow is ranked again.
 *
 * Context: Bottom halves off and @flow->lock held.
 */
void tcpfsm_timer_update(struct tcpfsm_flow *flow, enum tcpfsm_wait after,
			 bool used)
{
	enum tcpfsm_rank before = tcpfsm_flow_rank(flow);
	bool changed = flow->wait != after;
	unsigned long deadline;

	lockdep_assert_held(&flow->lock);
	if (!changed && (!used || after == TCPFSM_WAIT_CLOSED))
		return;
	flow->wait = after;
	flow->wait_start = jiffies;
	deadline = deadline_of(flow);
	if (time_before(deadline, flow->timer.expires) ||
	    !timer_pending(&flow->timer))
		arm(flow, deadline);
	if (before != tcpfsm_flow_rank(flow))
		tcpfsm_table_rank(&flow->tracker->table, flow,
				  tcpfsm_flow_rank(flow));
}

/**
 * tcpfsm_timer_rearm - rearm the timers of all flows: a timeout has changed
 * @tracker: the tracker
 *
 * Context: Process; may sleep between two flows.
 */
void tcpfsm_timer_rearm(struct tcpfsm_tracker *tracker)
{
	struct tcpfsm_flow *flow;
	u64 id = 0;

	do {
		rcu_read_lock();
		flow = tcpfsm_table_next(&tracker->table, &id);
		if (flow) {
			spin_lock_bh(&flow->lock);
			if (!flow->dead)
				rearm(flow, ktime_get_boottime_ns());
			spin_unlock_bh(&flow->lock);
		}
		rcu_read_unlock();
		cond_resched();
	} while (flow);
}
