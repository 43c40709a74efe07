/* SPDX-License-Identifier: GPL-2.0 */
/* Fast path: the next segment of an established connection, in order. */
#ifndef _TCPFSM_CONN_FAST_H
#define _TCPFSM_CONN_FAST_H

#include "core/conn_types.h"

bool tcpfsm_conn_fast(struct tcpfsm_end *e, struct tcpfsm_end *p,
		      const struct tcpfsm_segment *seg,
		      const struct tcpfsm_view *view);
void tcpfsm_conn_mark_fast(struct tcpfsm_conn *conn);

#endif /* _TCPFSM_CONN_FAST_H */
