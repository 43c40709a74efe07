/* SPDX-License-Identifier: GPL-2.0 */
/* What an end has sent, though it was not seen: it follows from a claim. */
#ifndef _TCPFSM_CONN_INFER_H
#define _TCPFSM_CONN_INFER_H

#include "core/conn_ctx.h"

void tcpfsm_conn_infer_synack(const struct tcpfsm_ctx *x, u32 ack);
void tcpfsm_conn_infer_fin(const struct tcpfsm_ctx *x, bool received_all);
bool tcpfsm_conn_meets_fin(const struct tcpfsm_ctx *x);
void tcpfsm_conn_doubt_fin(const struct tcpfsm_ctx *x);
void tcpfsm_conn_undo_fin(const struct tcpfsm_ctx *x, enum tcpfsm_role role);

#endif /* _TCPFSM_CONN_INFER_H */
