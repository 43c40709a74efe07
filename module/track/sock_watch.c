// SPDX-License-Identifier: GPL-2.0
/*
 * The wire shows when TIME-WAIT begins, but only the socket knows when it ends.
 * The same holds of everything that ends after a timeout or by hand.
 *
 * When the socket of an end is looked up, by the state of the end:
 *
 * TIME-WAIT	When the kernel reports that the socket was closed
 *		(sock_probe.c): a timewait socket should have taken its place.
 *		Again when the timer of the timewait socket fires, and then each
 *		jiffy until that socket is gone. Between these, sock_sweep.c
 *		checks that it was not destroyed.
 * FIN-WAIT-2	As TIME-WAIT: once no process holds the socket, the kernel
 *		replaces it by a timewait socket for tcp_fin_timeout. It does
 *		not report when that goes on to TIME-WAIT, so the segment that
 *		moves the end there triggers another lookup.
 * SYN-RECEIVED	After the SYN-ACK was sent again, when the timer of the request
 *		socket fires.
 * others	When the kernel reports that the socket was closed, or when the
 *		wait of the flow is over.
 *
 * If the kernel does not report closed sockets, those of ends in TIME-WAIT and
 * FIN-WAIT-2 are looked up in the jiffy after the segment.
 *
 * A missing socket means something only if the end had one, so only ends are
 * looked up that have sent as the kernel's own TCP does (flow->genuine), or
 * whose socket the kernel has reported.
 */
#include "core/conn_life.h"
#include "track/report.h"
#include "track/sock.h"
#include "track/sock_sweep.h"
#include "track/sock_watch.h"

/* Set when all namespaces have their hooks, so segments may come before */
bool tcpfsm_sock_watch_probed __read_mostly;

static bool is_on(const struct tcpfsm_flow *flow)
{
	return tcpfsm_setting(flow->tracker, TCPFSM_SETTING_socket_truth);
}

/* Both ends may be watched: flow->look is when the first of them is due */
static void watch(struct tcpfsm_flow *flow, enum tcpfsm_role role,
		  unsigned long at)
{
	if (!flow->watched || time_before(at, flow->look))
		flow->look = at;
	flow->watched |= BIT(role);
}

/* Does what has just happened make the socket of this end worth a look? */
static bool wants_look(const struct tcpfsm_flow *flow, enum tcpfsm_role role,
		       enum tcpfsm_role sender,
		       const struct tcpfsm_outcome *out)
{
	switch (flow->conn.end[role].state) {
	case TCPFSM_STATE_TIME_WAIT:
	case TCPFSM_STATE_FIN_WAIT_2:
		return !READ_ONCE(tcpfsm_sock_watch_probed) ||
		       flow->watched & BIT(role);
	case TCPFSM_STATE_SYN_RECEIVED:
		return role == sender && out->notes;
	default:
		return false;
	}
}

/**
 * tcpfsm_sock_watch_segment - decide after a segment which sockets to look up
 * @flow: the flow
 * @sender: the end that sent the segment
 * @out: what the segment did
 *
 * Context: @flow->lock held.
 * Return: true if a lookup was scheduled for the end of this jiffy; the caller
 * arms the timer.
 */
bool tcpfsm_sock_watch_segment(struct tcpfsm_flow *flow, enum tcpfsm_role sender,
			       const struct tcpfsm_outcome *out)
{
	bool watched = false;
	int role;

	/* Hot path: the kernel will report, and there was no anomaly */
	if (!flow->watched && !out->notes && READ_ONCE(tcpfsm_sock_watch_probed))
		return false;
	if (!flow->genuine || !is_on(flow))
		return false;
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		if (!(flow->genuine & BIT(role)) ||
		    !wants_look(flow, role, sender, out))
			continue;
		watch(flow, role, jiffies);
		watched = true;
	}
	return watched;
}

/* Closes an end whose socket is gone; @measured: when it went is known */
static void close_end(struct tcpfsm_flow *flow, enum tcpfsm_role role,
		      enum tcpfsm_tw_end how, bool measured)
{
	u64 now = ktime_get_boottime_ns();
	struct tcpfsm_outcome out;

	tcpfsm_conn_socket_gone(&flow->conn, role, how, now, &out);
	out.move[0].measured &= measured;
	tcpfsm_report_change(flow, &out, now);
}

/* @how, unless the end was in TIME-WAIT: then its timer shows the reason */
static enum tcpfsm_tw_end how_it_ended(const struct tcpfsm_flow *flow,
				       enum tcpfsm_role role,
				       enum tcpfsm_tw_end how)
{
	if (flow->conn.end[role].state != TCPFSM_STATE_TIME_WAIT)
		return how;
	if (flow->conn.time_wait[role].source == TCPFSM_TW_SOURCE_WIRE)
		return TCPFSM_TW_END_SKIPPED;
	return time_before(jiffies, flow->sock_expires[role]) ?
	       TCPFSM_TW_END_ABORTED : TCPFSM_TW_END_EXPIRED;
}

/*
 * When to look again at a full socket of an end in TIME-WAIT, jiffies. The last
 * segment waits in the backlog while a process holds the lock of the socket,
 * for an unknown time: double the interval with each look, up to a second.
 */
static unsigned long retry_at(const struct tcpfsm_flow *flow,
			      enum tcpfsm_role role)
{
	u64 age = ktime_get_boottime_ns() - flow->conn.since[role];

	return jiffies + min_t(unsigned long, nsecs_to_jiffies(age), HZ);
}

/* The socket of an end was found: schedule the next look at it */
static void socket_found(struct tcpfsm_flow *flow, enum tcpfsm_role role,
			 const struct tcpfsm_sock *socket)
{
	u8 state = flow->conn.end[role].state;

	flow->found |= BIT(role);
	if (socket->kind == TCPFSM_SOCK_FULL) {
		if (state == TCPFSM_STATE_TIME_WAIT)
			watch(flow, role, retry_at(flow, role));
		return;
	}
	if (state == TCPFSM_STATE_TIME_WAIT && socket->state == state) {
		flow->conn.time_wait[role].source = TCPFSM_TW_SOURCE_SOCKET;
		tcpfsm_sock_sweep_add(flow);
	}
	flow->sock_expires[role] = socket->expires;
	watch(flow, role, time_before(jiffies, socket->expires) ?
			  socket->expires : jiffies);
}

/* With SYN cookies the kernel answers a SYN without a request socket */
static bool may_be_syn_cookie(const struct tcpfsm_flow *flow,
			      enum tcpfsm_role role)
{
	return flow->conn.end[role].state == TCPFSM_STATE_SYN_RECEIVED &&
	       !(flow->conn.flags & TCPFSM_CONN_CROSSED_SYN) &&
	       !(flow->found & BIT(role));
}

static bool is_closed(const struct tcpfsm_flow *flow, enum tcpfsm_role role)
{
	u8 state = flow->conn.end[role].state;

	return state == TCPFSM_STATE_CLOSED || state == TCPFSM_STATE_LISTEN;
}

/**
 * tcpfsm_sock_watch_look - look up sockets, close the ends that have none
 * @flow: the flow, caught up
 * @roles: the ends, one bit per role
 * @how: how a missing socket has ended: EXPIRED or ABORTED; for an end in
 *	TIME-WAIT that is decided from the timer of its socket
 *
 * Context: Bottom halves off and @flow->lock held, under rcu_read_lock().
 * Return: true if an end was closed.
 */
bool tcpfsm_sock_watch_look(struct tcpfsm_flow *flow, u8 roles,
			    enum tcpfsm_tw_end how)
{
	struct tcpfsm_sock socket;
	bool gone = false;
	int role;

	lockdep_assert_held(&flow->lock);
	flow->watched &= ~roles;
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		if (!(roles & BIT(role)) || is_closed(flow, role))
			continue;
		/* socket_truth was switched off meanwhile: go by the wire */
		if (!is_on(flow)) {
			flow->conn.time_wait[role].source =
				TCPFSM_TW_SOURCE_WIRE;
			continue;
		}
		tcpfsm_sock_find(flow->tracker->net, flow, role, &socket);
		if (socket.kind != TCPFSM_SOCK_NONE) {
			socket_found(flow, role, &socket);
		} else if (!may_be_syn_cookie(flow, role)) {
			close_end(flow, role, how_it_ended(flow, role, how), true);
			gone = true;
		}
	}
	return gone;
}

/**
 * tcpfsm_sock_watch_has_socket - does the kernel still have a socket for a flow?
 * @flow: the flow, caught up; its wait is over
 *
 * Ends without a socket are closed. When the socket went is not known, so the
 * time in the last state is not measured.
 *
 * Context: Bottom halves off and @flow->lock held, under rcu_read_lock().
 * Return: true if one of the ends has a socket; false if not, or if the setting
 * socket_truth is off.
 */
bool tcpfsm_sock_watch_has_socket(struct tcpfsm_flow *flow)
{
	struct tcpfsm_sock socket;
	bool holds = false;
	int role;

	lockdep_assert_held(&flow->lock);
	if (!is_on(flow))
		return false;
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		if (!(flow->genuine & BIT(role)) || is_closed(flow, role))
			continue;
		tcpfsm_sock_find(flow->tracker->net, flow, role, &socket);
		if (socket.kind != TCPFSM_SOCK_NONE)
			holds = true;
		else if (!may_be_syn_cookie(flow, role))
			close_end(flow, role, TCPFSM_TW_END_EXPIRED, false);
	}
	return holds;
}
