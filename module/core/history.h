/* SPDX-License-Identifier: GPL-2.0 */
/* History of a connection: a ring of the latest segments and other changes. */
#ifndef _TCPFSM_HISTORY_H
#define _TCPFSM_HISTORY_H

#include "core/conn_types.h"

/**
 * struct tcpfsm_record - one segment, or what happened without one, in 16 octets
 * @seq: sequence number of the segment
 * @ack: acknowledgment number of the segment
 * @time: time since the start of the connection, a floating-point number as
 *	pack_time() makes it
 * @len: payload, octets, saturated at %TCPFSM_RECORD_LEN_MAX
 * @client: enum tcpfsm_state of the client after it
 * @server: enum tcpfsm_state of the server after it
 * @flags: FIN, SYN, RST and ACK, in this order from bit 0; 0: no segment
 * @from: enum tcpfsm_role, the sender; without a segment the end whose anomaly
 *	it is, or which changed
 * @anomaly: enum tcpfsm_anomaly, the first one of the segment; or
 *	%TCPFSM_RECORD_NO_ANOMALY
 *
 * An anomaly that is not of the segment at which it was noticed has a record of
 * its own, without a segment. If it is about what was sent before, @len is
 * %TCPFSM_RECORD_LATE, and @seq and @ack are those of struct tcpfsm_note; but of
 * UNSEEN @ack is the number of octets.
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
#define TCPFSM_RECORD_LATE		1
#define TCPFSM_RECORD_NO_ANOMALY	63

/**
 * struct tcpfsm_history - the ring of one connection
 * @record: array of @size records, owned by the caller; NULL if @size is 0
 * @total: number of records so far, overwritten ones included
 * @size: number of records in the ring
 */
struct tcpfsm_history {
	struct tcpfsm_record	*record;
	u32			total;
	u8			size;
};

/**
 * struct tcpfsm_past - one record, unpacked
 * @time: time since the start of the connection, nanoseconds; rounded down, the
 *	relative error is below 2^-21
 * @seq: sequence number relative to @iss of the sender (struct tcpfsm_end)
 * @ack: acknowledgment number relative to @iss of the peer
 * @len: payload, octets
 * @flags: TCPFSM_FIN, TCPFSM_SYN, TCPFSM_RST, TCPFSM_ACK; 0: no segment
 * @from: enum tcpfsm_role, the sender; without a segment the end whose anomaly
 *	it is, or which changed
 * @state: enum tcpfsm_state after it, by enum tcpfsm_role
 * @anomaly: enum tcpfsm_anomaly, or TCPFSM_ANOMALY_NONE
 * @late: there is no segment, but @anomaly is of one that came before: @seq and
 *	@ack are its numbers. Of UNSEEN @seq is the first octet, @len how many
 *	there are, and there is no @ack
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
	bool	late;
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
