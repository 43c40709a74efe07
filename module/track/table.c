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
 * Keyed, so that nobody who chooses addresses and ports can choose the bucket;
 * it is the hash by which the kernel finds its own sockets, and leaves the host
 * as little as theirs does. It is kept with the key, because a table that grows
 * asks for it again and again: without, opening a connection costs a third more.
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

/* The seed is rhashtable's, which takes a new one when a chain grows long */
static u32 hash_key(const void *data, u32 len, u32 seed)
{
	const struct tcpfsm_key *key = data;

	return ((key->hash ^ seed) * GOLDEN_RATIO_32) >> 8;
}

static u64 differ(const union tcpfsm_addr *a, const union tcpfsm_addr *b)
{
	return (a->words[0] ^ b->words[0]) | (a->words[1] ^ b->words[1]);
}

/* By words: several times faster than memcmp() of so few octets, or a loop */
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
 * Waits for the entries that RCU still holds. Sleeps.
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
 * @table: the table; its entries were removed before
 *
 * Sleeps.
 */
void tcpfsm_table_destroy(struct tcpfsm_table *table)
{
	WARN_ON_ONCE(atomic_read(&table->count));
	rhashtable_destroy(&table->hash);
	xa_destroy(&table->by_id);
}

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
 * tcpfsm_table_reserve - ask for room for one more entry
 * @table: the table
 * @limit: entries that it may hold at most
 *
 * Any context. The room is given back by tcpfsm_table_remove() or
 * tcpfsm_table_unreserve().
 *
 * Return: whether there is room, here and under the global limit.
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
 * tcpfsm_table_unreserve - give room back that was not used
 * @table: the table
 */
void tcpfsm_table_unreserve(struct tcpfsm_table *table)
{
	atomic_dec(&total);
	atomic_dec(&table->count);
}

/**
 * tcpfsm_table_count - how many entries there are
 * @table: the table
 *
 * Return: the number of entries, at this instant.
 */
unsigned int tcpfsm_table_count(const struct tcpfsm_table *table)
{
	return atomic_read(&table->count);
}

/**
 * tcpfsm_table_alloc - make an entry
 * @key: its key, for which tcpfsm_table_find() has looked in vain
 *
 * Any context. The caller owns the entry until it has inserted it.
 *
 * Return: the entry, all zero but for its key and lock, or NULL.
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
 * tcpfsm_table_free - free an entry, and what it owns, after a grace period
 * @flow: the entry; it is in no list, and not in the table any more
 */
void tcpfsm_table_free(struct tcpfsm_flow *flow)
{
	call_rcu(&flow->rcu, free_flow);
}

/**
 * tcpfsm_table_find - look up an entry
 * @table: the table
 * @key: what to look for; its hash is filled in
 *
 * Called under rcu_read_lock(). The entry may die at any time unless the
 * caller takes its lock and finds it not dead.
 *
 * Return: the entry or NULL.
 */
__flatten
struct tcpfsm_flow *tcpfsm_table_find(struct tcpfsm_table *table,
				      struct tcpfsm_key *key)
{
	fill_hash(key);
	return rhashtable_lookup(&table->hash, key, params);
}

/**
 * tcpfsm_table_insert - insert an entry and give it an id
 * @table: the table, in which room was reserved
 * @flow: the entry; the caller holds its lock, so that nobody uses it before
 *	it is complete
 *
 * Called under rcu_read_lock() with bottom halves off.
 *
 * Return: @flow; or the entry that was there before with the same key; or
 * ERR_PTR(-ENOMEM), -E2BIG, -EBUSY. Unless it is @flow, the caller still owns
 * it and the room, and gives it to tcpfsm_table_free(): others may have seen
 * it.
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
 * tcpfsm_table_renew - give an entry a new id, for its next incarnation
 * @table: the table
 * @flow: the entry; the caller holds its lock
 *
 * Return: 0, or -ENOMEM and the entry keeps its old id.
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
 * tcpfsm_table_remove - take an entry out and free it after a grace period
 * @table: the table
 * @flow: the entry; the caller has set dead under its lock, and released it
 *
 * With bottom halves off.
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
 * tcpfsm_table_next - the next entry in the order of ids
 * @table: the table
 * @id: of the last entry, 0 to begin; becomes that of the one returned
 *
 * Called under rcu_read_lock(). Entries that are there from the first call to
 * the last are each found once. The entry's own id may change meanwhile, when
 * its next incarnation begins; @id does not.
 *
 * Return: the entry with the lowest id above @id, or NULL.
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

/* An entry that is looked for again and again among many others */
#define MARK XA_MARK_0

/**
 * tcpfsm_table_mark - mark an entry, for this incarnation
 * @table: the table
 * @flow: the entry, locked
 */
void tcpfsm_table_mark(struct tcpfsm_table *table, struct tcpfsm_flow *flow)
{
	xa_set_mark(&table->by_id, flow->id, MARK);
}

/**
 * tcpfsm_table_unmark - undo tcpfsm_table_mark()
 * @table: the table
 * @flow: the entry, locked
 */
void tcpfsm_table_unmark(struct tcpfsm_table *table, struct tcpfsm_flow *flow)
{
	xa_clear_mark(&table->by_id, flow->id, MARK);
}

/**
 * tcpfsm_table_next_marked - the next marked entry in the order of ids
 * @table: the table
 * @id: of the last entry, 0 to begin; becomes that of the one returned
 *
 * Called under rcu_read_lock().
 *
 * Return: the marked entry with the lowest id above @id, or NULL.
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
 * tcpfsm_table_last_id - where a walk may end
 * @table: the table
 *
 * A walk that goes on until nothing is left may go on for ever where entries
 * are made as fast as they are read.
 *
 * Return: the id that was given out last.
 */
u64 tcpfsm_table_last_id(const struct tcpfsm_table *table)
{
	return atomic64_read(&table->next_id);
}

/**
 * tcpfsm_table_get - look up an entry by its id
 * @table: the table
 * @id: the id
 *
 * Called under rcu_read_lock().
 *
 * Return: the entry or NULL.
 */
struct tcpfsm_flow *tcpfsm_table_get(struct tcpfsm_table *table, u64 id)
{
	return xa_load(&table->by_id, id);
}

/**
 * tcpfsm_table_rank - say whether and when an entry may be evicted
 * @table: the table
 * @flow: the entry
 * @rank: its new rank; it becomes the youngest of it
 *
 * With bottom halves off.
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
 * tcpfsm_table_victim - the entry of a rank that is to be evicted first
 * @table: the table
 * @rank: HALF_OPEN or CLOSED
 *
 * Called under rcu_read_lock() with bottom halves off. It is taken off its
 * list, so that it is given out once; the caller removes it, or ranks it again.
 *
 * Return: the oldest entry of @rank, or NULL.
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
