/* SPDX-License-Identifier: GPL-2.0 */
/* Histogram of durations, one bucket for each power of two microseconds. */
#ifndef _TCPFSM_HIST_H
#define _TCPFSM_HIST_H

#include "core/types.h"

/* The last bucket holds all durations from 2^40 microseconds (12.7 days) on */
#define TCPFSM_HIST_BUCKETS	42

/**
 * struct tcpfsm_hist - histogram of durations
 * @count: number of durations
 * @sum: sum of the durations, microseconds
 * @max: longest duration, microseconds
 * @bucket: number of durations by length: @bucket[0] below 1 microsecond,
 *	@bucket[i] from 2^(i-1) to below 2^i, the last one without upper limit
 */
struct tcpfsm_hist {
	u64	count;
	u64	sum;
	u64	max;
	u64	bucket[TCPFSM_HIST_BUCKETS];
};

/**
 * tcpfsm_hist_index - the bucket that counts a duration
 * @us: the duration, microseconds
 *
 * Pure.
 *
 * Return: index into @bucket of struct tcpfsm_hist.
 */
static inline unsigned int tcpfsm_hist_index(u64 us)
{
	int index = fls64(us);

	return index < TCPFSM_HIST_BUCKETS ? index : TCPFSM_HIST_BUCKETS - 1;
}

/**
 * tcpfsm_hist_add - add a duration to a histogram
 * @hist: the histogram
 * @ns: the duration, nanoseconds
 *
 * The caller has the histogram to itself.
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
