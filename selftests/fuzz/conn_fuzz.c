// SPDX-License-Identifier: GPL-2.0
/*
 * Any sequence of segments through the connection logic. Input: 4 octets for
 * each of two ISNs and for the time, one for the size of the history, then
 * steps as conn_step.h has them.
 *
 * Everything happens twice, from other ISNs and at another time: nothing but
 * the distances between numbers may matter.
 */
#include "conn_world.h"

#define STEPS		64
#define HISTORY_MAX	12

/* Of each pair of states, which segments were met in it: libFuzzer's to see */
__attribute__((section("__libfuzzer_extra_counters"), used))
static u8 met[TCPFSM_STATE_COUNT][TCPFSM_STATE_COUNT][16];

/**
 * struct scene - a step, kept for whom it concerns
 * @step: the step
 * @vantage: where we looked
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

/* In the notation of the unit tests, as far as that has words for it */
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

/* What a number of an end is relative to, if it is known at all */
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
	     "what is known does not depend on the ISNs or the time");
	must(SAME(TCPFSM_END_SYN, iss, own) && SAME(TCPFSM_END_SEEN, nxt, own) &&
	     SAME(TCPFSM_END_FIN, fin, own) && SAME(TCPFSM_END_ACK, ack, peer) &&
	     SAME(TCPFSM_END_ACK, rcv_nxt, peer) &&
	     SAME(TCPFSM_END_EDGE, edge, peer) &&
	     SAME(TCPFSM_END_HOLE, far, peer),
	     "numbers are known relative to the ISNs");
	must(x->packets == y->packets && x->bytes == y->bytes &&
	     x->retransmits == y->retransmits &&
	     x->max_window == y->max_window && x->window == y->window &&
	     x->tsval == y->tsval, "nor does what is counted");
#undef SAME
}

/* An expected number is one of either host's */
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

/* In mid-stream the first number that was seen stands for the ISN */
static bool has_isn(const struct tcpfsm_conn *conn, int role)
{
	u16 flags = conn->end[role].flags;

	return flags & TCPFSM_END_SYN || (flags & TCPFSM_END_SEEN &&
					  conn->flags & TCPFSM_CONN_MIDSTREAM);
}

/* But that numbers of an end whose ISN was not seen are told as they are */
static void compare_histories(const struct world *a, const struct world *b)
{
	bool both = has_isn(&a->conn, 0) && has_isn(&a->conn, 1);
	struct tcpfsm_past x, y;
	u32 i;

	for (i = 0; tcpfsm_history_read(&a->history, &a->conn, i, &x); i++) {
		must(tcpfsm_history_read(&b->history, &b->conn, i, &y),
		     "as much is remembered");
		must(x.time == y.time && x.len == y.len && x.flags == y.flags &&
		     x.from == y.from && x.anomaly == y.anomaly &&
		     x.state[0] == y.state[0] && x.state[1] == y.state[1],
		     "and the same");
		must(!both || (x.seq == y.seq && x.ack == y.ack),
		     "with relative numbers");
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
		     "when a state was entered is relative to the start");
		must(is_later(x->entered, y->entered, shift) &&
		     (!x->entered || (is_later(x->restarted, y->restarted, shift) &&
				      is_later(x->ended, y->ended, shift))),
		     "so is when TIME-WAIT began and ended");
		must(x->restarts == y->restarts && x->end == y->end &&
		     x->source == y->source && x->isn_delta == y->isn_delta,
		     "how it ended does not depend on the ISNs or the time");
	}
	must(a->conn.start + shift == b->conn.start &&
	     a->conn.last + shift == b->conn.last &&
	     is_later(a->conn.fin_seen, b->conn.fin_seen, shift),
	     "times are relative to the start");
}

static void compare_stays(const struct world *a, const struct world *b)
{
	u64 x[TCPFSM_STATE_COUNT], y[TCPFSM_STATE_COUNT];
	int role;

	for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
		must(tcpfsm_history_stays(&a->history, &a->conn, role, a->now, x) ==
		     tcpfsm_history_stays(&b->history, &b->conn, role, b->now, y) &&
		     !memcmp(x, y, sizeof(x)),
		     "so is how long an end was in each state");
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
	     "what happens does not depend on the ISNs or the time");
	must(a->begun == b->begun && a->role[HOST_C] == b->role[HOST_C],
	     "nor does who is who");
	if (!a->begun)
		return;
	compare_ends(a, b, HOST_C);
	compare_ends(a, b, HOST_S);
	must(a->conn.flags == b->conn.flags && a->conn.opened == b->conn.opened &&
	     a->conn.closed == b->conn.closed,
	     "nor does how it was opened and closed");
	compare_times(a, b);
	must(a->conn.letters == b->conn.letters &&
	     a->conn.rtt[0] == b->conn.rtt[0] &&
	     a->conn.rtt[1] == b->conn.rtt[1], "so is all else");
	if (x->moves || x->notes) {
		compare_histories(a, b);
		compare_stays(a, b);
	}
}

static bool is_zero(const struct world *world, const struct fuzz_step *step)
{
	return !world_segment(world, step->from, &step->seg).seq;
}

/* 0 is what a RST has that answers a segment without ACK: is one of them such? */
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
