/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The flows of one tracker: found by key under RCU, walked in the order of
 * their ids, evicted by rank. Knows neither TCP nor netlink.
 */
#ifndef _TCPFSM_TABLE_H
#define _TCPFSM_TABLE_H

#include <linux/rhashtable.h>
#include <linux/xarray.h>

#include "track/flow.h"

/**
 * struct tcpfsm_table - the flows of one tracker
 * @hash: the flows by key; written under rhashtable's bucket locks, read under
 *	RCU
 * @by_id: the flows by id; written under the XArray's own lock with bottom
 *	halves off, read under RCU. An id as cursor stays valid whatever is
 *	inserted or removed.
 * @ranks: eviction lists by enum tcpfsm_rank, oldest flow first; guarded by
 *	@rank_lock
 * @rank_lock: guards @ranks and the member lru of all flows; taken with bottom
 *	halves off, under tcpfsm_flow.lock or none; nothing nests in it
 * @count: number of flows, including room that is only reserved
 * @next_id: the id that was given out last
 * @changes: how often @by_id has changed; a dump during which it changes mixes
 *	old and new
 */
struct tcpfsm_table {
	struct rhashtable	hash;
	struct xarray		by_id;
	struct list_head	ranks[TCPFSM_RANK_COUNT];
	spinlock_t		rank_lock;	/* see above */
	atomic_t		count;
	atomic64_t		next_id;
	atomic_t		changes;
};

int tcpfsm_table_module_init(void);
void tcpfsm_table_module_exit(void);
int tcpfsm_table_init(struct tcpfsm_table *table);
void tcpfsm_table_destroy(struct tcpfsm_table *table);
bool tcpfsm_table_reserve(struct tcpfsm_table *table, unsigned int limit);
void tcpfsm_table_unreserve(struct tcpfsm_table *table);
unsigned int tcpfsm_table_count(const struct tcpfsm_table *table);
struct tcpfsm_flow *tcpfsm_table_alloc(const struct tcpfsm_key *key);
void tcpfsm_table_free(struct tcpfsm_flow *flow);
struct tcpfsm_flow *tcpfsm_table_find(struct tcpfsm_table *table,
				      struct tcpfsm_key *key);
struct tcpfsm_flow *tcpfsm_table_insert(struct tcpfsm_table *table,
					struct tcpfsm_flow *flow);
int tcpfsm_table_renew(struct tcpfsm_table *table, struct tcpfsm_flow *flow);
void tcpfsm_table_remove(struct tcpfsm_table *table, struct tcpfsm_flow *flow);
struct tcpfsm_flow *tcpfsm_table_next(struct tcpfsm_table *table, u64 *id);
void tcpfsm_table_mark(struct tcpfsm_table *table, struct tcpfsm_flow *flow);
void tcpfsm_table_unmark(struct tcpfsm_table *table, struct tcpfsm_flow *flow);
struct tcpfsm_flow *tcpfsm_table_next_marked(struct tcpfsm_table *table,
					     u64 *id);
u64 tcpfsm_table_last_id(const struct tcpfsm_table *table);
struct tcpfsm_flow *tcpfsm_table_get(struct tcpfsm_table *table, u64 id);
void tcpfsm_table_rank(struct tcpfsm_table *table, struct tcpfsm_flow *flow,
		       enum tcpfsm_rank rank);
struct tcpfsm_flow *tcpfsm_table_victim(struct tcpfsm_table *table,
					enum tcpfsm_rank rank);

#endif /* _TCPFSM_TABLE_H */
