// SPDX-License-Identifier: GPL-2.0
/*
 * What a segment does to the two ends of its connection. Four rules:
 *
 * R1  A segment proves the state of its sender. An end that sends a SYN is in
 *     SYN-SENT; a server is in LISTEN until it sends its SYN-ACK.
 * R2  A segment that has passed us and is acceptable (RFC 9293 section
 *     3.10.7.4) is assumed to reach its receiver. The state that the receiver
 *     takes because of it is assumed until the receiver's own segments prove
 *     it. If the receiver is on this host, delivery of the segment proves it.
 * R3  Proof beats assumption. A retransmission shows that the answer to it has
 *     not arrived: the assumed transitions are rolled back.
 * R4  An unacceptable segment changes no state. It is counted, and if it is an
 *     anomaly it is noted as one.
 */
#include "core/conn.h"
#include "core/conn_ack.h"
#include "core/conn_check.h"
#include "core/conn_fast.h"
#include "core/conn_note.h"
#include "core/conn_rst.h"
#include "core/conn_syn.h"
#include "core/conn_synack.h"
#include "core/zeek.h"

/*
 * A segment with an ACK, acceptable or not, and a SYN with an old timestamp
 * restart the TIME-WAIT of the receiver: tcp_timewait_state_process(). If the
 * segment is the sender's FIN again, count it: to acknowledge it again is what
 * TIME-WAIT is for.
 */
static void restart_time_wait(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_time_wait *tw = &x->conn->time_wait[!x->role];

	tw->restarted = x->view->now;
	x->out->restarted = true;
	if (!(x->seg->flags & TCPFSM_FIN) || x->seg->end != x->e->fin)
		return;
	tw->restarts++;
	x->out->fin_again = true;
	/*
	 * If TIME-WAIT is only assumed, the first FIN may have been lost behind
	 * us: then no second ACK of a FIN is due.
	 */
	if (!(x->p->flags & TCPFSM_END_CONFIRMED))
		return;
	if (x->p->flags & TCPFSM_END_FIN_AGAIN)
		tcpfsm_conn_note(x->out, TCPFSM_ANOMALY_TW_NO_REACK, !x->role);
	x->p->flags |= TCPFSM_END_FIN_AGAIN;
}

/*
 * Whether a segment that arrives over loopback was sent in this incarnation. If
 * not, it is left over from the last one.
 */
static bool was_sent(const struct tcpfsm_ctx *x)
{
	return x->e->flags & TCPFSM_END_SEEN &&
	       !seq_after(x->seg->end, x->e->nxt);
}

static void act(const struct tcpfsm_ctx *x)
{
	const u8 flags = x->seg->flags;

	if (flags & TCPFSM_RST)
		tcpfsm_conn_rst(x);
	else if (!sent(x) && !was_sent(x))
		return;
	else if (!(flags & TCPFSM_SYN))
		tcpfsm_conn_ack(x);
	else if (flags & TCPFSM_ACK)
		tcpfsm_conn_synack(x);
	else
		tcpfsm_conn_syn(x);
}

/* As act(), for a receiver in TIME-WAIT. Out of line: rare. */
static noinline void act_on_time_wait(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_time_wait *tw = &x->conn->time_wait[!x->role];
	u64 restarted = tw->restarted;

	if (!(x->seg->flags & TCPFSM_RST) &&
	    (x->seg->flags & TCPFSM_ACK || tcpfsm_conn_is_stale(x)))
		restart_time_wait(x);
	act(x);
	/* A segment of the next connection does not restart this TIME-WAIT */
	if (x->out->reopen) {
		tw->restarted = restarted;
		x->out->restarted = false;
		x->out->fin_again = false;
	}
}

/**
 * tcpfsm_conn_segment - let a segment act on a connection
 * @conn: the connection, after tcpfsm_conn_init()
 * @role: the end that sent the segment
 * @seg: the segment
 * @view: where and when it was seen
 * @out: filled with the outcome
 *
 * For the first segment of a connection tcpfsm_conn_opens() must be true. The
 * caller has the connection to itself.
 */
void tcpfsm_conn_segment(struct tcpfsm_conn *conn, enum tcpfsm_role role,
			 const struct tcpfsm_segment *seg,
			 const struct tcpfsm_view *view,
			 struct tcpfsm_outcome *out)
{
	struct tcpfsm_ctx x = {
		.conn = conn,
		.e = &conn->end[role],
		.p = &conn->end[!role],
		.role = role,
		.seg = seg,
		.view = view,
		.out = out,
	};

	tcpfsm_outcome_clear(out);
	if (view->sender_local)
		x.e->flags |= TCPFSM_END_LOCAL;
	if (view->receiver_local)
		x.p->flags |= TCPFSM_END_LOCAL;

	if (received(&x) && x.p->state == TCPFSM_STATE_TIME_WAIT)
		act_on_time_wait(&x);
	else
		act(&x);
	if (sent(&x) && !out->reopen)
		tcpfsm_zeek_segment(conn, role, seg, out->used);
	tcpfsm_conn_mark_fast(conn);
}

/**
 * tcpfsm_conn_bad_flags - note a segment with TCPFSM_REJECT_FLAGS
 * @role: the end that sent it
 * @out: filled with the anomaly bad-flags
 *
 * Such a segment does not act on its connection.
 */
void tcpfsm_conn_bad_flags(enum tcpfsm_role role, struct tcpfsm_outcome *out)
{
	tcpfsm_outcome_clear(out);
	tcpfsm_conn_note(out, TCPFSM_ANOMALY_BAD_FLAGS, role);
}

/**
 * tcpfsm_conn_opens - whether a segment can be the first one of a connection
 * @seg: the segment
 *
 * Pure.
 *
 * Return: false for a RST, because there is no connection after it; else true.
 */
bool tcpfsm_conn_opens(const struct tcpfsm_segment *seg)
{
	return !(seg->flags & TCPFSM_RST);
}

/**
 * tcpfsm_conn_first - the role of the sender of the first segment
 * @seg: the first segment that is seen of a connection
 *
 * Pure. Ports are no evidence and not looked at.
 *
 * Return: the server for a SYN-ACK, else the client.
 */
enum tcpfsm_role tcpfsm_conn_first(const struct tcpfsm_segment *seg)
{
	return (seg->flags & (TCPFSM_SYN | TCPFSM_ACK)) ==
	       (TCPFSM_SYN | TCPFSM_ACK) ? TCPFSM_ROLE_SERVER :
					   TCPFSM_ROLE_CLIENT;
}
