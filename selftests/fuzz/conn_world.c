// SPDX-License-Identifier: GPL-2.0
#include "conn_world.h"
#include "core/conn.h"
#include "core/conn_fast.h"
#include "core/conn_life.h"

#define MSEC	1000000ull
#define SEC	(1000 * MSEC)

void world_init(struct world *world, u32 client, u32 server, u64 now,
		u8 history)
{
	memset(world, 0, sizeof(*world));
	world->role[HOST_S] = TCPFSM_ROLE_SERVER;
	world->base[HOST_C] = client;
	world->base[HOST_S] = server;
	world->now = now;
	/* Allocated apart, so that ASan reports any access beyond it */
	world->history.size = history;
	if (history)
		world->history.record =
			calloc(history, sizeof(*world->history.record));
}

void world_destroy(struct world *world)
{
	free(world->history.record);
}

static void remember(struct happening *all, const struct tcpfsm_outcome *out)
{
	int i;

	for (i = 0; i < out->count && all->moves < ARRAY_SIZE(all->move); i++)
		all->move[all->moves++] = out->move[i];
	for (i = 0; i < out->notes && all->notes < ARRAY_SIZE(all->note); i++)
		all->note[all->notes++] = out->note[i];
	all->handshake += out->handshake;
	all->close += out->close;
}

/* The last record of the history is that of the last transition */
static void check_last(const struct world *world, const struct tcpfsm_outcome *out)
{
	const struct tcpfsm_history *history = &world->history;
	u32 size = history->size, last = min(history->total, size) - 1;
	struct tcpfsm_past past;

	if (!size || (!out->count && !out->notes))
		return;
	laws_of_history(history, &world->conn, world->now);
	world_check_history(world);
	if (!out->count)
		return;
	must(tcpfsm_history_read(history, &world->conn, last, &past),
	     "a transition is in the history");
	must(past.state[0] == world->conn.end[0].state &&
	     past.state[1] == world->conn.end[1].state,
	     "the last record has the present states");
}

static void record_segment(struct world *world, enum host from,
			   const struct tcpfsm_segment *seg,
			   const struct tcpfsm_view *view,
			   const struct tcpfsm_outcome *out)
{
	u32 total = world->history.total;

	tcpfsm_history_add(&world->history, &world->conn, world->role[from],
			   seg, view, out);
	must(world->history.total - total <= 1u + out->notes,
	     "a segment adds at most one record, and one for each anomaly");
	check_last(world, out);
}

static void record_change(struct world *world, const struct tcpfsm_outcome *out)
{
	tcpfsm_history_change(&world->history, &world->conn, world->now, out);
	check_last(world, out);
}

struct tcpfsm_view world_view(const struct world *world, enum host from,
			      u8 halves, bool forged)
{
	bool local[HOST_COUNT] = {
		[HOST_C] = world->vantage == AT_CLIENT ||
			   world->vantage == LOOPBACK,
		[HOST_S] = world->vantage == AT_SERVER ||
			   world->vantage == LOOPBACK,
	};

	return (struct tcpfsm_view){
		.now = world->now,
		.halves = halves,
		.sender_local = local[from],
		.receiver_local = local[!from] && halves & TCPFSM_RECEIVED,
		.genuine = local[from] && halves & TCPFSM_SENT && !forged,
		.rfc1337 = world->rfc1337,
	};
}

static struct tcpfsm_outcome pass(struct world *world, enum host from,
				  const struct tcpfsm_segment *seg,
				  const struct tcpfsm_view *view, bool fresh)
{
	struct tcpfsm_conn before = world->conn, cut = before;
	enum tcpfsm_role role = world->role[from];
	struct tcpfsm_outcome out;
	bool plain = view->halves == (TCPFSM_SENT | TCPFSM_RECEIVED) &&
		     tcpfsm_conn_fast(&cut.end[role], &cut.end[!role], seg, view);

	cut.last = plain ? view->now : cut.last;
	/* The callee has to set every member */
	memset(&out, 0xa5, sizeof(out));
	tcpfsm_conn_segment(&world->conn, role, seg, view, &out);
	must(!plain || (!memcmp(&cut, &world->conn, sizeof(cut)) && out.used &&
			!out.count && !out.notes && !out.reopen),
	     "the fast path and tcpfsm_conn_segment() have the same result");
	laws_of_passage(&(struct passage){
		.before = &before, .after = &world->conn,
		.role = role, .seg = seg, .view = view,
		.out = &out, .fresh = fresh,
	});
	return out;
}

static void changed(struct world *world, const struct tcpfsm_outcome *out,
		    struct happening *all)
{
	world_add_times(world, out);
	record_change(world, out);
	remember(all, out);
}

/* The history of the new connection begins with the SYN that was pending */
static void begin_history(struct world *world, const struct tcpfsm_view *view,
			  const struct tcpfsm_outcome *syn)
{
	const struct tcpfsm_segment seg = {
		.flags = TCPFSM_SYN, .seq = world->conn.end[TCPFSM_ROLE_CLIENT].iss,
	};
	struct tcpfsm_view then = *view;

	then.now = world->conn.start;
	world->history.total = 0;
	if (syn->count)
		tcpfsm_history_add(&world->history, &world->conn,
				   TCPFSM_ROLE_CLIENT, &seg, &then, syn);
}

/* What track.c does, too */
static void reopen(struct world *world, enum host from,
		   const struct tcpfsm_segment *seg,
		   const struct tcpfsm_view *view, struct happening *all)
{
	struct tcpfsm_conn before = world->conn;
	struct tcpfsm_outcome out;
	enum tcpfsm_role role;

	tcpfsm_conn_supersede(&world->conn, world->role[from], seg, view, &out);
	laws_of_end(&before, &world->conn, TCPFSM_CAUSE_SYN, &out);
	laws_of_times(&world->conn, world->now);
	changed(world, &out, all);

	role = tcpfsm_conn_reopen(&world->conn, world->role[from], seg, view,
				  &out);
	laws_of_reopening(&world->conn, role, seg, view->now, &out);
	remember(all, &out);
	world->role[from] = role;
	world->role[!from] = !role;
	world_begin_times(world);
	world_add_times(world, &out);
	begin_history(world, view, &out);
}

/**
 * world_pass - let a segment act on the connection, and check the laws
 * @world: the world
 * @from: the sender
 * @seg: the segment
 * @view: how it was seen
 * @all: what it does is added here
 */
void world_pass(struct world *world, enum host from,
		const struct tcpfsm_segment *seg,
		const struct tcpfsm_view *view, struct happening *all)
{
	bool fresh = !world->begun;
	struct tcpfsm_outcome out;

	if (fresh) {
		if (!tcpfsm_conn_opens(seg))
			return;
		world->begun = true;
		world->role[from] = tcpfsm_conn_first(seg);
		world->role[!from] = !world->role[from];
		tcpfsm_conn_init(&world->conn, view->now);
		world_begin_times(world);
		world->history.total = 0;
	}
	out = pass(world, from, seg, view, fresh);
	if (out.reopen) {
		record_segment(world, from, seg, view, &out);
		remember(all, &out);
		must(!fresh, "the first segment does not reopen");
		reopen(world, from, seg, view, all);
		all->reopened = true;
		out = pass(world, from, seg, view,
			   !(seg->flags & TCPFSM_ACK));
		must(out.used,
		     "a segment that reopens is acceptable to the new connection");
	}
	world_add_times(world, &out);
	world->late |= out.count && !(view->halves & TCPFSM_SENT);
	record_segment(world, from, seg, view, &out);
	all->used |= out.used;
	remember(all, &out);
	if (out.used)
		probe_duplicate(world, from, seg, view);
}

/**
 * world_segment - make the numbers of a segment absolute
 * @world: the world
 * @from: the sender
 * @relative: the segment, as a step has it
 *
 * Return: the segment, with numbers as they are on the wire.
 */
struct tcpfsm_segment world_segment(const struct world *world, enum host from,
				    const struct tcpfsm_segment *relative)
{
	struct tcpfsm_segment seg = *relative;

	seg.seq += world->base[from];
	seg.end += world->base[from];
	/* Even without ACK: the field may have any value then */
	seg.ack += world->base[!from];
	return seg;
}

static void send_segment(struct world *world, const struct fuzz_step *step,
			 struct happening *all)
{
	struct tcpfsm_segment seg = world_segment(world, step->from, &step->seg);
	u8 halves = world->vantage == LOOPBACK ? TCPFSM_SENT :
						 TCPFSM_SENT | TCPFSM_RECEIVED;
	struct tcpfsm_view view = world_view(world, step->from, halves,
					     step->forged);
	unsigned int flight = world->flights % FUZZ_FLIGHTS;

	world_pass(world, step->from, &seg, &view, all);
	if (world->vantage != LOOPBACK)
		return;
	/* Only what was acceptable when it was sent can arrive late or twice */
	if (all->used) {
		world->flight[flight] = step->seg;
		world->from[flight] = step->from;
		world->flights++;
	}
	if (step->sent_only)
		return;
	view = world_view(world, step->from, TCPFSM_RECEIVED, step->forged);
	if (world->begun)
		world_pass(world, step->from, &seg, &view, all);
}

static void arrive(struct world *world, unsigned int age, struct happening *all)
{
	struct tcpfsm_segment seg;
	struct tcpfsm_view view;
	enum host from;

	age %= FUZZ_FLIGHTS;
	if (world->vantage != LOOPBACK || !world->begun || age >= world->flights)
		return;
	age = (world->flights - 1 - age) % FUZZ_FLIGHTS;
	from = world->from[age];
	seg = world_segment(world, from, &world->flight[age]);
	view = world_view(world, from, TCPFSM_RECEIVED, false);
	world_pass(world, from, &seg, &view, all);
}

static void expire(struct world *world, struct happening *all)
{
	struct tcpfsm_conn before = world->conn;
	struct tcpfsm_outcome out;
	int role;

	if (!world->begun)
		return;
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
		if (before.end[role].state == TCPFSM_STATE_TIME_WAIT)
			world->now = max(world->now, before.time_wait[role].restarted +
					 TCPFSM_2MSL_SEC * SEC);
	tcpfsm_conn_expire_time_wait(&world->conn, world->now, &out);
	laws_of_expiry(&before, &world->conn, &out);
	laws_of_state(&world->conn, world->now);
	changed(world, &out, all);
}

/* The kernel's socket of a host was found in TIME-WAIT, or is gone */
static void look_at_socket(struct world *world, u8 argument, struct happening *all)
{
	enum tcpfsm_role role = world->role[argument & FUZZ_SOCKET_OF_S];
	enum tcpfsm_tw_end end = argument >> 4 & 7;
	struct tcpfsm_conn before = world->conn;
	u8 state = before.end[role].state;
	struct tcpfsm_outcome out;

	if (!world->begun || state == TCPFSM_STATE_CLOSED ||
	    state == TCPFSM_STATE_LISTEN)
		return;
	if (argument & FUZZ_SOCKET_SEEN) {
		if (state == TCPFSM_STATE_TIME_WAIT)
			world->conn.time_wait[role].source = TCPFSM_TW_SOURCE_SOCKET;
		return;
	}
	if (end != TCPFSM_TW_END_SKIPPED && end != TCPFSM_TW_END_ABORTED)
		end = TCPFSM_TW_END_EXPIRED;
	tcpfsm_conn_socket_gone(&world->conn, role, end, world->now, &out);
	laws_of_socket_gone(&before, &world->conn, role, end, &out);
	laws_of_state(&world->conn, world->now);
	changed(world, &out, all);
}

static void end(struct world *world, u8 argument, struct happening *all)
{
	static const enum tcpfsm_cause causes[] = {
		TCPFSM_CAUSE_TIMEOUT, TCPFSM_CAUSE_FLUSH, TCPFSM_CAUSE_EVICT,
	};
	enum tcpfsm_cause cause = causes[argument % ARRAY_SIZE(causes)];
	struct tcpfsm_conn before = world->conn;
	struct tcpfsm_outcome out;

	if (!world->begun)
		return;
	tcpfsm_conn_end(&world->conn, cause, world->now, &out);
	laws_of_end(&before, &world->conn, cause, &out);
	laws_of_times(&world->conn, world->now);
	changed(world, &out, all);
	world->begun = false;
}

/* Time passes; a long CLOSE-WAIT is noted once */
static void wait(struct world *world, u8 argument, struct happening *all)
{
	struct tcpfsm_conn before = world->conn;
	struct tcpfsm_outcome out;
	u64 due;

	world->now += fuzz_waits[argument % 8] * SEC;
	if (!world->begun ||
	    !tcpfsm_conn_close_wait_due(&before, 60 * SEC, &due) ||
	    due > world->now)
		return;
	tcpfsm_conn_long_close_wait(&world->conn, &out);
	laws_of_moves(&before, &world->conn, &out);
	laws_of_notes(&out);
	must(out.notes == 1 && !out.count &&
	     world->conn.end[out.note[0].role].state == TCPFSM_STATE_CLOSE_WAIT,
	     "close-wait-long is noted for an end in CLOSE-WAIT");
	must(!tcpfsm_conn_close_wait_due(&world->conn, 60 * SEC, &due),
	     "close-wait-long is noted once");
	record_change(world, &out);
	remember(all, &out);
}

/**
 * world_step - perform a step
 * @world: the world
 * @step: the step
 *
 * Return: what it did.
 */
struct happening world_step(struct world *world, const struct fuzz_step *step)
{
	struct happening all = { .moves = 0 };

	world->now += MSEC;
	switch (step->verb) {
	case FUZZ_ARRIVE:
		arrive(world, step->argument, &all);
		break;
	case FUZZ_EXPIRE:
		expire(world, &all);
		break;
	case FUZZ_END:
		end(world, step->argument, &all);
		break;
	case FUZZ_VANTAGE:
		if (step->argument & FUZZ_RFC1337)
			world->rfc1337 = true;
		else
			world->vantage = step->argument % VANTAGE_COUNT;
		break;
	case FUZZ_SOCKET:
		look_at_socket(world, step->argument, &all);
		break;
	case FUZZ_WAIT:
		wait(world, step->argument, &all);
		break;
	default:
		send_segment(world, step, &all);
	}
	return all;
}
