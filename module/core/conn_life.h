/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A connection apart from its segments: how it begins, what it waits for, how
 * it ends. Pure; the caller has the connection to itself.
 */
#ifndef _TCPFSM_CONN_LIFE_H
#define _TCPFSM_CONN_LIFE_H

#include "core/conn_types.h"

void tcpfsm_conn_init(struct tcpfsm_conn *conn, u64 now);
enum tcpfsm_role tcpfsm_conn_reopen(struct tcpfsm_conn *conn,
				    enum tcpfsm_role role,
				    const struct tcpfsm_segment *seg,
				    const struct tcpfsm_view *view,
				    struct tcpfsm_outcome *out);
void tcpfsm_conn_end(struct tcpfsm_conn *conn, enum tcpfsm_cause cause,
		     u64 now, struct tcpfsm_outcome *out);
void tcpfsm_conn_supersede(struct tcpfsm_conn *conn, enum tcpfsm_role role,
			   const struct tcpfsm_segment *seg,
			   const struct tcpfsm_view *view,
			   struct tcpfsm_outcome *out);
void tcpfsm_conn_expire_time_wait(struct tcpfsm_conn *conn, u64 now,
				  struct tcpfsm_outcome *out);
void tcpfsm_conn_socket_gone(struct tcpfsm_conn *conn, enum tcpfsm_role role,
			     enum tcpfsm_tw_end end, u64 now,
			     struct tcpfsm_outcome *out);
enum tcpfsm_wait tcpfsm_conn_wait(const struct tcpfsm_conn *conn);

/**
 * tcpfsm_conn_close_waits - whether an end is in CLOSE-WAIT
 * @conn: the connection
 *
 * Hot path: asked before tcpfsm_conn_close_wait_due().
 *
 * Return: true if one is.
 */
static inline bool tcpfsm_conn_close_waits(const struct tcpfsm_conn *conn)
{
	const u8 state = TCPFSM_STATE_CLOSE_WAIT;

	return conn->end[TCPFSM_ROLE_CLIENT].state == state ||
	       conn->end[TCPFSM_ROLE_SERVER].state == state;
}

bool tcpfsm_conn_close_wait_due(const struct tcpfsm_conn *conn, u64 limit,
				u64 *due);
void tcpfsm_conn_long_close_wait(struct tcpfsm_conn *conn,
				 struct tcpfsm_outcome *out);

#endif /* _TCPFSM_CONN_LIFE_H */
