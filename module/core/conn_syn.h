/* SPDX-License-Identifier: GPL-2.0 */
/* A SYN: how a connection begins, and begins again. */
#ifndef _TCPFSM_CONN_SYN_H
#define _TCPFSM_CONN_SYN_H

#include "core/conn_ctx.h"

void tcpfsm_conn_syn(const struct tcpfsm_ctx *x);

#endif /* _TCPFSM_CONN_SYN_H */
