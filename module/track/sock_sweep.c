// SPDX-License-Identifier: GPL-2.0
#include "compat.h"
#include "track/sock.h"
#include "track/sock_sweep.h"

/*
 * At most ENTRIES flows every PERIOD jiffies, about 10 ms: the cost is bounded
 * however many timewait sockets there are. Up to ENTRIES are all visited in
 * each period; with more, it takes proportionally longer to notice that one is
 * gone.
 */
#define ENTRIES		64
#define PERIOD		(HZ < 200 ? 1 : HZ / 100)

/* A timer fires in the jiffy after the one it is armed for: calc_index() */
static void arm(struct tcpfsm_tracker *tracker)
{
	mod_timer(&tracker->sweep, jiffies + PERIOD - 1);
}

static bool has_lost_socket(const struct tcpfsm_flow *flow,
			    enum tcpfsm_role role)
{
	struct tcpfsm_sock socket;

	tcpfsm_sock_find(flow->tracker->net, flow, role, &socket);
	return socket.kind == TCPFSM_SOCK_NONE;
}

static bool is_due(const struct tcpfsm_flow *flow, enum tcpfsm_role role)
{
	return flow->watched & BIT(role) && !time_after(flow->look, jiffies);
}

/*
 * Returns false if the flow has no timewait socket to watch any more. A missing
 * socket is not acted on here; the flow's own timer looks again in the next
 * jiffy, because the next connection may just be replacing the socket. A look
 * that is due already must not be put off.
 */
static bool sweep_one(struct tcpfsm_flow *flow)
{
	bool stays = false;
	int role;

	if (flow->dead)
		return false;
	tcpfsm_flow_catch_up(flow);
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		if (flow->conn.end[role].state != TCPFSM_STATE_TIME_WAIT ||
		    flow->conn.time_wait[role].source != TCPFSM_TW_SOURCE_SOCKET)
			continue;
		stays = true;
		if (is_due(flow, role) || !has_lost_socket(flow, role))
			continue;
		flow->watched |= BIT(role);
		flow->look = jiffies;
		mod_timer(&flow->timer, jiffies);
	}
	return stays;
}

static void on_timer(struct timer_list *timer)
{
	struct tcpfsm_tracker *tracker = timer_container_of(tracker, timer,
							    sweep);
	struct tcpfsm_flow *flow;
	bool any = false;
	int i;

	rcu_read_lock();
	for (i = 0; i < ENTRIES; i++) {
		flow = tcpfsm_table_next_marked(&tracker->table,
						&tracker->swept);
		any |= flow || tracker->swept;
		if (!flow) {
			tracker->swept = 0;
			break;
		}
		spin_lock(&flow->lock);
		if (!sweep_one(flow))
			tcpfsm_table_unmark(&tracker->table, flow);
		spin_unlock(&flow->lock);
	}
	rcu_read_unlock();
	if (any)
		arm(tracker);
}

/**
 * tcpfsm_sock_sweep_init - set up the sweep of a tracker
 * @tracker: the tracker
 *
 * The timer is not armed yet.
 *
 * Context: Any.
 */
void tcpfsm_sock_sweep_init(struct tcpfsm_tracker *tracker)
{
	timer_setup(&tracker->sweep, on_timer, 0);
}

/**
 * tcpfsm_sock_sweep_exit - undo tcpfsm_sock_sweep_init()
 * @tracker: the tracker; no flow is left that could arm the timer again
 *
 * Context: Process; waits until the timer function is not running any more.
 */
void tcpfsm_sock_sweep_exit(struct tcpfsm_tracker *tracker)
{
	timer_delete_sync(&tracker->sweep);
}

/**
 * tcpfsm_sock_sweep_add - visit a flow until its timewait sockets are gone
 * @flow: the flow; a timewait socket of one of its ends was found
 *
 * Context: Bottom halves off and @flow->lock held.
 */
void tcpfsm_sock_sweep_add(struct tcpfsm_flow *flow)
{
	struct tcpfsm_tracker *tracker = flow->tracker;

	tcpfsm_table_mark(&tracker->table, flow);
	if (!timer_pending(&tracker->sweep))
		arm(tracker);
}
