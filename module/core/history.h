/* SPDX-License-Identifier: GPL-2.0 */
/* What happened last to a connection: a ring of segments and timeouts. */
#ifndef _TCPFSM_HISTORY_H
#define _TCPFSM_HISTORY_H

#include "core/conn_types.h"

/**
 * struct tcpfsm_record - one segment, or a change without one, in 16 octets
 * @seq: of the segment
 * @ack: of the segment
 * @time: since the start of the connection, see tcpfsm_history_read()
 * @len: octets of payload, %TCPFSM_RECORD_LEN_MAX if there were more
 * @client: state of the client after it
 * @server: state of the server after it
 * @flags: FIN, SYN, RST and ACK, in this order from bit 0; 0: no segment
 * @from: enum tcpfsm_role, the sender, or whose state changed
 * @anomaly: enum tcpfsm_anomaly of the first one, %TCPFSM_RECORD_NO_ANOMALY
 */
struct tcpfsm_record {
	u32	seq;
	u32	ack;
	u64	time:27;
	u64	len:18;
	u64	client:4;
	u64	server:4;
	u64	flags:4;
	u64	from:1;
	u64	anomaly:6;
};

#define TCPFSM_RECORD_LEN_MAX		((1u << 18) - 1)
#define TCPFSM_RECORD_NO_ANOMALY	63

/**
 * struct tcpfsm_history - the ring of one connection
 * @record: @size of them, owned by the caller; NULL when @size is 0
 * @total: records so far, those included that were overwritten
 * @size: how many are kept
 */
struct tcpfsm_history {
	struct tcpfsm_record	*record;
	u32			total;
	u8			size;
};

/**
 * struct tcpfsm_past - one record, as readers want it
 * @time: nanoseconds since the start of the connection, exact to 1/2^22
 * @seq: relative to the sender's ISN, or to its first sequence number seen
 * @ack: relative to the peer's
 * @len: octets of payload
 * @flags: TCPFSM_FIN, TCPFSM_SYN, TCPFSM_RST, TCPFSM_ACK; 0: no segment
 * @from: enum tcpfsm_role, the sender, or whose state changed
 * @state: after it, by role
 * @anomaly: enum tcpfsm_anomaly, or TCPFSM_ANOMALY_NONE
 */
struct tcpfsm_past {
	u64	time;
	u32	seq;
	u32	ack;
	u32	len;
	u8	flags;
	u8	from;
	u8	state[TCPFSM_ROLE_COUNT];
	u8	anomaly;
};

void tcpfsm_history_begin(struct tcpfsm_history *history,
			  const struct tcpfsm_conn *conn,
			  const struct tcpfsm_view *view,
			  const struct tcpfsm_outcome *syn);
void tcpfsm_history_add(struct tcpfsm_history *history,
			const struct tcpfsm_conn *conn, enum tcpfsm_role role,
			const struct tcpfsm_segment *seg,
			const struct tcpfsm_view *view,
			const struct tcpfsm_outcome *out);
void tcpfsm_history_change(struct tcpfsm_history *history,
			   const struct tcpfsm_conn *conn, u64 now,
			   const struct tcpfsm_outcome *out);
u32 tcpfsm_history_forgotten(const struct tcpfsm_history *history);
u32 tcpfsm_history_stays(const struct tcpfsm_history *history,
			 const struct tcpfsm_conn *conn, enum tcpfsm_role role,
			 u64 now, u64 stay[TCPFSM_STATE_COUNT]);
bool tcpfsm_history_read(const struct tcpfsm_history *history,
			 const struct tcpfsm_conn *conn, u32 index,
			 struct tcpfsm_past *past);

#endif /* _TCPFSM_HISTORY_H */
