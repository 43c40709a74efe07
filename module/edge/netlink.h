/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family of Documentation/netlink/specs/tcpfsm.yaml. */
#ifndef _TCPFSM_NETLINK_H
#define _TCPFSM_NETLINK_H

#include <linux/types.h>

struct genl_family;

extern struct genl_family tcpfsm_nl_family;
/*
 * The family is registered. WRITE_ONCE() in netlink.c; READ_ONCE() in notify.c,
 * under RCU, for which tcpfsm_netlink_exit() waits.
 */
extern bool tcpfsm_netlink_is_up;
/*
 * A socket may have joined a multicast group. WRITE_ONCE() in netlink.c,
 * READ_ONCE() in notify.c.
 */
extern bool tcpfsm_netlink_is_joined;

int tcpfsm_netlink_init(void);
void tcpfsm_netlink_exit(void);

#endif /* _TCPFSM_NETLINK_H */
