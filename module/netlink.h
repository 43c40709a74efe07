/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family: Documentation/netlink/specs/tcpfsm.yaml */
#ifndef _TCPFSM_NETLINK_H
#define _TCPFSM_NETLINK_H

#include "track.h"

int tcpfsm_netlink_init(void);
void tcpfsm_netlink_exit(void);

/* struct tcpfsm_observer's calls, for the multicast groups */
void tcpfsm_netlink_moved(const struct tcpfsm_flow *flow,
			  const struct tcpfsm_move *move,
			  const struct tcpfsm_segment *seg, u64 now);
void tcpfsm_netlink_noted(const struct tcpfsm_flow *flow,
			  const struct tcpfsm_note *note,
			  const struct tcpfsm_segment *seg, u64 now);
void tcpfsm_netlink_opened(const struct tcpfsm_flow *flow);
void tcpfsm_netlink_closed(const struct tcpfsm_flow *flow);

#endif /* _TCPFSM_NETLINK_H */
