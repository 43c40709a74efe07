/* SPDX-License-Identifier: GPL-2.0 */
/* An event, as a line or as a JSON object: transitions, anomalies, lifecycle. */
#ifndef _TCPFSM_TOOL_EVENT_H
#define _TCPFSM_TOOL_EVENT_H

#include <stdbool.h>

#include "nl/msg.h"

/* A newer module may send others. */
bool event_known(const struct msg *msg);

void event_print(const struct msg *msg);

#endif /* _TCPFSM_TOOL_EVENT_H */
