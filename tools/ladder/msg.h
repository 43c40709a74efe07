/* SPDX-License-Identifier: GPL-2.0 */
/* The ladder diagram of a connection as messages tell of it, on stdout. */
#ifndef _TCPFSM_TOOL_LADDER_MSG_H
#define _TCPFSM_TOOL_LADDER_MSG_H

#include <stdint.h>

#include "ladder/ladder.h"
#include "ladder/style.h"
#include "nl/msg.h"

/* Columns of the screen; of what is not one, the fewest. */
unsigned int ladder_width(void);

/* @now is of the clock of @msg. */
void ladder_print(const struct msg *msg, const struct ladder_style *style, uint64_t now);

#endif /* _TCPFSM_TOOL_LADDER_MSG_H */
