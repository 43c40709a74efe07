/* SPDX-License-Identifier: GPL-2.0 */
/* struct tcpfsm_flow, an entry of the table, and the key it is found by. */
#ifndef _TCPFSM_FLOW_H
#define _TCPFSM_FLOW_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <linux/timer.h>
#include <linux/types.h>

#include "core/history.h"

/**
 * struct tcpfsm_key - the two endpoints, in an order that both directions share
 * @addr: addresses, network byte order; tcpfsm_segment_is_second() defines
 *	which endpoint is the first
 * @port: ports, network byte order; @port[i] belongs to @addr[i]
 * @ports: both ports as one word
 * @family: TCPFSM_AF_INET or TCPFSM_AF_INET6
 * @hash: hash of addresses and ports, filled in by tcpfsm_table_find()
 * @rest: @family and @hash as one word
 */
struct tcpfsm_key {
	union tcpfsm_addr	addr[2];
	union {
		__be16		port[2];
		u32		ports;
	};
	union {
		struct {
			u32	family:8;
			u32	hash:24;
		};
		u32		rest;
	};
};

/**
 * enum tcpfsm_rank - the eviction lists, in the order in which they are tried
 * @TCPFSM_RANK_HALF_OPEN: the handshake is not done
 * @TCPFSM_RANK_CLOSED: TIME-WAIT, or both ends are closed
 * @TCPFSM_RANK_COUNT: number of lists
 * @TCPFSM_RANK_LIVE: all other flows: on no list, never evicted
 */
enum tcpfsm_rank {
	TCPFSM_RANK_HALF_OPEN,
	TCPFSM_RANK_CLOSED,
	TCPFSM_RANK_COUNT,
	TCPFSM_RANK_LIVE = TCPFSM_RANK_COUNT,
};

struct tcpfsm_tracker;

/**
 * struct tcpfsm_flow - one entry of the table: a 4-tuple and its connection
 * @node: in the hash table; written under rhashtable's bucket lock, read under
 *	RCU
 * @key: constant while the flow is in the table
 * @lock: see Locking below
 * @client: index in @key of the client
 * @dead: set by the context that removes the flow; all others then leave the
 *	flow alone
 * @wait: enum tcpfsm_wait, what the connection waits for
 * @last_is_stale: @wait_start is newer than @conn.last, see tcpfsm_flow_catch_up()
 * @wait_start: start of the wait, jiffies; @timer may be armed for earlier than the
 *	end of the wait
 * @conn: the two ends, and what is known of the connection
 * @tracker: the tracker that the flow belongs to; constant, outlives the flow
 * @id: id of the incarnation
 * @counted: the state that the gauges count each end in, by role;
 *	TCPFSM_STATE_COUNT: none
 * @told: the end of this incarnation was reported
 * @watched: one bit per role: look up the socket of this end at @look
 * @genuine: one bit per role: this end has sent as the kernel's own TCP
 * @found: one bit per role: a socket of this end was found in this incarnation
 * @timer: armed from insertion to removal
 * @lru: in the eviction list of the flow's rank
 * @rcu: frees the flow, after it has left the eviction list
 * @history: what happened last; its records are freed with the flow
 * @unseen: octets of this incarnation that the counter has, both ends
 * @met: one bit per enum tcpfsm_anomaly that occurred in this incarnation
 * @tally: how often each anomaly occurred; NULL before the first one, and
 *	without memory, when an anomaly in @met counts as one. Freed with the
 *	flow.
 * @device: index of the device that the socket is bound to, by role; 0: none
 * @look: when to look up the sockets in @watched, jiffies
 * @sock_expires: when the timer of the socket fires, jiffies, by role; set when a
 *	request or timewait socket is found
 *
 * Locking: @lock guards all members after it but @tracker (constant), @lru
 * (tcpfsm_table.rank_lock) and @rcu. @timer is armed under @lock only, and only
 * while the flow is not @dead. @lock is taken with bottom halves off; two flows
 * are never locked at once. The kernel may hold the lock of a socket when it
 * calls a hook or the tracepoint, so that lock must not be taken under @lock.
 * Under @lock may be taken: sk_callback_lock of a socket, rhashtable's bucket
 * locks, the XArray's lock, rank_lock, and what timers, netlink and kmalloc()
 * take. None of the table's locks nests in another.
 *
 * Layout: the next segment of an established connection touches only the first
 * three cache lines; a flow takes 512 octets in all, so that none crosses a
 * page (Documentation/performance.rst).
 */
struct tcpfsm_flow {
	struct rhash_head	node;
	struct tcpfsm_key	key;
	spinlock_t		lock;	/* see above */
	u8			client;
	bool			dead;
	u8			wait;
	bool			last_is_stale;
	unsigned long		wait_start;
	struct tcpfsm_conn	conn ____cacheline_aligned;
	struct tcpfsm_tracker	*tracker;
	u64			id;
	u8			counted[TCPFSM_ROLE_COUNT];
	bool			told;
	u8			watched;
	u8			genuine;
	u8			found;
	struct timer_list	timer;
	union {
		struct list_head lru;
		struct rcu_head	rcu;
	};
	struct tcpfsm_history	history;
	u64			unseen;
	u64			met;
	struct tcpfsm_tally	*tally;
	int			device[TCPFSM_ROLE_COUNT];
	unsigned long		look;
	unsigned long		sock_expires[TCPFSM_ROLE_COUNT];
};

/**
 * tcpfsm_flow_catch_up - bring @flow->conn.last up to date with @flow->wait_start
 * @flow: the flow
 *
 * The fast path records the time of a segment in @flow->wait_start only, in jiffies:
 * reading the clock and touching the cache line of @flow->conn.last is too
 * expensive there. Call this before @flow->conn.last is read, and before the
 * flow is changed other than by the fast path.
 *
 * Context: @flow->lock held.
 */
static inline void tcpfsm_flow_catch_up(struct tcpfsm_flow *flow)
{
	u64 since;

	if (!flow->last_is_stale)
		return;
	since = jiffies64_to_nsecs(jiffies - flow->wait_start);
	flow->conn.last = max(flow->conn.last,
			      ktime_get_coarse_boottime_ns() - since);
	flow->last_is_stale = false;
}

/**
 * tcpfsm_flow_index - find an end in the key
 * @flow: the flow
 * @role: the end
 *
 * Context: @flow->lock held.
 * Return: the index of the end in @flow->key.
 */
static inline unsigned int tcpfsm_flow_index(const struct tcpfsm_flow *flow,
					     enum tcpfsm_role role)
{
	return tcpfsm_role_index(role, flow->client);
}

/**
 * tcpfsm_flow_role - the role of an endpoint of the key
 * @flow: the flow
 * @index: index of the endpoint in @flow->key
 *
 * Context: @flow->lock held.
 * Return: the role of this end in the connection.
 */
static inline enum tcpfsm_role tcpfsm_flow_role(const struct tcpfsm_flow *flow,
						unsigned int index)
{
	return tcpfsm_index_role(index, flow->client);
}

/**
 * tcpfsm_flow_rank - whether and when a flow may be evicted
 * @flow: the flow
 *
 * Context: @flow->lock held.
 * Return: the eviction list that the flow belongs to, or TCPFSM_RANK_LIVE.
 */
static inline enum tcpfsm_rank tcpfsm_flow_rank(const struct tcpfsm_flow *flow)
{
	switch (flow->wait) {
	case TCPFSM_WAIT_HALF_OPEN:
		return TCPFSM_RANK_HALF_OPEN;
	case TCPFSM_WAIT_TIME_WAIT:
	case TCPFSM_WAIT_CLOSED:
		return TCPFSM_RANK_CLOSED;
	default:
		return TCPFSM_RANK_LIVE;
	}
}

#endif /* _TCPFSM_FLOW_H */
