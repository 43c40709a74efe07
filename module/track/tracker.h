/* SPDX-License-Identifier: GPL-2.0 */
/* One namespace as policy sees it: table, counters, settings, who is told. */
#ifndef _TCPFSM_TRACKER_H
#define _TCPFSM_TRACKER_H

#include "core/setting.h"
#include "track/stats.h"
#include "track/table.h"

/**
 * struct tcpfsm_observer - who is told what happens to the entries
 * @happened: there were anomalies, or endpoints changed their states. @seg is
 *	NULL where no segment was the cause.
 * @opened: an entry was made, or begins its next incarnation
 * @closed: an incarnation has ended
 *
 * All are called with the lock of the entry held and must not sleep; so what
 * they are told of one entry comes in the order it happened.
 */
struct tcpfsm_observer {
	void (*happened)(const struct tcpfsm_flow *flow,
			 const struct tcpfsm_outcome *out,
			 const struct tcpfsm_segment *seg, u64 now);
	void (*opened)(const struct tcpfsm_flow *flow);
	void (*closed)(const struct tcpfsm_flow *flow);
};

/**
 * struct tcpfsm_tracker - one namespace
 * @table: its entries
 * @stats: its counters
 * @setting: values, by enum tcpfsm_setting; single words, read without a lock
 * @observer: who is told
 * @net: the namespace; not referenced, it outlives its tracker
 * @sweep: see sock_sweep.c
 * @swept: id of the entry that it looked at last
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

static inline u32 tcpfsm_setting(const struct tcpfsm_tracker *tracker,
				 enum tcpfsm_setting setting)
{
	return READ_ONCE(tracker->setting[setting]);
}

/* One more of what defs.h lists; on this CPU, with bottom halves off */
#define tcpfsm_tracker_count(tracker, id) \
	tcpfsm_stats_inc((tracker)->stats, counter[TCPFSM_COUNTER_##id])

int tcpfsm_tracker_init(struct tcpfsm_tracker *tracker, struct net *net,
			const struct tcpfsm_observer *observer);
void tcpfsm_tracker_destroy(struct tcpfsm_tracker *tracker);
bool tcpfsm_tracker_read(const struct tcpfsm_tracker *tracker,
			 enum tcpfsm_group group, unsigned int index,
			 struct tcpfsm_named *named);

#endif /* _TCPFSM_TRACKER_H */
