// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks in LOCAL_IN after NAT and in LOCAL_OUT before NAT, so that a connection
 * that is translated on this host shows the socket's own addresses in both
 * directions; and in FORWARD. No packet is ever changed, delayed or dropped.
 */
#include <linux/module.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/netfilter/ipv4/nf_defrag_ipv4.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>
#include <net/sock.h>

#include "edge/hook.h"
#include "edge/net.h"

/*
 * The kernel's reassembly of fragments. Without it the hooks see fragments in
 * FORWARD, and those of IPv6 in LOCAL_IN, too. The symbols are looked up when
 * the module is loaded, so that it does not depend on them; NULL: not there.
 */
static int (*defrag4_enable)(struct net *net);
static int (*defrag6_enable)(struct net *net);
static void (*defrag4_disable)(struct net *net);
static void (*defrag6_disable)(struct net *net);

/*
 * Is the sender the kernel's own TCP? Its sockets are of type SOCK_STREAM, and
 * what it sends without one goes through a control socket (sk_kern_sock).
 * Anything else comes from a raw socket of a program.
 */
static bool is_genuine(const struct sock *sk)
{
	if (!sk)
		return false;
	if (!sk_fullsock(sk))
		return true;
	return sk->sk_protocol == IPPROTO_TCP &&
	       (sk->sk_type == SOCK_STREAM || sk->sk_kern_sock);
}

/*
 * Does the end that sends have a socket? Not if the kernel sends through a
 * control socket. A SYN-ACK is sent by the listener or by the request socket.
 */
static bool is_socket(const struct sock *sk)
{
	return sk_fullsock(sk) ? sk->sk_type == SOCK_STREAM :
				 sk->sk_state == TCP_NEW_SYN_RECV;
}

static bool is_loopback(const struct net_device *dev)
{
	return dev && dev->flags & IFF_LOOPBACK;
}

/*
 * Fills @sight with what the hook and the sending socket show. The READ_ONCE()s
 * are against writers of the sysctl and of SO_BINDTODEVICE.
 */
static __always_inline void fill_sight(const struct nf_hook_state *state,
				       struct tcpfsm_sight *sight)
{
	*sight = (struct tcpfsm_sight){ };
	switch (state->hook) {
	case NF_INET_LOCAL_IN:
		sight->view.receiver_local = true;
		sight->arrives_looped = is_loopback(state->in);
		sight->view.rfc1337 =
			READ_ONCE(state->net->ipv4.sysctl_tcp_rfc1337);
		break;
	case NF_INET_LOCAL_OUT:
		sight->view.sender_local = true;
		sight->leaves_looped = is_loopback(state->out);
		sight->view.genuine = is_genuine(state->sk);
		if (sight->view.genuine && is_socket(state->sk)) {
			sight->from_socket = true;
			sight->device = READ_ONCE(state->sk->sk_bound_dev_if);
		}
		break;
	}
}

/*
 * Parses a copy of the headers. Out of line: rare, and hooks run deep in the
 * stack, so the room for the copy is taken only where it is needed.
 */
static noinline enum tcpfsm_pkt parse_copy(const struct sk_buff *skb,
					   struct tcpfsm_segment *seg,
					   enum tcpfsm_reject *reject)
{
	u8 headers[TCPFSM_PKT_HEADERS];
	u32 len = min_t(u32, skb->len, sizeof(headers));

	if (skb_copy_bits(skb, 0, headers, len))
		return TCPFSM_PKT_OTHER;
	return tcpfsm_pkt_parse(headers, len, skb->len, seg, reject);
}

/* Parses the linear part of the packet if that holds all headers */
static enum tcpfsm_pkt parse(const struct sk_buff *skb,
			     struct tcpfsm_segment *seg,
			     enum tcpfsm_reject *reject)
{
	enum tcpfsm_pkt pkt = tcpfsm_pkt_parse(skb->data, skb_headlen(skb),
					       skb->len, seg, reject);

	return pkt == TCPFSM_PKT_SHORT ? parse_copy(skb, seg, reject) : pkt;
}

/*
 * Checks as the receiver will, and in LOCAL_IN only: a packet that is sent or
 * forwarded may not have its checksum yet.
 */
static bool checksum_is_bad(struct sk_buff *skb,
			    const struct nf_hook_state *state,
			    const struct tcpfsm_tracker *tracker,
			    const struct tcpfsm_segment *seg)
{
	if (state->hook != NF_INET_LOCAL_IN ||
	    skb->ip_summed == CHECKSUM_PARTIAL || skb_csum_unnecessary(skb) ||
	    !tcpfsm_setting(tracker, TCPFSM_SETTING_checksum))
		return false;
	return nf_checksum(skb, state->hook, seg->offset, IPPROTO_TCP,
			   state->pf) != 0;
}

static noinline void reject(struct tcpfsm_tracker *tracker,
			    const struct nf_hook_state *state,
			    const struct tcpfsm_segment *seg,
			    enum tcpfsm_reject reason)
{
	struct tcpfsm_sight sight;

	tcpfsm_stats_inc(tracker->stats, reject[reason]);
	if (reason == TCPFSM_REJECT_FLAGS) {
		fill_sight(state, &sight);
		tcpfsm_track_bad_flags(tracker, seg, &sight);
	}
}

/*
 * Hot path, with bottom halves off. __uninitialized: a kernel that zeroes
 * variables on the stack (CONFIG_INIT_STACK_ALL_ZERO) need not do so here.
 */
static void process_packet(struct tcpfsm_tracker *tracker, struct sk_buff *skb,
			   const struct nf_hook_state *state)
{
	struct tcpfsm_segment seg __uninitialized;
	enum tcpfsm_reject reason __uninitialized;
	struct tcpfsm_sight sight __uninitialized;

	switch (parse(skb, &seg, &reason)) {
	case TCPFSM_PKT_SEGMENT:
		break;
	case TCPFSM_PKT_REJECT:
		reject(tracker, state, &seg, reason);
		return;
	default:
		return;
	}
	if (checksum_is_bad(skb, state, tracker, &seg)) {
		reject(tracker, state, &seg, TCPFSM_REJECT_CHECKSUM);
		return;
	}
	fill_sight(state, &sight);
	tcpfsm_track_segment(tracker, &seg, &sight);
}

/*
 * A received packet comes with bottom halves off, unless a program reinjects it
 * (NFQUEUE); a sent one may come with them on.
 */
static unsigned int on_packet(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	if (in_softirq()) {
		process_packet(priv, skb, state);
	} else {
		local_bh_disable();
		process_packet(priv, skb, state);
		local_bh_enable();
	}
	return NF_ACCEPT;
}

static unsigned int on_ipv4(void *priv, struct sk_buff *skb,
			    const struct nf_hook_state *state)
{
	if (ip_hdr(skb)->protocol != IPPROTO_TCP)
		return NF_ACCEPT;
	return on_packet(priv, skb, state);
}

static const struct nf_hook_ops hooks[TCPFSM_HOOKS] = {
	{
		.hook		= on_ipv4,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_LOCAL_IN,
		.priority	= NF_IP_PRI_LAST,
	}, {
		.hook		= on_ipv4,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_FORWARD,
		.priority	= NF_IP_PRI_LAST,
	}, {
		.hook		= on_ipv4,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_LOCAL_OUT,
		.priority	= NF_IP_PRI_FIRST,
	}, {
		.hook		= on_packet,
		.pf		= NFPROTO_IPV6,
		.hooknum	= NF_INET_LOCAL_IN,
		.priority	= NF_IP6_PRI_LAST,
	}, {
		.hook		= on_packet,
		.pf		= NFPROTO_IPV6,
		.hooknum	= NF_INET_FORWARD,
		.priority	= NF_IP6_PRI_LAST,
	}, {
		.hook		= on_packet,
		.pf		= NFPROTO_IPV6,
		.hooknum	= NF_INET_LOCAL_OUT,
		.priority	= NF_IP6_PRI_FIRST,
	},
};

/**
 * tcpfsm_hook_module_init - look for the kernel's reassembly of fragments
 *
 * It is no error if there is none: fragments are then counted as rejects.
 *
 * Context: Process; may sleep and load modules.
 */
void tcpfsm_hook_module_init(void)
{
#if IS_ENABLED(CONFIG_NF_DEFRAG_IPV4)
	defrag4_enable = symbol_request(nf_defrag_ipv4_enable);
	if (defrag4_enable)
		defrag4_disable = symbol_get(nf_defrag_ipv4_disable);
#endif
#if IS_ENABLED(CONFIG_NF_DEFRAG_IPV6)
	defrag6_enable = symbol_request(nf_defrag_ipv6_enable);
	if (defrag6_enable)
		defrag6_disable = symbol_get(nf_defrag_ipv6_disable);
#endif
}

/**
 * tcpfsm_hook_module_exit - undo tcpfsm_hook_module_init()
 *
 * Context: Process.
 */
void tcpfsm_hook_module_exit(void)
{
	if (defrag6_disable)
		symbol_put_addr(defrag6_disable);
	if (defrag6_enable)
		symbol_put_addr(defrag6_enable);
	if (defrag4_disable)
		symbol_put_addr(defrag4_disable);
	if (defrag4_enable)
		symbol_put_addr(defrag4_enable);
}

/**
 * tcpfsm_hook_register - register the hooks in a namespace
 * @net: the namespace
 *
 * It is no error if reassembly cannot be enabled: fragments are then counted as
 * rejects.
 *
 * Context: Process; may sleep. The caller holds tcpfsm_net.mutex.
 * Return: 0, or a negative errno of nf_register_net_hooks(): -ENOMEM, -E2BIG.
 */
int tcpfsm_hook_register(struct net *net)
{
	struct tcpfsm_net *tn = tcpfsm_net(net);
	int err, i;

	memcpy(tn->hooks, hooks, sizeof(hooks));
	for (i = 0; i < TCPFSM_HOOKS; i++)
		tn->hooks[i].priv = &tn->tracker;
	tn->defrag4 = defrag4_disable && !defrag4_enable(net);
	tn->defrag6 = defrag6_disable && !defrag6_enable(net);
	err = nf_register_net_hooks(net, tn->hooks, TCPFSM_HOOKS);
	if (err)
		goto undo_defrag;
	return 0;

undo_defrag:
	if (tn->defrag6)
		defrag6_disable(net);
	if (tn->defrag4)
		defrag4_disable(net);
	return err;
}

/**
 * tcpfsm_hook_unregister - undo tcpfsm_hook_register()
 * @net: the namespace
 *
 * Hooks may still be running until a grace period has passed.
 *
 * Context: Process; may sleep. The caller holds tcpfsm_net.mutex, or has
 * stopped all writers of the settings.
 */
void tcpfsm_hook_unregister(struct net *net)
{
	struct tcpfsm_net *tn = tcpfsm_net(net);

	nf_unregister_net_hooks(net, tn->hooks, TCPFSM_HOOKS);
	if (tn->defrag6)
		defrag6_disable(net);
	if (tn->defrag4)
		defrag4_disable(net);
}
