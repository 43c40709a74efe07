/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family: Documentation/netlink/specs/tcpfsm.yaml */
#ifndef _TCPFSM_NETLINK_H
#define _TCPFSM_NETLINK_H

#include <linux/types.h>

struct genl_family;

extern struct genl_family tcpfsm_nl_family;
/* Its groups are there */
extern bool tcpfsm_netlink_is_up;
/* Somebody has joined one, or may have */
extern bool tcpfsm_netlink_is_joined;

int tcpfsm_netlink_init(void);
void tcpfsm_netlink_exit(void);

#endif /* _TCPFSM_NETLINK_H */
