/* SPDX-License-Identifier: GPL-2.0 */
/* Which connections a request is about. */
#ifndef _TCPFSM_FILTER_H
#define _TCPFSM_FILTER_H

#include <net/netlink.h>

#include "track/tracker.h"

/**
 * struct tcpfsm_prefix - an address and how much of it counts
 * @family: TCPFSM_AF_INET or TCPFSM_AF_INET6; 0: any address
 * @bits: leading bits that count
 * @addr: the address
 */
struct tcpfsm_prefix {
	u8			family;
	u8			bits;
	union tcpfsm_addr	addr;
};

/**
 * struct tcpfsm_filter - everything that is set must hold
 * @id: 0: any
 * @family: 0: any
 * @state: one bit per enum tcpfsm_state that is wanted of either end; 0: any
 * @end_state: the same by role
 * @anomalies: one bit per enum tcpfsm_anomaly that there must have been
 * @addr: of either end
 * @end_addr: by role
 * @port: of either end, network byte order; 0: any
 * @end_port: by role
 */
struct tcpfsm_filter {
	u64			id;
	u8			family;
	u16			state;
	u16			end_state[TCPFSM_ROLE_COUNT];
	u64			anomalies;
	struct tcpfsm_prefix	addr;
	struct tcpfsm_prefix	end_addr[TCPFSM_ROLE_COUNT];
	__be16			port;
	__be16			end_port[TCPFSM_ROLE_COUNT];
};

int tcpfsm_filter_parse(struct tcpfsm_filter *filter,
			const struct nlattr *attr,
			struct netlink_ext_ack *extack);
bool tcpfsm_filter_match(const struct tcpfsm_filter *filter,
			 const struct tcpfsm_flow *flow);

u64 tcpfsm_filter_flush(const struct tcpfsm_filter *filter,
			struct tcpfsm_tracker *tracker);

#endif /* _TCPFSM_FILTER_H */
