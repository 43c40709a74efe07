/* SPDX-License-Identifier: GPL-2.0 */
/* Puts connections, transitions and anomalies into netlink attributes. */
#ifndef _TCPFSM_NL_PUT_H
#define _TCPFSM_NL_PUT_H

#include <net/netlink.h>

#include "track/sock.h"
#include "track/tracker.h"

/* Flags of tcpfsm_nl_put_conn(): how much of a connection to put */
#define TCPFSM_WITH_SEGMENTS	0x1	/* also history and time in state */
#define TCPFSM_WITH_SOCKETS	0x2	/* also the kernel's own sockets */
#define TCPFSM_BRIEF		0x4	/* without counters, times, anomalies */

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
