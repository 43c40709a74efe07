// SPDX-License-Identifier: GPL-2.0
/* tcpfsm monitor: events as they happen */
#include <inttypes.h>
#include <string.h>

#include "base/args.h"
#include "base/out.h"
#include "base/status.h"
#include "cmd/cmd.h"
#include "nl/filter.h"
#include "nl/nl.h"
#include "nl/watch.h"
#include "print/notification.h"

struct monitor {
	struct filter filter;
	bool limited;
	uint64_t left;		/* events to print, if limited */
};

static int on_notification(const struct msg *msg, void *data)
{
	struct monitor *monitor = data;

	if (!notification_known(msg) || !filter_match(&monitor->filter, msg))
		return STATUS_OK;
	notification_print(msg);
	out_flush();
	return monitor->limited && !--monitor->left ? STATUS_ENOUGH : STATUS_OK;
}

static int count_row(const struct msg *msg, void *data)
{
	(void)msg;
	++*(uint64_t *)data;
	return STATUS_OK;
}

/* What was lost cannot be had again; say how many connections there are now. */
static int resync(void *data)
{
	const struct monitor *monitor = data;
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

/* [count N], before the filter */
static int parse_count(struct monitor *monitor, char ***argv)
{
	const char *word;

	if (!**argv || strcmp(**argv, "count"))
		return STATUS_OK;
	word = *++*argv;
	if (!word)
		return fail(STATUS_USAGE, "'count' needs a number behind it");
	if (!args_u64(word, UINT64_MAX, &monitor->left) || !monitor->left)
		return fail(STATUS_USAGE, "'%s' is not a count of events: 1 or more", word);
	monitor->limited = true;
	++*argv;
	return STATUS_OK;
}

int cmd_monitor(char **argv)
{
	static const struct watch watch = {
		.notification = on_notification,
		.lost = resync,
	};
	struct monitor monitor = { .limited = false };
	int ret;

	ret = parse_count(&monitor, &argv);
	if (ret)
		return ret;
	ret = filter_parse(&monitor.filter, argv);
	if (ret)
		return ret;
	return watch_run(&watch, &monitor);
}
