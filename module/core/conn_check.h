/* SPDX-License-Identifier: GPL-2.0 */
/* Acceptability of a segment with an ACK and without a SYN. */
#ifndef _TCPFSM_CONN_CHECK_H
#define _TCPFSM_CONN_CHECK_H

#include "core/conn_ctx.h"

bool tcpfsm_conn_states_fit(const struct tcpfsm_ctx *x);
bool tcpfsm_conn_ack_fits(const struct tcpfsm_ctx *x);
bool tcpfsm_conn_fin_fits(const struct tcpfsm_ctx *x);
bool tcpfsm_conn_seq_fits(const struct tcpfsm_ctx *x);
bool tcpfsm_conn_is_stale(const struct tcpfsm_ctx *x);

#endif /* _TCPFSM_CONN_CHECK_H */
