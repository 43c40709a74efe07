/* SPDX-License-Identifier: GPL-2.0 */
/* A segment with a RST. */
#ifndef _TCPFSM_CONN_RST_H
#define _TCPFSM_CONN_RST_H

#include "core/conn_ctx.h"

void tcpfsm_conn_rst(const struct tcpfsm_ctx *x);

#endif /* _TCPFSM_CONN_RST_H */
