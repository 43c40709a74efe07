// SPDX-License-Identifier: GPL-2.0
#include "base/out.h"
#include "ladder/draw.h"
#include "ladder/msg.h"
#include "ladder/words.h"
#include "print/resolve.h"

unsigned int ladder_width(void)
{
	unsigned int width = out_width();

	if (width < LADDER_WIDTH_MIN)
		return LADDER_WIDTH_MIN;
	return min(width, LADDER_WIDTH_MAX);
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
		.lost = msg->forgotten,
	};
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		put_end(&ladder->end[role], msg, role, &subject->name[role]);
		time_wait_of(&ladder->wait[role], msg, role, now);
	}
}

void ladder_print(const struct msg *msg, const struct ladder_style *style, uint64_t now)
{
	struct ladder_subject subject;
	struct ladder *ladder = &subject.ladder;

	ladder_describe(&subject, msg, now);
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
