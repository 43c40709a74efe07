// SPDX-License-Identifier: GPL-2.0
#include <linux/cgroup.h>
#include <linux/module.h>
#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/tcp.h>

#include "track/sock.h"

static const u8 states[TCP_MAX_STATES] = {
	[TCP_ESTABLISHED]	= TCPFSM_STATE_ESTABLISHED,
	[TCP_SYN_SENT]		= TCPFSM_STATE_SYN_SENT,
	[TCP_SYN_RECV]		= TCPFSM_STATE_SYN_RECEIVED,
	[TCP_FIN_WAIT1]		= TCPFSM_STATE_FIN_WAIT_1,
	[TCP_FIN_WAIT2]		= TCPFSM_STATE_FIN_WAIT_2,
	[TCP_TIME_WAIT]		= TCPFSM_STATE_TIME_WAIT,
	[TCP_CLOSE]		= TCPFSM_STATE_CLOSED,
	[TCP_CLOSE_WAIT]	= TCPFSM_STATE_CLOSE_WAIT,
	[TCP_LAST_ACK]		= TCPFSM_STATE_LAST_ACK,
	[TCP_LISTEN]		= TCPFSM_STATE_LISTEN,
	[TCP_CLOSING]		= TCPFSM_STATE_CLOSING,
	[TCP_NEW_SYN_RECV]	= TCPFSM_STATE_SYN_RECEIVED,
};

/* The kernel keeps full, request and timewait sockets in the same hash table */
static struct sock *lookup(struct net *net, const struct tcpfsm_flow *flow,
			   enum tcpfsm_role role)
{
	struct inet_hashinfo *hashinfo = net->ipv4.tcp_death_row.hashinfo;
	const union tcpfsm_addr *addr = flow->key.addr;
	const __be16 *port = flow->key.port;
	unsigned int here = tcpfsm_flow_index(flow, role), there = !here;
	int device = flow->device[role];

	if (flow->key.family == TCPFSM_AF_INET)
		return __inet_lookup_established(net, hashinfo, addr[there].v4,
						 port[there], addr[here].v4,
						 ntohs(port[here]), device, 0);
#if IS_ENABLED(CONFIG_IPV6)
	/* Built into the kernel even if IPv6 is a module */
	return __inet6_lookup_established(net, hashinfo,
					  (const void *)&addr[there],
					  port[there],
					  (const void *)&addr[here],
					  ntohs(port[here]), device, 0);
#else
	return NULL;
#endif
}

static void describe_full(struct sock *sk, struct tcpfsm_sock *socket)
{
	socket->kind = TCPFSM_SOCK_FULL;
	socket->inode = sock_i_ino(sk);
	socket->uid = sock_i_uid(sk);
#ifdef CONFIG_SOCK_CGROUP_DATA
	socket->cgroup = cgroup_id(sock_cgroup_ptr(&sk->sk_cgrp_data));
#endif
}

/**
 * tcpfsm_sock_find - look up the kernel's own socket of an end
 * @net: the namespace
 * @flow: the flow
 * @role: the end
 * @socket: filled
 *
 * Of the socket's locks only sk_callback_lock is taken (by sock_i_ino() and
 * sock_i_uid()). What it reads without a lock pairs with: inet_sk_state_store()
 * for sk_state, tcp_timewait_state_process() for tw_substate, and mod_timer()
 * for the two timers.
 *
 * Context: Bottom halves off and @flow->lock held, under rcu_read_lock().
 */
void tcpfsm_sock_find(struct net *net, const struct tcpfsm_flow *flow,
		      enum tcpfsm_role role, struct tcpfsm_sock *socket)
{
	struct sock *sk = lookup(net, flow, role);

	memset(socket, 0, sizeof(*socket));
	if (!sk)
		return;
	socket->state = states[READ_ONCE(sk->sk_state)];
	if (sk->sk_state == TCP_TIME_WAIT) {
		const struct inet_timewait_sock *tw = inet_twsk(sk);

		socket->kind = TCPFSM_SOCK_TIME_WAIT;
		socket->state = states[READ_ONCE(tw->tw_substate)];
		socket->expires = READ_ONCE(tw->tw_timer.expires);
	} else if (sk->sk_state == TCP_NEW_SYN_RECV) {
		const struct request_sock *req = inet_reqsk(sk);

		socket->kind = TCPFSM_SOCK_REQUEST;
		socket->expires = READ_ONCE(req->rsk_timer.expires);
	} else {
		describe_full(sk, socket);
	}
	sock_gen_put(sk);
}
