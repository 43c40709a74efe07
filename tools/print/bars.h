/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Draw a histogram of durations: a bar for each bucket, or a small picture of all of
 * them in one line. In ASCII, if the locale is not one of UTF-8.
 */
#ifndef _TCPFSM_TOOL_BARS_H
#define _TCPFSM_TOOL_BARS_H

#include "base/line.h"
#include "core/hist.h"	/* of the module */

/* A duration in microseconds, right-aligned in @width columns */
void bars_put_span(struct line *line, unsigned int width, uint64_t us);

/* A line for each bucket, from the first that is not empty to the last; some empty ones left out */
void bars_draw(const struct tcpfsm_hist *hist);

/* Columns of the small picture; each stands for the same durations in all histograms */
#define BARS_CELLS	20

void bars_put_small(struct line *line, const struct tcpfsm_hist *hist);

/* The heading of the small pictures: which columns are microseconds, milliseconds, ... */
void bars_put_axis(struct line *line);

/*
 * The duration that @percent of all do not exceed, in microseconds: an estimate from
 * the buckets, the sum and the maximum.
 */
uint64_t bars_quantile(const struct tcpfsm_hist *hist, unsigned int percent);

#endif /* _TCPFSM_TOOL_BARS_H */
