// SPDX-License-Identifier: GPL-2.0
/* tcpfsm timewait: how many TIME-WAITs there are and were, how they ended, how long they took */
#include <inttypes.h>
#include <string.h>

#include "base/args.h"
#include "base/counters.h"
#include "base/out.h"
#include "base/status.h"
#include "cmd/cmd.h"
#include "nl/nl.h"
#include "print/bars.h"
#include "print/durations.h"

#define END		"end"
#define DURATION	"duration."
#define BUCKET		"us."

struct report {
	struct tcpfsm_hist hist;
	struct counter root;		/* all counters but those of durations */
};

static const struct {
	const char *name;
	const char *meaning;
} meanings[] = {
	{ "now",		"in TIME-WAIT" },
	{ "entered",		"so far" },
	{ "restarts",		"FINs that came again, and began the wait anew" },
	{ "absorbed",		"of these, acknowledged again: what the wait is for" },
	{ "expired",		"2MSL have passed" },
	{ "reopened",		"a new SYN was accepted" },
	{ "reset",		"by a RST (RFC 1337)" },
	{ "skipped",		"the kernel kept no socket for it" },
	{ "aborted",		"the socket was destroyed, as by ss -K" },
	{ "evicted",		"the table of the module was full" },
	{ "flushed",		"the module was told to forget it" },
	{ "unconfirmed",	"2MSL have passed, if there was a TIME-WAIT at all" },
};

/* The bucket with this upper bound: a power of two in microseconds, or "inf" */
static unsigned int bucket_of(const char *bound)
{
	uint64_t us;

	if (!args_u64(bound, UINT64_MAX, &us) || !us)
		return TCPFSM_HIST_BUCKETS - 1;
	return tcpfsm_hist_index(us) - 1;
}

static void collect_duration(struct tcpfsm_hist *hist, const char *name, uint64_t value)
{
	if (!strcmp(name, "count"))
		hist->count = value;
	else if (!strcmp(name, "sum-us"))
		hist->sum = value;
	else if (!strcmp(name, "max-us"))
		hist->max = value;
	else if (!strncmp(name, BUCKET, strlen(BUCKET)))
		hist->bucket[bucket_of(name + strlen(BUCKET))] = value;
}

static int collect(const struct msg *msg, void *data)
{
	struct report *report = data;

	if (!MSG_HAS(msg, TCPFSM_A_NAME) || !MSG_HAS(msg, TCPFSM_A_VALUE))
		return STATUS_OK;
	if (!strncmp(msg->name, DURATION, strlen(DURATION)))
		collect_duration(&report->hist, msg->name + strlen(DURATION), msg->value);
	else if (!counter_add(&report->root, msg->name, msg->value))
		return fail(STATUS_KERNEL, "out of memory");
	return STATUS_OK;
}

static const char *meaning_of(const char *name)
{
	unsigned int i;

	for (i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (!strcmp(meanings[i].name, name))
			return meanings[i].meaning;
	return "";
}

/* As text or as JSON */
static void print_counters(const struct counter *parent, const char *indent)
{
	const struct counter *counter;

	for (counter = parent->child; counter; counter = counter->next) {
		if (counter->child) {
			out_text("%s\n", counter->name);
			out_object(counter->name);
			print_counters(counter, "  ");
			out_object_end();
			continue;
		}
		out_u64(counter->name, NULL, counter->value);
		out_text("%s%-*s %10" PRIu64 "  %s\n", indent, 14 - (int)strlen(indent),
			 counter->name, counter->value, meaning_of(counter->name));
	}
}

static void print_durations(const struct tcpfsm_hist *hist)
{
	struct line line = { .len = 0 };

	durations_json("duration", hist);
	if (!hist->count)
		return;
	out_text("\n%-14s %10" PRIu64 "  ", "durations", hist->count);
	line_str(&line, "mean ");
	bars_put_span(&line, 0, hist->sum / hist->count);
	line_str(&line, ", longest ");
	bars_put_span(&line, 0, hist->max);
	out_line(&line);
	bars_draw(hist);
}

static void print(const struct report *report)
{
	out_object(NULL);
	print_counters(&report->root, "");
	print_durations(&report->hist);
	out_object_end();
}

int cmd_timewait(char **argv)
{
	struct report report = { .root.next = NULL };
	struct nl *nl;
	int ret;

	ret = args_none("timewait", argv);
	if (ret)
		return ret;
	ret = nl_open(&nl);
	if (ret)
		return ret;
	ret = nl_talk(nl, nl_dump(nl, TCPFSM_CMD_TIMEWAIT_GET), "cannot show TIME-WAIT",
		      collect, &report);
	nl_close(nl);
	if (!ret)
		print(&report);
	counter_free(&report.root);
	return ret;
}
