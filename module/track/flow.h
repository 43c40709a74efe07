/* SPDX-License-Identifier: GPL-2.0 */
/* A connection where it is stored: its key, its lock, its timer. */
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
 * struct tcpfsm_key - the two endpoints of a connection, in a fixed order
 * @addr: addresses
 * @port: ports in network byte order, @port[i] belongs to @addr[i]
 * @ports: both
 * @family: TCPFSM_AF_INET or TCPFSM_AF_INET6
 * @hash: of all the rest, by tcpfsm_table_find()
 * @rest: both
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

/* The lists of what may be evicted, the first one first */
enum tcpfsm_rank {
	TCPFSM_RANK_HALF_OPEN,
	TCPFSM_RANK_CLOSED,
	TCPFSM_RANK_COUNT,
	TCPFSM_RANK_LIVE = TCPFSM_RANK_COUNT,	/* on no list: never evicted */
};

struct tcpfsm_tracker;

/**
 * struct tcpfsm_flow - one entry of the table
 * @node: in the hash table
 * @key: read-only once in the table
 * @lock: guards all that follows it but @tracker, @timer, @lru and @rcu. Taken
 *	inside nothing, with bottom halves off; the table's own locks are taken
 *	inside it.
 * @client: index in @key of the client
 * @dead: being removed, by whoever set it; nothing is to be changed any more
 * @wait: enum tcpfsm_wait, what it waits for
 * @behind: @conn.last does not know of @heard yet: tcpfsm_flow_catch_up()
 * @heard: since when it waits, in jiffies; @timer may be armed for earlier than
 *	the end of the wait
 * @conn: the two ends
 * @tracker: whose entry it is; outlives it
 * @id: of the incarnation
 * @counted: the states that the gauges hold for this entry, by role;
 *	TCPFSM_STATE_COUNT: none
 * @told: the end of this incarnation was reported
 * @watched: whose sockets are to be looked at when it is @look, by role
 * @genuine: who is known to be the kernel's own TCP, by role
 * @found: whose sockets were found the last time, by role
 * @timer: armed from insertion to removal
 * @lru: on the list of its rank; guarded by the table's list lock
 * @rcu: frees it, after it has left the lists
 * @history: what happened last; its records are freed with the entry
 * @met: a bit for each anomaly that there was in this incarnation
 * @tally: how often; NULL before the first one, or without memory: then once
 *	stands for all. Freed with the entry.
 * @device: index of what the sockets are bound to, by role; 0: nothing
 * @look: in jiffies, with @watched
 * @dies: when the kernel's timer ends the socket that was found, in jiffies
 *
 * In the order of Documentation/performance.rst: the next segment of an
 * established connection needs the first three lines, and an entry is 512 octets
 * in all, so that none crosses a page.
 */
struct tcpfsm_flow {
	struct rhash_head	node;
	struct tcpfsm_key	key;
	spinlock_t		lock;	/* see above */
	u8			client;
	bool			dead;
	u8			wait;
	bool			behind;
	unsigned long		heard;
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
	u64			met;
	struct tcpfsm_tally	*tally;
	int			device[TCPFSM_ROLE_COUNT];
	unsigned long		look;
	unsigned long		dies[TCPFSM_ROLE_COUNT];
};

/**
 * tcpfsm_flow_catch_up - know when the last segment was
 * @flow: the entry, locked
 *
 * A plain segment leaves nothing but the tick behind: the clock, and the line
 * of the entry that its time is kept in, would be half of its cost. Whoever
 * wants to know more than the key, or to change anything, calls this first.
 */
static inline void tcpfsm_flow_catch_up(struct tcpfsm_flow *flow)
{
	u64 since;

	if (!flow->behind)
		return;
	since = jiffies64_to_nsecs(jiffies - flow->heard);
	flow->conn.last = max(flow->conn.last,
			      ktime_get_coarse_boottime_ns() - since);
	flow->behind = false;
}

/* The endpoint's place in the key, and back */
static inline unsigned int tcpfsm_flow_index(const struct tcpfsm_flow *flow,
					     enum tcpfsm_role role)
{
	return tcpfsm_role_index(role, flow->client);
}

static inline enum tcpfsm_role tcpfsm_flow_role(const struct tcpfsm_flow *flow,
						unsigned int index)
{
	return tcpfsm_index_role(index, flow->client);
}

/* Whether and when an entry may be evicted; it is locked */
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
