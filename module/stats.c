// SPDX-License-Identifier: GPL-2.0
#include <linux/cpumask.h>

#include "stats.h"

#define X(id, name) [TCPFSM_COUNTER_##id] = name,
static const char *const counter_names[TCPFSM_COUNTER_COUNT] = {
	TCPFSM_COUNTERS(X)
};
#undef X

/* The words of the ways out of TIME-WAIT; NULL: it cannot end that way */
static const char *const time_wait_ends[TCPFSM_CAUSE_COUNT] = {
	[TCPFSM_CAUSE_TIMEOUT]	= "end.expired",
	[TCPFSM_CAUSE_SYN]	= "end.reopened",
	[TCPFSM_CAUSE_RST]	= "end.reset",
	[TCPFSM_CAUSE_EVICT]	= "end.evicted",
	[TCPFSM_CAUSE_FLUSH]	= "end.flushed",
};

/* The sum over all CPUs of the counter that is at @offset */
static u64 sum(const struct tcpfsm_stats __percpu *stats, size_t offset)
{
	u64 value = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		value += READ_ONCE(*(const u64 *)((const char *)
						  per_cpu_ptr(stats, cpu) +
						  offset));
	return value;
}

#define SUM(stats, field) sum(stats, offsetof(struct tcpfsm_stats, field))
/* Of an array's element that is not known when compiling */
#define SUM_AT(stats, array, index) \
	sum(stats, offsetof(struct tcpfsm_stats, array) + \
		   (index) * sizeof(u64))

static void name_it(struct tcpfsm_named *named, const char *prefix,
		    const char *name)
{
	snprintf(named->name, sizeof(named->name), "%s%s", prefix, name);
}

static bool read_stats(const struct tcpfsm_stats __percpu *stats,
		       unsigned int i, struct tcpfsm_named *named)
{
	const unsigned int states = TCPFSM_STATE_COUNT;

	if (i < TCPFSM_ROLE_COUNT * states) {
		snprintf(named->name, sizeof(named->name), "%s.%s",
			 tcpfsm_role_names[i / states],
			 tcpfsm_state_names[i % states]);
		named->value = SUM_AT(stats, gauge, i);
		return true;
	}
	i -= TCPFSM_ROLE_COUNT * states;
	if (i < states * states) {
		snprintf(named->name, sizeof(named->name), "transition.%s.%s",
			 tcpfsm_state_names[i / states],
			 tcpfsm_state_names[i % states]);
		named->value = SUM_AT(stats, transition, i);
		return true;
	}
	i -= states * states;
	if (i < TCPFSM_COUNTER_COUNT) {
		name_it(named, "", counter_names[i]);
		named->value = SUM_AT(stats, counter, i);
		return true;
	}
	i -= TCPFSM_COUNTER_COUNT;
	if (i < TCPFSM_REJECT_COUNT) {
		name_it(named, "reject.", tcpfsm_reject_names[i]);
		named->value = SUM_AT(stats, reject, i);
		return true;
	}
	return false;
}

static bool read_anomalies(const struct tcpfsm_stats __percpu *stats,
			   unsigned int i, struct tcpfsm_named *named)
{
	if (i >= TCPFSM_ANOMALY_COUNT)
		return false;
	name_it(named, "", tcpfsm_anomaly_names[i]);
	named->value = SUM_AT(stats, anomaly, i);
	return true;
}

static u64 entered_time_wait(const struct tcpfsm_stats __percpu *stats)
{
	u64 value = 0;
	int old;

	for (old = 0; old < TCPFSM_STATE_COUNT; old++)
		value += SUM_AT(stats, transition, old * TCPFSM_STATE_COUNT +
						   TCPFSM_STATE_TIME_WAIT);
	return value;
}

static bool read_timewait(const struct tcpfsm_stats __percpu *stats,
			  unsigned int i, struct tcpfsm_named *named)
{
	int cause;

	switch (i) {
	case 0:
		name_it(named, "", "now");
		named->value =
			SUM(stats, gauge[TCPFSM_ROLE_CLIENT][TCPFSM_STATE_TIME_WAIT]) +
			SUM(stats, gauge[TCPFSM_ROLE_SERVER][TCPFSM_STATE_TIME_WAIT]);
		return true;
	case 1:
		name_it(named, "", "entered");
		named->value = entered_time_wait(stats);
		return true;
	case 2:
		name_it(named, "", "restarts");
		named->value = SUM(stats, time_wait_restarts);
		return true;
	}
	i -= 3;
	for (cause = 0; cause < TCPFSM_CAUSE_COUNT; cause++)
		if (time_wait_ends[cause] && !i--)
			break;
	if (cause == TCPFSM_CAUSE_COUNT)
		return false;
	name_it(named, "", time_wait_ends[cause]);
	named->value = SUM_AT(stats, time_wait_end, cause);
	return true;
}

/**
 * tcpfsm_stats_read - read one counter by its place in its group
 * @stats: the counters of a namespace
 * @group: which list
 * @index: 0, 1, ... in the list
 * @named: filled with the name and the sum over all CPUs
 *
 * The order and the names are the same in every namespace, at all times.
 *
 * Return: false past the end of the list.
 */
bool tcpfsm_stats_read(const struct tcpfsm_stats __percpu *stats,
		       enum tcpfsm_group group, unsigned int index,
		       struct tcpfsm_named *named)
{
	switch (group) {
	case TCPFSM_GROUP_STATS:
		return read_stats(stats, index, named);
	case TCPFSM_GROUP_ANOMALIES:
		return read_anomalies(stats, index, named);
	case TCPFSM_GROUP_TIMEWAIT:
		return read_timewait(stats, index, named);
	}
	return false;
}
