/* SPDX-License-Identifier: GPL-2.0 */
/* A notification of the module, as a line or as a JSON object: what 'monitor' prints. */
#ifndef _TCPFSM_TOOL_NOTIFICATION_H
#define _TCPFSM_TOOL_NOTIFICATION_H

#include <stdbool.h>

struct msg;

/* Whether it is a transition, an anomaly, opened or closed; a newer module may send others. */
bool notification_known(const struct msg *msg);

/* Only one that is known */
void notification_print(const struct msg *msg);

#endif /* _TCPFSM_TOOL_NOTIFICATION_H */
