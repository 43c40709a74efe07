// SPDX-License-Identifier: GPL-2.0
/*
 * Random walks: segments near what both ends expect, from every vantage, and
 * what has to hold whatever they are.
 */
#include "core/conn.h"
#include "core/conn_life.h"
#include "ktap.h"
#include "random.h"

enum vantage { FORWARD, AT_CLIENT, AT_SERVER, LOOPBACK, VANTAGE_COUNT };

#define WALKS		20000
#define SEGMENTS	40

/* What a walk broke, the first time */
static const char *broken;

static bool must(bool holds, const char *what)
{
	if (!holds && !broken)
		broken = what;
	return holds;
}

/* What an end was just before a segment */
struct before {
	u8	state[TCPFSM_ROLE_COUNT];
	u8	closed;
	u16	flags[TCPFSM_ROLE_COUNT];
};

static struct before remember(const struct tcpfsm_conn *conn)
{
	struct before before = { .closed = conn->closed };
	int role;

	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		before.state[role] = conn->end[role].state;
		before.flags[role] = conn->end[role].flags;
	}
	return before;
}

static u32 near(u32 value)
{
	static const u32 steps[] = { 0, 0, 0, 0, 0, 1, 1, -1u, 2, 10, 100, -100u };

	return random_below(16) ? value + steps[random_below(ARRAY_SIZE(steps))] :
				  random_u32();
}

/* Mostly what could come next, else anything that the parser lets through */
static struct tcpfsm_segment make_segment(const struct tcpfsm_conn *conn, int role)
{
	static const u8 flags[] = {
		TCPFSM_ACK, TCPFSM_ACK, TCPFSM_ACK, TCPFSM_ACK | TCPFSM_PSH,
		TCPFSM_FIN | TCPFSM_ACK, TCPFSM_FIN | TCPFSM_ACK, TCPFSM_SYN,
		TCPFSM_SYN | TCPFSM_ACK, TCPFSM_RST, TCPFSM_RST | TCPFSM_ACK,
		TCPFSM_ACK | TCPFSM_URG, TCPFSM_FIN | TCPFSM_ACK | TCPFSM_PSH,
	};
	const struct tcpfsm_end *e = &conn->end[role], *p = &conn->end[!role];
	struct tcpfsm_segment seg = {
		.flags = flags[random_below(ARRAY_SIZE(flags))],
		.window = (u16)random_below(3000),
		.wscale = random_below(2) ? TCPFSM_WSCALE_NONE :
			  (u8)random_below(TCPFSM_WSCALE_MAX + 1),
	};

	seg.seq = near(seg.flags & TCPFSM_SYN || !random_below(8) ? e->iss : e->nxt);
	seg.ack = near(random_below(8) ? p->nxt : p->iss + 1);
	if (!random_below(4))
		seg.len = random_below(200);
	seg.end = seg.seq + seg.len + !!(seg.flags & TCPFSM_SYN) +
		  !!(seg.flags & TCPFSM_FIN);
	return seg;
}

static struct tcpfsm_view make_view(u64 now, enum vantage vantage, int role,
				    u8 halves)
{
	struct tcpfsm_view view = { .now = now, .halves = halves };

	view.sender_local = vantage == LOOPBACK ||
			    vantage == (role ? AT_SERVER : AT_CLIENT);
	view.receiver_local = halves & TCPFSM_RECEIVED &&
			      (vantage == LOOPBACK ||
			       vantage == (role ? AT_CLIENT : AT_SERVER));
	view.genuine = view.sender_local && view.halves & TCPFSM_SENT &&
		       random_below(8);
	view.rfc1337 = random_below(2);
	return view;
}

static void check_moves(const struct tcpfsm_conn *conn,
			const struct tcpfsm_outcome *out, struct before before)
{
	int i, role;

	if (!must(out->count <= TCPFSM_MOVES_MAX, "more moves than there can be"))
		return;
	for (i = 0; i < out->count; i++) {
		const struct tcpfsm_move *move = &out->move[i];

		must(move->role < TCPFSM_ROLE_COUNT &&
		     move->new < TCPFSM_STATE_COUNT &&
		     move->cause < TCPFSM_CAUSE_COUNT, "a move out of range");
		must(move->old == before.state[move->role],
		     "a move leaves a state that was not");
		must(move->new != move->old, "a move to where it was");
		before.state[move->role] = move->new;
	}
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
		must(conn->end[role].state == before.state[role],
		     "a state changed without a move");
}

static void check_time_wait(const struct tcpfsm_conn *conn)
{
	u16 both = conn->end[0].flags & conn->end[1].flags;
	int role;

	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		const struct tcpfsm_time_wait *tw = &conn->time_wait[role];
		bool waits = conn->end[role].state == TCPFSM_STATE_TIME_WAIT;

		must(!waits || both & TCPFSM_END_FIN, "TIME-WAIT before both FINs");
		must(!waits || tw->entered, "TIME-WAIT without a time");
		must(!tw->entered || waits == !tw->ended,
		     "TIME-WAIT lasts, but it has ended");
		must(tw->entered <= tw->restarted &&
		     (!tw->ended || tw->restarted <= tw->ended),
		     "the times of TIME-WAIT are not in order");
	}
}

/* "closed" says how it ended, and only after something ended */
static void check_closed(const struct tcpfsm_conn *conn)
{
	u16 both = conn->end[0].flags & conn->end[1].flags;

	switch (conn->closed) {
	case TCPFSM_CLOSED_OPEN:
		must(conn->end[0].state != TCPFSM_STATE_TIME_WAIT ||
		     conn->end[1].state != TCPFSM_STATE_TIME_WAIT,
		     "open, with both in TIME-WAIT");
		break;
	case TCPFSM_CLOSED_FIN:
	case TCPFSM_CLOSED_SIMULTANEOUS_FIN:
		must(both & TCPFSM_END_FIN, "closed by FIN before both FINs");
		break;
	case TCPFSM_CLOSED_RESET:
	case TCPFSM_CLOSED_REFUSED:
	case TCPFSM_CLOSED_ABORTED:
		must(conn->flags & TCPFSM_CONN_RESET, "reset without a RST");
		break;
	default:
		must(false, "closed for a reason that no segment has");
	}
}

static void check_notes(const struct tcpfsm_outcome *out)
{
	unsigned int i;

	must(out->notes <= TCPFSM_NOTES_MAX, "too many anomalies");
	for (i = 0; i < out->notes; i++) {
		must(out->note[i].anomaly < TCPFSM_ANOMALY_COUNT,
		     "no such anomaly");
		must(out->note[i].kind < TCPFSM_KIND_BOTH, "no such kind");
		must(out->note[i].role < TCPFSM_ROLE_COUNT, "no such end");
	}
}

static void check(const struct tcpfsm_conn *conn, const struct tcpfsm_outcome *out,
		  const struct before *before, bool fresh)
{
	if (out->reopen)
		must(!out->count && !out->used, "reopen, but it acted too");
	if (!out->used && !out->reopen) {
		must(!out->count, "ignored, but it moved");
		must(fresh || conn->closed == before->closed,
		     "ignored, but it closed");
	}
	check_notes(out);
	must(conn->end[0].state < TCPFSM_STATE_COUNT &&
	     conn->end[1].state < TCPFSM_STATE_COUNT, "no such state");
	must((unsigned int)tcpfsm_conn_wait(conn) <= TCPFSM_WAIT_CLOSED,
	     "no such wait");
	if (!fresh)	/* a pick-up begins in a state without a move to it */
		check_moves(conn, out, *before);
	check_time_wait(conn);
	check_closed(conn);
}

/* As the caller does; the next incarnation then gets the segment */
static int reopen(struct tcpfsm_conn *conn, int role,
		  const struct tcpfsm_segment *seg, const struct tcpfsm_view *view)
{
	struct tcpfsm_outcome out;

	tcpfsm_conn_supersede(conn, (enum tcpfsm_role)role, seg, view, &out);
	check_time_wait(conn);
	must(conn->end[0].state == TCPFSM_STATE_CLOSED &&
	     conn->end[1].state == TCPFSM_STATE_CLOSED, "ended, but not closed");
	must(conn->closed != TCPFSM_CLOSED_OPEN, "ended, but open");
	return (int)tcpfsm_conn_reopen(conn, (enum tcpfsm_role)role, seg, view, &out);
}

/* Whether the expiry of TIME-WAIT does what it says */
static void expire(struct tcpfsm_conn *conn, u64 now)
{
	struct before before = remember(conn);
	struct tcpfsm_outcome out;
	int role;

	tcpfsm_conn_expire_time_wait(conn, now, &out);
	check_moves(conn, &out, before);
	check_time_wait(conn);
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
		must(conn->end[role].state == (before.state[role] ==
		     TCPFSM_STATE_TIME_WAIT ? TCPFSM_STATE_CLOSED :
		     before.state[role]), "the end of TIME-WAIT moved another");
}

/* Whose the segment is may change with it */
static int look(struct tcpfsm_conn *conn, int role,
		const struct tcpfsm_segment *seg, const struct tcpfsm_view *view,
		bool fresh)
{
	struct before before = remember(conn);
	struct tcpfsm_outcome out;

	tcpfsm_conn_segment(conn, (enum tcpfsm_role)role, seg, view, &out);
	check(conn, &out, &before, fresh);
	if (!out.reopen)
		return role;
	must(view->halves & TCPFSM_SENT, "what only arrives opens a connection");
	role = reopen(conn, role, seg, view);
	before = remember(conn);
	tcpfsm_conn_segment(conn, (enum tcpfsm_role)role, seg, view, &out);
	must(!out.reopen, "reopens what was just reopened");
	check(conn, &out, &before, false);
	return role;
}

static void step(struct tcpfsm_conn *conn, enum vantage vantage, u64 now,
		 bool fresh)
{
	const u8 halves = vantage == LOOPBACK ? TCPFSM_SENT :
						TCPFSM_SENT | TCPFSM_RECEIVED;
	int role = (int)random_below(2);
	struct tcpfsm_segment seg = make_segment(conn, role);
	struct tcpfsm_view view;

	if (fresh) {
		if (!tcpfsm_conn_opens(&seg))
			seg.flags = TCPFSM_SYN;
		seg.end = seg.seq + seg.len + !!(seg.flags & TCPFSM_SYN) +
			  !!(seg.flags & TCPFSM_FIN);
		role = (int)tcpfsm_conn_first(&seg);
	}
	view = make_view(now, vantage, role, halves);
	role = look(conn, role, &seg, &view, fresh);
	if (vantage != LOOPBACK || !random_below(16))	/* or it is lost */
		return;
	view = make_view(now, vantage, role, TCPFSM_RECEIVED);
	look(conn, role, &seg, &view, false);
}

static bool walk(enum vantage vantage, u32 seed)
{
	struct tcpfsm_conn conn;
	int i;

	random_seed(seed);
	broken = NULL;
	tcpfsm_conn_init(&conn, 1);
	for (i = 0; i < SEGMENTS && !broken; i++) {
		step(&conn, vantage, 2 + (u64)i, !i);
		if (!random_below(64))
			expire(&conn, 2 + (u64)i);
	}
	if (broken)
		ktap_note("seed %u, segment %d: %s", seed, i, broken);
	return !broken;
}

int main(void)
{
	static const char *const names[VANTAGE_COUNT] = {
		"forwarded", "at the client", "at the server", "over loopback",
	};
	enum vantage vantage;
	char name[64];
	u32 seed;

	ktap_plan(VANTAGE_COUNT);
	for (vantage = FORWARD; vantage < VANTAGE_COUNT; vantage++) {
		u32 failed = 0;

		for (seed = 1; seed <= WALKS && failed < 5; seed++)
			failed += !walk(vantage, seed);
		snprintf(name, sizeof(name), "random walks, %s", names[vantage]);
		ktap_result(!failed, name);
	}
	return ktap_exit();
}
