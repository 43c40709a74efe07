// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/status.h"
#include "nl/watch.h"

/* After so many messages idle() is called although there are more. */
#define BATCH	1000

static const char *const groups[] = {
	TCPFSM_MCGRP_TRANSITIONS,
	TCPFSM_MCGRP_LIFECYCLE,
	TCPFSM_MCGRP_ANOMALIES,
	NULL,
};

/*
 * All lines that are complete have been written. A return from the signal would
 * not end a write to a pipe that nobody reads.
 */
static void quit(int signal)
{
	(void)signal;
	_exit(STATUS_OK);
}

/* The reader of stdout is watched, too: it may go when no notification comes. */
static int wait_for_any(const struct nl *nl)
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

static bool has_more(const struct nl *nl)
{
	struct pollfd fd = { .fd = nl_fd(nl), .events = POLLIN };

	return poll(&fd, 1, 0) > 0;
}

static int take_batch(struct nl *nl, const struct watch *watch, void *data)
{
	unsigned int count = 0;
	bool lost;
	int ret;

	do {
		ret = nl_notifications(nl, &lost, watch->notification, data);
		if (!ret && lost)
			ret = watch->lost(data);
	} while (!ret && ++count < BATCH && has_more(nl));
	return ret || !watch->idle ? ret : watch->idle(data);
}

int watch_run(const struct watch *watch, void *data)
{
	struct nl *nl;
	int ret;

	signal(SIGINT, quit);
	signal(SIGTERM, quit);
	ret = nl_open(&nl);
	if (ret)
		return ret;
	ret = nl_join(nl, groups);
	if (!ret && watch->begin)
		ret = watch->begin(data);
	while (!ret) {
		ret = wait_for_any(nl);
		if (!ret)
			ret = take_batch(nl, watch, data);
	}
	nl_close(nl);
	return ret == STATUS_ENOUGH ? STATUS_OK : ret;
}
