/* SPDX-License-Identifier: GPL-2.0 */
/* Looks up the kernel's own socket of an end. */
#ifndef _TCPFSM_SOCK_H
#define _TCPFSM_SOCK_H

#include <linux/uidgid.h>
#include <net/net_namespace.h>

#include "track/flow.h"

/**
 * enum tcpfsm_sock_kind - what the kernel keeps for an end
 * @TCPFSM_SOCK_NONE: no socket
 * @TCPFSM_SOCK_REQUEST: a request socket: a SYN has come, but not the ACK that
 *	completes the handshake
 * @TCPFSM_SOCK_FULL: a full socket
 * @TCPFSM_SOCK_TIME_WAIT: a timewait socket, in TIME-WAIT or, once no process
 *	holds the socket, in FIN-WAIT-2
 */
enum tcpfsm_sock_kind {
	TCPFSM_SOCK_NONE,
	TCPFSM_SOCK_REQUEST,
	TCPFSM_SOCK_FULL,
	TCPFSM_SOCK_TIME_WAIT,
};

/**
 * struct tcpfsm_sock - one of the kernel's sockets
 * @kind: TCPFSM_SOCK_NONE: all other members are 0
 * @state: enum tcpfsm_state
 * @expires: of a request or timewait socket: when its timer fires, jiffies. The
 *	timer wheel may round that up.
 * @uid: of the owner, valid if @inode is
 * @inode: of a full socket; 0: no process holds it
 * @cgroup: id of the cgroup of a full socket; 0: not known
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
