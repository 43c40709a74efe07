// SPDX-License-Identifier: GPL-2.0
#include <math.h>

#include "base/out.h"
#include "base/units.h"
#include "print/bars.h"

#define LAST		(TCPFSM_HIST_BUCKETS - 1)

/* Of more empty buckets in a row than these, none is drawn. */
#define EMPTY_MAX	2

#define SPAN_WIDTH	8
#define COUNT_WIDTH	10
/* Columns to the left of the bars */
#define LEFT		(SPAN_WIDTH + 1 + SPAN_WIDTH + COUNT_WIDTH + 1)
#define BAR_MIN		10

/* Blocks of 0 to 8 eighths: filled from the left, and from below */
static const char *const lying[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█" };
static const char *const standing[] = {
	" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█",
};

static const char *const standing_ascii[] = {
	" ", ".", ":", "-", "=", "+", "*", "%", "#",
};

#define PARTS	8	/* of a block */

static void put_right(struct line *line, unsigned int width, struct line *word)
{
	unsigned int i;

	for (i = line_columns(word); i < width; i++)
		line_char(line, ' ');
	line_append(line, word);
}

void bars_put_span(struct line *line, unsigned int width, uint64_t us)
{
	struct line word = { .len = 0 };

	if (us)
		line_span(&word, us * NSEC_PER_USEC, !out_utf8());
	else
		line_char(&word, '0');
	put_right(line, width, &word);
}

static void put_count(struct line *line, uint64_t count)
{
	struct line word = { .len = 0 };

	line_u64(&word, count);
	put_right(line, COUNT_WIDTH, &word);
}

/* How many of @all parts stand for @count, if all stand for @most; none only for 0 */
static unsigned int parts_of(uint64_t count, uint64_t most, unsigned int all)
{
	unsigned int parts = (double)count * all / most + 0.5;

	return count && !parts ? 1 : parts;
}

static void put_bar(struct line *line, uint64_t count, uint64_t most, unsigned int width)
{
	bool utf8 = out_utf8();
	unsigned int parts = parts_of(count, most, utf8 ? width * PARTS : width);

	if (!utf8) {
		while (parts--)
			line_char(line, '#');
		return;
	}
	for (; parts >= PARTS; parts -= PARTS)
		line_str(line, lying[PARTS]);
	line_str(line, lying[parts]);
}

static void draw_bucket(const struct tcpfsm_hist *hist, unsigned int i, uint64_t most,
			unsigned int width)
{
	struct line line = { .len = 0 };

	bars_put_span(&line, SPAN_WIDTH, i ? 1ull << (i - 1) : 0);
	line_char(&line, ' ');
	if (i < LAST)
		bars_put_span(&line, SPAN_WIDTH, 1ull << i);
	else
		line_tab(&line, SPAN_WIDTH + 1 + SPAN_WIDTH);
	put_count(&line, hist->bucket[i]);
	if (hist->bucket[i]) {
		line_char(&line, ' ');
		put_bar(&line, hist->bucket[i], most, width);
	}
	out_line(&line);
}

static void draw_gap(void)
{
	struct line line = { .len = 0 }, word = { .len = 0 };

	line_str(&word, out_utf8() ? "⋮" : ":");
	put_right(&line, SPAN_WIDTH, &word);
	out_line(&line);
}

/* The first bucket from @i on that is not empty; TCPFSM_HIST_BUCKETS: there is none */
static unsigned int next_filled(const struct tcpfsm_hist *hist, unsigned int i)
{
	while (i < TCPFSM_HIST_BUCKETS && !hist->bucket[i])
		i++;
	return i;
}

static uint64_t largest(const uint64_t *value, unsigned int count)
{
	uint64_t most = 0;

	while (count--)
		most = max(most, value[count]);
	return most;
}

void bars_draw(const struct tcpfsm_hist *hist)
{
	uint64_t most = largest(hist->bucket, TCPFSM_HIST_BUCKETS);
	unsigned int screen = out_width();
	unsigned int width = max(screen, LEFT + BAR_MIN) - LEFT;
	unsigned int i, next;

	out_text("%*s %*s%*s\n", SPAN_WIDTH, "from", SPAN_WIDTH, "below", COUNT_WIDTH, "count");
	for (i = next_filled(hist, 0); i < TCPFSM_HIST_BUCKETS; i = next) {
		draw_bucket(hist, i, most, width);
		next = next_filled(hist, i + 1);
		if (next == TCPFSM_HIST_BUCKETS)
			break;
		if (next - i - 1 > EMPTY_MAX)
			draw_gap();
		else
			while (++i < next)
				draw_bucket(hist, i, most, width);
	}
}

/*
 * The column of a bucket. A column is two buckets, the first and the last one three:
 * they end at 4 µs, 16 µs, 64 µs, ...
 */
static unsigned int cell_of(unsigned int bucket)
{
	return min((max(bucket, 1u) - 1) / 2, BARS_CELLS - 1u);
}

void bars_put_axis(struct line *line)
{
	line_str(line, out_utf8() ? "µ" : "u");
	line_str(line, "s   ms   s  m  h d");
}

void bars_put_small(struct line *line, const struct tcpfsm_hist *hist)
{
	const char *const *picture = out_utf8() ? standing : standing_ascii;
	uint64_t cell[BARS_CELLS] = { 0 };
	unsigned int i, last = 0;
	uint64_t most;

	for (i = 0; i < TCPFSM_HIST_BUCKETS; i++) {
		cell[cell_of(i)] += hist->bucket[i];
		if (hist->bucket[i])
			last = cell_of(i);
	}
	most = largest(cell, BARS_CELLS);
	for (i = 0; most && i <= last; i++)
		line_str(line, picture[parts_of(cell[i], most, PARTS)]);
}

/* The bounds of a bucket that is not empty, in microseconds; none is above the maximum. */
static void bounds(const struct tcpfsm_hist *hist, unsigned int i, double *from, double *below)
{
	*from = i ? 1ull << (i - 1) : 0;
	*below = hist->max;
	if (i < LAST && 1ull << i < hist->max)
		*below = 1ull << i;
}

/*
 * Where the durations are in their buckets on average, from 0 (the lower bound) to 1:
 * the value with which their sum is that of the histogram.
 */
static double average_place(const struct tcpfsm_hist *hist)
{
	double least = 0, room = 0, from, below;
	unsigned int i;

	for (i = 0; i < TCPFSM_HIST_BUCKETS; i++) {
		if (!hist->bucket[i])
			continue;
		bounds(hist, i, &from, &below);
		least += hist->bucket[i] * from;
		room += hist->bucket[i] * (below - from);
	}
	return room > 0 ? fmin(fmax((hist->sum - least) / room, 0), 1) : 0;
}

/*
 * In the bucket, x^((1-a)/a) is taken for the quantile function: that of a distribution
 * over 0 to 1 whose mean is a.
 */
uint64_t bars_quantile(const struct tcpfsm_hist *hist, unsigned int percent)
{
	double rank = (double)hist->count * percent / 100, before = 0;
	double average = average_place(hist), from, below;
	unsigned int i;

	for (i = 0; i < LAST && before + hist->bucket[i] < rank; i++)
		before += hist->bucket[i];
	if (!hist->bucket[i])
		return hist->max;
	bounds(hist, i, &from, &below);
	if (!(average > 0))
		return from;
	return from + (below - from) * pow((rank - before) / hist->bucket[i],
					   (1 - average) / average);
}
