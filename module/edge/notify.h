/* SPDX-License-Identifier: GPL-2.0 */
/* struct tcpfsm_observer's calls, for the multicast groups of netlink.c */
#ifndef _TCPFSM_EVENT_H
#define _TCPFSM_EVENT_H

#include "track/track.h"

void tcpfsm_event_happened(const struct tcpfsm_flow *flow,
			   const struct tcpfsm_outcome *out,
			   const struct tcpfsm_segment *seg, u64 now);
void tcpfsm_event_opened(const struct tcpfsm_flow *flow);
void tcpfsm_event_closed(const struct tcpfsm_flow *flow);

#endif /* _TCPFSM_EVENT_H */
