/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Claims: what one end says and the record cannot bear out, until the other end
 * shows whether it is true.
 */
#ifndef _TCPFSM_CONN_DOUBT_H
#define _TCPFSM_CONN_DOUBT_H

#include "core/conn_ctx.h"

bool tcpfsm_conn_hold_claim(const struct tcpfsm_ctx *x);
void tcpfsm_conn_undo_fin(const struct tcpfsm_ctx *x);
void tcpfsm_conn_rst_refutes(const struct tcpfsm_ctx *x);
void tcpfsm_conn_age_claim(const struct tcpfsm_ctx *x, enum tcpfsm_role role);
bool tcpfsm_conn_claim_filled(const struct tcpfsm_ctx *x);
bool tcpfsm_conn_claim_agrees(const struct tcpfsm_ctx *x);
void tcpfsm_conn_take_claim(const struct tcpfsm_ctx *x,
			    struct tcpfsm_segment *seg);

#endif /* _TCPFSM_CONN_DOUBT_H */
