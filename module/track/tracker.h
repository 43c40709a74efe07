/* SPDX-License-Identifier: GPL-2.0 */
/* The tracker of one namespace: its table, counters, settings and observer. */
#ifndef _TCPFSM_TRACKER_H
#define _TCPFSM_TRACKER_H

#include "core/setting.h"
#include "track/stats.h"
#include "track/table.h"

/**
 * struct tcpfsm_observer - callbacks for what happens to the flows of a tracker
 * @happened: there were anomalies, or ends have changed their states. @seg is
 *	the segment that was the cause, or NULL; @now is CLOCK_BOOTTIME,
 *	nanoseconds.
 * @opened: an incarnation begins
 * @closed: an incarnation has ended; called once for each
 *
 * All are called with the flow locked and bottom halves off, under
 * rcu_read_lock(), and must not sleep. The lock keeps the calls for one flow in
 * the order in which things happened.
 */
struct tcpfsm_observer {
	void (*happened)(const struct tcpfsm_flow *flow,
			 const struct tcpfsm_outcome *out,
			 const struct tcpfsm_segment *seg, u64 now);
	void (*opened)(const struct tcpfsm_flow *flow);
	void (*closed)(const struct tcpfsm_flow *flow);
};

/**
 * struct tcpfsm_tracker - what is kept for one namespace
 * @table: its flows
 * @stats: its counters; each CPU writes its own with bottom halves off
 * @setting: values by enum tcpfsm_setting; written by tcpfsm_settings_set(),
 *	read without a lock by tcpfsm_setting()
 * @observer: called when something happens; constant
 * @net: the namespace; constant, not referenced, outlives the tracker
 * @sweep: the timer of sock_sweep.c
 * @swept: id of the flow that the timer has looked at last; written by the
 *	timer function only
 */
struct tcpfsm_tracker {
	struct tcpfsm_table		table;
	struct tcpfsm_stats __percpu	*stats;
	u32				setting[TCPFSM_SETTING_COUNT];
	const struct tcpfsm_observer	*observer;
	struct net			*net;
	struct timer_list		sweep;
	u64				swept;
};

/**
 * tcpfsm_setting - the value of a setting
 * @tracker: the tracker
 * @setting: the setting
 *
 * The READ_ONCE() pairs with the WRITE_ONCE() in tcpfsm_settings_set().
 *
 * Context: Any.
 * Return: the value at this instant, in the unit of the setting.
 */
static inline u32 tcpfsm_setting(const struct tcpfsm_tracker *tracker,
				 enum tcpfsm_setting setting)
{
	return READ_ONCE(tracker->setting[setting]);
}

/**
 * tcpfsm_tracker_count() - increment one of TCPFSM_COUNTERS
 * @tracker: the tracker
 * @id: the counter, as in TCPFSM_COUNTERS
 *
 * Context: Bottom halves off.
 */
#define tcpfsm_tracker_count(tracker, id) \
	tcpfsm_stats_inc((tracker)->stats, counter[TCPFSM_COUNTER_##id])

int tcpfsm_tracker_init(struct tcpfsm_tracker *tracker, struct net *net,
			const struct tcpfsm_observer *observer);
void tcpfsm_tracker_destroy(struct tcpfsm_tracker *tracker);
bool tcpfsm_tracker_read(const struct tcpfsm_tracker *tracker,
			 enum tcpfsm_group group, unsigned int index,
			 struct tcpfsm_named *named);

#endif /* _TCPFSM_TRACKER_H */
