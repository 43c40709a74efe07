// SPDX-License-Identifier: GPL-2.0
#include "track/tracker.h"

/**
 * tcpfsm_tracker_init - set up a tracker with default settings
 * @tracker: the tracker
 * @net: its namespace
 * @observer: called when something happens; must outlive the tracker
 *
 * Context: Process; may sleep.
 * Return: 0, or -ENOMEM or -EINVAL as tcpfsm_table_init().
 */
int tcpfsm_tracker_init(struct tcpfsm_tracker *tracker, struct net *net,
			const struct tcpfsm_observer *observer)
{
	int err;

	tracker->net = net;
	tracker->observer = observer;
	tcpfsm_setting_defaults(tracker->setting);
	tracker->stats = alloc_percpu(struct tcpfsm_stats);
	if (!tracker->stats)
		return -ENOMEM;
	err = tcpfsm_table_init(&tracker->table);
	if (err)
		free_percpu(tracker->stats);
	return err;
}

/**
 * tcpfsm_tracker_destroy - undo tcpfsm_tracker_init()
 * @tracker: the tracker; no segment comes any more, and no flow is left
 *
 * Waits a grace period for timer functions of flows that are running now.
 *
 * Context: Process; sleeps.
 */
void tcpfsm_tracker_destroy(struct tcpfsm_tracker *tracker)
{
	synchronize_rcu();
	tcpfsm_table_destroy(&tracker->table);
	free_percpu(tracker->stats);
}

/**
 * tcpfsm_tracker_read - read one counter by its place in a list
 * @tracker: the tracker
 * @group: the list
 * @index: place in the list, from 0
 * @named: filled with the name and the value
 *
 * Extends tcpfsm_stats_read() by what is not a per-CPU counter.
 *
 * Context: Any.
 * Return: true; false past the end of the list.
 */
bool tcpfsm_tracker_read(const struct tcpfsm_tracker *tracker,
			 enum tcpfsm_group group, unsigned int index,
			 struct tcpfsm_named *named)
{
	if (group != TCPFSM_GROUP_STATS)
		return tcpfsm_stats_read(tracker->stats, group, index, named);

	switch (index) {
	case 0:
		strscpy(named->name, "connections.now", sizeof(named->name));
		named->value = tcpfsm_table_count(&tracker->table);
		return true;
	case 1:
		strscpy(named->name, "connections.limit", sizeof(named->name));
		named->value = tcpfsm_setting(tracker, TCPFSM_SETTING_limit);
		return true;
	default:
		return tcpfsm_stats_read(tracker->stats, group, index - 2,
					 named);
	}
}
