/* SPDX-License-Identifier: GPL-2.0 */
/* The options of the tool, which all commands share. */
#ifndef _TCPFSM_TOOL_OPTIONS_H
#define _TCPFSM_TOOL_OPTIONS_H

#include <stdbool.h>

struct options {
	int family;		/* AF_INET, AF_INET6, or 0 for both */
	bool json;
	bool pretty;
	bool numeric;		/* no names of services */
	bool resolve;		/* names of hosts */
	bool details;		/* more of everything: -s */
	const char *netns;	/* the network namespace to work in; NULL: ours */
	char instead;		/* of a command: 'V' prints the version, 'h' the help; or 0 */
};

extern struct options opt;

/*
 * Read the options in front of the command, and the short ones behind it, into
 * opt. @words comes back as the command and the words behind it without these
 * options, up to a NULL. A status.
 */
int options_parse(int argc, char **argv, char ***words);

#endif /* _TCPFSM_TOOL_OPTIONS_H */
