/* SPDX-License-Identifier: GPL-2.0 */
/* Draw the ladder diagram of a connection on stdout, in one of the formats. */
#ifndef _TCPFSM_TOOL_LADDER_DRAW_H
#define _TCPFSM_TOOL_LADDER_DRAW_H

#include <stdint.h>

#include "ladder/style.h"

struct msg;

/* The columns of the screen, but not less or more than text.h allows */
unsigned int ladder_width(void);

/* The connection of @msg, with the segments in it. @now is of the clock of @msg. */
void ladder_draw(const struct msg *msg, const struct ladder_style *style, uint64_t now);

#endif /* _TCPFSM_TOOL_LADDER_DRAW_H */
