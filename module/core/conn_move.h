/* SPDX-License-Identifier: GPL-2.0 */
/* Transitions of one end, by the state table or directly. Rules: see conn.c. */
#ifndef _TCPFSM_CONN_MOVE_H
#define _TCPFSM_CONN_MOVE_H

#include "core/conn_ctx.h"

void tcpfsm_conn_set_state(struct tcpfsm_conn *conn, enum tcpfsm_role role,
			   enum tcpfsm_state new, enum tcpfsm_cause cause,
			   bool confirmed, u64 now, struct tcpfsm_outcome *out);
void tcpfsm_conn_move(const struct tcpfsm_ctx *x, enum tcpfsm_role role,
		      enum tcpfsm_state new, enum tcpfsm_cause cause,
		      bool confirmed);

/*
 * Feed an event to the state table. Most proofs change no state, because the
 * state was known before: those only confirm it.
 */
static inline void feed_event(const struct tcpfsm_ctx *x, struct tcpfsm_end *end,
			      enum tcpfsm_role role, enum tcpfsm_event event,
			      enum tcpfsm_cause cause, bool confirmed)
{
	enum tcpfsm_state new = tcpfsm_fsm_next(end->state, event);

	if (new != end->state)
		tcpfsm_conn_move(x, role, new, cause, confirmed);
	/* Of a closed end only a RST proves that it is closed */
	else if (confirmed && (new != TCPFSM_STATE_CLOSED ||
			       event == TCPFSM_SND_RST))
		end->flags |= TCPFSM_END_CONFIRMED;
}

/**
 * tcpfsm_conn_proves - R1: an event of the sender, proven by its segment
 * @x: the segment
 * @event: the event
 * @cause: cause of the transition, if there is one
 */
static inline void tcpfsm_conn_proves(const struct tcpfsm_ctx *x,
				      enum tcpfsm_event event,
				      enum tcpfsm_cause cause)
{
	feed_event(x, x->e, x->role, event, cause, true);
}

/**
 * tcpfsm_conn_assumes - R2: an event of the sender that is only assumed
 * @x: the segment
 * @event: the event, something that the sender receives
 * @cause: cause of the transition, if there is one
 */
static inline void tcpfsm_conn_assumes(const struct tcpfsm_ctx *x,
				       enum tcpfsm_event event,
				       enum tcpfsm_cause cause)
{
	feed_event(x, x->e, x->role, event, cause, false);
}

/**
 * tcpfsm_conn_reaches - R2: an event of the receiver
 * @x: the segment
 * @event: the event
 * @cause: cause of the transition, if there is one
 *
 * Proven if the segment is delivered to this host, else assumed.
 */
static inline void tcpfsm_conn_reaches(const struct tcpfsm_ctx *x,
				       enum tcpfsm_event event,
				       enum tcpfsm_cause cause)
{
	feed_event(x, x->p, !x->role, event, cause, x->view->receiver_local);
}

#endif /* _TCPFSM_CONN_MOVE_H */
