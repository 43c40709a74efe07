// SPDX-License-Identifier: GPL-2.0
/*
 * Notifications tell which connections have something new; what it is, is read
 * from what the module remembers of them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/out.h"
#include "base/status.h"
#include "ladder/draw.h"
#include "ladder/follow.h"
#include "ladder/ladder.h"
#include "ladder/text.h"
#include "nl/nl.h"
#include "nl/watch.h"

/* Nobody can read more at once. */
#define SUBJECTS_MAX	1000

/* If more than so many are stale, read all: each request walks over the whole table. */
#define ONE_BY_ONE	4

/* The ids of so many connections that are over are kept: others may still tell of them. */
#define OVER		256

/* A connection whose diagram has no foot yet */
struct subject {
	struct subject *next;
	uint64_t id;
	bool stale;		/* something has happened that is not drawn */
	bool drawn;		/* its head is drawn */
	struct ladder_text text;
	uint32_t count;		/* records that are drawn or lost so far */
	uint8_t state[TCPFSM_ROLE_COUNT];	/* after the last one */
};

struct follow {
	const struct filter *filter;
	bool present;		/* also those that are there already, at first */
	bool ascii;
	struct nl *requests;	/* a socket of its own: that of watch_run() only listens */
	struct subject *subjects;
	unsigned int count;	/* of the subjects */
	bool several;		/* there was more than one */
	bool full;		/* it was said that there are too many */
	uint64_t over[OVER];	/* a ring of ids */
	unsigned int overs;	/* ids put into it so far */
};

static struct subject *find(const struct follow *follow, uint64_t id)
{
	struct subject *subject = follow->subjects;

	while (subject && subject->id != id)
		subject = subject->next;
	return subject;
}

static bool is_over(const struct follow *follow, uint64_t id)
{
	unsigned int i;

	for (i = 0; i < OVER; i++)
		if (follow->over[i] == id)
			return true;
	return false;
}

/* NULL: there are too many. */
static struct subject *add(struct follow *follow, uint64_t id)
{
	struct subject *subject = NULL, **last = &follow->subjects;

	if (follow->count < SUBJECTS_MAX)
		subject = calloc(1, sizeof(*subject));
	if (!subject) {
		if (!follow->full)
			note("too many connections: the diagrams of some are left out");
		follow->full = true;
		return NULL;
	}
	while (*last)
		last = &(*last)->next;
	*last = subject;
	subject->id = id;
	subject->text.put = out_line;
	subject->text.ascii = follow->ascii;
	follow->several = follow->several || follow->count || follow->overs;
	follow->count++;
	return subject;
}

static void forget(struct follow *follow, struct subject *subject)
{
	struct subject **at = &follow->subjects;

	while (*at != subject)
		at = &(*at)->next;
	*at = subject->next;
	follow->over[follow->overs++ % OVER] = subject->id;
	follow->count--;
	free(subject);
}

/* On loopback the state of the receiver changes after the record was made. */
static void draw_receiver(struct subject *subject, const struct ladder *ladder,
			  const struct tcpfsm_past *now)
{
	struct tcpfsm_past change = *now;

	if (!memcmp(subject->state, now->state, sizeof(now->state)))
		return;
	change.flags = 0;
	change.anomaly = TCPFSM_ANOMALY_NONE;
	change.late = false;
	ladder_text_record(&subject->text, ladder, &change);
}

static void draw_new(struct subject *subject, const struct ladder *ladder, const struct msg *msg)
{
	uint32_t i = 0;

	if (msg->forgotten < subject->count)
		i = min(subject->count - msg->forgotten, msg->segments);
	if (i)
		draw_receiver(subject, ladder, &msg->segment[i - 1]);
	else if (subject->count && msg->forgotten > subject->count)
		ladder_text_lost(&subject->text, ladder, msg->forgotten - subject->count);
	for (; i < msg->segments; i++)
		ladder_text_record(&subject->text, ladder, &msg->segment[i]);
	subject->count = msg->forgotten + msg->segments;
	if (msg->segments)
		memcpy(subject->state, msg->segment[msg->segments - 1].state,
		       sizeof(subject->state));
}

static void draw(const struct follow *follow, struct subject *subject, const struct msg *msg,
		 bool last)
{
	struct ladder_subject described;
	struct ladder_text *text = &subject->text;

	ladder_describe(&described, msg, clock_now());
	text->width = ladder_width();
	text->tagged = follow->several;
	if (!subject->drawn)
		ladder_text_head(text, &described.ladder);
	subject->drawn = true;
	subject->stale = false;
	draw_new(subject, &described.ladder, msg);
	if (last)
		ladder_text_foot(text, &described.ladder);
}

static int on_notification(const struct msg *msg, void *data)
{
	struct follow *follow = data;
	struct subject *subject = find(follow, msg->id);

	if (!subject && !is_over(follow, msg->id) && filter_match(follow->filter, msg))
		subject = add(follow, msg->id);
	if (!subject)
		return STATUS_OK;
	subject->stale = true;
	if (msg->cmd != TCPFSM_CMD_CLOSED_NTF)
		return STATUS_OK;
	draw(follow, subject, msg, true);
	forget(follow, subject);
	return STATUS_OK;
}

static int on_present(const struct msg *msg, void *data)
{
	struct follow *follow = data;
	struct subject *subject = add(follow, msg->id);

	if (subject)
		draw(follow, subject, msg, false);
	return STATUS_OK;
}

static int on_stale(const struct msg *msg, void *data)
{
	struct follow *follow = data;
	struct subject *subject = find(follow, msg->id);

	if (subject && subject->stale)
		draw(follow, subject, msg, false);
	return STATUS_OK;
}

static int read_conns(struct follow *follow, const struct filter *filter, nl_cb cb)
{
	struct nlmsghdr *dump = nl_dump(follow->requests, TCPFSM_CMD_CONN_GET);

	filter_put(filter, dump);
	nl_put(dump, TCPFSM_A_WITH_SEGMENTS, NULL, 0);
	return nl_talk(follow->requests, dump, "cannot read the connections", cb, follow);
}

static int read_one_by_one(struct follow *follow, struct filter *one)
{
	struct subject *subject;
	int ret = STATUS_OK;

	one->has_id = true;
	for (subject = follow->subjects; subject && !ret; subject = subject->next) {
		one->id = subject->id;
		if (subject->stale)
			ret = read_conns(follow, one, on_stale);
	}
	return ret;
}

/* One that is gone by now stays stale: the notification about its end will come. */
static int read_stale(void *data)
{
	struct follow *follow = data;
	struct subject *subject;
	unsigned int count = 0;
	struct filter all;
	int ret;

	for (subject = follow->subjects; subject; subject = subject->next)
		count += subject->stale;
	filter_init(&all);
	ret = count > ONE_BY_ONE ? read_conns(follow, &all, on_stale) :
				   read_one_by_one(follow, &all);
	out_flush();
	return ret;
}

/* Forget those that are gone: the notification about their end may be lost. */
static int resync(void *data)
{
	struct follow *follow = data;
	struct subject *subject, *next;
	int ret;

	note("events were lost: rows and ends of diagrams may be missing");
	for (subject = follow->subjects; subject; subject = subject->next)
		subject->stale = true;
	ret = read_stale(follow);
	for (subject = follow->subjects; subject && !ret; subject = next) {
		next = subject->next;
		if (subject->stale)
			forget(follow, subject);
	}
	return ret;
}

/* What changes while they are read will come as notifications. */
static int read_present(void *data)
{
	struct follow *follow = data;
	int ret = STATUS_OK;

	if (follow->present)
		ret = read_conns(follow, follow->filter, on_present);
	out_flush();
	return ret;
}

int ladder_follow(const struct filter *filter, bool present, bool ascii)
{
	static const struct watch watch = {
		.begin = read_present,
		.notification = on_notification,
		.lost = resync,
		.idle = read_stale,
	};
	struct follow follow = { .filter = filter, .present = present, .ascii = ascii };
	int ret;

	ret = nl_open(&follow.requests);
	if (ret)
		return ret;
	ret = watch_run(&watch, &follow);
	nl_close(follow.requests);
	while (follow.subjects)
		forget(&follow, follow.subjects);
	return ret;
}
