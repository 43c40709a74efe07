/* SPDX-License-Identifier: GPL-2.0 */
/* Draw a ladder diagram as a sequence diagram of Mermaid. */
#ifndef _TCPFSM_TOOL_LADDER_MERMAID_H
#define _TCPFSM_TOOL_LADDER_MERMAID_H

#include "ladder/ladder.h"

/* @past are the @count records that are there; every line goes to @put. */
void ladder_mermaid(const struct ladder *ladder, const struct tcpfsm_past *past,
		    unsigned int count, line_sink put);

#endif /* _TCPFSM_TOOL_LADDER_MERMAID_H */
