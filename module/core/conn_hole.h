/* SPDX-License-Identifier: GPL-2.0 */
/* Holes: octets that both ends went on over, and that were not seen. */
#ifndef _TCPFSM_CONN_HOLE_H
#define _TCPFSM_CONN_HOLE_H

#include "core/conn_ctx.h"

void tcpfsm_conn_open_hole(const struct tcpfsm_ctx *x, enum tcpfsm_role role,
			   u32 start, u32 end);
void tcpfsm_conn_fill_hole(const struct tcpfsm_ctx *x);
bool tcpfsm_conn_settle_hole(struct tcpfsm_conn *conn, enum tcpfsm_role role,
			     bool now, struct tcpfsm_outcome *out);
u64 tcpfsm_conn_unseen(const struct tcpfsm_conn *conn, enum tcpfsm_role role);

#endif /* _TCPFSM_CONN_HOLE_H */
