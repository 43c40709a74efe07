// SPDX-License-Identifier: GPL-2.0
/* tcpfsm replay --stats */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/counters.h"
#include "base/options.h"
#include "base/out.h"
#include "base/status.h"
#include "cmd/replay_stats.h"
#include "print/durations.h"

/* As TCPFSM_NAME_MAX of the module: the longest name of a counter */
#define NAME_MAX_LEN	64

struct tree {
	bool starved;
	struct counter root;
};

static void add(struct tree *tree, uint64_t value, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void add(struct tree *tree, uint64_t value, const char *fmt, ...)
{
	char name[NAME_MAX_LEN];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	if (!counter_add(&tree->root, name, value))
		tree->starved = true;
}

/* Of the connections that are in the table at the end */
static void add_gauges(struct tree *tree, const struct engine *engine)
{
	uint64_t gauge[TCPFSM_ROLE_COUNT][TCPFSM_STATE_COUNT] = { 0 };
	unsigned int role, state;
	uint32_t i;

	for (i = 0; i < engine->flows.count; i++)
		for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
			gauge[role][engine->flows.heap[i]->conn.end[role].state]++;
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
		for (state = 0; state < TCPFSM_STATE_COUNT; state++)
			add(tree, gauge[role][state], "%s.%s", tcpfsm_role_names[role],
			    tcpfsm_state_names[state]);
}

static void add_transitions(struct tree *tree, const struct engine_stats *stats)
{
	unsigned int old, new;

	for (old = 0; old < TCPFSM_STATE_COUNT; old++)
		for (new = 0; new < TCPFSM_STATE_COUNT; new++)
			add(tree, stats->transition[old][new], "transition.%s.%s",
			    tcpfsm_state_names[old], tcpfsm_state_names[new]);
}

static void add_all(struct tree *tree, const struct engine *engine,
		    const struct replay_counts *counts)
{
	const struct engine_stats *stats = &engine->stats;
	unsigned int i;

	add(tree, counts->packets, "capture.packets");
	add(tree, counts->fragments, "capture.fragments");
	add(tree, counts->other, "capture.other");
	add(tree, counts->unread, "capture.unread");
	add(tree, engine->flows.count, "connections.now");
	add_gauges(tree, engine);
	add_transitions(tree, stats);
	for (i = 0; i < TCPFSM_COUNTER_COUNT; i++)
		add(tree, stats->counter[i], "%s", tcpfsm_counter_names[i]);
	for (i = 0; i < TCPFSM_REJECT_COUNT; i++)
		add(tree, stats->reject[i], "reject.%s", tcpfsm_reject_names[i]);
	for (i = 0; i < TCPFSM_ANOMALY_COUNT; i++)
		add(tree, stats->anomaly[i], "anomalies.%s", tcpfsm_anomaly_names[i]);
}

/* JSON, or a line for each counter; those of 0 only with -s */
static void print(const struct counter *parent, const char *prefix)
{
	const struct counter *counter;
	char name[NAME_MAX_LEN];

	for (counter = parent->child; counter; counter = counter->next) {
		snprintf(name, sizeof(name), "%s%s%s", prefix, *prefix ? "." : "",
			 counter->name);
		if (counter->child) {
			out_object(counter->name);
			print(counter, name);
			out_object_end();
		} else if (opt.json) {
			out_u64(counter->name, NULL, counter->value);
		} else if (counter->value || opt.details) {
			out_text("%s %" PRIu64 "\n", name, counter->value);
		}
	}
}

/* In the order in which the module sends them, with its names */
static void print_durations(const struct engine_stats *stats)
{
	struct durations durations = { .begun = false };
	unsigned int role, state;
	char name[NAME_MAX_LEN];

	durations_put(&durations, "handshake", &stats->handshake);
	durations_put(&durations, "close", &stats->close);
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
		for (state = TCPFSM_STATE_CLOSED + 1; state < TCPFSM_STATE_COUNT; state++) {
			snprintf(name, sizeof(name), "%s.%s", tcpfsm_role_names[role],
				 tcpfsm_state_names[state]);
			durations_put(&durations, name, &stats->stay[role][state]);
		}
	durations_end(&durations);
}

int replay_stats(const struct engine *engine, const struct replay_counts *counts)
{
	struct tree tree = { .starved = false };
	int ret = STATUS_OK;

	add_all(&tree, engine, counts);
	if (tree.starved) {
		ret = fail(STATUS_KERNEL, "out of memory");
	} else {
		out_object(NULL);
		print(&tree.root, "");
		if (opt.details)
			print_durations(&engine->stats);
		out_object_end();
	}
	counter_free(&tree.root);
	return ret;
}
