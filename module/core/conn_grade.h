/* SPDX-License-Identifier: GPL-2.0 */
/* How a connection was opened and closed, from the states of its ends. */
#ifndef _TCPFSM_CONN_GRADE_H
#define _TCPFSM_CONN_GRADE_H

#include "core/conn_ctx.h"

void tcpfsm_conn_grade(const struct tcpfsm_ctx *x, enum tcpfsm_role role,
		       enum tcpfsm_state old, enum tcpfsm_state new);
void tcpfsm_conn_undo_close(struct tcpfsm_conn *conn);

#endif /* _TCPFSM_CONN_GRADE_H */
