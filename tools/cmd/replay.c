// SPDX-License-Identifier: GPL-2.0
/* tcpfsm replay: the connections of a capture; needs neither the module nor root */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/args.h"
#include "base/clock.h"
#include "base/options.h"
#include "base/out.h"
#include "base/status.h"
#include "cmd/cmd.h"
#include "cmd/replay_read.h"
#include "cmd/replay_stats.h"
#include "engine/capture.h"
#include "engine/flow_msg.h"
#include "ladder/draw.h"
#include "nl/filter.h"
#include "print/conn.h"
#include "print/conn_json.h"
#include "print/notification.h"

enum mode {
	MODE_CONNECTIONS,
	MODE_EVENTS,
	MODE_LADDER,
	MODE_STATS,
};

struct replay {
	enum mode mode;
	uint32_t history;
	struct ladder_style style;
	const char *file;
	struct filter filter;
	struct engine *engine;
	struct replay_counts counts;
	struct msg msg;			/* what is to be printed */
};

static void print_notification(struct replay *replay)
{
	if (filter_match(&replay->filter, &replay->msg))
		notification_print(&replay->msg);
}

static void on_moved(void *data, const struct flow *flow, const struct tcpfsm_move *move,
		     const struct tcpfsm_segment *seg, uint64_t now)
{
	struct replay *replay = data;

	flow_msg_move(&replay->msg, flow, move, seg, now);
	print_notification(replay);
}

static void on_noted(void *data, const struct flow *flow, const struct tcpfsm_note *note,
		     const struct tcpfsm_segment *seg, uint64_t now)
{
	struct replay *replay = data;

	flow_msg_note(&replay->msg, flow, note, seg, now);
	print_notification(replay);
}

static void on_opened(void *data, const struct flow *flow, uint64_t now)
{
	struct replay *replay = data;

	flow_msg_lifecycle(&replay->msg, flow, TCPFSM_CMD_OPENED_NTF, now);
	print_notification(replay);
}

static void on_closed(void *data, const struct flow *flow, uint64_t now)
{
	struct replay *replay = data;

	flow_msg_lifecycle(&replay->msg, flow, TCPFSM_CMD_CLOSED_NTF, now);
	print_notification(replay);
}

static const struct engine_observer printer = {
	.moved = on_moved,
	.noted = on_noted,
	.opened = on_opened,
	.closed = on_closed,
};

static bool unwanted(void *data, const struct flow *flow, uint64_t now)
{
	struct replay *replay = data;

	flow_msg_conn(&replay->msg, flow, false, now);
	return !filter_match(&replay->filter, &replay->msg);
}

/* No connection that the filter does not pass stays in memory when it has ended. */
static const struct engine_observer chooser = {
	.unwanted = unwanted,
};

static const struct engine_observer *observer_of(const struct replay *replay)
{
	if (replay->mode == MODE_EVENTS)
		return &printer;
	return filter_empty(&replay->filter) ? NULL : &chooser;
}

/*
 * The connection after @flow that passes the filter, also as replay->msg; NULL: there
 * is none. The first one is after NULL.
 */
static const struct flow *next_row(struct replay *replay, const struct flow *flow)
{
	while ((flow = flows_next(&replay->engine->flows, flow))) {
		flow_msg_conn(&replay->msg, flow, replay->history, replay->engine->now);
		if (filter_match(&replay->filter, &replay->msg))
			break;
	}
	return flow;
}

static void print_rows(struct replay *replay)
{
	struct conn_columns columns = CONN_COLUMNS_MIN;
	const struct flow *flow = NULL;

	while ((flow = next_row(replay, flow)))
		conn_measure(&columns, &replay->msg);
	conn_header(&columns);
	while ((flow = next_row(replay, flow)))
		conn_row(&columns, &replay->msg, replay->engine->now);
}

static void print_list(struct replay *replay)
{
	const struct flow *flow = NULL;

	out_list();
	while ((flow = next_row(replay, flow))) {
		out_object(NULL);
		conn_json(&replay->msg);
		out_object_end();
	}
	out_list_end();
}

/* A picture is of one connection; diagrams of text may be several. */
static int check_ladders(struct replay *replay)
{
	const struct flow *flow = NULL;
	uint64_t count = 0;

	if (replay->style.format == LADDER_TEXT)
		return STATUS_OK;
	while ((flow = next_row(replay, flow)))
		count++;
	if (count <= 1)
		return STATUS_OK;
	return fail(STATUS_USAGE, "a picture is of one connection, and the filter passes %" PRIu64
		    ": add 'id N', see 'tcpfsm replay %s'", count, replay->file);
}

static int print_ladders(struct replay *replay)
{
	const struct flow *flow = NULL;
	bool further = false;
	int ret;

	ret = check_ladders(replay);
	if (ret)
		return ret;
	while ((flow = next_row(replay, flow))) {
		if (further)
			out_text("\n");
		further = true;
		ladder_draw(&replay->msg, &replay->style, replay->engine->now);
	}
	return further ? STATUS_OK :
	       fail(STATUS_USAGE, "the filter passes no connection, see 'tcpfsm replay %s'",
		    replay->file);
}

static int print(struct replay *replay)
{
	switch (replay->mode) {
	case MODE_EVENTS:
		break;
	case MODE_STATS:
		return replay_stats(replay->engine, &replay->counts);
	case MODE_LADDER:
		return print_ladders(replay);
	case MODE_CONNECTIONS:
		if (opt.json)
			print_list(replay);
		else
			print_rows(replay);
		break;
	}
	return STATUS_OK;
}

static int run(struct replay *replay, struct capture *capture)
{
	bool keep = replay->mode == MODE_CONNECTIONS || replay->mode == MODE_LADDER;
	int ret, ret2;

	replay->engine = engine_new(observer_of(replay), replay, keep);
	if (!replay->engine)
		return fail(STATUS_KERNEL, "out of memory");
	replay->engine->setting[TCPFSM_SETTING_history] = replay->history;
	ret = replay_read(capture, replay->engine, &replay->counts);
	ret2 = print(replay);
	engine_free(replay->engine);
	return ret ? ret : ret2;
}

static int set_mode(struct replay *replay, enum mode mode)
{
	if (replay->mode != MODE_CONNECTIONS && replay->mode != mode)
		return fail(STATUS_USAGE, "'--events', '--ladder', '--stats': only one of them");
	replay->mode = mode;
	return STATUS_OK;
}

static int set_history(struct replay *replay, const char *word)
{
	uint64_t value;

	if (!args_u64(word, MSG_SEGMENTS, &value))
		return fail(STATUS_USAGE, "'%s' is not a count of segments to remember: 0 to %d",
			    word, MSG_SEGMENTS);
	replay->history = value;
	return STATUS_OK;
}

static const struct option options[] = {
	LADDER_STYLE_OPTIONS,
	{ "events",	no_argument,		NULL, 'e' },
	{ "ladder",	no_argument,		NULL, 'l' },
	{ "stats",	no_argument,		NULL, 's' },
	{ "history",	required_argument,	NULL, 'H' },
	{ NULL, 0, NULL, 0 },
};

static int set_option(void *data, int option, const char *value)
{
	struct replay *replay = data;

	switch (option) {
	case 'e':
		return set_mode(replay, MODE_EVENTS);
	case 'l':
		return set_mode(replay, MODE_LADDER);
	case 's':
		return set_mode(replay, MODE_STATS);
	case 'H':
		return set_history(replay, value);
	default:
		return ladder_style_set(&replay->style, option, value);
	}
}

static int check_style(const struct replay *replay)
{
	if (replay->mode != MODE_LADDER)
		return replay->style.given ?
		       fail(STATUS_USAGE, "'--ascii' and '--format' are for '--ladder'") :
		       STATUS_OK;
	if (opt.json)
		return fail(STATUS_USAGE, "a ladder is a picture: leave out '-j', or '--ladder'");
	return ladder_style_check(&replay->style);
}

/* FILE [FILTER], with options anywhere */
static int parse(struct replay *replay, char **argv)
{
	static const struct args_options known = {
		.list = options,
		.known = "'replay': --events --ladder --stats --ascii --format F --history N",
		.set = set_option,
	};
	int ret;

	ret = args_options(&argv, &known, replay);
	if (ret)
		return ret;
	replay->file = *argv;
	if (!replay->file)
		return fail(STATUS_USAGE, "'replay' needs a capture behind it: FILE, or '-'");
	ret = check_style(replay);
	if (ret)
		return ret;
	return filter_parse(&replay->filter, argv + 1);
}

/* Whether the output shows segments or times in states; if not, none are kept. */
static bool shows_history(const struct replay *replay)
{
	return replay->mode == MODE_LADDER ||
	       (replay->mode == MODE_CONNECTIONS && opt.details) ||
	       (replay->mode == MODE_EVENTS && opt.json);
}

int cmd_replay(char **argv)
{
	static struct replay replay = { .history = MSG_SEGMENTS };
	struct capture *capture;
	int ret;

	ret = parse(&replay, argv);
	if (ret)
		return ret;
	if (!shows_history(&replay))
		replay.history = 0;
	clock_of_capture();
	ret = capture_open(&capture, replay.file);
	if (ret)
		return ret;
	ret = replay_check(capture);
	if (!ret)
		ret = run(&replay, capture);
	capture_close(capture);
	return ret;
}
