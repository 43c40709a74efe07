// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cmd.h"
#include "ladder_draw.h"
#include "ladder_msg.h"
#include "ladder_words.h"
#include "out.h"
#include "resolve.h"

int ladder_parse_format(struct ladder_style *style, const char *word)
{
	static const char *const formats[] = {
		[LADDER_TEXT] = "text",
		[LADDER_MERMAID] = "mermaid",
		[LADDER_SVG] = "svg",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(formats); i++)
		if (!strcmp(word, formats[i])) {
			style->format = i;
			return STATUS_OK;
		}
	return fail(STATUS_USAGE, "'%s' is not a format: text mermaid svg", word);
}

unsigned int ladder_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_col < LADDER_WIDTH_MIN)
		return LADDER_WIDTH_MIN;
	return min(size.ws_col, LADDER_WIDTH_MAX);
}

static void put_end(struct ladder_end *to, const struct msg *msg, int role, struct line *name)
{
	const struct msg_endpoint *end = &msg->end[role];

	name->len = 0;
	resolve_endpoint(name, end, msg->family);
	to->name = ladder_string(name);
	to->local = MSG_HAS(end, TCPFSM_A_ENDPOINT_LOCAL);
	to->packets = end->packets;
	to->bytes = end->bytes;
	to->retransmits = end->retransmits;
	to->rtt = msg->rtt[role];
}

static void put_wait(struct ladder_wait *to, const struct msg *msg)
{
	const struct msg_time_wait *wait = &msg->time_wait;

	to->known = MSG_HAS(msg, TCPFSM_A_TIME_WAIT);
	to->role = wait->endpoint;
	to->entered = wait->entered;
	to->restarts = wait->restarts;
}

static void print_text(const struct ladder *ladder, const struct msg *msg, bool ascii)
{
	struct ladder_text text = { .put = out_line, .width = ladder_width(),
				    .ascii = ascii };
	unsigned int i;

	ladder_text_head(&text, ladder);
	for (i = 0; i < msg->segments; i++)
		ladder_text_record(&text, ladder, &msg->segment[i]);
	ladder_text_foot(&text, ladder);
}

void ladder_describe(struct ladder_subject *subject, const struct msg *msg, uint64_t now)
{
	struct ladder *ladder = &subject->ladder;
	unsigned int role;

	*ladder = (struct ladder){
		.id = msg->id,
		.opened = msg->opened,
		.closed = msg->closed,
		.conn_state = MSG_HAS(msg, TCPFSM_A_CONN_STATE) ? msg->conn_state : NULL,
		.age = msg->start < now ? now - msg->start : 0,
	};
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
		put_end(&ladder->end[role], msg, role, &subject->name[role]);
	put_wait(&ladder->wait, msg);
}

void ladder_print(const struct msg *msg, const struct ladder_style *style,
		  uint32_t lost, uint64_t now)
{
	struct ladder_subject subject;
	struct ladder *ladder = &subject.ladder;

	ladder_describe(&subject, msg, now);
	ladder->lost = lost;
	switch (style->format) {
	case LADDER_TEXT:
		print_text(ladder, msg, style->ascii);
		break;
	case LADDER_MERMAID:
		ladder_mermaid(ladder, msg->segment, msg->segments, out_line);
		break;
	case LADDER_SVG:
		ladder_svg(ladder, msg->segment, msg->segments, out_line);
		break;
	}
}
