/* SPDX-License-Identifier: GPL-2.0 */
/* The lines below the row of a connection: all that is known of it. */
#ifndef _TCPFSM_TOOL_CONN_DETAILS_H
#define _TCPFSM_TOOL_CONN_DETAILS_H

#include "nl/msg.h"

/* @now is of the clock of @msg. */
void conn_details(const struct msg *msg, uint64_t now);

#endif /* _TCPFSM_TOOL_CONN_DETAILS_H */
