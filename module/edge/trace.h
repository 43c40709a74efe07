/* SPDX-License-Identifier: GPL-2.0 */
/* The tracepoints tcpfsm:tcpfsm_transition and tcpfsm:tcpfsm_anomaly. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM tcpfsm

#if !defined(_TCPFSM_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TCPFSM_TRACE_H

#include <linux/tracepoint.h>
#include <net/ipv6.h>

#include "track/flow.h"

/* Tells user space the values of the enums that it finds in the ring buffer */
#define X(id, name) TRACE_DEFINE_ENUM(TCPFSM_STATE_##id);
TCPFSM_STATES(X)
#undef X
#define X(id, name) TRACE_DEFINE_ENUM(TCPFSM_CAUSE_##id);
TCPFSM_CAUSES(X)
#undef X
#define X(id, name) TRACE_DEFINE_ENUM(TCPFSM_ROLE_##id);
TCPFSM_ROLES(X)
#undef X
#define X(id, name, kind, source, meaning) \
	TRACE_DEFINE_ENUM(TCPFSM_ANOMALY_##id);
TCPFSM_ANOMALIES(X)
#undef X
#define X(id, name) TRACE_DEFINE_ENUM(TCPFSM_KIND_##id);
TCPFSM_KINDS(X)
#undef X

#ifndef TCPFSM_SHOW
#define TCPFSM_SHOW
#define TCPFSM_SHOW_STATE_ONE(id, name) { TCPFSM_STATE_##id, name },
#define tcpfsm_show_state(state) \
	__print_symbolic(state, TCPFSM_STATES(TCPFSM_SHOW_STATE_ONE) { -1, "" })
#define TCPFSM_SHOW_CAUSE_ONE(id, name) { TCPFSM_CAUSE_##id, name },
#define tcpfsm_show_cause(cause) \
	__print_symbolic(cause, TCPFSM_CAUSES(TCPFSM_SHOW_CAUSE_ONE) { -1, "" })
#define TCPFSM_SHOW_ROLE_ONE(id, name) { TCPFSM_ROLE_##id, name },
#define tcpfsm_show_role(role) \
	__print_symbolic(role, TCPFSM_ROLES(TCPFSM_SHOW_ROLE_ONE) { -1, "" })

#define TCPFSM_SHOW_ANOMALY_ONE(id, name, kind, source, meaning) \
	{ TCPFSM_ANOMALY_##id, name },
#define tcpfsm_show_anomaly(anomaly)					\
	__print_symbolic(anomaly,					\
			 TCPFSM_ANOMALIES(TCPFSM_SHOW_ANOMALY_ONE) { -1, "" })
#define TCPFSM_SHOW_KIND_ONE(id, name) { TCPFSM_KIND_##id, name },
#define tcpfsm_show_kind(kind) \
	__print_symbolic(kind, TCPFSM_KINDS(TCPFSM_SHOW_KIND_ONE) { -1, "" })

/**
 * tcpfsm_trace_end - fill in a socket address, for printing with %pISpc
 * @key: the endpoints
 * @i: index of the endpoint in @key
 * @to: zeroed room for a struct sockaddr_in6
 *
 * Context: Any.
 */
static inline void tcpfsm_trace_end(const struct tcpfsm_key *key,
				    unsigned int i, void *to)
{
	if (key->family == TCPFSM_AF_INET) {
		struct sockaddr_in *sin = to;

		sin->sin_family = AF_INET;
		sin->sin_port = key->port[i];
		sin->sin_addr.s_addr = key->addr[i].v4;
	} else {
		struct sockaddr_in6 *sin6 = to;

		sin6->sin6_family = AF_INET6;
		sin6->sin6_port = key->port[i];
		memcpy(&sin6->sin6_addr, &key->addr[i], 16);
	}
}
#endif

TRACE_EVENT(tcpfsm_transition,
	TP_PROTO(const struct tcpfsm_flow *flow,
		 const struct tcpfsm_move *move),

	TP_ARGS(flow, move),

	TP_STRUCT__entry(
		__field(u64, id)
		__field(u8, role)
		__field(u8, old)
		__field(u8, new)
		__field(u8, cause)
		__field(bool, confirmed)
		__array(u8, client, sizeof(struct sockaddr_in6))
		__array(u8, server, sizeof(struct sockaddr_in6))
	),

	TP_fast_assign(
		__entry->id = flow->id;
		__entry->role = move->role;
		__entry->old = move->old;
		__entry->new = move->new;
		__entry->cause = move->cause;
		__entry->confirmed = move->confirmed;
		memset(__entry->client, 0, sizeof(struct sockaddr_in6));
		memset(__entry->server, 0, sizeof(struct sockaddr_in6));
		tcpfsm_trace_end(&flow->key, flow->client, __entry->client);
		tcpfsm_trace_end(&flow->key, !flow->client, __entry->server);
	),

	TP_printk("id=%llu client=%pISpc server=%pISpc endpoint=%s old=%s new=%s cause=%s confirmed=%d",
		  __entry->id, __entry->client, __entry->server,
		  tcpfsm_show_role(__entry->role),
		  tcpfsm_show_state(__entry->old),
		  tcpfsm_show_state(__entry->new),
		  tcpfsm_show_cause(__entry->cause), __entry->confirmed)
);

/*
 * seq and ack are those of the segment, or of what came before it if the anomaly
 * is noticed late; 0 without a segment, and ack without an ACK flag
 */
TRACE_EVENT(tcpfsm_anomaly,
	TP_PROTO(const struct tcpfsm_flow *flow,
		 const struct tcpfsm_note *note,
		 const struct tcpfsm_segment *seg),

	TP_ARGS(flow, note, seg),

	TP_STRUCT__entry(
		__field(u64, id)
		__field(u8, role)
		__field(u8, anomaly)
		__field(u8, kind)
		__field(u32, seq)
		__field(u32, ack)
		__field(bool, expects)
		__field(u32, expected)
		__field(u32, octets)
		__array(u8, client, sizeof(struct sockaddr_in6))
		__array(u8, server, sizeof(struct sockaddr_in6))
	),

	TP_fast_assign(
		__entry->id = flow->id;
		__entry->role = note->role;
		__entry->anomaly = note->anomaly;
		__entry->kind = note->kind;
		__entry->seq = note->late ? note->seq : seg ? seg->seq : 0;
		__entry->ack = note->late ? note->ack :
			       seg && seg->flags & TCPFSM_ACK ? seg->ack : 0;
		__entry->expects = note->expects;
		__entry->expected = note->expects ? note->expected : 0;
		__entry->octets = note->anomaly == TCPFSM_ANOMALY_UNSEEN ?
				  note->expected : 0;
		memset(__entry->client, 0, sizeof(struct sockaddr_in6));
		memset(__entry->server, 0, sizeof(struct sockaddr_in6));
		tcpfsm_trace_end(&flow->key, flow->client, __entry->client);
		tcpfsm_trace_end(&flow->key, !flow->client, __entry->server);
	),

	TP_printk("id=%llu client=%pISpc server=%pISpc endpoint=%s name=%s kind=%s seq=%u ack=%u expects=%d expected=%u octets=%u",
		  __entry->id, __entry->client, __entry->server,
		  tcpfsm_show_role(__entry->role),
		  tcpfsm_show_anomaly(__entry->anomaly),
		  tcpfsm_show_kind(__entry->kind), __entry->seq, __entry->ack,
		  __entry->expects, __entry->expected, __entry->octets)
);

#endif /* _TCPFSM_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH edge
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace

#include <trace/define_trace.h>
