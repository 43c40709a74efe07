/* SPDX-License-Identifier: GPL-2.0 */
/* Moving an end from one state to the next, by what a segment proves. */
#ifndef _TCPFSM_CONN_MOVE_H
#define _TCPFSM_CONN_MOVE_H

#include "core/conn_ctx.h"

void tcpfsm_conn_set_state(struct tcpfsm_conn *conn, enum tcpfsm_role role,
			   enum tcpfsm_state new, enum tcpfsm_cause cause,
			   bool confirmed, u64 now, struct tcpfsm_outcome *out);
void tcpfsm_conn_move(const struct tcpfsm_ctx *x, enum tcpfsm_role role,
		      enum tcpfsm_state new, enum tcpfsm_cause cause,
		      bool confirmed);

/* Let the table move an end; most of what is proven was known before */
static inline void step(const struct tcpfsm_ctx *x, struct tcpfsm_end *end,
			enum tcpfsm_role role, enum tcpfsm_event event,
			enum tcpfsm_cause cause, bool confirmed)
{
	enum tcpfsm_state new = tcpfsm_fsm_next(end->state, event);

	if (new != end->state)
		tcpfsm_conn_move(x, role, new, cause, confirmed);
	/* That a closed end sends proves nothing, unless it is a RST */
	else if (confirmed && (new != TCPFSM_STATE_CLOSED ||
			       event == TCPFSM_SND_RST))
		end->flags |= TCPFSM_END_CONFIRMED;
}

/* R1: the sender did it, so it is proven */
static inline void tcpfsm_conn_proves(const struct tcpfsm_ctx *x,
				      enum tcpfsm_event event,
				      enum tcpfsm_cause cause)
{
	step(x, x->e, x->role, event, cause, true);
}

/* R2: the sender itself is assumed to receive something */
static inline void tcpfsm_conn_assumes(const struct tcpfsm_ctx *x,
				       enum tcpfsm_event event,
				       enum tcpfsm_cause cause)
{
	step(x, x->e, x->role, event, cause, false);
}

/*
 * R2: the receiver is assumed to act upon it. Proven only where the receiver is
 * a socket of this host.
 */
static inline void tcpfsm_conn_reaches(const struct tcpfsm_ctx *x,
				       enum tcpfsm_event event,
				       enum tcpfsm_cause cause)
{
	step(x, x->p, !x->role, event, cause, x->view->receiver_local);
}

#endif /* _TCPFSM_CONN_MOVE_H */
