// SPDX-License-Identifier: GPL-2.0
/*
 * Two small TCPs talk over a network that loses, duplicates and reorders. They
 * comply with the RFC, so nothing may be reported as a violation; and the state
 * kept for an end on this host must be the one that the small TCP is in.
 */
#include "core/conn.h"
#include "core/conn_life.h"
#include "ktap.h"
#include "random.h"
#include "talk.h"

#define TALKS		5000

/**
 * struct witness - what the module makes of a talk
 * @conn: what it knows
 * @begun: it has seen a segment
 * @broken: what went wrong
 */
struct witness {
	struct tcpfsm_conn	conn;
	bool			begun;
	const char		*broken;
};

static void see(struct talk *t, int from, const struct tcpfsm_segment *seg)
{
	const struct tcpfsm_view view = {
		.now = (u64)t->now, .halves = TCPFSM_SENT | TCPFSM_RECEIVED,
		.sender_local = talk_local(t) == from,
		.receiver_local = talk_local(t) == !from,
		.genuine = talk_local(t) == from,
	};
	struct witness *w = t->watcher;
	struct tcpfsm_outcome out;
	unsigned int i;

	if (!w->begun) {
		if (!tcpfsm_conn_opens(seg))
			return;
		tcpfsm_conn_init(&w->conn, (u64)t->now);
		w->begun = true;
	}
	tcpfsm_conn_segment(&w->conn, (enum tcpfsm_role)from, seg, &view, &out);
	if (out.reopen)
		w->broken = "a new connection out of nowhere";
	for (i = 0; i < out.notes; i++)
		if (out.note[i].kind == TCPFSM_KIND_VIOLATION)
			w->broken = tcpfsm_anomaly_names[out.note[i].anomaly];
}

static void check_local(const struct talk *t, struct witness *w)
{
	const int local = talk_local(t);

	if (w->begun && local >= 0 && w->conn.end[local].state != t->tcp[local].state)
		w->broken = "the local state differs";
}

static bool run(enum talk_vantage vantage, u32 seed)
{
	struct witness w = { .begun = false };
	static struct talk t;

	random_seed(seed);
	t.see = see;
	t.watcher = &w;
	talk_begin(&t, vantage, random_below(4) * 10, false);
	while (t.now < TALK_END && !w.broken && !talk_is_over(&t)) {
		talk_tick(&t);
		check_local(&t, &w);
	}
	if (w.broken)
		ktap_note("seed %u, tick %d: %s: C %s, S %s; we: %s %s", seed, t.now,
			  w.broken, tcpfsm_state_names[t.tcp[0].state],
			  tcpfsm_state_names[t.tcp[1].state],
			  tcpfsm_state_names[w.conn.end[0].state],
			  tcpfsm_state_names[w.conn.end[1].state]);
	return !w.broken;
}

int main(void)
{
	static const char *const names[VANTAGE_COUNT] = {
		"forwarded", "at the client", "at the server",
	};
	enum talk_vantage vantage;
	char name[64];
	u32 seed;

	ktap_plan(VANTAGE_COUNT);
	for (vantage = FORWARD; vantage < VANTAGE_COUNT; vantage++) {
		u32 failed = 0;

		for (seed = 1; seed <= TALKS && failed < 5; seed++)
			failed += !run(vantage, seed);
		snprintf(name, sizeof(name), "no violation, %s", names[vantage]);
		ktap_result(!failed, name);
	}
	return ktap_exit();
}
