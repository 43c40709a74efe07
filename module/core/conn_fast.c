// SPDX-License-Identifier: GPL-2.0
/*
 * Fast path for most segments: the next one of an established connection, in
 * order. Such a segment passes all checks of the other files and changes no
 * state, so a few checks are enough. selftests/oracle compares the result with
 * that of tcpfsm_conn_segment().
 */
#include "core/conn_ctx.h"
#include "core/conn_fast.h"
#include "core/zeek.h"

/* Flags that an end needs for the fast path, and flags that it may have */
#define END_IS	(TCPFSM_END_SEEN | TCPFSM_END_ACK | TCPFSM_END_EDGE | \
		 TCPFSM_END_OPEN | TCPFSM_END_CONFIRMED)
#define END_MAY	(TCPFSM_END_SYN | TCPFSM_END_SYNACK | TCPFSM_END_LOCAL | \
		 TCPFSM_END_STAMPED | TCPFSM_END_NO_SACK)

static bool is_fast_end(const struct tcpfsm_end *end)
{
	return end->state == TCPFSM_STATE_ESTABLISHED &&
	       (end->flags & ~END_MAY) == END_IS;
}

/**
 * tcpfsm_conn_mark_fast - decide which segments may take the fast path next
 * @conn: the connection, after a segment that did not take it
 *
 * Evaluates all conditions that only such a segment can change, and stores the
 * result in both ends. So tcpfsm_conn_fast() reads nothing of the connection
 * but its ends. The caller has the connection to itself.
 */
void tcpfsm_conn_mark_fast(struct tcpfsm_conn *conn)
{
	const u16 odd = TCPFSM_CONN_MIDSTREAM | TCPFSM_CONN_PENDING |
			TCPFSM_CONN_DOUBT;
	bool plain = is_fast_end(&conn->end[TCPFSM_ROLE_CLIENT]) &&
		     is_fast_end(&conn->end[TCPFSM_ROLE_SERVER]) &&
		     !(conn->flags & odd);
	int role;

	for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
		conn->end[role].fast = plain ? tcpfsm_zeek_fast(conn, role) :
						0;
}

/* In order at both ends, within the window, and with an ACK that is not old */
static bool is_next(const struct tcpfsm_segment *seg,
		    const struct tcpfsm_end *e, const struct tcpfsm_end *p)
{
	return seg->seq == e->nxt && seg->seq == p->rcv_nxt &&
	       !seq_after(seg->end, p->edge) &&
	       !seq_before(seg->ack, e->ack) &&
	       !seq_after(seg->ack, p->nxt);
}

/* As tcpfsm_conn_learn_sender(), without the cases that cannot happen here */
static void learn(struct tcpfsm_end *e, const struct tcpfsm_end *p,
		  const struct tcpfsm_segment *seg)
{
	u32 window = shifted_window(seg, e, p);

	e->packets++;
	e->bytes += seg->len;
	e->nxt = seg->end;
	e->ack = seg->ack;
	e->rcv_nxt = seq_max(e->rcv_nxt, seg->ack);
	e->edge = seq_max(e->edge, seg->ack + window);
	e->max_window = max(e->max_window, window);
}

/**
 * tcpfsm_conn_fast - let a segment act on its connection, if it is a plain one
 * @e: the end that sent the segment
 * @p: its peer
 * @seg: the segment
 * @view: where it was seen; both halves at once, @now is not read
 *
 * If true is returned, the segment was acceptable, without a transition or an
 * anomaly; the caller has to store the time of the segment in @last of the
 * connection. If false is returned, nothing was changed, and the caller has to
 * call tcpfsm_conn_segment(). The caller has the connection to itself.
 *
 * Return: true if the segment took the fast path.
 */
bool tcpfsm_conn_fast(struct tcpfsm_end *e, struct tcpfsm_end *p,
		      const struct tcpfsm_segment *seg,
		      const struct tcpfsm_view *view)
{
	const u8 marks = TCPFSM_SYN | TCPFSM_FIN | TCPFSM_RST | TCPFSM_ACK;
	const u8 kind = seg->len ? TCPFSM_FAST_DATA : TCPFSM_FAST_ACK;

	if (!(e->fast & kind) || (seg->flags & marks) != TCPFSM_ACK ||
	    !is_next(seg, e, p) ||
	    (view->sender_local && !(e->flags & TCPFSM_END_LOCAL)) ||
	    (view->receiver_local && !(p->flags & TCPFSM_END_LOCAL)))
		return false;
	if (seg->stamped && e->flags & p->flags & TCPFSM_END_STAMPED) {
		if (seq_before(seg->tsval, e->tsval))
			return false;
		/* TS.Recent: RFC 7323 section 4.3 */
		if (!seq_after(seg->seq, p->ack))
			e->tsval = seg->tsval;
	}
	learn(e, p, seg);
	p->rcv_nxt = seg->end;
	return true;
}
