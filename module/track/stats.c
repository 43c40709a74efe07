// SPDX-License-Identifier: GPL-2.0
#include <linux/cpumask.h>

#include "track/stats.h"

/* The sum over all CPUs of the u64 at @offset in struct tcpfsm_stats */
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
/* The same for an element of an array, if the index is not a constant */
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
		name_it(named, "", tcpfsm_counter_names[i]);
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

/* Adds the histograms of all CPUs at @offset in struct tcpfsm_stats to @hist */
static void add_histograms(const struct tcpfsm_stats __percpu *stats,
			   size_t offset, struct tcpfsm_hist *hist)
{
	int cpu, i;

	for_each_possible_cpu(cpu) {
		const struct tcpfsm_hist *one =
			(const void *)((const char *)per_cpu_ptr(stats, cpu) +
				       offset);

		hist->count += READ_ONCE(one->count);
		hist->sum += READ_ONCE(one->sum);
		hist->max = max(hist->max, READ_ONCE(one->max));
		for (i = 0; i < TCPFSM_HIST_BUCKETS; i++)
			hist->bucket[i] += READ_ONCE(one->bucket[i]);
	}
}

static size_t stay_offset(unsigned int role, unsigned int state)
{
	return offsetof(struct tcpfsm_stats, stay) +
	       (role * TCPFSM_STATE_COUNT + state) * sizeof(struct tcpfsm_hist);
}

/* Sum of the u64 at @offset in the TIME-WAIT histograms of both roles */
static u64 sum_time_wait(const struct tcpfsm_stats __percpu *stats,
			 size_t offset)
{
	return sum(stats, stay_offset(TCPFSM_ROLE_CLIENT,
				      TCPFSM_STATE_TIME_WAIT) + offset) +
	       sum(stats, stay_offset(TCPFSM_ROLE_SERVER,
				      TCPFSM_STATE_TIME_WAIT) + offset);
}

static u64 longest_time_wait(const struct tcpfsm_stats __percpu *stats)
{
	struct tcpfsm_hist hist = { };

	add_histograms(stats, stay_offset(TCPFSM_ROLE_CLIENT,
					  TCPFSM_STATE_TIME_WAIT), &hist);
	add_histograms(stats, stay_offset(TCPFSM_ROLE_SERVER,
					  TCPFSM_STATE_TIME_WAIT), &hist);
	return hist.max;
}

static bool read_duration(const struct tcpfsm_stats __percpu *stats,
			  unsigned int i, struct tcpfsm_named *named)
{
	switch (i) {
	case 0:
		name_it(named, "", "duration.count");
		named->value = sum_time_wait(stats, offsetof(struct tcpfsm_hist,
							     count));
		return true;
	case 1:
		name_it(named, "", "duration.sum-us");
		named->value = sum_time_wait(stats, offsetof(struct tcpfsm_hist,
							     sum));
		return true;
	case 2:
		name_it(named, "", "duration.max-us");
		named->value = longest_time_wait(stats);
		return true;
	}
	i -= 3;
	if (i >= TCPFSM_HIST_BUCKETS)
		return false;
	if (i == TCPFSM_HIST_BUCKETS - 1)
		name_it(named, "", "duration.us.inf");
	else
		snprintf(named->name, sizeof(named->name), "duration.us.%llu",
			 1ULL << i);
	named->value = sum_time_wait(stats, offsetof(struct tcpfsm_hist,
						     bucket) + i * sizeof(u64));
	return true;
}

static bool read_timewait(const struct tcpfsm_stats __percpu *stats,
			  unsigned int i, struct tcpfsm_named *named)
{
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
	case 3:
		name_it(named, "", "absorbed");
		named->value = SUM(stats, anomaly[TCPFSM_ANOMALY_TW_REACK]);
		return true;
	}
	i -= 4;
	if (i < TCPFSM_TW_END_COUNT) {
		name_it(named, "end.", tcpfsm_tw_end_names[i]);
		named->value = SUM_AT(stats, time_wait_end, i);
		return true;
	}
	return read_duration(stats, i - TCPFSM_TW_END_COUNT, named);
}

/**
 * tcpfsm_stats_read - read one counter by its place in a list
 * @stats: the counters of a tracker
 * @group: the list
 * @index: place in the list, from 0
 * @named: filled with the name and the sum over all CPUs; durations are in
 *	microseconds
 *
 * Order and names are the same for each tracker, at all times.
 *
 * Context: Any.
 * Return: true; false past the end of the list.
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

/**
 * tcpfsm_stats_histogram - read one histogram by its place in the list
 * @stats: the counters of a tracker
 * @index: place in the list, from 0
 * @name: filled with "handshake", "close", or role and state
 * @hist: filled with the sum over all CPUs, microseconds
 *
 * Order and names are the same for each tracker, at all times.
 *
 * Context: Any.
 * Return: true; false past the end of the list.
 */
bool tcpfsm_stats_histogram(const struct tcpfsm_stats __percpu *stats,
			    unsigned int index, char name[TCPFSM_NAME_MAX],
			    struct tcpfsm_hist *hist)
{
	const unsigned int states = TCPFSM_STATE_COUNT - 1;
	unsigned int role, state;

	memset(hist, 0, sizeof(*hist));
	switch (index) {
	case 0:
		strscpy(name, "handshake", TCPFSM_NAME_MAX);
		add_histograms(stats, offsetof(struct tcpfsm_stats, handshake),
			       hist);
		return true;
	case 1:
		strscpy(name, "close", TCPFSM_NAME_MAX);
		add_histograms(stats, offsetof(struct tcpfsm_stats, close),
			       hist);
		return true;
	}
	index -= 2;
	if (index >= TCPFSM_ROLE_COUNT * states)
		return false;
	/* All states but CLOSED, which is the first: its stays are not timed */
	role = index / states;
	state = index % states + 1;
	snprintf(name, TCPFSM_NAME_MAX, "%s.%s", tcpfsm_role_names[role],
		 tcpfsm_state_names[state]);
	add_histograms(stats, stay_offset(role, state), hist);
	return true;
}
