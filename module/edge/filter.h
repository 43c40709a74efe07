/* SPDX-License-Identifier: GPL-2.0 */
/* The filter of a netlink request: which connections it is about. */
#ifndef _TCPFSM_FILTER_H
#define _TCPFSM_FILTER_H

#include <net/netlink.h>

#include "track/tracker.h"

/**
 * struct tcpfsm_prefix - an address prefix
 * @family: TCPFSM_AF_INET or TCPFSM_AF_INET6; 0: any address
 * @bits: length of the prefix, bits; at most that of the address
 * @addr: the address, network byte order; the bits after the prefix are ignored
 */
struct tcpfsm_prefix {
	u8			family;
	u8			bits;
	union tcpfsm_addr	addr;
};

/**
 * struct tcpfsm_filter - conditions, all of which must hold
 * @id: id of the connection; 0: any
 * @family: TCPFSM_AF_INET or TCPFSM_AF_INET6; 0: any
 * @state: one bit per enum tcpfsm_state that one of the ends may be in; 0: any
 * @end_state: the same for a given end, by role
 * @anomalies: one bit per enum tcpfsm_anomaly that must have occurred; 0: none
 *	need have
 * @addr: address of one of the ends
 * @end_addr: the same for a given end, by role
 * @port: port of one of the ends, network byte order; 0: any
 * @end_port: the same for a given end, by role
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
