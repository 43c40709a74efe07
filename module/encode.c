// SPDX-License-Identifier: GPL-2.0
#include "encode.h"
#include "zeek.h"

static int put_address(struct sk_buff *skb, const struct tcpfsm_flow *flow,
		       enum tcpfsm_role role)
{
	unsigned int i = tcpfsm_flow_index(flow, role);
	int err;

	if (flow->key.family == TCPFSM_AF_INET)
		err = nla_put_be32(skb, TCPFSM_A_ENDPOINT_ADDRESS4,
				   flow->key.addr[i].v4);
	else
		err = nla_put(skb, TCPFSM_A_ENDPOINT_ADDRESS6, 16,
			      &flow->key.addr[i]);
	return err ?: nla_put_be16(skb, TCPFSM_A_ENDPOINT_PORT,
				   flow->key.port[i]);
}

static int put_flag(struct sk_buff *skb, int attr, bool set)
{
	return set ? nla_put_flag(skb, attr) : 0;
}

static int put_endpoint(struct sk_buff *skb, const struct tcpfsm_flow *flow,
			enum tcpfsm_role role, int attr)
{
	const struct tcpfsm_end *end = &flow->conn.end[role];
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest)
		return -EMSGSIZE;
	if (put_address(skb, flow, role) ||
	    nla_put_u8(skb, TCPFSM_A_ENDPOINT_STATE, end->state) ||
	    put_flag(skb, TCPFSM_A_ENDPOINT_CONFIRMED,
		     end->flags & TCPFSM_END_CONFIRMED) ||
	    put_flag(skb, TCPFSM_A_ENDPOINT_LOCAL,
		     end->flags & TCPFSM_END_LOCAL) ||
	    (end->flags & TCPFSM_END_SYN &&
	     nla_put_u32(skb, TCPFSM_A_ENDPOINT_ISN, end->iss)) ||
	    nla_put_u64_64bit(skb, TCPFSM_A_ENDPOINT_PACKETS, end->packets,
			      TCPFSM_A_ENDPOINT_PAD) ||
	    nla_put_u64_64bit(skb, TCPFSM_A_ENDPOINT_BYTES, end->bytes,
			      TCPFSM_A_ENDPOINT_PAD) ||
	    nla_put_u32(skb, TCPFSM_A_ENDPOINT_RETRANSMITS, end->retransmits))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_time_wait(struct sk_buff *skb, const struct tcpfsm_conn *conn)
{
	struct nlattr *nest;

	if (!conn->tw_entered)
		return 0;
	nest = nla_nest_start(skb, TCPFSM_A_TIME_WAIT);
	if (!nest ||
	    nla_put_u8(skb, TCPFSM_A_TIME_WAIT_ENDPOINT, conn->tw_role) ||
	    nla_put_u64_64bit(skb, TCPFSM_A_TIME_WAIT_ENTERED,
			      conn->tw_entered - conn->start,
			      TCPFSM_A_TIME_WAIT_PAD) ||
	    nla_put_u32(skb, TCPFSM_A_TIME_WAIT_RESTARTS, conn->tw_restarts) ||
	    nla_put_u8(skb, TCPFSM_A_TIME_WAIT_SOURCE, TCPFSM_TW_SOURCE_WIRE))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_rtt(struct sk_buff *skb, const struct tcpfsm_conn *conn,
		   enum tcpfsm_role role, int attr)
{
	if (!conn->rtt[role])
		return 0;
	return nla_put_u64_64bit(skb, attr, conn->rtt[role], TCPFSM_A_PAD);
}

static int put_zeek(struct sk_buff *skb, const struct tcpfsm_conn *conn)
{
	char letters[TCPFSM_ZEEK_HISTORY];

	tcpfsm_zeek_history(conn, letters);
	return nla_put_string(skb, TCPFSM_A_CONN_STATE,
			      tcpfsm_zeek_state(conn)) ?:
	       nla_put_string(skb, TCPFSM_A_HISTORY, letters);
}

static int put_anomaly_count(struct sk_buff *skb,
			     const struct tcpfsm_flow *flow,
			     unsigned int anomaly)
{
	struct nlattr *nest = nla_nest_start(skb, TCPFSM_A_ANOMALIES);
	u32 count = 1;

	/* Without memory when it came first there was no room to count it */
	if (flow->tally && flow->tally->count[anomaly])
		count = flow->tally->count[anomaly];
	if (!nest ||
	    nla_put_u8(skb, TCPFSM_A_ANOMALY_COUNT_ANOMALY, anomaly) ||
	    nla_put_u32(skb, TCPFSM_A_ANOMALY_COUNT_COUNT, count))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_anomalies(struct sk_buff *skb, const struct tcpfsm_flow *flow)
{
	u64 left = flow->met;

	for (; left; left &= left - 1)
		if (put_anomaly_count(skb, flow, __ffs64(left)))
			return -EMSGSIZE;
	return 0;
}

static int put_past(struct sk_buff *skb, const struct tcpfsm_past *past)
{
	const u8 *state = past->state;
	struct nlattr *nest = nla_nest_start(skb, TCPFSM_A_SEGMENT);

	if (!nest ||
	    nla_put_u64_64bit(skb, TCPFSM_A_SEGMENT_TIME, past->time,
			      TCPFSM_A_SEGMENT_PAD) ||
	    nla_put_u8(skb, TCPFSM_A_SEGMENT_ENDPOINT, past->from) ||
	    (past->flags &&
	     (nla_put_u8(skb, TCPFSM_A_SEGMENT_FLAGS, past->flags) ||
	      nla_put_u32(skb, TCPFSM_A_SEGMENT_SEQ, past->seq) ||
	      nla_put_u32(skb, TCPFSM_A_SEGMENT_LEN, past->len))) ||
	    (past->flags & TCPFSM_ACK &&
	     nla_put_u32(skb, TCPFSM_A_SEGMENT_ACK, past->ack)) ||
	    nla_put_u8(skb, TCPFSM_A_SEGMENT_CLIENT_STATE,
		       state[TCPFSM_ROLE_CLIENT]) ||
	    nla_put_u8(skb, TCPFSM_A_SEGMENT_SERVER_STATE,
		       state[TCPFSM_ROLE_SERVER]) ||
	    (past->anomaly != TCPFSM_ANOMALY_NONE &&
	     nla_put_u8(skb, TCPFSM_A_SEGMENT_ANOMALY, past->anomaly)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_segments(struct sk_buff *skb, const struct tcpfsm_flow *flow)
{
	struct tcpfsm_past past;
	u32 i;

	for (i = 0; tcpfsm_history_read(&flow->history, &flow->conn, i, &past);
	     i++)
		if (put_past(skb, &past))
			return -EMSGSIZE;
	return 0;
}

/* Two endpoints of 100 octets and as much again; each number 8, a nest 4 */
#define CONN_SIZE	512
#define ANOMALY_SIZE	(4 + 2 * 8)
#define PAST_SIZE	(4 + 16 + 8 * 8)

/**
 * tcpfsm_encode_size - how long a message a connection needs
 * @flow: the entry, locked
 *
 * Return: octets, with its segments.
 */
size_t tcpfsm_encode_size(const struct tcpfsm_flow *flow)
{
	return CONN_SIZE + hweight64(flow->met) * ANOMALY_SIZE +
	       flow->history.size * PAST_SIZE;
}

/**
 * tcpfsm_encode_conn - put a connection into a message
 * @skb: the message
 * @flow: the entry, locked
 * @segments: with what happened last
 *
 * Return: 0, or -EMSGSIZE; the caller cancels the message then.
 */
int tcpfsm_encode_conn(struct sk_buff *skb, const struct tcpfsm_flow *flow,
		       bool segments)
{
	const struct tcpfsm_conn *conn = &flow->conn;

	if (nla_put_u64_64bit(skb, TCPFSM_A_ID, flow->id, TCPFSM_A_PAD) ||
	    nla_put_u8(skb, TCPFSM_A_FAMILY, flow->key.family) ||
	    nla_put_u64_64bit(skb, TCPFSM_A_START, conn->start,
			      TCPFSM_A_PAD) ||
	    nla_put_u64_64bit(skb, TCPFSM_A_DURATION, conn->last - conn->start,
			      TCPFSM_A_PAD) ||
	    nla_put_u8(skb, TCPFSM_A_OPENED, conn->opened) ||
	    nla_put_u8(skb, TCPFSM_A_CLOSED, conn->closed) ||
	    put_endpoint(skb, flow, TCPFSM_ROLE_CLIENT, TCPFSM_A_CLIENT) ||
	    put_endpoint(skb, flow, TCPFSM_ROLE_SERVER, TCPFSM_A_SERVER) ||
	    put_time_wait(skb, conn) ||
	    put_rtt(skb, conn, TCPFSM_ROLE_SERVER, TCPFSM_A_RTT_SERVER) ||
	    put_rtt(skb, conn, TCPFSM_ROLE_CLIENT, TCPFSM_A_RTT_CLIENT) ||
	    put_zeek(skb, conn) ||
	    put_anomalies(skb, flow) ||
	    (segments && put_segments(skb, flow)))
		return -EMSGSIZE;
	return 0;
}

static int put_peer(struct sk_buff *skb, const struct tcpfsm_flow *flow,
		    enum tcpfsm_role role, int attr)
{
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest || put_address(skb, flow, role))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* When it happened, and to which connection */
static int put_what(struct sk_buff *skb, const struct tcpfsm_flow *flow,
		    u64 now)
{
	if (nla_put_u64_64bit(skb, TCPFSM_A_TIME, now, TCPFSM_A_PAD) ||
	    nla_put_u64_64bit(skb, TCPFSM_A_ID, flow->id, TCPFSM_A_PAD) ||
	    nla_put_u8(skb, TCPFSM_A_FAMILY, flow->key.family) ||
	    put_peer(skb, flow, TCPFSM_ROLE_CLIENT, TCPFSM_A_CLIENT) ||
	    put_peer(skb, flow, TCPFSM_ROLE_SERVER, TCPFSM_A_SERVER))
		return -EMSGSIZE;
	return 0;
}

static int put_numbers(struct sk_buff *skb, const struct tcpfsm_segment *seg)
{
	if (seg && (nla_put_u32(skb, TCPFSM_A_SEQ, seg->seq) ||
		    (seg->flags & TCPFSM_ACK &&
		     nla_put_u32(skb, TCPFSM_A_ACK, seg->ack))))
		return -EMSGSIZE;
	return 0;
}

/**
 * tcpfsm_encode_move - put a transition into a message
 * @skb: the message
 * @flow: the entry, locked
 * @move: the transition
 * @seg: the segment that caused it, or NULL
 * @now: when, CLOCK_BOOTTIME in nanoseconds
 *
 * Return: 0, or -EMSGSIZE; the caller cancels the message then.
 */
int tcpfsm_encode_move(struct sk_buff *skb, const struct tcpfsm_flow *flow,
		       const struct tcpfsm_move *move,
		       const struct tcpfsm_segment *seg, u64 now)
{
	if (put_what(skb, flow, now) ||
	    nla_put_u8(skb, TCPFSM_A_ENDPOINT, move->role) ||
	    nla_put_u8(skb, TCPFSM_A_OLD, move->old) ||
	    nla_put_u8(skb, TCPFSM_A_NEW, move->new) ||
	    nla_put_u8(skb, TCPFSM_A_CAUSE, move->cause) ||
	    put_flag(skb, TCPFSM_A_CONFIRMED, move->confirmed) ||
	    put_numbers(skb, seg))
		return -EMSGSIZE;
	return 0;
}

/**
 * tcpfsm_encode_note - put an anomaly into a message
 * @skb: the message
 * @flow: the entry, locked
 * @note: the anomaly
 * @seg: the segment that it is about, or NULL
 * @now: when, CLOCK_BOOTTIME in nanoseconds
 *
 * Return: 0, or -EMSGSIZE; the caller cancels the message then.
 */
int tcpfsm_encode_note(struct sk_buff *skb, const struct tcpfsm_flow *flow,
		       const struct tcpfsm_note *note,
		       const struct tcpfsm_segment *seg, u64 now)
{
	if (put_what(skb, flow, now) ||
	    nla_put_u8(skb, TCPFSM_A_ENDPOINT, note->role) ||
	    nla_put_u8(skb, TCPFSM_A_ANOMALY, note->anomaly) ||
	    nla_put_u8(skb, TCPFSM_A_KIND, note->kind) ||
	    (note->expects &&
	     nla_put_u32(skb, TCPFSM_A_EXPECTED, note->expected)) ||
	    put_numbers(skb, seg))
		return -EMSGSIZE;
	return 0;
}
