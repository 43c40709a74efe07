// SPDX-License-Identifier: GPL-2.0
/* tcpfsm audit: the ends of this host against the kernel's own sockets */
#include "audit/passes.h"
#include "base/args.h"
#include "base/status.h"
#include "cmd/cmd.h"

#define STATUS_DIFFERENT	1

int cmd_audit(char **argv)
{
	uint64_t unexplained;
	int ret;

	ret = args_none("audit", argv);
	if (!ret)
		ret = audit_run(&unexplained);
	if (ret)
		return ret;
	return unexplained ? STATUS_DIFFERENT : STATUS_OK;
}
