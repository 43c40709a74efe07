/* SPDX-License-Identifier: GPL-2.0 */
/* Ladder diagrams that grow while their connections live. */
#ifndef _TCPFSM_TOOL_LADDER_FOLLOW_H
#define _TCPFSM_TOOL_LADDER_FOLLOW_H

#include <stdbool.h>

#include "nl/filter.h"

/* @present: also draw, at first, those that are there already. A status. */
int ladder_follow(const struct filter *filter, bool present, bool ascii);

#endif /* _TCPFSM_TOOL_LADDER_FOLLOW_H */
