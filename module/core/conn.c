// SPDX-License-Identifier: GPL-2.0
/*
 * What a segment does to the two ends of its connection. Four rules:
 *
 * R1  A segment proves its sender's state.
 * R2  A segment is assumed to reach its receiver once it has passed us and is
 *     acceptable (RFC 9293 section 3.10.7.4); what the receiver does because
 *     of it is assumed until its own segments prove it.
 * R3  Proof beats assumption: what is sent again rolls an assumption back.
 * R4  An unacceptable segment moves nothing. It is named and counted.
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
 * Linux restarts the wait for whatever has an ACK, acceptable or not, and for a
 * SYN with an old timestamp: tcp_timewait_state_process(). The FIN that comes
 * again is what it is for.
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
	/* The first one may have been lost on its way to where TIME-WAIT is */
	if (!(x->p->flags & TCPFSM_END_CONFIRMED))
		return;
	if (x->p->flags & TCPFSM_END_FIN_AGAIN)
		tcpfsm_conn_note(x->out, TCPFSM_ANOMALY_TW_NO_REACK, !x->role);
	x->p->flags |= TCPFSM_END_FIN_AGAIN;
}

/*
 * What arrives over loopback was sent before, and not in the last incarnation
 * already.
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

/* The receiver is in TIME-WAIT */
static noinline void act_on_time_wait(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_time_wait *tw = &x->conn->time_wait[!x->role];
	u64 restarted = tw->restarted;

	if (!(x->seg->flags & TCPFSM_RST) &&
	    (x->seg->flags & TCPFSM_ACK || tcpfsm_conn_is_stale(x)))
		restart_time_wait(x);
	act(x);
	/* What belongs to the next connection says nothing of this one */
	if (x->out->reopen) {
		tw->restarted = restarted;
		x->out->restarted = false;
		x->out->fin_again = false;
	}
}

/**
 * tcpfsm_conn_segment - let a segment act on a connection
 * @conn: the connection
 * @role: which end sent the segment
 * @seg: the segment
 * @view: where and when it was seen
 * @out: what it did; the caller need not initialise it
 *
 * The first segment of a new connection must be one that
 * tcpfsm_conn_opens().
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
		tcpfsm_zeek_segment(conn, role, seg);
	tcpfsm_conn_mark_fast(conn);
}

/**
 * tcpfsm_conn_bad_flags - a segment whose flags the parser refused
 * @role: which end sent it
 * @out: what it did: nothing but that
 */
void tcpfsm_conn_bad_flags(enum tcpfsm_role role, struct tcpfsm_outcome *out)
{
	tcpfsm_outcome_clear(out);
	tcpfsm_conn_note(out, TCPFSM_ANOMALY_BAD_FLAGS, role);
}

/**
 * tcpfsm_conn_opens - whether a segment can be the first of a connection
 * @seg: the segment
 *
 * Return: true unless it is a RST, from which nothing can follow.
 */
bool tcpfsm_conn_opens(const struct tcpfsm_segment *seg)
{
	return !(seg->flags & TCPFSM_RST);
}

/**
 * tcpfsm_conn_first - the role of the end that sends the first segment
 * @seg: the first segment that is seen of a connection
 *
 * Return: the server for a SYN-ACK, else the client. Ports are no evidence.
 */
enum tcpfsm_role tcpfsm_conn_first(const struct tcpfsm_segment *seg)
{
	return (seg->flags & (TCPFSM_SYN | TCPFSM_ACK)) ==
	       (TCPFSM_SYN | TCPFSM_ACK) ? TCPFSM_ROLE_SERVER :
					   TCPFSM_ROLE_CLIENT;
}
