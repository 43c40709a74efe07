// SPDX-License-Identifier: GPL-2.0
/* Transitions of one end, and what follows from them for the connection. */
#include "core/conn_grade.h"
#include "core/conn_move.h"
#include "core/conn_note.h"

/*
 * Whether a transition ends the time in @old, so that its duration is known. An
 * unproven timeout only means that the entry is removed; the exception is
 * TIME-WAIT, which ends silently after 2MSL.
 */
static bool stay_is_measured(enum tcpfsm_state old, enum tcpfsm_cause cause,
			     bool confirmed, bool was_confirmed)
{
	switch (cause) {
	case TCPFSM_CAUSE_FLUSH:
	case TCPFSM_CAUSE_EVICT:
		return false;
	/* The end never was in this state */
	case TCPFSM_CAUSE_ROLLBACK:
		return false;
	case TCPFSM_CAUSE_TIMEOUT:
		return confirmed ||
		       (was_confirmed && old == TCPFSM_STATE_TIME_WAIT);
	default:
		return true;
	}
}

static void leave_time_wait(struct tcpfsm_time_wait *tw, enum tcpfsm_cause cause,
			    bool was_confirmed, u64 now)
{
	static const u8 ends[TCPFSM_CAUSE_COUNT] = {
		[TCPFSM_CAUSE_SYN]	= TCPFSM_TW_END_REOPENED,
		[TCPFSM_CAUSE_RST]	= TCPFSM_TW_END_RESET,
		[TCPFSM_CAUSE_EVICT]	= TCPFSM_TW_END_EVICTED,
		[TCPFSM_CAUSE_FLUSH]	= TCPFSM_TW_END_FLUSHED,
		[TCPFSM_CAUSE_TIMEOUT]	= TCPFSM_TW_END_EXPIRED,
	};

	tw->ended = now;
	/* A SYN ends it at its own time: later segments did not restart it */
	tw->restarted = min(tw->restarted, now);
	tw->end = ends[cause];
	if (cause == TCPFSM_CAUSE_TIMEOUT && !was_confirmed)
		tw->end = TCPFSM_TW_END_UNCONFIRMED;
}

/*
 * Put an end into a state and record the transition. @ends: the time in @old
 * ends with it; its duration is known if its beginning was seen, too.
 */
static inline void record_move(struct tcpfsm_conn *conn, enum tcpfsm_role role,
			       enum tcpfsm_state old, enum tcpfsm_state new,
			       enum tcpfsm_cause cause, bool confirmed, bool ends,
			       u64 now, struct tcpfsm_outcome *out)
{
	struct tcpfsm_end *end = &conn->end[role];
	struct tcpfsm_move *move = &out->move[out->count];
	u64 since = conn->since[role];

	now = max(now, since);
	if (out->count < TCPFSM_MOVES_MAX) {
		out->count++;
		move->role = role;
		move->new = new;
		move->confirmed = confirmed;
		move->stay = now - since;
		if (!since || old == TCPFSM_STATE_CLOSED || !ends) {
			move->stay = 0;
			ends = false;
		}
		move->old = old;
		move->cause = cause;
		move->measured = ends;
	}
	conn->since[role] = now;
	conn->end[TCPFSM_ROLE_CLIENT].fast = 0;
	conn->end[TCPFSM_ROLE_SERVER].fast = 0;
	end->state = new;
	end->flags &= ~TCPFSM_END_CONFIRMED;
	end->flags |= confirmed ? TCPFSM_END_CONFIRMED : 0;
}

/**
 * tcpfsm_conn_set_state - put an end into a state, without the state table
 * @conn: the connection
 * @role: the end
 * @new: its new state
 * @cause: cause of the transition
 * @confirmed: @new is proven, not assumed
 * @now: time of the transition, nanoseconds; not before that of the last one
 * @out: the transition is added to it
 *
 * Does not update @conn->opened and @conn->closed. The caller has the
 * connection to itself.
 */
void tcpfsm_conn_set_state(struct tcpfsm_conn *conn, enum tcpfsm_role role,
			   enum tcpfsm_state new, enum tcpfsm_cause cause,
			   bool confirmed, u64 now, struct tcpfsm_outcome *out)
{
	const struct tcpfsm_end *end = &conn->end[role];
	bool was_confirmed = end->flags & TCPFSM_END_CONFIRMED;
	enum tcpfsm_state old = end->state;

	record_move(conn, role, old, new, cause, confirmed,
		    stay_is_measured(old, cause, confirmed, was_confirmed),
		    now, out);
	if (old == TCPFSM_STATE_TIME_WAIT && new == TCPFSM_STATE_CLOSED)
		leave_time_wait(&conn->time_wait[role], cause, was_confirmed,
				conn->since[role]);
}

static inline void after_move(const struct tcpfsm_ctx *x, enum tcpfsm_role role,
			      enum tcpfsm_state old, enum tcpfsm_state new)
{
	const u32 graded = 1u << TCPFSM_STATE_CLOSED |
			   1u << TCPFSM_STATE_LISTEN |
			   1u << TCPFSM_STATE_SYN_SENT |
			   1u << TCPFSM_STATE_SYN_RECEIVED |
			   1u << TCPFSM_STATE_TIME_WAIT;
	struct tcpfsm_conn *conn = x->conn;

	if (new == TCPFSM_STATE_FIN_WAIT_1 && !conn->fin_seen)
		conn->fin_seen = x->view->now;
	if (new == TCPFSM_STATE_CLOSE_WAIT)
		conn->flags &= ~TCPFSM_CONN_LONG_WAIT;
	/* Hot path: between open and closed there is nothing to grade */
	if (conn->opened == TCPFSM_OPENED_INCOMPLETE || graded & 1u << new)
		tcpfsm_conn_grade(x, role, old, new);
}

/*
 * As tcpfsm_conn_move(), for an end that leaves CLOSED or TIME-WAIT: it opens,
 * is reset, or is rolled back (R3). Out of line: rare.
 */
static noinline void move_from_rest(const struct tcpfsm_ctx *x,
				    enum tcpfsm_role role, enum tcpfsm_state new,
				    enum tcpfsm_cause cause, bool confirmed)
{
	struct tcpfsm_conn *conn = x->conn;
	struct tcpfsm_end *end = &conn->end[role];
	enum tcpfsm_state old = end->state;

	tcpfsm_conn_set_state(conn, role, new, cause, confirmed, x->view->now,
			      x->out);
	if (old == TCPFSM_STATE_TIME_WAIT &&
	    end->flags & TCPFSM_END_FIN_AGAIN) {
		end->flags &= ~TCPFSM_END_FIN_AGAIN;
		if (new == TCPFSM_STATE_CLOSED)
			tcpfsm_conn_note(x->out, TCPFSM_ANOMALY_TW_NO_REACK,
					 role);
	}
	if (cause == TCPFSM_CAUSE_ROLLBACK) {
		conn->closed = TCPFSM_CLOSED_OPEN;
		conn->time_wait[role].entered = 0;
	}
	after_move(x, role, old, new);
}

/**
 * tcpfsm_conn_move - put an end into another state because of a segment
 * @x: the segment
 * @role: the end
 * @new: its new state, different from the present one
 * @cause: cause of the transition
 * @confirmed: @new is proven, not assumed
 *
 * Updates what depends on the states, e.g. how the connection was opened and
 * closed.
 */
void tcpfsm_conn_move(const struct tcpfsm_ctx *x, enum tcpfsm_role role,
		      enum tcpfsm_state new, enum tcpfsm_cause cause,
		      bool confirmed)
{
	enum tcpfsm_state old = x->conn->end[role].state;

	if (old == TCPFSM_STATE_TIME_WAIT || old == TCPFSM_STATE_CLOSED) {
		move_from_rest(x, role, new, cause, confirmed);
		return;
	}
	record_move(x->conn, role, old, new, cause, confirmed,
		    cause != TCPFSM_CAUSE_ROLLBACK, x->view->now, x->out);
	after_move(x, role, old, new);
}
