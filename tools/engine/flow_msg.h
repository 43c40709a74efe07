/* SPDX-License-Identifier: GPL-2.0 */
/* Fill a struct msg from a flow of the engine, as if the module had sent it. */
#ifndef _TCPFSM_TOOL_FLOW_MSG_H
#define _TCPFSM_TOOL_FLOW_MSG_H

#include "engine/flows.h"
#include "nl/msg.h"

/* The connection at @now; with the history and the time in each state only if @segments */
void flow_msg_conn(struct msg *msg, const struct flow *flow, bool segments, uint64_t now);

/* The notification @cmd: TCPFSM_CMD_OPENED_NTF or TCPFSM_CMD_CLOSED_NTF */
void flow_msg_lifecycle(struct msg *msg, const struct flow *flow, uint8_t cmd, uint64_t now);

/* The notification of a transition. @seg: the cause, or NULL */
void flow_msg_move(struct msg *msg, const struct flow *flow, const struct tcpfsm_move *move,
		   const struct tcpfsm_segment *seg, uint64_t now);

/* The notification of an anomaly. @seg: the same */
void flow_msg_note(struct msg *msg, const struct flow *flow, const struct tcpfsm_note *note,
		   const struct tcpfsm_segment *seg, uint64_t now);

#endif /* _TCPFSM_TOOL_FLOW_MSG_H */
