/* SPDX-License-Identifier: GPL-2.0 */
/* All that is known of a connection, in words below its row. */
#ifndef _TCPFSM_TOOL_CONN_DETAILS_H
#define _TCPFSM_TOOL_CONN_DETAILS_H

#include "nl/msg.h"

/* @now is CLOCK_BOOTTIME. */
void conn_details(const struct msg *msg, uint64_t now);

#endif /* _TCPFSM_TOOL_CONN_DETAILS_H */
