// SPDX-License-Identifier: GPL-2.0
/*
 * Any sequence of segments through the connection logic. Input: 4 octets for
 * each of two ISNs and for the time, one for the size of the history, then
 * steps, see conn_step.h.
 *
 * Each step happens in two worlds, with other ISNs and at another time: the
 * results must not depend on those.
 */
#include "conn_world.h"

#define STEPS		64
#define HISTORY_MAX	12

/* Extra counters for libFuzzer: by pair of states, the verbs that were met there */
__attribute__((section("__libfuzzer_extra_counters"), used))
static u8 met[TCPFSM_STATE_COUNT][TCPFSM_STATE_COUNT][16];

/**
 * struct scene - a step, kept to be printed when a law is broken
 * @step: the step
 * @vantage: where the observer was
 * @state: of the hosts before it
 */
struct scene {
	struct fuzz_step	step;
	enum vantage		vantage;
	u8			state[HOST_COUNT];
};

static struct scene story[STEPS];
static unsigned int scenes;

static void keep(const struct fuzz_step *step, const struct world *world)
{
	story[scenes++] = (struct scene){
		.step = *step,
		.vantage = world->vantage,
		.state[HOST_C] = world->conn.end[world->role[HOST_C]].state,
		.state[HOST_S] = world->conn.end[world->role[HOST_S]].state,
	};
}

static void tell_segment(const struct fuzz_step *step, enum vantage vantage)
{
	static const char letters[] = "FSRPAU";
	const struct tcpfsm_segment *seg = &step->seg;
	unsigned int i;

	fprintf(stderr, "%c%c ", step->from == HOST_C ? 'C' : 'S',
		vantage == LOOPBACK && step->sent_only ? '^' : '>');
	for (i = 0; i < 6; i++)
		if (seg->flags & 1u << i)
			fputc(letters[i], stderr);
	fprintf(stderr, " %d", (int)seg->seq);
	if (seg->flags & TCPFSM_ACK)
		fprintf(stderr, " %d", (int)seg->ack);
	if (seg->len)
		fprintf(stderr, " +%u", seg->len);
	fprintf(stderr, " win=%u", seg->window);
	if (seg->wscale != TCPFSM_WSCALE_NONE)
		fprintf(stderr, " ws=%u", seg->wscale);
	if (seg->flags & TCPFSM_SYN && !seg->sack)
		fprintf(stderr, " nosack");
	if (seg->stamped)
		fprintf(stderr, " ts=%d", (int)seg->tsval);
	if (step->forged)
		fprintf(stderr, " forged");
}

/* Print a step in the notation of the unit tests, as far as possible */
static void tell(const struct scene *scene)
{
	static const char *const verbs[FUZZ_VERBS] = {
		[FUZZ_ARRIVE] = "arrives", [FUZZ_EXPIRE] = "expire",
		[FUZZ_END] = "end", [FUZZ_VANTAGE] = "vantage",
		[FUZZ_WAIT] = "wait", [FUZZ_SOCKET] = "socket",
	};

	fprintf(stderr, "\t(%s %s) ", state_words[scene->state[HOST_C]],
		state_words[scene->state[HOST_S]]);
	if (scene->step.verb < FUZZ_FLAGS)
		tell_segment(&scene->step, scene->vantage);
	else
		fprintf(stderr, "%s %u", verbs[scene->step.verb],
			scene->step.argument);
	fputc('\n', stderr);
}

void broken(const char *law, const char *file, int line)
{
	unsigned int i;

	fprintf(stderr, "broken: %s (%s:%d), after\n", law, file, line);
	for (i = 0; i < scenes; i++)
		tell(&story[i]);
	abort();
}

static void count_met(const struct world *world, const struct fuzz_step *step)
{
	u8 *count = &met[world->conn.end[0].state][world->conn.end[1].state]
			[step->verb % 16];

	if (*count < 0xff)
		(*count)++;
}

/* A number relative to a base; 0 if it is not known */
static u32 relative(bool known, u32 number, u32 base)
{
	return known ? number - base : 0;
}

static void compare_ends(const struct world *a, const struct world *b,
			 enum host host)
{
	const struct tcpfsm_end *x = &a->conn.end[a->role[host]];
	const struct tcpfsm_end *y = &b->conn.end[b->role[host]];
	u32 own_x = a->base[host], own_y = b->base[host];
	u32 peer_x = a->base[!host], peer_y = b->base[!host];
	u16 flags = x->flags;

#define SAME(flag, number, base) \
	(relative(flags & (flag), x->number, base##_x) == \
	 relative(flags & (flag), y->number, base##_y))
	must(x->state == y->state && x->flags == y->flags &&
	     x->wscale == y->wscale && x->syn_len == y->syn_len,
	     "states, flags and scales: the same for all ISNs and times");
	must(SAME(TCPFSM_END_SYN, iss, own) && SAME(TCPFSM_END_SEEN, nxt, own) &&
	     SAME(TCPFSM_END_FIN, fin, own) && SAME(TCPFSM_END_ACK, ack, peer) &&
	     SAME(TCPFSM_END_ACK, rcv_nxt, peer) &&
	     SAME(TCPFSM_END_EDGE, edge, peer) &&
	     SAME(TCPFSM_END_HOLE, far, peer),
	     "sequence numbers relative to the ISN: the same for all ISNs and times");
	must(x->packets == y->packets && x->bytes == y->bytes &&
	     x->retransmits == y->retransmits &&
	     x->max_window == y->max_window && x->window == y->window &&
	     x->tsval == y->tsval, "counters and windows: the same for all ISNs and times");
#undef SAME
}

/* An expected number is relative to the ISN of either host */
static bool same_notes(const struct world *a, const struct world *b,
		       const struct happening *x, const struct happening *y)
{
	unsigned int i;

	if (x->notes != y->notes)
		return false;
	for (i = 0; i < x->notes; i++) {
		const struct tcpfsm_note *m = &x->note[i], *n = &y->note[i];
		u32 shift = n->expected - m->expected;

		if (m->anomaly != n->anomaly || m->kind != n->kind ||
		    m->role != n->role || m->expects != n->expects)
			return false;
		if (m->expects && shift != b->base[HOST_C] - a->base[HOST_C] &&
		    shift != b->base[HOST_S] - a->base[HOST_S])
			return false;
	}
	return true;
}

/* Numbers in the history are relative; in mid-stream to the first one seen */
static bool has_isn(const struct tcpfsm_conn *conn, int role)
{
	u16 flags = conn->end[role].flags;

	return flags & TCPFSM_END_SYN || (flags & TCPFSM_END_SEEN &&
					  conn->flags & TCPFSM_CONN_MIDSTREAM);
}

/* Numbers are only compared if both ends have an ISN; else they are absolute */
static void compare_histories(const struct world *a, const struct world *b)
{
	bool both = has_isn(&a->conn, 0) && has_isn(&a->conn, 1);
	struct tcpfsm_past x, y;
	u32 i;

	for (i = 0; tcpfsm_history_read(&a->history, &a->conn, i, &x); i++) {
		must(tcpfsm_history_read(&b->history, &b->conn, i, &y),
		     "the number of records in the history: the same for all ISNs and times");
		must(x.time == y.time && x.len == y.len && x.flags == y.flags &&
		     x.from == y.from && x.anomaly == y.anomaly &&
		     x.state[0] == y.state[0] && x.state[1] == y.state[1],
		     "records in the history: the same for all ISNs and times");
		must(!both || (x.seq == y.seq && x.ack == y.ack),
		     "numbers in the history are relative to the ISNs");
	}
}

static bool is_later(u64 x, u64 y, u64 shift)
{
	return x ? x + shift == y : !y;
}

static void compare_times(const struct world *a, const struct world *b)
{
	const u64 shift = b->now - a->now;
	int role;

	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		const struct tcpfsm_time_wait *x = &a->conn.time_wait[role];
		const struct tcpfsm_time_wait *y = &b->conn.time_wait[role];

		must(is_later(a->conn.since[role], b->conn.since[role], shift),
		     "\"since\" relative to the start: the same for all ISNs and times");
		must(is_later(x->entered, y->entered, shift) &&
		     (!x->entered || (is_later(x->restarted, y->restarted, shift) &&
				      is_later(x->ended, y->ended, shift))),
		     "the times of TIME-WAIT relative to the start: the same for all ISNs and times");
		must(x->restarts == y->restarts && x->end == y->end &&
		     x->source == y->source && x->isn_delta == y->isn_delta,
		     "the end of TIME-WAIT: the same for all ISNs and times");
	}
	must(a->conn.start + shift == b->conn.start &&
	     a->conn.last + shift == b->conn.last &&
	     is_later(a->conn.fin_seen, b->conn.fin_seen, shift),
	     "last and fin_seen relative to the start: the same for all ISNs and times");
}

static void compare_stays(const struct world *a, const struct world *b)
{
	u64 x[TCPFSM_STATE_COUNT], y[TCPFSM_STATE_COUNT];
	int role;

	for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
		must(tcpfsm_history_stays(&a->history, &a->conn, role, a->now, x) ==
		     tcpfsm_history_stays(&b->history, &b->conn, role, b->now, y) &&
		     !memcmp(x, y, sizeof(x)),
		     "time in state: the same for all ISNs and times");
}

static bool same_moves(const struct happening *x, const struct happening *y)
{
	unsigned int i;

	for (i = 0; i < x->moves && i < y->moves; i++) {
		const struct tcpfsm_move *m = &x->move[i], *n = &y->move[i];

		if (m->role != n->role || m->old != n->old || m->new != n->new ||
		    m->cause != n->cause || m->confirmed != n->confirmed ||
		    m->measured != n->measured || (m->measured && m->stay != n->stay))
			return false;
	}
	return x->moves == y->moves && x->handshake == y->handshake &&
	       x->close == y->close;
}

static void compare(const struct world *a, const struct world *b,
		    const struct happening *x, const struct happening *y)
{
	must(x->used == y->used && x->reopened == y->reopened &&
	     same_moves(x, y) && same_notes(a, b, x, y),
	     "the outcome: the same for all ISNs and times");
	must(a->begun == b->begun && a->role[HOST_C] == b->role[HOST_C],
	     "roles: the same for all ISNs and times");
	if (!a->begun)
		return;
	compare_ends(a, b, HOST_C);
	compare_ends(a, b, HOST_S);
	must(a->conn.flags == b->conn.flags && a->conn.opened == b->conn.opened &&
	     a->conn.closed == b->conn.closed,
	     "opened and closed: the same for all ISNs and times");
	compare_times(a, b);
	must(a->conn.letters == b->conn.letters &&
	     a->conn.rtt[0] == b->conn.rtt[0] &&
	     a->conn.rtt[1] == b->conn.rtt[1],
	     "letters and round-trip times: the same for all ISNs and times");
	if (x->moves || x->notes) {
		compare_histories(a, b);
		compare_stays(a, b);
	}
}

static bool is_zero(const struct world *world, const struct fuzz_step *step)
{
	return !world_segment(world, step->from, &step->seg).seq;
}

/* A RST with the absolute number 0 has a meaning of its own: skip if only one is such */
static bool differ_in_kind(const struct world *a, const struct world *b,
			   const struct fuzz_step *step)
{
	return step->verb < FUZZ_FLAGS && step->seg.flags & TCPFSM_RST &&
	       is_zero(a, step) != is_zero(b, step);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { .at = data, .left = size };
	u32 client = input_number(&in, 4), server = input_number(&in, 4);
	u64 start = 1 + ((u64)input_number(&in, 4) << 20);
	u8 history = input_u8(&in) % (HISTORY_MAX + 1);
	struct world a, b;

	world_init(&a, 0, 0, 1, history);
	world_init(&b, client, server, start, history);
	for (scenes = 0; in.left && scenes < STEPS;) {
		struct fuzz_step step = fuzz_decode(&in, &a.conn, a.role, a.base);
		struct happening x, y;

		if (differ_in_kind(&a, &b, &step))
			continue;
		keep(&step, &a);
		count_met(&a, &step);
		x = world_step(&a, &step);
		y = world_step(&b, &step);
		compare(&a, &b, &x, &y);
	}
	probe_endings(&a);
	world_destroy(&a);
	world_destroy(&b);
	return 0;
}
