/* SPDX-License-Identifier: GPL-2.0 */
/* What is counted in one namespace, per CPU; and the names to read it by. */
#ifndef _TCPFSM_STATS_H
#define _TCPFSM_STATS_H

#include <linux/percpu.h>

#include "core/conn_types.h"
#include "core/counter.h"
#include "core/hist.h"

/**
 * struct tcpfsm_stats - the counters of one namespace on one CPU
 * @gauge: endpoints in each state, by role. A CPU may count one down that
 *	another counted up: only the sum means something.
 * @transition: by old and new state
 * @time_wait_end: TIME-WAITs that have ended, by enum tcpfsm_tw_end
 * @time_wait_restarts: FINs that came again in TIME-WAIT
 * @anomaly: by name
 * @reject: packets that were not usable, by reason
 * @counter: the rest
 * @stay: how long ends were in a state, by role and state
 * @handshake: how long handshakes took
 * @close: how long closes took, from the first FIN to the last ACK
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

/* What can be read as a list of names and values */
enum tcpfsm_group {
	TCPFSM_GROUP_STATS,
	TCPFSM_GROUP_ANOMALIES,
	TCPFSM_GROUP_TIMEWAIT,
};

#define TCPFSM_NAME_MAX	48

/**
 * struct tcpfsm_named - one name and its value
 * @name: letters, digits, '-', and '.' between group and name
 * @value: now
 */
struct tcpfsm_named {
	char	name[TCPFSM_NAME_MAX];
	u64	value;
};

/*
 * On this CPU, with bottom halves off: nobody comes in between. Where the
 * processor cannot add to memory in one instruction the kernel would mask
 * interrupts for each one; User Mode Linux opens a connection 250 ns faster
 * without (selftests/bench).
 */
#define tcpfsm_stats_add(stats, field, n) __this_cpu_add((stats)->field, n)
#define tcpfsm_stats_inc(stats, field) tcpfsm_stats_add(stats, field, 1)

bool tcpfsm_stats_histogram(const struct tcpfsm_stats __percpu *stats,
			    unsigned int index, char name[TCPFSM_NAME_MAX],
			    struct tcpfsm_hist *hist);
bool tcpfsm_stats_read(const struct tcpfsm_stats __percpu *stats,
		       enum tcpfsm_group group, unsigned int index,
		       struct tcpfsm_named *named);

#endif /* _TCPFSM_STATS_H */
