// SPDX-License-Identifier: GPL-2.0
#include "track/tracker.h"

/**
 * tcpfsm_tracker_init - set up a namespace, with default settings
 * @tracker: the namespace
 * @net: the same, as the kernel knows it
 * @observer: who is told
 *
 * Return: 0, or -ENOMEM.
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
 * @tracker: the namespace; no segment comes any more, and no entry is left
 *
 * Sleeps: it waits for timers that are running now.
 */
void tcpfsm_tracker_destroy(struct tcpfsm_tracker *tracker)
{
	synchronize_rcu();
	tcpfsm_table_destroy(&tracker->table);
	free_percpu(tracker->stats);
}

/**
 * tcpfsm_tracker_read - read one counter by its place in its group
 * @tracker: the namespace
 * @group: which list
 * @index: 0, 1, ... in the list
 * @named: filled with the name and the value
 *
 * Return: false past the end of the list.
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
