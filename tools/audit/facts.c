// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/facts.h"
#include "base/status.h"

/* Settings and counters of the module; 0 if the module does not have it */
struct values {
	uint64_t enabled;
	uint64_t socket_truth;
	uint64_t timeout_half_open;
	uint64_t timeout_established;
	uint64_t timeout_closing;
	uint64_t now;
	uint64_t limit;
	uint64_t refused;
	uint64_t evicted_half_open;
	uint64_t evicted_closed;
	uint64_t flushed;
	uint64_t timed_out;
};

#define VALUE(name, member)	{ name, offsetof(struct values, member) }

static const struct {
	const char *name;
	size_t offset;
} names[] = {
	VALUE("enabled", enabled),
	VALUE("socket_truth", socket_truth),
	VALUE("timeout_half_open", timeout_half_open),
	VALUE("timeout_established", timeout_established),
	VALUE("timeout_closing", timeout_closing),
	VALUE("connections.now", now),
	VALUE("connections.limit", limit),
	VALUE("connections.refused", refused),
	VALUE("removed.evicted-half-open", evicted_half_open),
	VALUE("removed.evicted-closed", evicted_closed),
	VALUE("removed.flushed", flushed),
	VALUE("removed.timeout", timed_out),
};

static int take(const struct msg *msg, void *data)
{
	size_t i;

	if (!MSG_HAS(msg, TCPFSM_A_NAME) || !MSG_HAS(msg, TCPFSM_A_VALUE))
		return STATUS_OK;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i].name, msg->name))
			memcpy((char *)data + names[i].offset, &msg->value, sizeof(msg->value));
	return STATUS_OK;
}

/* A counter of /proc/net/netstat, in which a line of names is followed by one of values */
static uint64_t netstat(const char *name)
{
	static char head[8192], line[8192];
	char *names_left, *values_left, *one, *value;
	FILE *file = fopen("/proc/net/netstat", "r");
	uint64_t found = 0;

	if (!file)
		return 0;
	while (fgets(head, sizeof(head), file) && fgets(line, sizeof(line), file)) {
		one = strtok_r(head, "\n ", &names_left);
		value = strtok_r(line, "\n ", &values_left);
		while (one && value) {
			if (!strcmp(one, name))
				found = strtoull(value, NULL, 10);
			one = strtok_r(NULL, "\n ", &names_left);
			value = strtok_r(NULL, "\n ", &values_left);
		}
	}
	fclose(file);
	return found;
}

/* Counters of the module count double: both ends of a connection may be of this host. */
static void set_facts(struct audit_facts *facts, const struct values *values)
{
	facts->enabled = values->enabled;
	facts->truth = values->socket_truth;
	facts->full = values->now >= values->limit;
	facts->fin_timeout = diag_fin_timeout();
	facts->timeout_half_open = values->timeout_half_open;
	facts->timeout_established = values->timeout_established;
	facts->timeout_closing = values->timeout_closing;
	facts->left[AUDIT_REFUSED] = 2 * values->refused;
	facts->left[AUDIT_EVICTED_HALF_OPEN] = 2 * values->evicted_half_open;
	facts->left[AUDIT_EVICTED_CLOSED] = 2 * values->evicted_closed;
	facts->left[AUDIT_FLUSHED] = 2 * values->flushed;
	facts->left[AUDIT_TIMED_OUT] = 2 * values->timed_out;
	facts->left[AUDIT_COOKIES] = netstat("SyncookiesSent");
	facts->left[AUDIT_OVERFLOWS] = netstat("ListenOverflows");
	facts->left[AUDIT_NO_TIME_WAIT] = netstat("TCPTimeWaitOverflow");
}

int audit_read_facts(struct audit_facts *facts, struct nl *nl)
{
	struct values values = { 0 };
	int ret;

	ret = nl_talk(nl, nl_dump(nl, TCPFSM_CMD_SETTINGS_GET), "cannot list settings",
		      take, &values);
	if (!ret)
		ret = nl_talk(nl, nl_dump(nl, TCPFSM_CMD_STATS_GET), "cannot show statistics",
			      take, &values);
	if (!ret)
		set_facts(facts, &values);
	return ret;
}
