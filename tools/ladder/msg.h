/* SPDX-License-Identifier: GPL-2.0 */
/* The ladder diagram of a connection as messages tell of it, on stdout. */
#ifndef _TCPFSM_TOOL_LADDER_MSG_H
#define _TCPFSM_TOOL_LADDER_MSG_H

#include <stdint.h>

#include "ladder/ladder.h"
#include "ladder/style.h"
#include "nl/msg.h"

/* A connection, and what its names are in. */
struct ladder_subject {
	struct ladder ladder;
	struct line name[TCPFSM_ROLE_COUNT];
};

/* It is valid as long as @msg. @now is of the clock of @msg. */
void ladder_describe(struct ladder_subject *subject, const struct msg *msg, uint64_t now);

/* Columns of the screen; of what is not one, the fewest. */
unsigned int ladder_width(void);

/* @now as above */
void ladder_print(const struct msg *msg, const struct ladder_style *style, uint64_t now);

#endif /* _TCPFSM_TOOL_LADDER_MSG_H */
