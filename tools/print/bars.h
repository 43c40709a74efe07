/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A histogram of durations, drawn: a bar for each bucket, or a small picture of
 * all of them in one line. With characters of ASCII, if the locale knows no more.
 */
#ifndef _TCPFSM_TOOL_BARS_H
#define _TCPFSM_TOOL_BARS_H

#include "base/line.h"
#include "core/hist.h"	/* of the module */

/* A duration in microseconds, so that it ends @width columns from here */
void bars_put_span(struct line *line, unsigned int width, uint64_t us);

/* From the first bucket that is not empty to the last, a line each */
void bars_draw(const struct tcpfsm_hist *hist);

/* Columns of the small picture: always the same durations at the same place */
#define BARS_CELLS	20

void bars_put_small(struct line *line, const struct tcpfsm_hist *hist);

/* What is above the small pictures, to read them */
void bars_put_axis(struct line *line);

/*
 * The duration that @percent of them do not exceed, in microseconds: estimated
 * from the buckets, the sum and the longest.
 */
uint64_t bars_quantile(const struct tcpfsm_hist *hist, unsigned int percent);

#endif /* _TCPFSM_TOOL_BARS_H */
