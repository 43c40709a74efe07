/* SPDX-License-Identifier: GPL-2.0 */
/* Tracepoints: tcpfsm:tcpfsm_transition */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM tcpfsm

#if !defined(_TCPFSM_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TCPFSM_TRACE_H

#include <linux/tracepoint.h>

#include "flow.h"

#define X(id, name) { TCPFSM_STATE_##id, name },
#define TCPFSM_SHOW_STATE(state) \
	__print_symbolic(state, TCPFSM_STATES(X) { -1, "" })

TRACE_EVENT(tcpfsm_transition,
	TP_PROTO(const struct tcpfsm_flow *flow,
		 const struct tcpfsm_move *move),

	TP_ARGS(flow, move),

	TP_STRUCT__entry(
		__field(u64, id)
		__field(u8, family)
		__field(u8, role)
		__field(u8, old)
		__field(u8, new)
		__field(u8, cause)
		__field(bool, confirmed)
		__field(u16, client_port)
		__field(u16, server_port)
		__array(u8, client, 16)
		__array(u8, server, 16)
	),

	TP_fast_assign(
		__entry->id = flow->id;
		__entry->family = flow->key.family;
		__entry->role = move->role;
		__entry->old = move->old;
		__entry->new = move->new;
		__entry->cause = move->cause;
		__entry->confirmed = move->confirmed;
		__entry->client_port = ntohs(flow->key.port[flow->client]);
		__entry->server_port = ntohs(flow->key.port[!flow->client]);
		memcpy(__entry->client, &flow->key.addr[flow->client], 16);
		memcpy(__entry->server, &flow->key.addr[!flow->client], 16);
	),

	TP_printk("id=%llu family=%u client=%pISc:%u server=%pISc:%u %s %s -> %s cause=%u confirmed=%u",
		  __entry->id, __entry->family,
		  __entry->client, __entry->client_port,
		  __entry->server, __entry->server_port,
		  __print_symbolic(__entry->role,
				   { TCPFSM_ROLE_CLIENT, "client" },
				   { TCPFSM_ROLE_SERVER, "server" }),
		  TCPFSM_SHOW_STATE(__entry->old),
		  TCPFSM_SHOW_STATE(__entry->new),
		  __entry->cause, __entry->confirmed)
);

#endif /* _TCPFSM_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace

#include <trace/define_trace.h>
