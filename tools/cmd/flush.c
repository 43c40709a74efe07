// SPDX-License-Identifier: GPL-2.0
/* tcpfsm flush: make the module forget connections */
#include <inttypes.h>

#include "base/out.h"
#include "base/status.h"
#include "cmd/cmd.h"
#include "nl/filter.h"
#include "nl/nl.h"

static int take_count(const struct msg *msg, void *data)
{
	*(uint64_t *)data = msg->count;
	return STATUS_OK;
}

int cmd_flush(char **argv)
{
	struct nlmsghdr *request;
	struct filter filter;
	uint64_t count = 0;
	struct nl *nl;
	int ret;

	ret = filter_parse(&filter, argv);
	if (ret)
		return ret;
	ret = nl_open(&nl);
	if (ret)
		return ret;
	request = nl_request(nl, TCPFSM_CMD_CONN_DEL);
	filter_put(&filter, request);
	ret = nl_talk(nl, request, "cannot flush", take_count, &count);
	nl_close(nl);
	if (ret)
		return ret;
	out_object(NULL);
	out_u64("flushed", count == 1 ? "%" PRIu64 " connection flushed\n" :
				       "%" PRIu64 " connections flushed\n", count);
	out_object_end();
	return STATUS_OK;
}
