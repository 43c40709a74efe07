/* SPDX-License-Identifier: GPL-2.0 */
/* A segment with an ACK and without a SYN or RST. */
#ifndef _TCPFSM_CONN_ACK_H
#define _TCPFSM_CONN_ACK_H

#include "core/conn_ctx.h"

void tcpfsm_conn_ack(const struct tcpfsm_ctx *x);
void tcpfsm_conn_hear_witness(const struct tcpfsm_ctx *x);
void tcpfsm_conn_judge_claims(const struct tcpfsm_ctx *x);

#endif /* _TCPFSM_CONN_ACK_H */
