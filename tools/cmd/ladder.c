// SPDX-License-Identifier: GPL-2.0
/* tcpfsm ladder: the segments of connections, as a diagram */
#include "base/args.h"
#include "base/clock.h"
#include "base/options.h"
#include "base/out.h"
#include "base/status.h"
#include "cmd/cmd.h"
#include "ladder/draw.h"
#include "ladder/follow.h"
#include "nl/filter.h"
#include "nl/nl.h"

struct request {
	struct ladder_style style;
	bool follow;
	bool filtered;
	struct filter filter;
	uint64_t now;
	unsigned int count;	/* connections so far */
	struct msg last;	/* for a picture, which is of one only */
};

/* Text is drawn at once, one diagram below the other. */
static int on_conn(const struct msg *msg, void *data)
{
	struct request *request = data;

	request->count++;
	if (request->style.format != LADDER_TEXT) {
		request->last = *msg;
		return STATUS_OK;
	}
	if (request->count > 1)
		out_text("\n");
	ladder_draw(msg, &request->style, request->now);
	return STATUS_OK;
}

static int print_picture(const struct request *request)
{
	if (request->style.format == LADDER_TEXT)
		return STATUS_OK;
	if (request->count > 1)
		return fail(STATUS_USAGE,
			    "a picture is of one connection, and the filter passes %u: "
			    "add 'id N', see 'tcpfsm show'", request->count);
	ladder_draw(&request->last, &request->style, request->now);
	return STATUS_OK;
}

static int print(struct request *request)
{
	struct nlmsghdr *dump;
	struct nl *nl;
	int ret;

	ret = nl_open(&nl);
	if (ret)
		return ret;
	dump = nl_dump(nl, TCPFSM_CMD_CONN_GET);
	filter_put(&request->filter, dump);
	nl_put(dump, TCPFSM_A_WITH_SEGMENTS, NULL, 0);
	request->now = clock_now();
	ret = nl_talk(nl, dump, "cannot read the connections", on_conn, request);
	if (!ret && !request->count)
		ret = fail(STATUS_USAGE, "the filter passes no connection, see 'tcpfsm show'");
	if (!ret)
		ret = print_picture(request);
	if (!ret)
		nl_note_interrupted(nl);
	nl_close(nl);
	return ret;
}

static const struct option options[] = {
	LADDER_STYLE_OPTIONS,
	{ "follow",	no_argument,		NULL, 'f' },
	{ NULL, 0, NULL, 0 },
};

static int set_option(void *data, int option, const char *value)
{
	struct request *request = data;

	if (option != 'f')
		return ladder_style_set(&request->style, option, value);
	request->follow = true;
	return STATUS_OK;
}

static int check(const struct request *request)
{
	int ret;

	if (opt.json)
		return fail(STATUS_USAGE,
			    "a ladder is a picture: leave out '-j', or see '-j -s show'");
	ret = ladder_style_check(&request->style);
	if (!ret && request->follow && request->style.format != LADDER_TEXT)
		ret = fail(STATUS_USAGE, "'--follow' is for '--format text'");
	return ret;
}

/* [FILTER], with options anywhere */
static int parse(struct request *request, char **argv)
{
	static const struct args_options known = {
		.list = options,
		.known = "'ladder': --ascii --follow --format F; others go before it",
		.set = set_option,
	};
	int ret;

	ret = args_options(&argv, &known, request);
	if (!ret)
		ret = check(request);
	if (ret)
		return ret;
	request->filtered = *argv || opt.family;
	return filter_parse(&request->filter, argv);
}

int cmd_ladder(char **argv)
{
	static struct request request;
	int ret;

	ret = parse(&request, argv);
	if (ret)
		return ret;
	if (request.follow)
		return ladder_follow(&request.filter, request.filtered, request.style.ascii);
	return print(&request);
}
