// SPDX-License-Identifier: GPL-2.0
/* tcpfsm set: change a setting */
#include <stdio.h>
#include <string.h>

#include "base/args.h"
#include "base/status.h"
#include "cmd/cmd.h"
#include "nl/nl.h"

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

/* Which settings there are, and in which range, only the module knows. */
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
