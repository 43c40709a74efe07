/* SPDX-License-Identifier: GPL-2.0 */
/* The per-CPU counters of one tracker, and the names that they are read by. */
#ifndef _TCPFSM_STATS_H
#define _TCPFSM_STATS_H

#include <linux/percpu.h>

#include "core/conn_types.h"
#include "core/counter.h"
#include "core/hist.h"

/**
 * struct tcpfsm_stats - the counters of one tracker on one CPU
 * @gauge: ends that are in a state now, by role and state. An end may be
 *	counted up on one CPU and down on another: only the sum over all CPUs
 *	means something.
 * @transition: transitions, by old and new state
 * @time_wait_end: TIME-WAITs that have ended, by enum tcpfsm_tw_end
 * @time_wait_restarts: FINs that were sent again to an end in TIME-WAIT
 * @anomaly: anomalies, by enum tcpfsm_anomaly
 * @reject: packets that were no usable segments, by enum tcpfsm_reject
 * @counter: all other counters, by enum tcpfsm_counter
 * @stay: how long ends were in a state, by role and state
 * @handshake: how long handshakes took
 * @close: how long closes took, from the first FIN to the last ACK
 *
 * Written on this CPU with bottom halves off, without a lock; read on any CPU
 * by the READ_ONCE() in stats.c. A reader may find a histogram half updated.
 */
struct tcpfsm_stats {
	u64	gauge[TCPFSM_ROLE_COUNT][TCPFSM_STATE_COUNT];
	u64	transition[TCPFSM_STATE_COUNT][TCPFSM_STATE_COUNT];
	u64	time_wait_end[TCPFSM_TW_END_COUNT];
	u64	time_wait_restarts;
	u64	anomaly[TCPFSM_ANOMALY_COUNT];
	u64	reject[TCPFSM_REJECT_COUNT];
	u64	counter[TCPFSM_COUNTER_COUNT];
	struct tcpfsm_hist stay[TCPFSM_ROLE_COUNT][TCPFSM_STATE_COUNT];
	struct tcpfsm_hist handshake;
	struct tcpfsm_hist close;
};

/**
 * enum tcpfsm_group - the lists of names and values
 * @TCPFSM_GROUP_STATS: /proc/net/tcpfsm/stats
 * @TCPFSM_GROUP_ANOMALIES: /proc/net/tcpfsm/anomalies
 * @TCPFSM_GROUP_TIMEWAIT: /proc/net/tcpfsm/timewait
 */
enum tcpfsm_group {
	TCPFSM_GROUP_STATS,
	TCPFSM_GROUP_ANOMALIES,
	TCPFSM_GROUP_TIMEWAIT,
};

#define TCPFSM_NAME_MAX	48

/**
 * struct tcpfsm_named - one item of a list
 * @name: letters, digits and '-'; '.' between the parts of the name
 * @value: the value at this instant
 */
struct tcpfsm_named {
	char	name[TCPFSM_NAME_MAX];
	u64	value;
};

/**
 * tcpfsm_stats_add() - add to a counter of this CPU
 * @stats: the per-CPU struct tcpfsm_stats
 * @field: the counter, a member or an element of one
 * @n: what to add
 *
 * __this_cpu_add(), because with bottom halves off nothing interferes.
 * this_cpu_add() would mask interrupts where the architecture cannot add to
 * memory in one instruction, as in User Mode Linux.
 *
 * Context: Bottom halves off.
 */
#define tcpfsm_stats_add(stats, field, n) __this_cpu_add((stats)->field, n)

/**
 * tcpfsm_stats_inc() - increment a counter of this CPU
 * @stats: the per-CPU struct tcpfsm_stats
 * @field: the counter, a member or an element of one
 *
 * Context: Bottom halves off.
 */
#define tcpfsm_stats_inc(stats, field) tcpfsm_stats_add(stats, field, 1)

bool tcpfsm_stats_histogram(const struct tcpfsm_stats __percpu *stats,
			    unsigned int index, char name[TCPFSM_NAME_MAX],
			    struct tcpfsm_hist *hist);
bool tcpfsm_stats_read(const struct tcpfsm_stats __percpu *stats,
		       enum tcpfsm_group group, unsigned int index,
		       struct tcpfsm_named *named);

#endif /* _TCPFSM_STATS_H */
