/* SPDX-License-Identifier: GPL-2.0 */
/* How durations are distributed: one bucket for each power of two. */
#ifndef _TCPFSM_HIST_H
#define _TCPFSM_HIST_H

#include "core/types.h"

/* The last one holds all from 2^40 microseconds, 12 days, on */
#define TCPFSM_HIST_BUCKETS	42

/**
 * struct tcpfsm_hist - durations in microseconds
 * @count: how many
 * @sum: of all of them
 * @max: the longest
 * @bucket: @bucket[i] counts those below 2^i that are not in the one before
 */
struct tcpfsm_hist {
	u64	count;
	u64	sum;
	u64	max;
	u64	bucket[TCPFSM_HIST_BUCKETS];
};

/* The bucket of a duration */
static inline unsigned int tcpfsm_hist_index(u64 us)
{
	int index = fls64(us);

	return index < TCPFSM_HIST_BUCKETS ? index : TCPFSM_HIST_BUCKETS - 1;
}

/**
 * tcpfsm_hist_add - count a duration
 * @hist: the histogram; the caller has it to itself
 * @ns: the duration, nanoseconds
 */
static inline void tcpfsm_hist_add(struct tcpfsm_hist *hist, u64 ns)
{
	u64 us = div_u64(ns, 1000);

	hist->count++;
	hist->sum += us;
	hist->bucket[tcpfsm_hist_index(us)]++;
	if (hist->max < us)
		hist->max = us;
}

#endif /* _TCPFSM_HIST_H */
