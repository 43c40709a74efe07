/* SPDX-License-Identifier: GPL-2.0 */
/* Find the end that has been in a state longest. */
#ifndef _TCPFSM_TOOL_OLDEST_H
#define _TCPFSM_TOOL_OLDEST_H

#include "nl/nl.h"

struct oldest {
	bool found;
	struct msg conn;
	uint8_t role;		/* of the end */
	uint64_t age;		/* nanoseconds in the state */
};

/* A status. Ends that were in the state before they were tracked do not count. */
int oldest_find(struct nl *nl, enum tcpfsm_state state, struct oldest *oldest);

#endif /* _TCPFSM_TOOL_OLDEST_H */
