/* SPDX-License-Identifier: GPL-2.0 */
/* A segment with a SYN and an ACK. */
#ifndef _TCPFSM_CONN_SYNACK_H
#define _TCPFSM_CONN_SYNACK_H

#include "core/conn_ctx.h"

void tcpfsm_conn_synack(const struct tcpfsm_ctx *x);

#endif /* _TCPFSM_CONN_SYNACK_H */
