/* SPDX-License-Identifier: GPL-2.0 */
/* The options that all commands share. */
#ifndef _TCPFSM_TOOL_OPTIONS_H
#define _TCPFSM_TOOL_OPTIONS_H

#include <stdbool.h>

#define TCPFSM_VERSION	"0.1"

struct options {
	int family;		/* AF_INET, AF_INET6, or 0 for both */
	bool json;
	bool pretty;
	bool numeric;		/* no names of services */
	bool resolve;		/* names of hosts */
	bool details;
};

extern struct options opt;

#endif /* _TCPFSM_TOOL_OPTIONS_H */
