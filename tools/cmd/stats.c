// SPDX-License-Identifier: GPL-2.0
/* tcpfsm stats: gauges of the states, transitions, other counters, anomalies, times */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/args.h"
#include "base/counters.h"
#include "base/names.h"
#include "base/options.h"
#include "base/out.h"
#include "base/status.h"
#include "cmd/cmd.h"
#include "nl/nl.h"
#include "nl/oldest.h"
#include "print/conn.h"
#include "print/conn_json.h"
#include "print/durations.h"

#define CLIENT		"client"
#define SERVER		"server"
#define TRANSITION	"transition"
#define ANOMALIES	"anomalies"

static int collect(const struct msg *msg, void *data)
{
	if (!MSG_HAS(msg, TCPFSM_A_NAME) || !MSG_HAS(msg, TCPFSM_A_VALUE))
		return STATUS_OK;
	if (!counter_add(data, msg->name, msg->value))
		return fail(STATUS_KERNEL, "out of memory");
	return STATUS_OK;
}

static void json(const struct counter *parent)
{
	const struct counter *counter;

	for (counter = parent->child; counter; counter = counter->next) {
		if (counter->child) {
			out_object(counter->name);
			json(counter);
			out_object_end();
		} else {
			out_u64(counter->name, NULL, counter->value);
		}
	}
}

static const char *upper(const char *name, char *buf, size_t size)
{
	size_t i;

	for (i = 0; i + 1 < size && name[i]; i++)
		buf[i] = toupper((unsigned char)name[i]);
	buf[i] = '\0';
	return buf;
}

static void gauge_row(const char *name, uint64_t client, uint64_t server)
{
	out_text("%-14s %10" PRIu64 " %10" PRIu64 " %10" PRIu64 "\n",
		 name, client, server, client + server);
}

/* The module sends the same states for clients and servers. */
static void print_gauges(const struct counter *root)
{
	const struct counter *clients = counter_find(root, CLIENT);
	const struct counter *servers = counter_find(root, SERVER);
	const struct counter *client, *server;
	uint64_t sum[2] = { 0, 0 };
	char buf[32];

	if (!clients)
		return;
	out_text("%-14s %10s %10s %10s\n", "STATE", "CLIENT", "SERVER", "TOTAL");
	for (client = clients->child; client; client = client->next) {
		uint64_t value;

		server = counter_find(servers, client->name);
		value = server ? server->value : 0;
		gauge_row(upper(client->name, buf, sizeof(buf)), client->value, value);
		sum[0] += client->value;
		sum[1] += value;
	}
	gauge_row("total", sum[0], sum[1]);
}

static void print_transitions(const struct counter *root)
{
	const struct counter *matrix = counter_find(root, TRANSITION);
	const struct counter *old, *new;
	char from[32], to[32];
	bool header = false;

	for (old = matrix ? matrix->child : NULL; old; old = old->next) {
		for (new = old->child; new; new = new->next) {
			if (!new->value && !opt.details)
				continue;
			if (!header)
				out_text("\n%s\n", TRANSITION);
			header = true;
			out_text("  %-12s -> %-12s %10" PRIu64 "\n",
				 upper(old->name, from, sizeof(from)),
				 upper(new->name, to, sizeof(to)), new->value);
		}
	}
}

struct group {
	const char *name;
	bool header;	/* is printed, because the group has a line */
};

static void print_values(struct group *group, const struct counter *parent, const char *prefix)
{
	const struct counter *counter;
	char name[80];

	for (counter = parent->child; counter; counter = counter->next) {
		snprintf(name, sizeof(name), "%s%s%s", prefix, *prefix ? "." : "",
			 counter->name);
		if (counter->child) {
			print_values(group, counter, name);
			continue;
		}
		if (!counter->value && !opt.details)
			continue;
		if (!group->header)
			out_text("\n%s\n", group->name);
		group->header = true;
		out_text("  %-28s %10" PRIu64 "\n", name, counter->value);
	}
}

static bool has_table(const char *name)
{
	return !strcmp(name, CLIENT) || !strcmp(name, SERVER) || !strcmp(name, TRANSITION);
}

static void print_others(const struct counter *root)
{
	const struct counter *counter;

	for (counter = root->child; counter; counter = counter->next) {
		struct group group = { counter->name, false };

		if (has_table(counter->name))
			continue;
		if (counter->child)
			print_values(&group, counter, "");
		else if (counter->value || opt.details)
			out_text("\n%-30s %10" PRIu64 "\n", counter->name, counter->value);
	}
}

static int fetch(struct nl *nl, struct counter *root)
{
	struct counter *anomalies;
	int ret;

	ret = nl_talk(nl, nl_dump(nl, TCPFSM_CMD_STATS_GET), "cannot show statistics",
		      collect, root);
	if (ret)
		return ret;
	anomalies = counter_child(root, ANOMALIES, strlen(ANOMALIES));
	if (!anomalies)
		return fail(STATUS_KERNEL, "out of memory");
	return nl_talk(nl, nl_dump(nl, TCPFSM_CMD_ANOMALIES_GET), "cannot show anomalies",
		       collect, anomalies);
}

static int put_histogram(const struct msg *msg, void *data)
{
	if (MSG_HAS(&msg->histogram, TCPFSM_A_HISTOGRAM_NAME))
		durations_put(data, msg->histogram.name, &msg->histogram.hist);
	return STATUS_OK;
}

/* It is the end whose application has not closed its socket for longest. */
static void print_oldest(const struct oldest *oldest)
{
	struct line line = { .len = 0 };

	out_object("oldest_close_wait");
	conn_json_pair(&oldest->conn);
	out_str("endpoint", names_get(&names_role, oldest->role));
	out_seconds("age", oldest->age);
	out_object_end();

	line_str(&line, "oldest now in CLOSE-WAIT: ");
	line_span(&line, oldest->age, !out_utf8());
	line_str(&line, ", the ");
	line_str(&line, names_get(&names_role, oldest->role));
	line_str(&line, " of");
	out_text("\n");
	out_line(&line);
	line_str(&line, "  #");
	line_u64(&line, oldest->conn.id);
	line_char(&line, ' ');
	conn_pair(&line, &oldest->conn);
	out_line(&line);
}

static int print_times(struct nl *nl)
{
	struct durations durations = { .begun = false };
	static struct oldest oldest;
	int ret;

	ret = oldest_find(nl, TCPFSM_STATE_CLOSE_WAIT, &oldest);
	if (ret)
		return ret;
	ret = nl_talk(nl, nl_dump(nl, TCPFSM_CMD_HISTOGRAM_GET), "cannot show histograms",
		      put_histogram, &durations);
	durations_end(&durations);
	if (oldest.found)
		print_oldest(&oldest);
	return ret;
}

static int print(struct nl *nl, const struct counter *root)
{
	int ret = STATUS_OK;

	out_object(NULL);
	if (opt.json) {
		json(root);
	} else {
		print_gauges(root);
		print_transitions(root);
		print_others(root);
	}
	if (opt.details)
		ret = print_times(nl);
	out_object_end();
	return ret;
}

int cmd_stats(char **argv)
{
	struct counter root = { .next = NULL };
	struct nl *nl;
	int ret;

	ret = args_none("stats", argv);
	if (ret)
		return ret;
	ret = nl_open(&nl);
	if (ret)
		return ret;
	ret = fetch(nl, &root);
	if (!ret)
		ret = print(nl, &root);
	nl_close(nl);
	counter_free(&root);
	return ret;
}
