// SPDX-License-Identifier: GPL-2.0
/* tcpfsm settings, tcpfsm set */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/args.h"
#include "base/out.h"
#include "base/status.h"
#include "cmd/cmd.h"
#include "nl/nl.h"

static int print(const struct msg *msg, void *data)
{
	char range[48] = "";
	bool *header = data;

	if (!MSG_HAS(msg, TCPFSM_A_NAME) || !MSG_HAS(msg, TCPFSM_A_VALUE))
		return STATUS_OK;
	if (!*header)
		out_text("%-20s %10s  %-16s  %s\n", "NAME", "VALUE", "RANGE", "MEANING");
	*header = true;
	if (MSG_HAS(msg, TCPFSM_A_MINIMUM) && MSG_HAS(msg, TCPFSM_A_MAXIMUM))
		snprintf(range, sizeof(range), "%" PRIu64 "-%" PRIu64, msg->minimum, msg->maximum);
	out_text("%-20s ", msg->name);
	out_u64(msg->name, "%10" PRIu64, msg->value);
	out_text("  %-16s  %s\n", range, MSG_HAS(msg, TCPFSM_A_DOC) ? msg->doc : "");
	return STATUS_OK;
}

int cmd_settings(char **argv)
{
	bool header = false;
	struct nl *nl;
	int ret;

	ret = args_none("settings", argv);
	if (ret)
		return ret;
	ret = nl_open(&nl);
	if (ret)
		return ret;
	out_object(NULL);
	ret = nl_talk(nl, nl_dump(nl, TCPFSM_CMD_SETTINGS_GET), "cannot show settings",
		      print, &header);
	nl_close(nl);
	if (!ret)
		out_object_end();
	return ret;
}

static int set(const char *name, uint64_t value)
{
	struct nlmsghdr *request;
	char what[128];
	struct nl *nl;
	int ret;

	ret = nl_open(&nl);
	if (ret)
		return ret;
	request = nl_request(nl, TCPFSM_CMD_SETTINGS_SET);
	nl_put_string(request, TCPFSM_A_NAME, name);
	nl_put(request, TCPFSM_A_VALUE, &value, sizeof(value));
	snprintf(what, sizeof(what), "cannot set %s (see 'tcpfsm settings')", name);
	ret = nl_talk(nl, request, what, NULL, NULL);
	nl_close(nl);
	return ret;
}

/* The kernel knows which names and which values there are. */
int cmd_set(char **argv)
{
	char name[64], *c;
	uint64_t value;
	int ret;

	if (!argv[0] || !argv[1])
		return fail(STATUS_USAGE,
			    "'set' needs NAME VALUE behind it: see 'tcpfsm settings'");
	ret = args_none("set NAME VALUE", argv + 2);
	if (ret)
		return ret;
	if (strlen(argv[0]) >= sizeof(name))
		return fail(STATUS_USAGE, "'%.20s...' is not a setting: see 'tcpfsm settings'",
			    argv[0]);
	strcpy(name, argv[0]);
	for (c = name; *c; c++)
		if (*c == '-')
			*c = '_';
	if (!args_u64(argv[1], UINT64_MAX, &value))
		return fail(STATUS_USAGE, "'%s' is not a value for %s: a whole number is needed",
			    argv[1], name);
	return set(name, value);
}
