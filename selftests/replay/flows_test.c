// SPDX-License-Identifier: GPL-2.0
/* Random operations on the table of the engine and on an array: both must agree. */
#include <stdlib.h>

#include "engine/flows.h"
#include "unit/ktap.h"
#include "unit/random.h"

#define KEYS	300
#define STEPS	100000

/* The array: the flow of each key, by its number */
struct plain {
	struct flow	*flow[KEYS];
	u64		armed[KEYS];
	unsigned int	count;
	u64		ids;
};

static struct flow_key key_of(unsigned int number)
{
	struct flow_key key = { .family = TCPFSM_AF_INET6 };

	/* Each key differs from the others in one octet, so that buckets are shared */
	key.addr[number / 16 % 2].bytes[number % 16] = 1 + number / 32;
	return key;
}

static bool fail(const char *what, unsigned int number)
{
	ktap_note("%s: key %u", what, number);
	return false;
}

static bool add(struct flows *flows, struct plain *plain, unsigned int number)
{
	const struct flow_key key = key_of(number);
	struct flow *flow = flows_add(flows, &key);

	if (!flow || flow->id != ++plain->ids)
		return fail("not added", number);
	plain->flow[number] = flow;
	plain->armed[number] = UINT64_MAX;
	plain->count++;
	return true;
}

static bool succeed(struct flows *flows, struct plain *plain, unsigned int number)
{
	struct flow *old = plain->flow[number];
	struct flow *flow = flows_succeed(flows, old);

	if (!flow || flow->id != ++plain->ids)
		return fail("no successor", number);
	flows_release(flows, old, false);
	plain->flow[number] = flow;
	return true;
}

static void take_out(struct flows *flows, struct plain *plain, unsigned int number)
{
	flows_remove(flows, plain->flow[number]);
	flows_release(flows, plain->flow[number], false);
	plain->flow[number] = NULL;
	plain->count--;
}

static bool change(struct flows *flows, struct plain *plain)
{
	unsigned int number = random_below(KEYS);

	if (!plain->flow[number])
		return add(flows, plain, number);
	switch (random_below(8)) {
	case 0:
		return succeed(flows, plain, number);
	case 1:
		take_out(flows, plain, number);
		return true;
	default:
		plain->armed[number] = random_below(50);
		flows_arm(flows, plain->flow[number], plain->armed[number]);
		return true;
	}
}

/* Found by looking at all flows */
static struct flow *first_due(const struct plain *plain)
{
	struct flow *first = NULL;
	u64 armed = 0;
	unsigned int i;

	for (i = 0; i < KEYS; i++) {
		struct flow *flow = plain->flow[i];

		if (flow && (!first || plain->armed[i] < armed ||
			     (plain->armed[i] == armed && flow->id < first->id))) {
			first = flow;
			armed = plain->armed[i];
		}
	}
	return first;
}

static bool check_keys(const struct flows *flows, const struct plain *plain)
{
	unsigned int i;

	for (i = 0; i < KEYS; i++) {
		const struct flow_key key = key_of(i);

		if (flows_find(flows, &key) != plain->flow[i])
			return fail("found something else", i);
	}
	return true;
}

static bool check_walk(const struct flows *flows, const struct plain *plain, bool keep)
{
	const struct flow *flow = NULL;
	u64 last = 0, count = 0;

	while ((flow = flows_next(flows, flow))) {
		if (flow->id <= last)
			return fail("not in the order of ids", flow->id);
		last = flow->id;
		count++;
	}
	if (count != (keep ? plain->ids : plain->count))
		return fail("the walk has another length", count);
	return true;
}

static bool run(bool keep)
{
	static struct plain plain;
	struct flows flows;
	unsigned int i;
	bool ok = true;

	memset(&plain, 0, sizeof(plain));
	random_seed(keep + 1);
	flows_init(&flows, keep);
	for (i = 0; ok && i < STEPS; i++) {
		ok = change(&flows, &plain);
		if (ok && flows_first_due(&flows) != first_due(&plain))
			ok = fail("another one is due first", i);
		if (ok && i % 1000 == 0)
			ok = check_keys(&flows, &plain) && check_walk(&flows, &plain, keep);
	}
	ktap_note("%u in the table at the end, of %u", plain.count, (unsigned int)plain.ids);
	flows_free(&flows);
	return ok;
}

int main(void)
{
	ktap_plan(2);
	ktap_result(run(false), "what has left is forgotten");
	ktap_result(run(true), "what has left is kept");
	return ktap_exit();
}
