/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state machine of a connection: what a segment does to its two ends. Pure;
 * the caller has the connection to itself.
 */
#ifndef _TCPFSM_CONN_H
#define _TCPFSM_CONN_H

#include "core/conn_types.h"

bool tcpfsm_conn_opens(const struct tcpfsm_segment *seg);
enum tcpfsm_role tcpfsm_conn_first(const struct tcpfsm_segment *seg);
void tcpfsm_conn_segment(struct tcpfsm_conn *conn, enum tcpfsm_role role,
			 const struct tcpfsm_segment *seg,
			 const struct tcpfsm_view *view,
			 struct tcpfsm_outcome *out);
void tcpfsm_conn_bad_flags(enum tcpfsm_role role, struct tcpfsm_outcome *out);

#endif /* _TCPFSM_CONN_H */
