// SPDX-License-Identifier: GPL-2.0
#include <linux/hash.h>
#include <linux/jhash.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "track/table.h"

static unsigned int global_limit = 1048576;
module_param(global_limit, uint, 0644);
MODULE_PARM_DESC(global_limit, "connections at most, over all namespaces");

static struct kmem_cache *cache;
static u32 secret __read_mostly;
static atomic_t total = ATOMIC_INIT(0);

/*
 * Keyed, so that an attacker who chooses addresses and ports cannot choose the
 * bucket. jhash is also what the kernel hashes its own sockets with
 * (inet_ehashfn()), so the host is exposed no further. The hash is kept in the
 * key because a growing table needs it again for each flow that it moves.
 */
static void fill_hash(struct tcpfsm_key *key)
{
	if (key->family == TCPFSM_AF_INET)
		key->hash = jhash_3words((__force u32)key->addr[0].v4,
					 (__force u32)key->addr[1].v4,
					 key->ports, secret);
	else
		key->hash = jhash2((__force const u32 *)key->addr,
				   2 * ARRAY_SIZE(key->addr[0].v6),
				   secret ^ key->ports);
}

/*
 * @seed is rhashtable's; it rehashes with a new one when a chain grows long.
 * The product mixes upwards and rhashtable uses the lowest bits, so the lowest
 * ones of the product are dropped.
 */
static u32 hash_key(const void *data, u32 len, u32 seed)
{
	const struct tcpfsm_key *key = data;

	return ((key->hash ^ seed) * GOLDEN_RATIO_32) >> 8;
}

static u64 differ(const union tcpfsm_addr *a, const union tcpfsm_addr *b)
{
	return (a->words[0] ^ b->words[0]) | (a->words[1] ^ b->words[1]);
}

/* Word by word: hot path, and memcmp() or a loop is slower for so few octets */
static int compare_key(struct rhashtable_compare_arg *arg, const void *object)
{
	const struct tcpfsm_flow *flow = object;
	const struct tcpfsm_key *a = &flow->key, *b = arg->key;

	return (differ(&a->addr[0], &b->addr[0]) |
		differ(&a->addr[1], &b->addr[1]) |
		(a->ports ^ b->ports) | (a->rest ^ b->rest)) != 0;
}

static const struct rhashtable_params params = {
	.key_len		= sizeof(struct tcpfsm_key),
	.key_offset		= offsetof(struct tcpfsm_flow, key),
	.head_offset		= offsetof(struct tcpfsm_flow, node),
	.hashfn			= hash_key,
	.obj_cmpfn		= compare_key,
};

/**
 * tcpfsm_table_module_init - set up what all tables share
 *
 * This is the slab cache of flows, and the key of the hash.
 *
 * Context: Process; may sleep.
 * Return: 0, or -ENOMEM.
 */
int tcpfsm_table_module_init(void)
{
	get_random_bytes(&secret, sizeof(secret));
	cache = kmem_cache_create("tcpfsm_flow", sizeof(struct tcpfsm_flow), 0,
				  SLAB_HWCACHE_ALIGN, NULL);
	return cache ? 0 : -ENOMEM;
}

/**
 * tcpfsm_table_module_exit - undo tcpfsm_table_module_init()
 *
 * All tables are gone. The flows that still wait for a grace period are waited
 * for.
 *
 * Context: Process; sleeps.
 */
void tcpfsm_table_module_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(cache);
}

/**
 * tcpfsm_table_init - set up an empty table
 * @table: the table
 *
 * Context: Process; may sleep.
 * Return: 0, or a negative errno of rhashtable_init(): -ENOMEM, -EINVAL.
 */
int tcpfsm_table_init(struct tcpfsm_table *table)
{
	int rank;

	xa_init_flags(&table->by_id, XA_FLAGS_LOCK_BH);
	spin_lock_init(&table->rank_lock);
	for (rank = 0; rank < TCPFSM_RANK_COUNT; rank++)
		INIT_LIST_HEAD(&table->ranks[rank]);
	return rhashtable_init(&table->hash, &params);
}

/**
 * tcpfsm_table_destroy - free a table
 * @table: the table; its flows were removed before
 *
 * Context: Process; sleeps.
 */
void tcpfsm_table_destroy(struct tcpfsm_table *table)
{
	WARN_ON_ONCE(atomic_read(&table->count));
	rhashtable_destroy(&table->hash);
	xa_destroy(&table->by_id);
}

/* Increments @count unless it has reached @limit */
static bool add_below(atomic_t *count, unsigned int limit)
{
	int old = atomic_read(count);

	do {
		if (old >= 0 && (unsigned int)old >= limit)
			return false;
	} while (!atomic_try_cmpxchg(count, &old, old + 1));
	return true;
}

/**
 * tcpfsm_table_reserve - reserve room for one more flow
 * @table: the table
 * @limit: flows that it may hold at most
 *
 * Room is reserved before the flow is made, so that the count never exceeds the
 * limit. It is given back by tcpfsm_table_remove() or tcpfsm_table_unreserve().
 * The READ_ONCE() is against a write to the module parameter in sysfs.
 *
 * Context: Any.
 * Return: true if there was room, both in @table and below global_limit.
 */
bool tcpfsm_table_reserve(struct tcpfsm_table *table, unsigned int limit)
{
	if (!add_below(&table->count, limit))
		return false;
	if (add_below(&total, READ_ONCE(global_limit)))
		return true;
	atomic_dec(&table->count);
	return false;
}

/**
 * tcpfsm_table_unreserve - give back the room of one flow
 * @table: the table
 *
 * Context: Any.
 */
void tcpfsm_table_unreserve(struct tcpfsm_table *table)
{
	atomic_dec(&total);
	atomic_dec(&table->count);
}

/**
 * tcpfsm_table_count - number of flows
 * @table: the table
 *
 * Context: Any.
 * Return: the number of flows at this instant, including reserved room.
 */
unsigned int tcpfsm_table_count(const struct tcpfsm_table *table)
{
	return atomic_read(&table->count);
}

/**
 * tcpfsm_table_alloc - allocate a flow
 * @key: its key; tcpfsm_table_find() has filled in the hash
 *
 * The caller owns the flow until it has inserted it.
 *
 * Context: Any; does not sleep.
 * Return: the flow, all zero but for key, lock and list head; or NULL without
 * memory.
 */
struct tcpfsm_flow *tcpfsm_table_alloc(const struct tcpfsm_key *key)
{
	struct tcpfsm_flow *flow = kmem_cache_zalloc(cache,
						     GFP_ATOMIC | __GFP_NOWARN);

	if (!flow)
		return NULL;
	flow->key = *key;
	spin_lock_init(&flow->lock);
	INIT_LIST_HEAD(&flow->lru);
	return flow;
}

static void free_flow(struct rcu_head *rcu)
{
	struct tcpfsm_flow *flow = container_of(rcu, struct tcpfsm_flow, rcu);

	kfree(flow->history.record);
	kfree(flow->tally);
	kmem_cache_free(cache, flow);
}

/**
 * tcpfsm_table_free - free a flow, and what it owns, after a grace period
 * @flow: the flow, not in the table and on no list; its timer is not armed
 *
 * Context: Any.
 */
void tcpfsm_table_free(struct tcpfsm_flow *flow)
{
	call_rcu(&flow->rcu, free_flow);
}

/**
 * tcpfsm_table_find - look up a flow by its key
 * @table: the table
 * @key: the key; its hash is filled in
 *
 * No reference is taken. Before the caller uses more than the key it must take
 * the flow's lock and check that the flow is not dead.
 *
 * Context: Under rcu_read_lock().
 * Return: the flow, or NULL.
 */
__flatten
struct tcpfsm_flow *tcpfsm_table_find(struct tcpfsm_table *table,
				      struct tcpfsm_key *key)
{
	fill_hash(key);
	return rhashtable_lookup(&table->hash, key, params);
}

/**
 * tcpfsm_table_insert - insert a flow and give it an id
 * @table: the table, in which room was reserved
 * @flow: the flow, locked, so that another CPU that finds it waits until its
 *	first segment has been accounted for
 *
 * If anything but @flow is returned, the caller still owns @flow and the room.
 * It must free @flow with tcpfsm_table_free(), since another CPU may have found
 * it.
 *
 * Context: Bottom halves off and @flow->lock held, under
 * rcu_read_lock().
 * Return: @flow; or the flow that is in the table with the same key; or ERR_PTR
 * of -ENOMEM, -E2BIG or -EBUSY.
 */
struct tcpfsm_flow *tcpfsm_table_insert(struct tcpfsm_table *table,
					struct tcpfsm_flow *flow)
{
	struct tcpfsm_flow *old;
	int err;

	old = rhashtable_lookup_get_insert_fast(&table->hash, &flow->node,
						params);
	if (old)
		return old;
	flow->id = atomic64_inc_return(&table->next_id);
	err = xa_err(xa_store(&table->by_id, flow->id, flow,
			      GFP_ATOMIC | __GFP_NOWARN));
	if (err) {
		flow->dead = true;
		rhashtable_remove_fast(&table->hash, &flow->node, params);
		return ERR_PTR(err);
	}
	atomic_inc(&table->changes);
	return flow;
}

/**
 * tcpfsm_table_renew - give a flow a new id, for its next incarnation
 * @table: the table
 * @flow: the flow
 *
 * A mark is not carried over to the new id.
 *
 * Context: Bottom halves off and @flow->lock held.
 * Return: 0; or -ENOMEM, and the flow keeps its old id.
 */
int tcpfsm_table_renew(struct tcpfsm_table *table, struct tcpfsm_flow *flow)
{
	u64 id = atomic64_inc_return(&table->next_id);
	int err = xa_err(xa_store(&table->by_id, id, flow,
				     GFP_ATOMIC | __GFP_NOWARN));

	if (err)
		return err;
	xa_erase(&table->by_id, flow->id);
	flow->id = id;
	atomic_inc(&table->changes);
	return 0;
}

/**
 * tcpfsm_table_remove - take a flow out and free it after a grace period
 * @table: the table
 * @flow: the flow, unlocked; the caller has set dead under its lock
 *
 * Gives back the room of the flow.
 *
 * Context: Bottom halves off, under rcu_read_lock().
 */
void tcpfsm_table_remove(struct tcpfsm_table *table, struct tcpfsm_flow *flow)
{
	rhashtable_remove_fast(&table->hash, &flow->node, params);
	xa_erase(&table->by_id, flow->id);
	tcpfsm_table_rank(table, flow, TCPFSM_RANK_LIVE);
	atomic_inc(&table->changes);
	tcpfsm_table_unreserve(table);
	tcpfsm_table_free(flow);
}

/**
 * tcpfsm_table_next - the next flow in the order of ids
 * @table: the table
 * @id: in: where to go on, 0 to begin; out: the id that the flow was found by
 *
 * An incarnation that lasts from the first call to the last is found exactly
 * once. By the time the caller has locked the flow, its id may differ from
 * @id: then the next incarnation has begun.
 *
 * Context: Under rcu_read_lock().
 * Return: the flow with the lowest id above @id, or NULL.
 */
struct tcpfsm_flow *tcpfsm_table_next(struct tcpfsm_table *table, u64 *id)
{
	unsigned long index = *id;
	struct tcpfsm_flow *flow = xa_find_after(&table->by_id, &index,
						 ULONG_MAX, XA_PRESENT);

	if (flow)
		*id = index;
	return flow;
}

/* Finds the few flows that are visited again and again among many others */
#define MARK XA_MARK_0

/**
 * tcpfsm_table_mark - mark a flow for tcpfsm_table_next_marked()
 * @table: the table
 * @flow: the flow
 *
 * The mark belongs to the id, so it ends with the incarnation.
 *
 * Context: Bottom halves off and @flow->lock held.
 */
void tcpfsm_table_mark(struct tcpfsm_table *table, struct tcpfsm_flow *flow)
{
	xa_set_mark(&table->by_id, flow->id, MARK);
}

/**
 * tcpfsm_table_unmark - undo tcpfsm_table_mark()
 * @table: the table
 * @flow: the flow, which may be dead or not marked
 *
 * Context: Bottom halves off and @flow->lock held.
 */
void tcpfsm_table_unmark(struct tcpfsm_table *table, struct tcpfsm_flow *flow)
{
	xa_clear_mark(&table->by_id, flow->id, MARK);
}

/**
 * tcpfsm_table_next_marked - the next marked flow in the order of ids
 * @table: the table
 * @id: in: where to go on, 0 to begin; out: the id that the flow was found by
 *
 * Context: Under rcu_read_lock().
 * Return: the marked flow with the lowest id above @id, or NULL.
 */
struct tcpfsm_flow *tcpfsm_table_next_marked(struct tcpfsm_table *table,
					     u64 *id)
{
	unsigned long index = *id;
	struct tcpfsm_flow *flow = xa_find_after(&table->by_id, &index,
						 ULONG_MAX, MARK);

	if (flow)
		*id = index;
	return flow;
}

/**
 * tcpfsm_table_last_id - the id that was given out last
 * @table: the table
 *
 * Bounds a walk: one without a bound may never end, if flows are made as fast
 * as they are read.
 *
 * Context: Any.
 * Return: the id, 0 before the first one.
 */
u64 tcpfsm_table_last_id(const struct tcpfsm_table *table)
{
	return atomic64_read(&table->next_id);
}

/**
 * tcpfsm_table_get - look up a flow by its id
 * @table: the table
 * @id: the id
 *
 * Context: Under rcu_read_lock(). As with tcpfsm_table_find(), no
 * reference is taken.
 * Return: the flow, or NULL.
 */
struct tcpfsm_flow *tcpfsm_table_get(struct tcpfsm_table *table, u64 id)
{
	return xa_load(&table->by_id, id);
}

/**
 * tcpfsm_table_rank - move a flow to another eviction list
 * @table: the table
 * @flow: the flow, locked; or dead and being removed by the caller
 * @rank: its new rank; the flow becomes the youngest on that list
 *
 * Context: Bottom halves off. Takes @table->rank_lock.
 */
void tcpfsm_table_rank(struct tcpfsm_table *table, struct tcpfsm_flow *flow,
		       enum tcpfsm_rank rank)
{
	lockdep_assert_in_softirq();
	spin_lock(&table->rank_lock);
	list_del_init(&flow->lru);
	if (rank != TCPFSM_RANK_LIVE)
		list_add_tail(&flow->lru, &table->ranks[rank]);
	spin_unlock(&table->rank_lock);
}

/**
 * tcpfsm_table_victim - take the flow to evict first off its list
 * @table: the table
 * @rank: HALF_OPEN or CLOSED
 *
 * It is taken off the list so that no other CPU gets it, too. The caller calls
 * tcpfsm_entry_remove(); if that refuses, the flow is dead or live and belongs
 * on no list.
 *
 * Context: Bottom halves off, under rcu_read_lock(). Takes
 * @table->rank_lock.
 * Return: the oldest flow of @rank, unlocked, or NULL.
 */
struct tcpfsm_flow *tcpfsm_table_victim(struct tcpfsm_table *table,
					enum tcpfsm_rank rank)
{
	struct tcpfsm_flow *flow;

	spin_lock(&table->rank_lock);
	flow = list_first_entry_or_null(&table->ranks[rank],
					struct tcpfsm_flow, lru);
	if (flow)
		list_del_init(&flow->lru);
	spin_unlock(&table->rank_lock);
	return flow;
}
