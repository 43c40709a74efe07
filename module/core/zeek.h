/* SPDX-License-Identifier: GPL-2.0 */
/* A connection in the terms of Zeek's conn.log: conn_state and history. */
#ifndef _TCPFSM_ZEEK_H
#define _TCPFSM_ZEEK_H

#include "core/conn_types.h"

/* Size of the string: six letters for each end, "^", and the NUL */
#define TCPFSM_ZEEK_HISTORY	14

void tcpfsm_zeek_swapped(struct tcpfsm_conn *conn);
void tcpfsm_zeek_segment(struct tcpfsm_conn *conn, enum tcpfsm_role role,
			 const struct tcpfsm_segment *seg, bool counts);
void tcpfsm_zeek_undo_reset(struct tcpfsm_conn *conn);
u8 tcpfsm_zeek_fast(const struct tcpfsm_conn *conn, enum tcpfsm_role role);
bool tcpfsm_zeek_has_reset(const struct tcpfsm_conn *conn,
			   enum tcpfsm_role role);
const char *tcpfsm_zeek_state(const struct tcpfsm_conn *conn);
void tcpfsm_zeek_history(const struct tcpfsm_conn *conn,
			 char text[TCPFSM_ZEEK_HISTORY]);

#endif /* _TCPFSM_ZEEK_H */
