/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's own sockets: is there one for this end, and what of it? */
#ifndef _TCPFSM_SOCK_H
#define _TCPFSM_SOCK_H

#include <linux/uidgid.h>
#include <net/net_namespace.h>

#include "track/flow.h"

/**
 * enum tcpfsm_sock_kind - what the kernel keeps for one end
 * @TCPFSM_SOCK_NONE: nothing
 * @TCPFSM_SOCK_REQUEST: a request: a SYN was received, its ACK was not
 * @TCPFSM_SOCK_FULL: a socket
 * @TCPFSM_SOCK_TIME_WAIT: what is left of one in TIME-WAIT, or in FIN-WAIT-2
 *	that nobody holds any more
 */
enum tcpfsm_sock_kind {
	TCPFSM_SOCK_NONE,
	TCPFSM_SOCK_REQUEST,
	TCPFSM_SOCK_FULL,
	TCPFSM_SOCK_TIME_WAIT,
};

/**
 * struct tcpfsm_sock - one of the kernel's sockets
 * @kind: all that follows is only set where there is one
 * @state: enum tcpfsm_state
 * @expires: of a request or TIME-WAIT: when its timer fires, in jiffies; it may
 *	fire later by what the timer wheel rounds
 * @uid: of the owner, where @inode
 * @inode: 0: nobody holds it
 * @cgroup: 0: not known
 */
struct tcpfsm_sock {
	enum tcpfsm_sock_kind	kind;
	u8			state;
	unsigned long		expires;
	kuid_t			uid;
	u64			inode;
	u64			cgroup;
};

void tcpfsm_sock_find(struct net *net, const struct tcpfsm_flow *flow,
		      enum tcpfsm_role role, struct tcpfsm_sock *socket);

#endif /* _TCPFSM_SOCK_H */
