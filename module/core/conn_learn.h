/* SPDX-License-Identifier: GPL-2.0 */
/* Sequence numbers, window and options of an end, from its segments. */
#ifndef _TCPFSM_CONN_LEARN_H
#define _TCPFSM_CONN_LEARN_H

#include "core/conn_ctx.h"

void tcpfsm_conn_count_again(const struct tcpfsm_ctx *x);
void tcpfsm_conn_learn_sender(const struct tcpfsm_ctx *x);
void tcpfsm_conn_learn_syn(struct tcpfsm_end *end, const struct tcpfsm_syn *syn);
void tcpfsm_conn_offer_window(struct tcpfsm_end *end, u32 ack, u32 window);

#endif /* _TCPFSM_CONN_LEARN_H */
