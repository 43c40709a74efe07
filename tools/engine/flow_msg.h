/* SPDX-License-Identifier: GPL-2.0 */
/* A connection of a capture in the form in which the module sends its own. */
#ifndef _TCPFSM_TOOL_FLOW_MSG_H
#define _TCPFSM_TOOL_FLOW_MSG_H

#include "engine/flows.h"
#include "nl/msg.h"

/* All of it, now; what happened last, and how long each state was, only if @segments. */
void flow_msg_conn(struct msg *msg, const struct flow *flow, bool segments, uint64_t now);

/* It begins, or it has ended: TCPFSM_CMD_OPENED_NTF, TCPFSM_CMD_CLOSED_NTF */
void flow_msg_lifecycle(struct msg *msg, const struct flow *flow, uint8_t cmd, uint64_t now);

/* A transition; an anomaly. @seg is the cause, or NULL. */
void flow_msg_move(struct msg *msg, const struct flow *flow, const struct tcpfsm_move *move,
		   const struct tcpfsm_segment *seg, uint64_t now);
void flow_msg_note(struct msg *msg, const struct flow *flow, const struct tcpfsm_note *note,
		   const struct tcpfsm_segment *seg, uint64_t now);

#endif /* _TCPFSM_TOOL_FLOW_MSG_H */
