/* SPDX-License-Identifier: GPL-2.0 */
/* Draw ladder diagrams while their connections live. */
#ifndef _TCPFSM_TOOL_LADDER_FOLLOW_H
#define _TCPFSM_TOOL_LADDER_FOLLOW_H

#include <stdbool.h>

#include "nl/filter.h"

/*
 * Until it is interrupted. @present: also the connections that are there already.
 * A status.
 */
int ladder_follow(const struct filter *filter, bool present, bool ascii);

#endif /* _TCPFSM_TOOL_LADDER_FOLLOW_H */
