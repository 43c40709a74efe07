/* SPDX-License-Identifier: GPL-2.0 */
/* Draw the ladder diagram of a connection on stdout. */
#ifndef _TCPFSM_TOOL_LADDER_DRAW_H
#define _TCPFSM_TOOL_LADDER_DRAW_H

#include <stdint.h>

#include "ladder/style.h"

struct msg;

/* Columns for the diagram: those of the screen, within the limits of text.h */
unsigned int ladder_width(void);

/* What @msg tells of its connection. @now is of the clock of @msg. */
void ladder_draw(const struct msg *msg, const struct ladder_style *style, uint64_t now);

#endif /* _TCPFSM_TOOL_LADDER_DRAW_H */
