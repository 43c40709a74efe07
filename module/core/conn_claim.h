/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Claims: what one end says and the record cannot bear out, until the other end
 * shows whether it is true.
 */
#ifndef _TCPFSM_CONN_CLAIM_H
#define _TCPFSM_CONN_CLAIM_H

#include "core/conn_ctx.h"

/**
 * struct tcpfsm_reach - how far an end can have sent
 * @ack: so far its peer has acknowledged it
 * @edge: and so far it has offered a window
 */
struct tcpfsm_reach {
	u32	ack;
	u32	edge;
};

bool tcpfsm_conn_hold_claim(const struct tcpfsm_ctx *x);
void tcpfsm_conn_rst_refutes(const struct tcpfsm_ctx *x);
void tcpfsm_conn_age_claim(const struct tcpfsm_ctx *x, enum tcpfsm_role role);
bool tcpfsm_conn_claim_filled(const struct tcpfsm_conn *conn,
			      enum tcpfsm_role role);
bool tcpfsm_conn_claim_agrees(const struct tcpfsm_ctx *x);
void tcpfsm_conn_take_claim(const struct tcpfsm_ctx *x,
			    const struct tcpfsm_reach *reach,
			    struct tcpfsm_claim *taken,
			    struct tcpfsm_segment *seg);
bool tcpfsm_conn_claim_rest(const struct tcpfsm_ctx *x, bool witnessed,
			    const struct tcpfsm_claim *claim,
			    struct tcpfsm_segment *seg);
void tcpfsm_conn_count_claim(const struct tcpfsm_ctx *x,
			     const struct tcpfsm_claim *claim,
			     const struct tcpfsm_hole *before);

#endif /* _TCPFSM_CONN_CLAIM_H */
