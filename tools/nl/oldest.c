// SPDX-License-Identifier: GPL-2.0
#include "base/clock.h"
#include "base/status.h"
#include "nl/filter.h"
#include "nl/oldest.h"

struct search {
	enum tcpfsm_state state;
	uint64_t now;
	struct oldest *oldest;
};

static int consider(const struct msg *msg, void *data)
{
	struct search *search = data;
	struct oldest *oldest = search->oldest;
	unsigned int role;

	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		const struct msg_endpoint *end = &msg->end[role];
		uint64_t since = msg->start + end->since;
		/* a connection that began during the dump is younger than 'now' */
		uint64_t age = since < search->now ? search->now - since : 0;

		if (end->state != search->state || !MSG_HAS(end, TCPFSM_A_ENDPOINT_SINCE) ||
		    (oldest->found && age <= oldest->age))
			continue;
		oldest->found = true;
		oldest->conn = *msg;
		oldest->role = role;
		oldest->age = age;
	}
	return STATUS_OK;
}

int oldest_find(struct nl *nl, enum tcpfsm_state state, struct oldest *oldest)
{
	struct nlmsghdr *request = nl_dump(nl, TCPFSM_CMD_CONN_GET);
	struct search search = { .state = state, .oldest = oldest };
	struct filter filter;

	filter_init(&filter);
	filter.state[FILTER_EITHER] = state;
	filter_put(&filter, request);
	oldest->found = false;
	search.now = clock_now();
	return nl_talk(nl, request, "cannot read the connections", consider, &search);
}
