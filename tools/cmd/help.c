// SPDX-License-Identifier: GPL-2.0
/* tcpfsm help: a summary of commands, filters, states and options */
#include <stdio.h>

#include "base/args.h"
#include "base/names.h"
#include "base/status.h"
#include "cmd/cmd.h"

static const char usage[] =
	"Usage: tcpfsm [OPTIONS] [COMMAND]\n"
	"COMMAND := { show [FILTER] | stats | timewait |\n"
	"             monitor [count N] [FILTER] |\n"
	"             ladder [--follow] [--ascii] [--format FORMAT] [FILTER] |\n"
	"             replay [--events | --ladder | --stats] FILE [FILTER] |\n"
	"             audit | flush [FILTER] | settings | set NAME VALUE | help }\n"
	"FILTER  := TERM [[and] TERM]...\n"
	"TERM    := { state STATE | client STATE | server STATE |\n"
	"             src PREFIX | dst PREFIX | addr PREFIX |\n"
	"             sport PORT | dport PORT | port PORT |\n"
	"             anomaly NAME | id N }\n"
	"PREFIX  := ADDRESS[/LENGTH]\n"
	"FORMAT  := { text | mermaid | svg }\n"
	"STATE   := {";

static const char usage_options[] =
	" }\n"
	"OPTIONS := { -4 | -6            connections of one family only\n"
	"             -j | --json        JSON\n"
	"             -p | --pretty      JSON, indented\n"
	"             -n | --numeric     no names of services\n"
	"             -r | --resolve     names of hosts\n"
	"             -s | --statistics  more of everything\n"
	"             -N | --netns { NAME | PATH | PID }\n"
	"             -V | --version\n"
	"             -h | --help }\n";

int cmd_help(char **argv)
{
	unsigned int i;

	if (args_none("help", argv))
		return STATUS_USAGE;
	fputs(usage, stdout);
	for (i = 0; i < names_state.count; i++) {
		if (i)
			fputs(i % 5 ? " |" : " |\n            ", stdout);
		printf(" %s", names_get(&names_state, i));
	}
	fputs(usage_options, stdout);
	return STATUS_OK;
}
