// SPDX-License-Identifier: GPL-2.0
/* tcpfsm settings: all settings with their values, ranges and meanings */
#include <inttypes.h>
#include <stdio.h>

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
