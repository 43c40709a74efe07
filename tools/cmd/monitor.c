// SPDX-License-Identifier: GPL-2.0
/* tcpfsm monitor: events as they happen */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/args.h"
#include "base/out.h"
#include "base/status.h"
#include "cmd/cmd.h"
#include "nl/filter.h"
#include "nl/nl.h"
#include "print/event.h"

struct monitor {
	struct filter filter;
	bool limited;
	uint64_t left;		/* events to print, if limited */
};

static const char *const groups[] = {
	TCPFSM_MCGRP_TRANSITIONS,
	TCPFSM_MCGRP_LIFECYCLE,
	TCPFSM_MCGRP_ANOMALIES,
	NULL,
};

static int on_event(const struct msg *msg, void *data)
{
	struct monitor *monitor = data;

	if (!event_known(msg) || !filter_match(&monitor->filter, msg))
		return STATUS_OK;
	event_print(msg);
	out_flush();
	return monitor->limited && !--monitor->left ? STATUS_ENOUGH : STATUS_OK;
}

static int count_row(const struct msg *msg, void *data)
{
	(void)msg;
	++*(uint64_t *)data;
	return STATUS_OK;
}

/* What was lost is lost; what the connections came to is read again. */
static int resync(const struct monitor *monitor)
{
	struct nlmsghdr *request;
	uint64_t count = 0;
	struct nl *nl;
	int ret;

	ret = nl_open(&nl);
	if (ret)
		return ret;
	request = nl_dump(nl, TCPFSM_CMD_CONN_GET);
	filter_put(&monitor->filter, request);
	ret = nl_talk(nl, request, "cannot read the connections again", count_row, &count);
	nl_close(nl);
	if (!ret)
		note("events were lost; %" PRIu64 " connections now", count);
	return ret;
}

/* Also wakes up when the reader of stdout is gone, for then no event may come. */
static int wait_for_events(struct nl *nl)
{
	struct pollfd fds[] = {
		{ .fd = nl_fd(nl), .events = POLLIN },
		{ .fd = STDOUT_FILENO, .events = 0 },
	};

	while (poll(fds, 2, -1) < 0)
		if (errno != EINTR)
			return fail(STATUS_KERNEL, "cannot wait for events: %s",
				    strerror(errno));
	return fds[1].revents & (POLLERR | POLLHUP) ? STATUS_ENOUGH : STATUS_OK;
}

static int watch(struct nl *nl, struct monitor *monitor)
{
	bool lost;
	int ret;

	do {
		ret = wait_for_events(nl);
		if (!ret)
			ret = nl_events(nl, &lost, on_event, monitor);
		if (!ret && lost)
			ret = resync(monitor);
	} while (!ret);
	return ret == STATUS_ENOUGH ? STATUS_OK : ret;
}

/*
 * Whole lines are out by now and half a line is not worth it. To end here and
 * not later also ends a write to a pipe that nobody empties.
 */
static void quit(int signal)
{
	(void)signal;
	_exit(STATUS_OK);
}

/* count N, in front of the filter */
static int parse_count(struct monitor *monitor, char ***argv)
{
	const char *word;

	if (!**argv || strcmp(**argv, "count"))
		return STATUS_OK;
	word = *++*argv;
	if (!word)
		return fail(STATUS_USAGE, "'count' needs a number behind it");
	if (!args_u64(word, UINT64_MAX, &monitor->left) || !monitor->left)
		return fail(STATUS_USAGE, "'%s' is not a count of events: a number from 1 on",
			    word);
	monitor->limited = true;
	++*argv;
	return STATUS_OK;
}

int cmd_monitor(char **argv)
{
	struct monitor monitor = { .limited = false };
	struct nl *nl;
	int ret;

	ret = parse_count(&monitor, &argv);
	if (ret)
		return ret;
	ret = filter_parse(&monitor.filter, argv);
	if (ret)
		return ret;
	signal(SIGINT, quit);
	signal(SIGTERM, quit);
	ret = nl_open(&nl);
	if (ret)
		return ret;
	ret = nl_join(nl, groups);
	if (!ret)
		ret = watch(nl, &monitor);
	nl_close(nl);
	return ret;
}
