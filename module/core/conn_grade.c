// SPDX-License-Identifier: GPL-2.0
/* How a connection was opened and closed, and how long that took. */
#include "core/conn_grade.h"
#include "core/zeek.h"

/* Set conn->opened; incomplete unless both ends are through the handshake */
static void grade_opening(struct tcpfsm_conn *conn)
{
	const struct tcpfsm_end *client = &conn->end[TCPFSM_ROLE_CLIENT];
	const struct tcpfsm_end *server = &conn->end[TCPFSM_ROLE_SERVER];

	if (conn->flags & TCPFSM_CONN_MIDSTREAM)
		conn->opened = TCPFSM_OPENED_MIDSTREAM;
	else if (in_handshake(client) || in_handshake(server))
		conn->opened = TCPFSM_OPENED_INCOMPLETE;
	/* An end that is already closed does not complete the handshake */
	else if (client->state == TCPFSM_STATE_CLOSED ||
		 server->state == TCPFSM_STATE_CLOSED)
		return;
	else if (conn->flags & TCPFSM_CONN_CROSSED_SYN)
		conn->opened = TCPFSM_OPENED_SIMULTANEOUS;
	else if (conn->flags & TCPFSM_CONN_SYN_DATA)
		conn->opened = TCPFSM_OPENED_FAST_OPEN;
	else
		conn->opened = TCPFSM_OPENED_HANDSHAKE;
}

static void enter_time_wait(struct tcpfsm_conn *conn, enum tcpfsm_role role,
			    enum tcpfsm_state old, u64 now)
{
	conn->time_wait[role] = (struct tcpfsm_time_wait){
		.entered = now,
		.restarted = now,
	};
	conn->closed = old == TCPFSM_STATE_CLOSING ?
		       TCPFSM_CLOSED_SIMULTANEOUS_FIN : TCPFSM_CLOSED_FIN;
}

/* Both ends have sent a FIN, and both FINs are acknowledged */
static bool have_closed(const struct tcpfsm_conn *conn)
{
	const u32 through = 1u << TCPFSM_STATE_TIME_WAIT |
			    1u << TCPFSM_STATE_CLOSED;

	return (conn->closed == TCPFSM_CLOSED_FIN ||
		conn->closed == TCPFSM_CLOSED_SIMULTANEOUS_FIN) &&
	       through & 1u << conn->end[TCPFSM_ROLE_CLIENT].state &&
	       through & 1u << conn->end[TCPFSM_ROLE_SERVER].state;
}

/* Report the durations of the handshake and of the close, each once */
static void take_times(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_conn *conn = x->conn;
	u64 now = x->view->now;

	if (!(conn->flags & TCPFSM_CONN_OPEN_TIMED) &&
	    conn->opened != TCPFSM_OPENED_INCOMPLETE &&
	    conn->opened != TCPFSM_OPENED_MIDSTREAM) {
		conn->flags |= TCPFSM_CONN_OPEN_TIMED;
		x->out->handshake = max(now - conn->start, (u64)1);
	}
	if (!(conn->flags & TCPFSM_CONN_CLOSE_TIMED) && conn->fin_seen &&
	    !(conn->flags & TCPFSM_CONN_RESET) && have_closed(conn)) {
		conn->flags |= TCPFSM_CONN_CLOSE_TIMED;
		x->out->close = max(now - conn->fin_seen, (u64)1);
	}
}

/**
 * tcpfsm_conn_grade - update how a connection was opened and closed
 * @x: the segment that caused the transition
 * @role: the end that has changed its state
 * @old: its old state
 * @new: its new state
 *
 * The transition has been made.
 */
void tcpfsm_conn_grade(const struct tcpfsm_ctx *x, enum tcpfsm_role role,
		       enum tcpfsm_state old, enum tcpfsm_state new)
{
	struct tcpfsm_conn *conn = x->conn;

	if (new == TCPFSM_STATE_TIME_WAIT)
		enter_time_wait(conn, role, old, x->view->now);
	else if (old == TCPFSM_STATE_LAST_ACK &&
		 conn->closed == TCPFSM_CLOSED_OPEN)
		conn->closed = TCPFSM_CLOSED_FIN;
	if (new != TCPFSM_STATE_CLOSED)
		grade_opening(conn);
	take_times(x);
}

/**
 * tcpfsm_conn_undo_close - a closed end opens again
 * @conn: the connection
 *
 * Its first close was cut short, so no duration of a close is reported for this
 * connection.
 */
void tcpfsm_conn_undo_close(struct tcpfsm_conn *conn)
{
	conn->closed = TCPFSM_CLOSED_OPEN;
	conn->flags &= ~(TCPFSM_CONN_RESET | TCPFSM_CONN_BY_SERVER);
	conn->flags |= TCPFSM_CONN_CLOSE_TIMED;
	tcpfsm_zeek_undo_reset(conn);
}
