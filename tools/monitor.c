// SPDX-License-Identifier: GPL-2.0
/* tcpfsm monitor: events as they happen */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "cmd.h"
#include "conn.h"
#include "filter.h"
#include "names.h"
#include "nl.h"
#include "out.h"

struct monitor {
	struct filter filter;
	bool limited;
	uint64_t left;		/* events to print, if limited */
};

static const char *const groups[] = {
	TCPFSM_MCGRP_TRANSITIONS,
	TCPFSM_MCGRP_LIFECYCLE,
	NULL,
};

static void text_transition(struct line *line, const struct msg *msg)
{
	line_str(line, names_get(&names_role, msg->endpoint));
	line_char(line, ' ');
	names_state_put(line, msg->old, true);
	line_str(line, " -> ");
	names_state_put(line, msg->new, MSG_HAS(msg, TCPFSM_A_CONFIRMED));
	line_str(line, "  ");
	line_str(line, names_get(&names_cause, msg->cause));
}

static void text_end(struct line *line, const struct msg *msg, int role)
{
	line_str(line, "  ");
	line_str(line, names_get(&names_role, role));
	line_str(line, ":(packets:");
	line_u64(line, msg->end[role].packets);
	line_str(line, " bytes:");
	line_u64(line, msg->end[role].bytes);
	line_char(line, ')');
}

static void text_lifecycle(struct line *line, const struct msg *msg)
{
	if (msg->cmd == TCPFSM_CMD_OPENED_NTF) {
		line_str(line, "opened");
		if (msg->opened == TCPFSM_OPENED_INCOMPLETE)
			return;		/* how will show later */
		line_char(line, ' ');
		line_str(line, names_get(&names_opened, msg->opened));
		return;
	}
	line_str(line, "closed ");
	line_str(line, names_get(&names_closed, msg->closed));
	line_str(line, "  duration:");
	line_seconds(line, msg->duration, 3);
	text_end(line, msg, TCPFSM_ROLE_CLIENT);
	text_end(line, msg, TCPFSM_ROLE_SERVER);
}

/* The end of a connection does not say when; it is told at once. */
static uint64_t event_time(const struct msg *msg)
{
	if (MSG_HAS(msg, TCPFSM_A_TIME))
		return msg->time;
	if (msg->cmd == TCPFSM_CMD_OPENED_NTF && MSG_HAS(msg, TCPFSM_A_START))
		return msg->start;
	return clock_now();
}

static void text(const struct msg *msg)
{
	struct line line;

	line.len = 0;
	clock_put(&line, event_time(msg));
	line_str(&line, " #");
	line_u64(&line, msg->id);
	line_char(&line, ' ');
	conn_pair(&line, msg);
	line_str(&line, "  ");
	if (msg->cmd == TCPFSM_CMD_TRANSITION_NTF)
		text_transition(&line, msg);
	else
		text_lifecycle(&line, msg);
	out_line(&line);
}

static void json_transition(const struct msg *msg)
{
	conn_json_pair(msg);
	out_str("endpoint", names_get(&names_role, msg->endpoint));
	out_str("old", names_get(&names_state, msg->old));
	out_str("new", names_get(&names_state, msg->new));
	out_str("cause", names_get(&names_cause, msg->cause));
	out_bool("confirmed", MSG_HAS(msg, TCPFSM_A_CONFIRMED));
	if (MSG_HAS(msg, TCPFSM_A_SEQ))
		out_u64("seq", NULL, msg->seq);
	if (MSG_HAS(msg, TCPFSM_A_ACK))
		out_u64("ack", NULL, msg->ack);
}

static void json(const struct msg *msg, const char *event)
{
	out_object(NULL);
	out_str("event", event);
	if (MSG_HAS(msg, TCPFSM_A_TIME))
		out_seconds("time", msg->time);
	if (msg->cmd == TCPFSM_CMD_TRANSITION_NTF)
		json_transition(msg);
	else
		conn_json(msg);
	out_object_end();
}

static const char *event_name(uint8_t cmd)
{
	switch (cmd) {
	case TCPFSM_CMD_TRANSITION_NTF:
		return "transition";
	case TCPFSM_CMD_OPENED_NTF:
		return "opened";
	case TCPFSM_CMD_CLOSED_NTF:
		return "closed";
	}
	return NULL;
}

static int on_event(const struct msg *msg, void *data)
{
	const char *event = event_name(msg->cmd);
	struct monitor *monitor = data;

	if (!event || !filter_match(&monitor->filter, msg))
		return STATUS_OK;
	if (opt.json)
		json(msg, event);
	else
		text(msg);
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
	if (!parse_u64(word, UINT64_MAX, &monitor->left) || !monitor->left)
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
