/* SPDX-License-Identifier: GPL-2.0 */
/* The end that has been in a state longest. */
#ifndef _TCPFSM_TOOL_OLDEST_H
#define _TCPFSM_TOOL_OLDEST_H

#include "nl/nl.h"

struct oldest {
	bool found;
	struct msg conn;
	uint8_t role;		/* whose state */
	uint64_t age;		/* in it, nanoseconds */
};

/* A status. One whose state was not seen to begin is not counted. */
int oldest_find(struct nl *nl, enum tcpfsm_state state, struct oldest *oldest);

#endif /* _TCPFSM_TOOL_OLDEST_H */
