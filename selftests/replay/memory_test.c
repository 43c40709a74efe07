// SPDX-License-Identifier: GPL-2.0
/*
 * The engine out of memory: each allocation fails once, while packets are read that
 * need all of them. The engine must report it, keep what it has, and free it.
 */
#include <arpa/inet.h>
#include <stdlib.h>

#include "engine/engine.h"
#include "unit/ktap.h"
#include "unit/packet.h"

#define MSEC	1000000ull

/* More than the initial size of any table */
#define CONNECTIONS	100

void *__real_calloc(size_t count, size_t size);
void *__real_reallocarray(void *old, size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_reallocarray(void *old, size_t count, size_t size);

/* Allocations up to and with the one that fails; 0: none fails */
static unsigned int until_failure;
static unsigned int allocations;

static bool fails(void)
{
	allocations++;
	return until_failure && !--until_failure;
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_reallocarray(void *old, size_t count, size_t size)
{
	return fails() ? NULL : __real_reallocarray(old, count, size);
}

struct told {
	unsigned int opened;
	unsigned int closed;
};

static void on_opened(void *data, const struct flow *flow, uint64_t now)
{
	struct told *told = data;

	(void)flow;
	(void)now;
	told->opened++;
}

static void on_closed(void *data, const struct flow *flow, uint64_t now)
{
	struct told *told = data;

	(void)flow;
	(void)now;
	told->closed++;
}

static const struct engine_observer observer = {
	.opened = on_opened,
	.closed = on_closed,
};

static enum engine_result give(struct engine *engine, unsigned int port, bool answer,
			       u8 flags, u32 seq, u32 ack)
{
	const struct tcpfsm_segment seg = {
		.sport = htons(answer ? 80 : port), .dport = htons(answer ? port : 80),
		.flags = flags, .seq = seq, .ack = ack, .window = 1000,
	};
	struct packet_data packet = { .bytes = NULL };
	struct packet p;

	packet_ipv4(&p, answer ? 2 : 1, answer ? 1 : 2, 0);
	packet_tcp(&p, &seg, NULL, 0);
	packet.bytes = p.bytes;
	packet.avail = p.len;
	packet.total = p.len;
	engine_advance(engine, engine->now + MSEC);
	return engine_packet(engine, &packet);
}

/* Many connections, some refused; one is reopened, and has a long history. */
static unsigned int play(struct engine *engine)
{
	unsigned int i, failures = 0;

	for (i = 0; i < CONNECTIONS; i++) {
		failures += give(engine, 1000 + i, false, TCPFSM_SYN, 0, 0) == ENGINE_NO_MEMORY;
		failures += give(engine, 1000 + i, true, TCPFSM_RST | TCPFSM_ACK, 0, 1) ==
			    ENGINE_NO_MEMORY;
	}
	for (i = 0; i < 50; i++)
		failures += give(engine, 1000, false, TCPFSM_SYN, 5000, 0) == ENGINE_NO_MEMORY;
	return failures;
}

static bool fail(unsigned int number, const char *what)
{
	ktap_note("without allocation %u: %s", number, what);
	return false;
}

static bool check(const struct engine *engine, const struct told *told, unsigned int number)
{
	const struct engine_stats *stats = &engine->stats;
	u64 removed = stats->counter[TCPFSM_COUNTER_REMOVED_REOPENED];

	if (stats->counter[TCPFSM_COUNTER_CONN_TRACKED] != engine->flows.count + removed)
		return fail(number, "tracked is not what there is and what was");
	if (told->opened != engine->flows.ids)
		return fail(number, "not all were told of that were opened");
	if (engine->flows.count < CONNECTIONS - 1)
		return fail(number, "more than one is lost");
	return true;
}

/* Make the given allocation fail (0: none); true if all was as expected. */
static bool run(unsigned int number, bool keep)
{
	struct told told = { 0 };
	struct engine *engine;
	unsigned int failures;
	bool ok;

	allocations = 0;
	until_failure = number;
	engine = engine_new(&observer, &told, keep);
	if (!engine)
		return number == 1 || fail(number, "no engine");
	engine->setting[TCPFSM_SETTING_history] = 64;
	failures = play(engine);
	ok = !number == !failures || fail(number, failures ? "failed" : "did not say so");
	ok = ok && check(engine, &told, number);
	engine_free(engine);
	return ok;
}

static bool run_all(bool keep)
{
	unsigned int number, last;

	if (!run(0, keep))
		return false;
	last = allocations;
	for (number = 1; number <= last; number++)
		if (!run(number, keep))
			return false;
	ktap_note("%u allocations", last);
	return true;
}

int main(void)
{
	ktap_plan(2);
	ktap_result(run_all(false), "each allocation fails once");
	ktap_result(run_all(true), "each allocation fails once, all are kept");
	return ktap_exit();
}
