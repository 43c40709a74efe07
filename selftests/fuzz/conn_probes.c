// SPDX-License-Identifier: GPL-2.0
/* Probes: what certain segments would do, tried on a copy of the connection. */
#include "conn_world.h"
#include "core/conn.h"
#include "core/conn_life.h"

#define SEC	1000000000ull

static struct tcpfsm_outcome try(struct tcpfsm_conn *conn, enum tcpfsm_role role,
				 struct tcpfsm_segment *seg,
				 const struct tcpfsm_view *view)
{
	struct tcpfsm_conn before = *conn;
	struct tcpfsm_outcome out;

	seg->end = seg->seq + seg->len + !!(seg->flags & TCPFSM_SYN) +
		   !!(seg->flags & TCPFSM_FIN);
	tcpfsm_conn_segment(conn, role, seg, view, &out);
	laws_of_passage(&(struct passage){
		.before = &before, .after = conn, .role = role, .seg = seg,
		.view = view, .out = &out,
	});
	return out;
}

/**
 * probe_duplicate - deliver a segment twice
 * @world: the world; the segment was just acceptable
 * @from: the sender
 * @seg: the segment
 * @view: how it was seen
 *
 * The second copy moves nothing, unless it has a SYN or FIN: those are retransmitted.
 */
void probe_duplicate(const struct world *world, enum host from,
		     const struct tcpfsm_segment *seg,
		     const struct tcpfsm_view *view)
{
	struct tcpfsm_conn conn = world->conn;
	struct tcpfsm_segment copy = *seg;
	struct tcpfsm_view again = *view;
	struct tcpfsm_outcome out;

	/* A segment that this host sends is seen once */
	if (view->sender_local && view->halves & TCPFSM_SENT)
		return;
	again.now++;
	out = try(&conn, world->role[from], &copy, &again);
	if (!(seg->flags & (TCPFSM_SYN | TCPFSM_FIN)))
		must(!out.count && !out.reopen,
		     "a duplicate of an acceptable segment without SYN and FIN moves nothing");
}

static struct tcpfsm_segment next_segment(const struct tcpfsm_conn *conn,
					  int role, u8 flags)
{
	const struct tcpfsm_end *e = &conn->end[role], *p = &conn->end[!role];

	return (struct tcpfsm_segment){
		.flags = flags,
		.wscale = TCPFSM_WSCALE_NONE,
		.window = 65535,
		.seq = e->nxt,
		.ack = p->nxt,
		.stamped = e->flags & p->flags & TCPFSM_END_STAMPED,
		.tsval = e->tsval,
	};
}

static struct tcpfsm_view forwarded(u64 now)
{
	return (struct tcpfsm_view){
		.now = now, .halves = TCPFSM_SENT | TCPFSM_RECEIVED,
	};
}

/* In any state a RST at RCV.NXT closes; a sender in SYN-SENT does not send one */
static void probe_rst(const struct world *world, int role)
{
	struct tcpfsm_view view = forwarded(world->now + 61 * SEC);
	struct tcpfsm_conn conn = world->conn;
	const struct tcpfsm_end *p = &conn.end[!role];
	struct tcpfsm_segment rst;
	struct tcpfsm_outcome out;

	if (p->state == TCPFSM_STATE_CLOSED || p->state == TCPFSM_STATE_LISTEN ||
	    conn.end[role].state == TCPFSM_STATE_SYN_SENT)
		return;
	rst = next_segment(&conn, role, TCPFSM_RST | TCPFSM_ACK);
	rst.stamped = false;
	rst.seq = p->rcv_nxt;
	if (p->state == TCPFSM_STATE_SYN_SENT)
		rst.ack = p->iss + 1;
	out = try(&conn, role, &rst, &view);
	must(out.used && tcpfsm_conn_wait(&conn) == TCPFSM_WAIT_CLOSED,
	     "an exact RST closes the connection");
}

/* The ends have acknowledged all, with windows that the next segments fit into */
static bool in_sync(const struct tcpfsm_end *e, const struct tcpfsm_end *p)
{
	return e->nxt - e->iss < 1u << 30 &&
	       e->state == TCPFSM_STATE_ESTABLISHED && e->nxt == p->rcv_nxt &&
	       e->flags & TCPFSM_END_ACK && e->flags & TCPFSM_END_EDGE &&
	       seq_after(e->edge, p->nxt) && seq_after(e->edge, e->rcv_nxt);
}

static void expect_states(const struct tcpfsm_conn *conn, int role,
			  enum tcpfsm_state e, enum tcpfsm_state p)
{
	must(conn->end[role].state == e && conn->end[!role].state == p,
	     "the four segments of a close lead through their states");
}

/* If both ends have all that was sent, four segments close the connection */
static void probe_close(const struct world *world, int role)
{
	struct tcpfsm_view view = forwarded(world->now + 1);
	struct tcpfsm_conn conn = world->conn;
	struct tcpfsm_segment seg;

	if (!in_sync(&conn.end[0], &conn.end[1]) ||
	    !in_sync(&conn.end[1], &conn.end[0]))
		return;
	seg = next_segment(&conn, role, TCPFSM_FIN | TCPFSM_ACK);
	try(&conn, role, &seg, &view);
	expect_states(&conn, role, TCPFSM_STATE_FIN_WAIT_1,
		      TCPFSM_STATE_CLOSE_WAIT);
	seg = next_segment(&conn, !role, TCPFSM_ACK);
	try(&conn, !role, &seg, &view);
	expect_states(&conn, role, TCPFSM_STATE_FIN_WAIT_2,
		      TCPFSM_STATE_CLOSE_WAIT);
	seg = next_segment(&conn, !role, TCPFSM_FIN | TCPFSM_ACK);
	try(&conn, !role, &seg, &view);
	expect_states(&conn, role, TCPFSM_STATE_TIME_WAIT,
		      TCPFSM_STATE_LAST_ACK);
	seg = next_segment(&conn, role, TCPFSM_ACK);
	try(&conn, role, &seg, &view);
	expect_states(&conn, role, TCPFSM_STATE_TIME_WAIT,
		      TCPFSM_STATE_CLOSED);
	must(conn.closed == TCPFSM_CLOSED_FIN && conn.time_wait[role].entered,
	     "after the four segments of a close \"closed\" is fin");
}

/* A SYN with a new ISN reopens: if closed, or sent by this host itself */
static void probe_reuse(const struct world *world, int role)
{
	struct tcpfsm_view view = forwarded(world->now + 1);
	struct tcpfsm_conn conn = world->conn;
	struct tcpfsm_outcome out;
	struct tcpfsm_segment syn;

	syn = next_segment(&conn, role, TCPFSM_SYN);
	syn.seq = conn.end[role].iss + 0x12345;
	if (tcpfsm_conn_wait(&conn) != TCPFSM_WAIT_CLOSED) {
		if (conn.end[role].state == TCPFSM_STATE_LISTEN)
			return;
		view.sender_local = true;
		view.genuine = true;
	}
	out = try(&conn, role, &syn, &view);
	must(out.reopen, "a SYN with another ISN opens the next connection");
}

/**
 * probe_endings - check that the connection can end, and be followed by another
 * @world: the world
 */
void probe_endings(const struct world *world)
{
	int role;

	if (!world->begun)
		return;
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		probe_rst(world, role);
		probe_close(world, role);
		probe_reuse(world, role);
	}
}
