// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/options.h"
#include "base/out.h"
#include "base/units.h"
#include "print/bars.h"
#include "print/durations.h"

/* 80 columns in all: a name as in server SYN-RECEIVED, five numbers, the small picture */
#define NAME_WIDTH	19
#define COUNT_WIDTH	7
#define SPAN_WIDTH	8

static void put_header(void)
{
	struct line line = { .len = 0 };

	bars_put_axis(&line);
	out_text("\n%-*s %*s%*s%*s%*s%*s %.*s\n", NAME_WIDTH, "TIME IN STATE",
		 COUNT_WIDTH, "COUNT", SPAN_WIDTH, "MEAN", SPAN_WIDTH, "~P50",
		 SPAN_WIDTH, "~P99", SPAN_WIDTH, "MAX", (int)line.len, line.buf);
}

/* As in client TIME-WAIT: a blank for the dot, and the state in capitals */
static void put_name(struct line *line, const char *name)
{
	const char *dot = strchr(name, '.');

	for (; *name; name++)
		line_char(line, name == dot ? ' ' : dot && name > dot ?
			  toupper((unsigned char)*name) : *name);
}

static void put_row(const char *name, const struct tcpfsm_hist *hist)
{
	struct line line = { .len = 0 };
	char count[24];

	put_name(&line, name);
	line_tab(&line, NAME_WIDTH + 1);
	snprintf(count, sizeof(count), "%*" PRIu64, COUNT_WIDTH, hist->count);
	line_str(&line, count);
	bars_put_span(&line, SPAN_WIDTH, hist->sum / hist->count);
	bars_put_span(&line, SPAN_WIDTH, bars_quantile(hist, 50));
	bars_put_span(&line, SPAN_WIDTH, bars_quantile(hist, 99));
	bars_put_span(&line, SPAN_WIDTH, hist->max);
	line_char(&line, ' ');
	bars_put_small(&line, hist);
	out_line(&line);
}

/* Empty buckets are left out. The last bucket has no upper bound. */
void durations_json(const char *key, const struct tcpfsm_hist *hist)
{
	unsigned int i;

	out_object(key);
	out_u64("count", NULL, hist->count);
	out_seconds("sum", hist->sum * NSEC_PER_USEC);
	out_seconds("max", hist->max * NSEC_PER_USEC);
	out_array("buckets");
	for (i = 0; i < TCPFSM_HIST_BUCKETS; i++) {
		if (!hist->bucket[i])
			continue;
		out_object(NULL);
		if (i < TCPFSM_HIST_BUCKETS - 1)
			out_seconds("below", (1ull << i) * NSEC_PER_USEC);
		out_u64("count", NULL, hist->bucket[i]);
		out_object_end();
	}
	out_array_end();
	out_object_end();
}

/* Close and open objects as the group of @name requires; returns the rest of @name. */
static const char *enter_group(struct durations *durations, const char *name)
{
	size_t len = strcspn(name, ".");
	bool grouped = name[len] && len < sizeof(durations->group);

	if (*durations->group && !(grouped && !strncmp(durations->group, name, len) &&
				   !durations->group[len])) {
		out_object_end();
		*durations->group = '\0';
	}
	if (!grouped)
		return name;
	if (!*durations->group) {
		memcpy(durations->group, name, len);
		durations->group[len] = '\0';
		out_object(durations->group);
	}
	return name + len + 1;
}

void durations_put(struct durations *durations, const char *name,
		   const struct tcpfsm_hist *hist)
{
	if (opt.json) {
		if (!durations->begun)
			out_object("durations");
		name = enter_group(durations, name);
		durations_json(name, hist);
		durations->begun = true;
	} else if (hist->count) {
		if (!durations->begun)
			put_header();
		put_row(name, hist);
		durations->begun = true;
	}
}

void durations_end(struct durations *durations)
{
	if (!durations->begun)
		return;
	if (*durations->group)
		out_object_end();
	out_object_end();
}
