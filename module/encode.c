// SPDX-License-Identifier: GPL-2.0
#include "encode.h"

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

/**
 * tcpfsm_encode_conn - put a connection into a message
 * @skb: the message
 * @flow: the entry, locked
 *
 * Return: 0, or -EMSGSIZE; the caller cancels the message then.
 */
int tcpfsm_encode_conn(struct sk_buff *skb, const struct tcpfsm_flow *flow)
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
	    put_time_wait(skb, conn))
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
	if (nla_put_u64_64bit(skb, TCPFSM_A_TIME, now, TCPFSM_A_PAD) ||
	    nla_put_u64_64bit(skb, TCPFSM_A_ID, flow->id, TCPFSM_A_PAD) ||
	    nla_put_u8(skb, TCPFSM_A_FAMILY, flow->key.family) ||
	    put_peer(skb, flow, TCPFSM_ROLE_CLIENT, TCPFSM_A_CLIENT) ||
	    put_peer(skb, flow, TCPFSM_ROLE_SERVER, TCPFSM_A_SERVER) ||
	    nla_put_u8(skb, TCPFSM_A_ENDPOINT, move->role) ||
	    nla_put_u8(skb, TCPFSM_A_OLD, move->old) ||
	    nla_put_u8(skb, TCPFSM_A_NEW, move->new) ||
	    nla_put_u8(skb, TCPFSM_A_CAUSE, move->cause) ||
	    put_flag(skb, TCPFSM_A_CONFIRMED, move->confirmed) ||
	    (seg && nla_put_u32(skb, TCPFSM_A_SEQ, seg->seq)) ||
	    (seg && seg->flags & TCPFSM_ACK &&
	     nla_put_u32(skb, TCPFSM_A_ACK, seg->ack)))
		return -EMSGSIZE;
	return 0;
}
