/* SPDX-License-Identifier: GPL-2.0 */
/* Connections, transitions and anomalies as netlink attributes. */
#ifndef _TCPFSM_NL_PUT_H
#define _TCPFSM_NL_PUT_H

#include <net/netlink.h>

#include "track/sock.h"
#include "track/tracker.h"

/* What of a connection is told only where it is asked for */
#define TCPFSM_WITH_SEGMENTS	0x1	/* what happened last, and how long */
#define TCPFSM_WITH_SOCKETS	0x2	/* the kernel's own sockets */
/* And what not, where a list of many is asked for */
#define TCPFSM_BRIEF		0x4	/* which it is, its states, its age */

size_t tcpfsm_nl_put_size(const struct tcpfsm_flow *flow);
int tcpfsm_nl_put_conn(struct sk_buff *skb, const struct tcpfsm_flow *flow,
		       unsigned int with);
int tcpfsm_nl_put_move(struct sk_buff *skb, const struct tcpfsm_flow *flow,
		       const struct tcpfsm_move *move,
		       const struct tcpfsm_segment *seg, u64 now);
int tcpfsm_nl_put_note(struct sk_buff *skb, const struct tcpfsm_flow *flow,
		       const struct tcpfsm_note *note,
		       const struct tcpfsm_segment *seg, u64 now);

#endif /* _TCPFSM_NL_PUT_H */
