// SPDX-License-Identifier: GPL-2.0
/*
 * The wire tells when TIME-WAIT begins; when it ends only the socket knows, and
 * so it is with all that ends after some time, or by hand.
 *
 * Who is looked at, and when:
 *
 * TIME-WAIT	when the kernel says that the socket was closed (sock_probe.c): is
 *		there one in TIME-WAIT in its place? Then when its timer fires,
 *		and each jiffy until it is gone. sock_sweep.c looks now and then
 *		whether somebody has destroyed it.
 * FIN-WAIT-2	likewise: one that nobody holds any more is kept as TIME-WAITs
 *		are, until tcp_fin_timeout. When it comes to TIME-WAIT the
 *		kernel does not say so, and it is looked at again.
 * SYN-RECEIVED	once a SYN-ACK was sent again: when the request's timer fires.
 * the others	when the kernel says so, or the entry's own time is over.
 *
 * Where the kernel does not say, TIME-WAIT and FIN-WAIT-2 are looked at once.
 *
 * That there is no socket says something only of an end that had one: it has
 * sent something as the kernel's own TCP does.
 */
#include "core/conn_life.h"
#include "track/report.h"
#include "track/sock.h"
#include "track/sock_sweep.h"
#include "track/sock_watch.h"

/* Written when the module is loaded; segments may have come before */
bool tcpfsm_sock_watch_is_told __read_mostly;

static bool is_on(const struct tcpfsm_flow *flow)
{
	return tcpfsm_setting(flow->tracker, TCPFSM_SETTING_socket_truth);
}

/* Several ends may be watched: the timer is for the one that is due first */
static void watch(struct tcpfsm_flow *flow, enum tcpfsm_role role,
		  unsigned long at)
{
	if (!flow->watched || time_before(at, flow->look))
		flow->look = at;
	flow->watched |= BIT(role);
}

static bool wants_look(const struct tcpfsm_flow *flow, enum tcpfsm_role role,
		       enum tcpfsm_role sender,
		       const struct tcpfsm_outcome *out)
{
	switch (flow->conn.end[role].state) {
	case TCPFSM_STATE_TIME_WAIT:
	case TCPFSM_STATE_FIN_WAIT_2:
		return !READ_ONCE(tcpfsm_sock_watch_is_told) ||
		       flow->watched & BIT(role);
	case TCPFSM_STATE_SYN_RECEIVED:
		return role == sender && out->notes;
	default:
		return false;
	}
}

/**
 * tcpfsm_sock_watch_after - see which sockets are to be looked at
 * @flow: the entry, locked
 * @sender: of the segment
 * @out: what the segment did
 *
 * Return: whether the timer may have to be armed anew, for the end of this
 * jiffy.
 */
bool tcpfsm_sock_watch_after(struct tcpfsm_flow *flow, enum tcpfsm_role sender,
			     const struct tcpfsm_outcome *out)
{
	bool watched = false;
	int role;

	/* What most of them are: the kernel will say, and nothing is odd */
	if (!flow->watched && !out->notes && READ_ONCE(tcpfsm_sock_watch_is_told))
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

static void end(struct tcpfsm_flow *flow, enum tcpfsm_role role,
		enum tcpfsm_tw_end how, bool measured)
{
	u64 now = ktime_get_boottime_ns();
	struct tcpfsm_outcome out;

	tcpfsm_conn_socket_gone(&flow->conn, role, how, now, &out);
	out.move[0].measured &= measured;
	tcpfsm_report_change(flow, &out, now);
}

/* The socket of an end is not there; of one that is in TIME-WAIT we know why */
static enum tcpfsm_tw_end how_it_ended(const struct tcpfsm_flow *flow,
				       enum tcpfsm_role role,
				       enum tcpfsm_tw_end how)
{
	if (flow->conn.end[role].state != TCPFSM_STATE_TIME_WAIT)
		return how;
	if (flow->conn.time_wait[role].source == TCPFSM_TW_SOURCE_WIRE)
		return TCPFSM_TW_END_SKIPPED;
	return time_before(jiffies, flow->dies[role]) ?
	       TCPFSM_TW_END_ABORTED : TCPFSM_TW_END_EXPIRED;
}

/* A socket whose owner is busy comes late to TIME-WAIT: ask less and less */
static unsigned long ask_again(const struct tcpfsm_flow *flow,
			       enum tcpfsm_role role)
{
	u64 age = ktime_get_boottime_ns() - flow->conn.since[role];

	return jiffies + min_t(unsigned long, nsecs_to_jiffies(age), HZ);
}

static void is_there(struct tcpfsm_flow *flow, enum tcpfsm_role role,
		     const struct tcpfsm_sock *socket)
{
	u8 state = flow->conn.end[role].state;

	flow->found |= BIT(role);
	if (socket->kind == TCPFSM_SOCK_FULL) {
		if (state == TCPFSM_STATE_TIME_WAIT)
			watch(flow, role, ask_again(flow, role));
		return;
	}
	if (state == TCPFSM_STATE_TIME_WAIT && socket->state == state) {
		flow->conn.time_wait[role].source = TCPFSM_TW_SOURCE_SOCKET;
		tcpfsm_sock_sweep_add(flow);
	}
	flow->dies[role] = socket->expires;
	watch(flow, role, time_before(jiffies, socket->expires) ?
			  socket->expires : jiffies);
}

/* A request need not be kept to be answered: SYN cookies */
static bool is_unkept_request(const struct tcpfsm_flow *flow,
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
 * tcpfsm_sock_watch_look - look at the sockets of some ends
 * @flow: the entry, locked
 * @roles: a bit for each end
 * @how: a socket that is not there has ended: EXPIRED or ABORTED
 *
 * Called under rcu_read_lock().
 *
 * Return: whether there is one less than was thought: an end is closed now.
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
		/* Switched off meanwhile: the wire has to do */
		if (!is_on(flow)) {
			flow->conn.time_wait[role].source =
				TCPFSM_TW_SOURCE_WIRE;
			continue;
		}
		tcpfsm_sock_find(flow->tracker->net, flow, role, &socket);
		if (socket.kind != TCPFSM_SOCK_NONE) {
			is_there(flow, role, &socket);
		} else if (!is_unkept_request(flow, role)) {
			end(flow, role, how_it_ended(flow, role, how), true);
			gone = true;
		}
	}
	return gone;
}

/**
 * tcpfsm_sock_watch_holds - whether the kernel still has a socket of an entry
 * @flow: the entry, locked; nothing was heard of it for long
 *
 * Called under rcu_read_lock(). Ends without a socket are closed; since when,
 * nobody knows.
 *
 * Return: true when an end has one.
 */
bool tcpfsm_sock_watch_holds(struct tcpfsm_flow *flow)
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
		else if (!is_unkept_request(flow, role))
			end(flow, role, TCPFSM_TW_END_EXPIRED, false);
	}
	return holds;
}
