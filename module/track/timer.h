/* SPDX-License-Identifier: GPL-2.0 */
/* How long a flow is kept, and what happens when its wait is over. */
#ifndef _TCPFSM_TIMER_H
#define _TCPFSM_TIMER_H

#include "track/flow.h"

void tcpfsm_timer_start(struct tcpfsm_flow *flow);
void tcpfsm_timer_check_sockets(struct tcpfsm_flow *flow, u8 roles,
				enum tcpfsm_tw_end how);
void tcpfsm_timer_watch(struct tcpfsm_flow *flow, enum tcpfsm_role sender,
			const struct tcpfsm_outcome *out, u64 now);
void tcpfsm_timer_update(struct tcpfsm_flow *flow, enum tcpfsm_wait after,
			 bool used);
void tcpfsm_timer_rearm(struct tcpfsm_tracker *tracker);

#endif /* _TCPFSM_TIMER_H */
