/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One segment on its way through a connection: what the parts of conn share.
 * Nothing outside of conn*.c includes this.
 *
 * "e" is the end that sends the segment at hand, "p" its peer.
 */
#ifndef _TCPFSM_CONN_CTX_H
#define _TCPFSM_CONN_CTX_H

#include "core/conn_types.h"

/**
 * struct tcpfsm_ctx - a segment on its way
 * @conn: the connection
 * @e: the end that sends
 * @p: its peer
 * @role: of @e
 * @seg: the segment
 * @view: where and when it was seen
 * @out: what it does
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

static inline bool sent(const struct tcpfsm_ctx *x)
{
	return x->view->halves & TCPFSM_SENT;
}

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

/* Has e's SYN been acknowledged by p? */
static inline bool syn_is_acked(const struct tcpfsm_end *e,
				const struct tcpfsm_end *p)
{
	return e->flags & TCPFSM_END_SYN && p->flags & TCPFSM_END_ACK &&
	       seq_after(p->ack, e->iss);
}

/* Of what comes with a SYN so much is remembered: a segment of 64 KiB */
static inline u16 syn_data(const struct tcpfsm_segment *seg)
{
	return seg->len < 0xffff ? seg->len : 0xffff;
}

static inline u32 shifted_window(const struct tcpfsm_segment *seg,
				 const struct tcpfsm_end *end,
				 const struct tcpfsm_end *peer)
{
	/* RFC 7323 section 2.2: never in a SYN, nor before both are known */
	if (seg->flags & TCPFSM_SYN || end->wscale == TCPFSM_WSCALE_NONE ||
	    peer->wscale == TCPFSM_WSCALE_NONE)
		return seg->window;
	return (u32)seg->window << end->wscale;
}

static inline bool is_gone(const struct tcpfsm_end *end)
{
	return end->state == TCPFSM_STATE_CLOSED ||
	       end->state == TCPFSM_STATE_LISTEN;
}

static inline bool both_gone(const struct tcpfsm_conn *conn)
{
	return is_gone(&conn->end[TCPFSM_ROLE_CLIENT]) &&
	       is_gone(&conn->end[TCPFSM_ROLE_SERVER]);
}

/* Was it e that received the RST which ended the connection? */
static inline bool was_reset(const struct tcpfsm_ctx *x)
{
	enum tcpfsm_role by = x->conn->flags & TCPFSM_CONN_BY_SERVER ?
			      TCPFSM_ROLE_SERVER : TCPFSM_ROLE_CLIENT;

	return x->conn->flags & TCPFSM_CONN_RESET && x->role != by &&
	       x->e->state == TCPFSM_STATE_CLOSED;
}

static inline bool is_fresh(const struct tcpfsm_conn *conn)
{
	return !((conn->end[TCPFSM_ROLE_CLIENT].flags |
		  conn->end[TCPFSM_ROLE_SERVER].flags) & TCPFSM_END_SEEN);
}

/*
 * Of several SYNs only the last one that came is remembered; any of them may
 * get its SYN-ACK.
 */
static inline bool several_pending(const struct tcpfsm_conn *conn)
{
	return conn->flags & TCPFSM_CONN_PENDING && conn->pending.second;
}

/* Whether p has sent a SYN that e may answer yet */
static inline bool may_answer_pending(const struct tcpfsm_ctx *x)
{
	return x->conn->flags & TCPFSM_CONN_PENDING &&
	       x->conn->pending.role != x->role;
}

/* With Fast Open a server sends before its SYN-ACK is acknowledged */
static inline bool may_send_early(const struct tcpfsm_ctx *x)
{
	return x->role == TCPFSM_ROLE_SERVER &&
	       (x->conn->flags & TCPFSM_CONN_FAST_OPEN || x->p->syn_len);
}

/* What the kernel has of p is only a request: tcp_check_req() decides */
static inline bool is_request(const struct tcpfsm_ctx *x)
{
	return x->p->state == TCPFSM_STATE_SYN_RECEIVED &&
	       !(x->conn->flags & TCPFSM_CONN_CROSSED_SYN);
}

/*
 * Whether what is before the ISN can be told from what comes after it: not from
 * where a GB was sent, seen or not.
 */
static inline bool isn_is_limit(const struct tcpfsm_end *end)
{
	return end->flags & TCPFSM_END_SYN && end->nxt - end->iss < 1u << 30;
}

static inline bool acknowledges_syn(u32 ack, u32 iss, u16 syn_len)
{
	return ack - (iss + 1) <= syn_len;
}

/* RFC 7323 section 5: timestamps in both SYNs, and in every segment since */
static inline bool has_stamps(const struct tcpfsm_ctx *x)
{
	return x->e->flags & x->p->flags & TCPFSM_END_STAMPED &&
	       x->seg->stamped;
}

#endif /* _TCPFSM_CONN_CTX_H */
