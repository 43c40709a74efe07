/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Context of one segment, and predicates on it, shared by conn*.c. Not to be
 * included by other files.
 *
 * In all of conn*.c "x" is the context, "e" the end that sends the segment and
 * "p" its peer, the receiver.
 */
#ifndef _TCPFSM_CONN_CTX_H
#define _TCPFSM_CONN_CTX_H

#include "core/conn_types.h"

/**
 * struct tcpfsm_ctx - context of one segment
 * @conn: the connection
 * @e: the end that sends the segment
 * @p: its peer
 * @role: role of @e
 * @seg: the segment
 * @view: where and when it was seen
 * @out: its outcome so far
 */
struct tcpfsm_ctx {
	struct tcpfsm_conn		*conn;
	struct tcpfsm_end		*e;
	struct tcpfsm_end		*p;
	enum tcpfsm_role		role;
	const struct tcpfsm_segment	*seg;
	const struct tcpfsm_view	*view;
	struct tcpfsm_outcome		*out;
};

/* Whether the segment is seen leaving its sender: act on e */
static inline bool sent(const struct tcpfsm_ctx *x)
{
	return x->view->halves & TCPFSM_SENT;
}

/* Whether the segment is seen or assumed to reach its receiver: act on p */
static inline bool received(const struct tcpfsm_ctx *x)
{
	return x->view->halves & TCPFSM_RECEIVED;
}

static inline bool in_handshake(const struct tcpfsm_end *end)
{
	return end->state == TCPFSM_STATE_LISTEN ||
	       end->state == TCPFSM_STATE_SYN_SENT ||
	       end->state == TCPFSM_STATE_SYN_RECEIVED;
}

static inline bool is_bare_ack(const struct tcpfsm_segment *seg)
{
	return !seg->len && !(seg->flags & TCPFSM_FIN);
}

/* Whether p has acknowledged the SYN of e */
static inline bool syn_is_acked(const struct tcpfsm_end *e,
				const struct tcpfsm_end *p)
{
	return e->flags & TCPFSM_END_SYN && p->flags & TCPFSM_END_ACK &&
	       seq_after(p->ack, e->iss);
}

/* SYN payload length, octets, saturated at 65535 */
static inline u16 syn_data(const struct tcpfsm_segment *seg)
{
	return seg->len < 0xffff ? seg->len : 0xffff;
}

/* The window that @end offers with @seg, octets, scaled if both ends agreed */
static inline u32 shifted_window(const struct tcpfsm_segment *seg,
				 const struct tcpfsm_end *end,
				 const struct tcpfsm_end *peer)
{
	/* RFC 7323 section 2.2: never in a SYN; the option is in both SYNs */
	if (seg->flags & TCPFSM_SYN || end->wscale == TCPFSM_WSCALE_NONE ||
	    peer->wscale == TCPFSM_WSCALE_NONE)
		return seg->window;
	return (u32)seg->window << end->wscale;
}

/* Whether the end has no connection, not yet or not any more */
static inline bool is_unconnected(const struct tcpfsm_end *end)
{
	return end->state == TCPFSM_STATE_CLOSED ||
	       end->state == TCPFSM_STATE_LISTEN;
}

static inline bool both_unconnected(const struct tcpfsm_conn *conn)
{
	return is_unconnected(&conn->end[TCPFSM_ROLE_CLIENT]) &&
	       is_unconnected(&conn->end[TCPFSM_ROLE_SERVER]);
}

/* Whether e was closed by a RST of p */
static inline bool was_reset(const struct tcpfsm_ctx *x)
{
	enum tcpfsm_role by = x->conn->flags & TCPFSM_CONN_BY_SERVER ?
			      TCPFSM_ROLE_SERVER : TCPFSM_ROLE_CLIENT;

	return x->conn->flags & TCPFSM_CONN_RESET && x->role != by &&
	       x->e->state == TCPFSM_STATE_CLOSED;
}

/* Whether no segment of this connection has been seen yet */
static inline bool is_fresh(const struct tcpfsm_conn *conn)
{
	return !((conn->end[TCPFSM_ROLE_CLIENT].flags |
		  conn->end[TCPFSM_ROLE_SERVER].flags) & TCPFSM_END_SEEN);
}

/*
 * Whether more than one SYN is pending. Only the latest one is stored, but any
 * of them may be answered.
 */
static inline bool several_pending(const struct tcpfsm_conn *conn)
{
	return conn->flags & TCPFSM_CONN_PENDING && conn->pending.second;
}

/* Whether a SYN of p is pending, which e may still answer */
static inline bool may_answer_pending(const struct tcpfsm_ctx *x)
{
	return x->conn->flags & TCPFSM_CONN_PENDING &&
	       x->conn->pending.role != x->role;
}

/* Whether e may send data before its SYN-ACK is acknowledged: RFC 7413 */
static inline bool may_send_early(const struct tcpfsm_ctx *x)
{
	return x->role == TCPFSM_ROLE_SERVER &&
	       (x->conn->flags & TCPFSM_CONN_FAST_OPEN || x->p->syn_len);
}

/*
 * Whether p is a request socket in Linux, not a full one: then tcp_check_req()
 * decides which segments are acceptable.
 */
static inline bool is_request(const struct tcpfsm_ctx *x)
{
	return x->p->state == TCPFSM_STATE_SYN_RECEIVED &&
	       !(x->conn->flags & TCPFSM_CONN_CROSSED_SYN);
}

/*
 * Whether a number before the ISN of an end is known to be invalid. Only until
 * the end has sent 1 GiB, whether it was seen or not: after that the number may
 * as well be one that is still to come, because sequence numbers wrap. And not
 * if the ISN is a guess.
 */
static inline bool isn_is_limit(const struct tcpfsm_conn *conn,
				enum tcpfsm_role role)
{
	const struct tcpfsm_end *end = &conn->end[role];
	const u32 limit = 1u << 30;

	return end->flags & TCPFSM_END_SYN && end->nxt - end->iss < limit &&
	       end->bytes < limit && !conn->hole[role].syn;
}

static inline bool is_before_isn(const struct tcpfsm_conn *conn,
				 enum tcpfsm_role role, u32 seq)
{
	return seq_before(seq, conn->end[role].iss) && isn_is_limit(conn, role);
}

/* Whether @ack acknowledges a SYN, with none, some or all of its data */
static inline bool acknowledges_syn(u32 ack, u32 iss, u16 syn_len)
{
	return ack - (iss + 1) <= syn_len;
}

/* PAWS can be checked: timestamps in both SYNs and here (RFC 7323 section 5) */
static inline bool has_stamps(const struct tcpfsm_ctx *x)
{
	return x->e->flags & x->p->flags & TCPFSM_END_STAMPED &&
	       x->seg->stamped;
}

#endif /* _TCPFSM_CONN_CTX_H */
