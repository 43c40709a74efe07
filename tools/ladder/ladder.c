// SPDX-License-Identifier: GPL-2.0
#include "ladder/ladder.h"
#include "nl/msg.h"
#include "print/resolve.h"

static void put_end(struct ladder_end *to, const struct msg *msg, int role, struct line *name)
{
	const struct msg_endpoint *end = &msg->end[role];

	name->len = 0;
	resolve_endpoint(name, end, msg->family);
	to->name = line_string(name);
	to->local = MSG_HAS(end, TCPFSM_A_ENDPOINT_LOCAL);
	to->packets = end->packets;
	to->bytes = end->bytes;
	to->retransmits = end->retransmits;
	to->unseen = end->unseen;
	to->rtt = msg->rtt[role];
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
