// SPDX-License-Identifier: GPL-2.0
/*
 * The cases of the unit tests as packets through the engine, as far as the observer
 * is between the two ends, which is where a capture is taken.
 */
#include <arpa/inet.h>

#include "unit/conn_case.h"
#include "unit/case_packet.h"
#include "engine/engine.h"
#include "unit/ktap.h"

#define MSEC	1000000ull
#define SEC	(1000 * MSEC)

/* What the engine has notified since the step began */
struct told {
	unsigned int		notes;
	struct tcpfsm_note	note[16];
	unsigned int		opened;
	unsigned int		moves;
	struct {
		u64			id;
		enum host		host;
		struct tcpfsm_move	what;
	} move[32];
};

struct run {
	const struct conn_case	*test;
	const char		*text;
	const struct setup	*setup;
	struct engine		*engine;
	struct told		told;
	u64			now;
	bool			used;
};

static void on_noted(void *data, const struct flow *flow,
		     const struct tcpfsm_note *note,
		     const struct tcpfsm_segment *seg, uint64_t now)
{
	struct told *told = data;

	(void)flow;
	(void)seg;
	(void)now;
	if (told->notes < ARRAY_SIZE(told->note))
		told->note[told->notes++] = *note;
}

/* case_packet() gives C the lower port */
static enum tcpfsm_role role_of(const struct flow *flow, enum host host)
{
	unsigned int c = ntohs(flow->key.port[0]) == 1 ? 0 : 1;
	unsigned int place = host == HOST_C ? c : !c;

	return engine_place(flow, TCPFSM_ROLE_CLIENT) == place ?
	       TCPFSM_ROLE_CLIENT : TCPFSM_ROLE_SERVER;
}

static void on_moved(void *data, const struct flow *flow,
		     const struct tcpfsm_move *move,
		     const struct tcpfsm_segment *seg, uint64_t now)
{
	struct told *told = data;

	(void)seg;
	(void)now;
	if (told->moves == ARRAY_SIZE(told->move))
		return;
	told->move[told->moves].id = flow->id;
	told->move[told->moves].host = role_of(flow, HOST_C) == move->role ? HOST_C : HOST_S;
	told->move[told->moves++].what = *move;
}

static void on_opened(void *data, const struct flow *flow, uint64_t now)
{
	struct told *told = data;

	(void)flow;
	(void)now;
	told->opened++;
}

static const struct engine_observer observer = {
	.moved = on_moved,
	.noted = on_noted,
	.opened = on_opened,
};

__attribute__((format(printf, 2, 3)))
static bool fail(const struct run *run, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	ktap_note("%s: \"%s\": %s", run->test->name, run->text, text);
	return false;
}

/* Steps that need an observer on a host: the engine skips the rest of the case */
static bool is_for_host(const struct step *step)
{
	switch (step->verb) {
	case VERB_VANTAGE:
		return step->vantage != FORWARD;
	case VERB_RFC1337:
	case VERB_SOCKET:
	case VERB_GONE:
		return true;
	case VERB_END:
		return step->cause != TCPFSM_CAUSE_TIMEOUT;
	default:
		return step->forged;
	}
}

static const struct flow *newest(const struct run *run)
{
	return run->engine->flows.newest;
}

static void wait_until(struct run *run, u64 now)
{
	run->now = now;
	engine_advance(run->engine, now);
}

static bool do_segment(struct run *run, const struct step *step)
{
	uint64_t used = run->engine->stats.counter[TCPFSM_COUNTER_PACKETS_USED];
	enum engine_result result;
	struct packet_data packet;
	struct packet p;

	case_packet(step, run->setup, &p);
	packet = (struct packet_data){ .bytes = p.bytes, .avail = p.len,
				       .total = p.len + step->len };
	wait_until(run, run->now + MSEC);
	result = engine_packet(run->engine, &packet);
	run->used = run->engine->stats.counter[TCPFSM_COUNTER_PACKETS_USED] != used;
	return result == ENGINE_SEGMENT || result == ENGINE_REJECT ||
	       fail(run, "the engine says %d", result);
}

static bool act(struct run *run, const struct step *step)
{
	const struct flow *flow = newest(run);

	switch (step->verb) {
	case VERB_SEGMENT:
		return do_segment(run, step);
	case VERB_LATER:
		wait_until(run, run->now + step->seconds * SEC);
		return true;
	case VERB_EXPIRE:
	case VERB_END:
		/* It must not happen a nanosecond too early */
		wait_until(run, flow->deadline - 1);
		if (!run->engine->flows.count)
			return fail(run, "too early");
		run->told.notes = 0;
		wait_until(run, flow->deadline);
		return true;
	default:
		return true;
	}
}

static bool check_end(const struct run *run, const struct step *want,
		      const struct flow *flow, enum host host)
{
	const struct tcpfsm_end *end = &flow->conn.end[role_of(flow, host)];
	bool confirmed = end->flags & TCPFSM_END_CONFIRMED;

	if (want->state[host] == NONE)
		return true;
	if (end->state != want->state[host] ||
	    (confirmed != want->confirmed[host] &&
	     end->state != TCPFSM_STATE_LISTEN))
		return fail(run, "%c is %s%s", "CS"[host], state_words[end->state],
			    confirmed ? "" : "?");
	return true;
}

/* What an end has sent, as it is counted */
static bool check_sent(const struct run *run, const struct step *want,
		       const struct flow *flow, enum host host)
{
	const struct tcpfsm_end *end = &flow->conn.end[role_of(flow, host)];
	const struct expected_sent *sent = &want->sent[host];

	return !sent->given ||
	       (sent->packets == end->packets && sent->bytes == end->bytes &&
		sent->again == end->retransmits) ||
	       fail(run, "sent by %c: %u/%llu/%u", "CS"[host], end->packets,
		    (unsigned long long)end->bytes, end->retransmits);
}

static bool check_notes(const struct run *run, const struct step *want)
{
	unsigned int i;

	for (i = 0; i < run->told.notes && i < want->notes; i++)
		if (run->told.note[i].anomaly != want->note[i].anomaly)
			break;
	if (i < run->told.notes)
		return fail(run, "told of %s",
			    tcpfsm_anomaly_names[run->told.note[i].anomaly]);
	if (i < want->notes)
		return fail(run, "not told of %s",
			    tcpfsm_anomaly_names[want->note[i].anomaly]);
	return true;
}

/* How long an end was in the state that it left last; not for a new connection */
static bool check_stay(const struct run *run, const struct step *step, enum host host,
		       u64 ids)
{
	const struct tcpfsm_move *move = NULL;
	int want = step->stay[host];
	unsigned int i;

	if (want == NONE)
		return true;
	for (i = 0; i < run->told.moves; i++)
		if (run->told.move[i].host == host &&
		    (!step->reopen || run->told.move[i].id == ids))
			move = &run->told.move[i].what;
	if (!move)
		return fail(run, "%c left no state", "CS"[host]);
	if (move->measured != (want != STAY_UNKNOWN))
		return fail(run, "%c: measured %d", "CS"[host], move->measured);
	return !move->measured || move->stay == want * MSEC ||
	       fail(run, "%c was there for %llu ns", "CS"[host], (unsigned long long)move->stay);
}

/* The duration of the handshake or close, if this step completes it */
static bool check_span(const struct run *run, const char *name,
		       const struct tcpfsm_hist *before, const struct tcpfsm_hist *after, int want)
{
	u64 us = after->sum - before->sum;

	if (want == NONE)
		return true;
	if (after->count - before->count != (want != TOLD_NOT))
		return fail(run, "%s: told %llu", name,
			    (unsigned long long)(after->count - before->count));
	return want == TOLD_NOT || us == want * 1000ull ||
	       fail(run, "%s: %llu us", name, (unsigned long long)us);
}

static bool check_times(const struct run *run, const struct step *want,
			const struct engine_stats *before, u64 ids)
{
	const struct engine_stats *after = &run->engine->stats;

	return want->verb != VERB_SEGMENT ||
	       (check_stay(run, want, HOST_C, ids) && check_stay(run, want, HOST_S, ids) &&
		check_span(run, "handshake", &before->handshake, &after->handshake,
			   want->handshake) &&
		check_span(run, "close", &before->close, &after->close, want->close));
}

static bool check(const struct run *run, const struct step *want, u64 ids)
{
	const struct flow *flow = newest(run);

	if (!flow)
		return true;	/* a RST without a connection */
	if (want->verb == VERB_SEGMENT) {
		if (want->used != run->used)
			return fail(run, run->used ? "used" : "ignored");
		if (run->told.opened != flow->id - ids)
			return fail(run, "told %u times that one is opened", run->told.opened);
		if (want->reopen && flow->id != ids + 1)
			return fail(run, "no new connection");
	}
	return check_notes(run, want) &&
	       check_end(run, want, flow, HOST_C) &&
	       check_end(run, want, flow, HOST_S) &&
	       check_sent(run, want, flow, HOST_C) &&
	       check_sent(run, want, flow, HOST_S);
}

static bool run_steps(struct run *run, unsigned int *steps)
{
	const char *const *text;
	struct step step;

	for (text = run->test->steps; *text; text++) {
		const struct engine_stats before = run->engine->stats;
		u64 ids = run->engine->flows.ids;

		run->text = *text;
		step_parse(*text, &step);
		if (is_for_host(&step))
			break;
		memset(&run->told, 0, sizeof(run->told));
		if (!act(run, &step) || !check(run, &step, ids) ||
		    !check_times(run, &step, &before, ids))
			return false;
		++*steps;
		/* The flow is gone, but the case expects its connection to stay closed */
		if (run->engine->flows.ids && !run->engine->flows.count)
			break;
	}
	return true;
}

static bool run_case(const struct conn_case *test, const struct setup *setup,
		     unsigned int *steps)
{
	struct run run = { .test = test, .setup = setup, .now = SEC };
	bool ok;

	run.engine = engine_new(&observer, &run.told, true);
	if (!run.engine)
		return fail(&run, "no memory");
	run.engine->setting[TCPFSM_SETTING_history] = 64;
	/* Only the steps of the case end a connection */
	run.engine->setting[TCPFSM_SETTING_timeout_half_open] = 3600;
	ok = run_steps(&run, steps);
	engine_free(run.engine);
	return ok;
}

static const struct setup setups[] = {
	{ .family = TCPFSM_AF_INET, .isn = { 1000, 5000 } },
	{ .family = TCPFSM_AF_INET, .isn = { 0xffffff9c, 0x7fffffff }, .swapped = true },
	{ .family = TCPFSM_AF_INET6, .isn = { 0, 0xfffffffe } },
};

#define DECLARE(table)	extern const struct conn_case table[];
#define POINT_TO(table)	table,

TABLES(DECLARE)

static const struct conn_case *const tables[] = { TABLES(POINT_TO) };

/* No timeout overflows at the end of time */
static bool end_of_time(void)
{
	static const char *const syn[] = { "C> S 0", NULL };
	const struct conn_case test = { .name = "end of time", .steps = syn };
	struct run run = { .test = &test, .setup = &setups[0], .text = syn[0] };
	struct step step;
	bool ok;

	run.engine = engine_new(&observer, &run.told, false);
	if (!run.engine)
		return fail(&run, "no memory");
	step_parse(syn[0], &step);
	run.now = UINT64_MAX - MSEC;
	ok = do_segment(&run, &step);
	wait_until(&run, UINT64_MAX);
	if (run.engine->flows.count != 1)
		ok = fail(&run, "it has ended at once");
	engine_free(run.engine);
	return ok;
}

int main(void)
{
	const struct conn_case *test;
	unsigned int i, s, count = 1, steps = 0;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (test = tables[i]; test->name; test++)
			count++;
	ktap_plan(count);
	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (test = tables[i]; test->name; test++) {
			bool ok = true;

			for (s = 0; s < ARRAY_SIZE(setups); s++)
				ok = ok && run_case(test, &setups[s], &steps);
			ktap_result(ok, test->name);
		}
	ktap_result(end_of_time(), "the end of time");
	ktap_note("%u steps", steps);
	return ktap_exit();
}
