// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "engine/flows.h"

#define ROOM_MIN	64

void flows_init(struct flows *flows, bool keep)
{
	memset(flows, 0, sizeof(*flows));
	flows->keep = keep;
	/* Without a secret, a capture can be made whose flows share one bucket */
	if (getrandom(flows->secret, sizeof(flows->secret), 0) < 0)
		memset(flows->secret, 0, sizeof(flows->secret));
}

static void append(struct flows *flows, struct flow *flow)
{
	flow->older = flows->newest;
	if (flow->older)
		flow->older->newer = flow;
	else
		flows->oldest = flow;
	flows->newest = flow;
}

static void forget(struct flows *flows, struct flow *flow)
{
	*(flow->older ? &flow->older->newer : &flows->oldest) = flow->newer;
	*(flow->newer ? &flow->newer->older : &flows->newest) = flow->older;
	free(flow->history.record);
	free(flow->tally);
	free(flow);
}

void flows_free(struct flows *flows)
{
	while (flows->oldest)
		forget(flows, flows->oldest);
	free(flows->bucket);
	free(flows->heap);
}

/*
 * NH, the hash of UMAC (RFC 4418 section 5.2.2): without the secret nobody can
 * choose endpoints that share a bucket.
 */
static uint32_t bucket_of(const struct flows *flows, const struct flow_key *key)
{
	uint32_t word[sizeof(*key) / sizeof(uint32_t)];
	uint64_t sum = 0;
	unsigned int i;

	memcpy(word, key, sizeof(*key));
	for (i = 0; i < ARRAY_SIZE(word); i += 2)
		sum += (uint64_t)(word[i] + flows->secret[i]) *
		       (uint32_t)(word[i + 1] + flows->secret[i + 1]);
	return (sum * 0x9e3779b97f4a7c15ull >> 32) & (flows->room - 1);
}

struct flow *flows_find(const struct flows *flows, const struct flow_key *key)
{
	struct flow *flow;

	if (!flows->room)
		return NULL;
	flow = flows->bucket[bucket_of(flows, key)];
	while (flow && memcmp(&flow->key, key, sizeof(*key)))
		flow = flow->next;
	return flow;
}

static void put_in_bucket(struct flows *flows, struct flow *flow)
{
	struct flow **bucket = &flows->bucket[bucket_of(flows, &flow->key)];

	flow->next = *bucket;
	*bucket = flow;
}

/* The pointer to @flow in its bucket */
static struct flow **link_to(const struct flows *flows, const struct flow *flow)
{
	struct flow **link = &flows->bucket[bucket_of(flows, &flow->key)];

	while (*link != flow)
		link = &(*link)->next;
	return link;
}

/* Make room for one more in the table. False: no memory */
static bool make_room(struct flows *flows)
{
	uint32_t room = flows->room ? flows->room * 2 : ROOM_MIN;
	struct flow **bucket, **heap;
	uint32_t i;

	if (flows->count < flows->room)
		return true;
	bucket = room ? calloc(room, sizeof(struct flow *)) : NULL;
	heap = bucket ? reallocarray(flows->heap, room, sizeof(struct flow *)) : NULL;
	if (!heap) {
		free(bucket);
		return false;
	}
	free(flows->bucket);
	flows->bucket = bucket;
	flows->heap = heap;
	flows->room = room;
	for (i = 0; i < flows->count; i++)
		put_in_bucket(flows, heap[i]);
	return true;
}

/* A flow with the next id, which is not yet in the table; NULL: no memory */
static struct flow *make(struct flows *flows, const struct flow_key *key)
{
	struct flow *flow = calloc(1, sizeof(*flow));

	if (!flow)
		return NULL;
	flow->key = *key;
	flow->id = ++flows->ids;
	append(flows, flow);
	return flow;
}

static void put_at(struct flows *flows, uint32_t place, struct flow *flow)
{
	flows->heap[place] = flow;
	flow->place = place;
}

static bool is_before(const struct flow *a, const struct flow *b)
{
	return a->armed != b->armed ? a->armed < b->armed : a->id < b->id;
}

static void sift(struct flows *flows, struct flow *flow)
{
	uint32_t place = flow->place;

	while (place && is_before(flow, flows->heap[(place - 1) / 2])) {
		put_at(flows, place, flows->heap[(place - 1) / 2]);
		place = (place - 1) / 2;
	}
	for (;;) {
		uint32_t child = 2 * place + 1;

		if (child + 1 < flows->count &&
		    is_before(flows->heap[child + 1], flows->heap[child]))
			child++;
		if (child >= flows->count || is_before(flow, flows->heap[child]))
			break;
		put_at(flows, place, flows->heap[child]);
		place = child;
	}
	put_at(flows, place, flow);
}

struct flow *flows_add(struct flows *flows, const struct flow_key *key)
{
	struct flow *flow = make_room(flows) ? make(flows, key) : NULL;

	if (!flow)
		return NULL;
	put_in_bucket(flows, flow);
	flow->armed = UINT64_MAX;
	put_at(flows, flows->count++, flow);
	return flow;
}

struct flow *flows_succeed(struct flows *flows, const struct flow *old)
{
	struct flow *flow = make(flows, &old->key);

	if (!flow)
		return NULL;
	*link_to(flows, old) = flow;
	flow->next = old->next;
	flow->armed = old->armed;
	put_at(flows, old->place, flow);
	sift(flows, flow);
	return flow;
}

void flows_remove(struct flows *flows, struct flow *flow)
{
	struct flow *last = flows->heap[--flows->count];

	*link_to(flows, flow) = flow->next;
	if (last == flow)
		return;
	put_at(flows, flow->place, last);
	sift(flows, last);
}

void flows_release(struct flows *flows, struct flow *flow, bool unwanted)
{
	if (!flows->keep || unwanted)
		forget(flows, flow);
}

void flows_arm(struct flows *flows, struct flow *flow, uint64_t when)
{
	flow->armed = when;
	sift(flows, flow);
}

struct flow *flows_first_due(const struct flows *flows)
{
	return flows->count ? flows->heap[0] : NULL;
}
