// SPDX-License-Identifier: GPL-2.0
/*
 * A probe on the kernel's tracepoint sock:inet_sock_set_state. The tracepoint
 * is not exported, so it is searched for. Without it, a socket that closes
 * without a segment is noticed when the wait of its flow is over.
 */
#include <linux/tracepoint.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "edge/net.h"
#include "edge/sock_probe.h"
#include "track/sock_watch.h"

static struct tracepoint *tracepoint;

/* An IPv6 socket with IPv4-mapped addresses sends IPv4 */
static void fill_key(const struct sock *sk, struct tcpfsm_segment *seg)
{
	const struct inet_sock *inet = inet_sk(sk);

	seg->sport = inet->inet_sport;
	seg->dport = inet->inet_dport;
	seg->family = TCPFSM_AF_INET;
	seg->src = (union tcpfsm_addr){ .v6 = { inet->inet_rcv_saddr } };
	seg->dst = (union tcpfsm_addr){ .v6 = { inet->inet_daddr } };
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family != AF_INET6 ||
	    ipv6_addr_v4mapped(&sk->sk_v6_rcv_saddr))
		return;
	seg->family = TCPFSM_AF_INET6;
	memcpy(&seg->src, &sk->sk_v6_rcv_saddr, sizeof(seg->src));
	memcpy(&seg->dst, &sk->sk_v6_daddr, sizeof(seg->dst));
#endif
}

/*
 * tcp_write_err() sets ETIMEDOUT, or the error of an ICMP message that has come
 * meanwhile. tcp_abort(), as by ss -K, sets ECONNABORTED. READ_ONCE(), because
 * sock_error() may clear sk_err without the lock of the socket.
 */
static bool has_timed_out(const struct sock *sk)
{
	int err = READ_ONCE(sk->sk_err);

	return err && err != ECONNABORTED;
}

/*
 * The tracker of a namespace that is being destroyed may be gone, hence
 * check_net(): if it holds, the grace period after net_pre_exit() waits for
 * this function. Bottom halves may be on, as in tcp_disconnect().
 */
static void on_state(void *data, const struct sock *sk, const int old_state,
		     const int new_state)
{
	struct net *net = sock_net(sk);
	struct tcpfsm_segment seg = { };
	struct tcpfsm_tracker *tracker;

	if (new_state != TCP_CLOSE || old_state == TCP_LISTEN ||
	    sk->sk_protocol != IPPROTO_TCP)
		return;
	local_bh_disable();
	rcu_read_lock();
	tracker = check_net(net) ? &tcpfsm_net(net)->tracker : NULL;
	if (tracker && tcpfsm_table_count(&tracker->table)) {
		fill_key(sk, &seg);
		tcpfsm_track_socket_closed(tracker, &seg, has_timed_out(sk));
	}
	rcu_read_unlock();
	local_bh_enable();
}

static void find(struct tracepoint *tp, void *data)
{
	if (!strcmp(tp->name, "inet_sock_set_state"))
		tracepoint = tp;
}

/**
 * tcpfsm_sock_probe_init - register the probe
 *
 * All namespaces must have their trackers. It is no error if the kernel has no
 * such tracepoint.
 *
 * Context: Process; may sleep.
 */
void tcpfsm_sock_probe_init(void)
{
	for_each_kernel_tracepoint(find, NULL);
	if (tracepoint && tracepoint_probe_register(tracepoint, on_state, NULL))
		tracepoint = NULL;
	WRITE_ONCE(tcpfsm_sock_watch_probed, tracepoint);
}

/**
 * tcpfsm_sock_probe_exit - undo tcpfsm_sock_probe_init()
 *
 * Waits until the probe is not running any more.
 *
 * Context: Process; sleeps.
 */
void tcpfsm_sock_probe_exit(void)
{
	if (!tracepoint)
		return;
	tracepoint_probe_unregister(tracepoint, on_state, NULL);
	tracepoint_synchronize_unregister();
}
