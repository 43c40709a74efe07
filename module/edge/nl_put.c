// SPDX-License-Identifier: GPL-2.0
#include <net/sock.h>

#include "core/conn_hole.h"
#include "core/zeek.h"
#include "edge/nl_put.h"

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

static int put_since(struct sk_buff *skb, const struct tcpfsm_conn *conn,
		     enum tcpfsm_role role)
{
	u64 since = conn->since[role];

	if (!since || conn->end[role].state == TCPFSM_STATE_CLOSED)
		return 0;
	return nla_put_u64_64bit(skb, TCPFSM_A_ENDPOINT_SINCE,
				 since - conn->start, TCPFSM_A_ENDPOINT_PAD);
}

static int put_stay(struct sk_buff *skb, unsigned int state, u64 stay)
{
	struct nlattr *nest = nla_nest_start(skb, TCPFSM_A_ENDPOINT_STAY);

	if (!nest || nla_put_u8(skb, TCPFSM_A_STAY_STATE, state) ||
	    nla_put_u64_64bit(skb, TCPFSM_A_STAY_DURATION, stay,
			      TCPFSM_A_STAY_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_stays(struct sk_buff *skb, const struct tcpfsm_flow *flow,
		     enum tcpfsm_role role)
{
	u64 now = ktime_get_boottime_ns();
	u64 stay[TCPFSM_STATE_COUNT];
	u32 left = tcpfsm_history_stays(&flow->history, &flow->conn, role, now,
					stay);

	for (; left; left &= left - 1)
		if (put_stay(skb, __ffs(left), stay[__ffs(left)]))
			return -EMSGSIZE;
	return 0;
}

static int put_socket(struct sk_buff *skb, const struct tcpfsm_sock *socket)
{
	struct user_namespace *user = current_user_ns();

	if (nla_put_u8(skb, TCPFSM_A_ENDPOINT_SOCKET_STATE, socket->state))
		return -EMSGSIZE;
	if (socket->inode &&
	    (nla_put_u32(skb, TCPFSM_A_ENDPOINT_UID,
			 from_kuid_munged(user, socket->uid)) ||
	     nla_put_u64_64bit(skb, TCPFSM_A_ENDPOINT_INODE, socket->inode,
			       TCPFSM_A_ENDPOINT_PAD)))
		return -EMSGSIZE;
	return socket->cgroup ?
	       nla_put_u64_64bit(skb, TCPFSM_A_ENDPOINT_CGROUP, socket->cgroup,
				 TCPFSM_A_ENDPOINT_PAD) : 0;
}

static int put_local(struct sk_buff *skb, const struct tcpfsm_flow *flow,
		     enum tcpfsm_role role, bool sockets)
{
	struct tcpfsm_sock socket;

	if (!(flow->conn.end[role].flags & TCPFSM_END_LOCAL))
		return 0;
	if (nla_put_flag(skb, TCPFSM_A_ENDPOINT_LOCAL))
		return -EMSGSIZE;
	if (!sockets ||
	    !tcpfsm_setting(flow->tracker, TCPFSM_SETTING_socket_truth))
		return 0;
	tcpfsm_sock_find(flow->tracker->net, flow, role, &socket);
	return socket.kind == TCPFSM_SOCK_NONE ? 0 : put_socket(skb, &socket);
}

static int put_sent(struct sk_buff *skb, const struct tcpfsm_end *end)
{
	if ((end->flags & TCPFSM_END_SYN &&
	     nla_put_u32(skb, TCPFSM_A_ENDPOINT_ISN, end->iss)) ||
	    nla_put_u64_64bit(skb, TCPFSM_A_ENDPOINT_PACKETS, end->packets,
			      TCPFSM_A_ENDPOINT_PAD) ||
	    nla_put_u64_64bit(skb, TCPFSM_A_ENDPOINT_BYTES, end->bytes,
			      TCPFSM_A_ENDPOINT_PAD))
		return -EMSGSIZE;
	return nla_put_u32(skb, TCPFSM_A_ENDPOINT_RETRANSMITS,
			   end->retransmits);
}

static int put_unseen(struct sk_buff *skb, const struct tcpfsm_conn *conn,
		      enum tcpfsm_role role)
{
	u64 octets = tcpfsm_conn_unseen(conn, role);

	return octets ? nla_put_u64_64bit(skb, TCPFSM_A_ENDPOINT_UNSEEN, octets,
					  TCPFSM_A_ENDPOINT_PAD) : 0;
}

static int put_endpoint(struct sk_buff *skb, const struct tcpfsm_flow *flow,
			enum tcpfsm_role role, int attr, unsigned int with)
{
	const struct tcpfsm_end *end = &flow->conn.end[role];
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest)
		return -EMSGSIZE;
	if (put_address(skb, flow, role) ||
	    nla_put_u8(skb, TCPFSM_A_ENDPOINT_STATE, end->state) ||
	    put_flag(skb, TCPFSM_A_ENDPOINT_CONFIRMED,
		     end->flags & TCPFSM_END_CONFIRMED) ||
	    put_local(skb, flow, role, with & TCPFSM_WITH_SOCKETS) ||
	    (!(with & TCPFSM_BRIEF) &&
	     (put_sent(skb, end) || put_unseen(skb, &flow->conn, role) ||
	      put_since(skb, &flow->conn, role))) ||
	    (with & TCPFSM_WITH_SEGMENTS && put_stays(skb, flow, role)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_tw_time(struct sk_buff *skb, int attr, u64 ns)
{
	return nla_put_u64_64bit(skb, attr, ns, TCPFSM_A_TIME_WAIT_PAD);
}

/* How a TIME-WAIT has ended, if it has; @last: time of the last segment */
static int put_tw_end(struct sk_buff *skb, const struct tcpfsm_time_wait *tw,
		      u64 last)
{
	if (!tw->ended)
		return 0;
	if (put_tw_time(skb, TCPFSM_A_TIME_WAIT_DURATION,
			tw->ended - tw->entered) ||
	    nla_put_u8(skb, TCPFSM_A_TIME_WAIT_END, tw->end))
		return -EMSGSIZE;
	if (tw->end != TCPFSM_TW_END_REOPENED)
		return 0;
	return put_tw_time(skb, TCPFSM_A_TIME_WAIT_GAP,
			   tw->ended - min(last, tw->ended)) ?:
	       nla_put_s32(skb, TCPFSM_A_TIME_WAIT_ISN_DELTA, tw->isn_delta);
}

static int put_time_wait(struct sk_buff *skb, const struct tcpfsm_conn *conn,
			 enum tcpfsm_role role)
{
	const struct tcpfsm_time_wait *tw = &conn->time_wait[role];
	struct nlattr *nest;

	if (!tw->entered)
		return 0;
	nest = nla_nest_start(skb, TCPFSM_A_TIME_WAIT);
	if (!nest || nla_put_u8(skb, TCPFSM_A_TIME_WAIT_ENDPOINT, role) ||
	    put_tw_time(skb, TCPFSM_A_TIME_WAIT_ENTERED,
			tw->entered - conn->start) ||
	    nla_put_u32(skb, TCPFSM_A_TIME_WAIT_RESTARTS, tw->restarts) ||
	    nla_put_u8(skb, TCPFSM_A_TIME_WAIT_SOURCE, tw->source) ||
	    (tw->restarted != tw->entered &&
	     put_tw_time(skb, TCPFSM_A_TIME_WAIT_RESTARTED,
			 tw->restarted - conn->start)) ||
	    put_tw_end(skb, tw, conn->last))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_time_waits(struct sk_buff *skb, const struct tcpfsm_conn *conn)
{
	const struct tcpfsm_time_wait *tw = conn->time_wait;
	enum tcpfsm_role first = tw[TCPFSM_ROLE_SERVER].entered <
				 tw[TCPFSM_ROLE_CLIENT].entered;

	return put_time_wait(skb, conn, first) ?:
	       put_time_wait(skb, conn, !first);
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

	/* It was not counted if there was no memory for the tally */
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

static int put_past_numbers(struct sk_buff *skb, const struct tcpfsm_past *past)
{
	bool octets = past->late && past->anomaly == TCPFSM_ANOMALY_UNSEEN;

	if (((past->flags || past->late) &&
	     nla_put_u32(skb, TCPFSM_A_SEGMENT_SEQ, past->seq)) ||
	    ((past->flags || octets) &&
	     nla_put_u32(skb, TCPFSM_A_SEGMENT_LEN, past->len)) ||
	    ((past->flags & TCPFSM_ACK || (past->late && !octets)) &&
	     nla_put_u32(skb, TCPFSM_A_SEGMENT_ACK, past->ack)))
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
	     nla_put_u8(skb, TCPFSM_A_SEGMENT_FLAGS, past->flags)) ||
	    put_past_numbers(skb, past) ||
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
	u32 forgotten = tcpfsm_history_forgotten(&flow->history);
	struct tcpfsm_past past;
	u32 i;

	if (forgotten && nla_put_u32(skb, TCPFSM_A_FORGOTTEN, forgotten))
		return -EMSGSIZE;
	for (i = 0; tcpfsm_history_read(&flow->history, &flow->conn, i, &past);
	     i++)
		if (put_past(skb, &past))
			return -EMSGSIZE;
	return 0;
}

/*
 * Octets at most; a number takes 8 or 16, a nest 4. CONN_SIZE is what every
 * connection needs: two endpoints of 180, two TIME-WAITs of 110, less than 300
 * for all else.
 */
#define CONN_SIZE	1024
#define STAY_SIZE	(4 + 8 + 16)
#define ANOMALY_SIZE	(4 + 2 * 8)
#define PAST_SIZE	(4 + 16 + 8 * 8)

/**
 * tcpfsm_nl_put_size - size of a message with a connection
 * @flow: the flow
 *
 * Context: @flow->lock held.
 * Return: octets that the message needs at most, with segments and sockets.
 */
size_t tcpfsm_nl_put_size(const struct tcpfsm_flow *flow)
{
	return CONN_SIZE + hweight64(flow->met) * ANOMALY_SIZE +
	       2 * TCPFSM_STATE_COUNT * STAY_SIZE +
	       flow->history.size * PAST_SIZE;
}

static int put_details(struct sk_buff *skb, const struct tcpfsm_flow *flow)
{
	const struct tcpfsm_conn *conn = &flow->conn;

	if (nla_put_u64_64bit(skb, TCPFSM_A_DURATION, conn->last - conn->start,
			      TCPFSM_A_PAD) ||
	    put_time_waits(skb, conn) ||
	    put_rtt(skb, conn, TCPFSM_ROLE_SERVER, TCPFSM_A_RTT_SERVER) ||
	    put_rtt(skb, conn, TCPFSM_ROLE_CLIENT, TCPFSM_A_RTT_CLIENT) ||
	    put_zeek(skb, conn) || put_anomalies(skb, flow))
		return -EMSGSIZE;
	return 0;
}

/**
 * tcpfsm_nl_put_conn - put a connection into a message
 * @skb: the message
 * @flow: the flow, caught up
 * @with: TCPFSM_WITH_SEGMENTS, TCPFSM_WITH_SOCKETS, TCPFSM_BRIEF, or 0
 *
 * The user ids of sockets are those in the user namespace of current, so
 * current must be the reader for TCPFSM_WITH_SOCKETS.
 *
 * Context: Bottom halves off and @flow->lock held, under rcu_read_lock().
 * Return: 0; or -EMSGSIZE, and the caller cancels the message.
 */
int tcpfsm_nl_put_conn(struct sk_buff *skb, const struct tcpfsm_flow *flow,
		       unsigned int with)
{
	const struct tcpfsm_conn *conn = &flow->conn;

	if (nla_put_u64_64bit(skb, TCPFSM_A_ID, flow->id, TCPFSM_A_PAD) ||
	    nla_put_u8(skb, TCPFSM_A_FAMILY, flow->key.family) ||
	    nla_put_u64_64bit(skb, TCPFSM_A_START, conn->start,
			      TCPFSM_A_PAD) ||
	    nla_put_u8(skb, TCPFSM_A_OPENED, conn->opened) ||
	    nla_put_u8(skb, TCPFSM_A_CLOSED, conn->closed) ||
	    put_endpoint(skb, flow, TCPFSM_ROLE_CLIENT, TCPFSM_A_CLIENT, with) ||
	    put_endpoint(skb, flow, TCPFSM_ROLE_SERVER, TCPFSM_A_SERVER, with) ||
	    (!(with & TCPFSM_BRIEF) && put_details(skb, flow)) ||
	    (with & TCPFSM_WITH_SEGMENTS && put_segments(skb, flow)))
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

/* What all notifications begin with: the time, the id, the endpoints */
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

/* The number that would have been right, or that of the octets */
static int put_expected(struct sk_buff *skb, const struct tcpfsm_note *note)
{
	if (note->anomaly == TCPFSM_ANOMALY_UNSEEN)
		return nla_put_u32(skb, TCPFSM_A_OCTETS, note->expected);
	return note->expects ?
	       nla_put_u32(skb, TCPFSM_A_EXPECTED, note->expected) : 0;
}

/* What the anomaly is about: the segment, or what came before it */
static int put_place(struct sk_buff *skb, const struct tcpfsm_note *note,
		     const struct tcpfsm_segment *seg)
{
	if (!note->late)
		return put_numbers(skb, seg);
	if (nla_put_u32(skb, TCPFSM_A_SEQ, note->seq))
		return -EMSGSIZE;
	return note->anomaly == TCPFSM_ANOMALY_UNSEEN ? 0 :
	       nla_put_u32(skb, TCPFSM_A_ACK, note->ack);
}

/**
 * tcpfsm_nl_put_move - put a transition into a message
 * @skb: the message
 * @flow: the flow
 * @move: the transition
 * @seg: the segment that was the cause, or NULL
 * @now: CLOCK_BOOTTIME, nanoseconds
 *
 * Context: @flow->lock held.
 * Return: 0; or -EMSGSIZE, and the caller cancels the message.
 */
int tcpfsm_nl_put_move(struct sk_buff *skb, const struct tcpfsm_flow *flow,
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
 * tcpfsm_nl_put_note - put an anomaly into a message
 * @skb: the message
 * @flow: the flow
 * @note: the anomaly
 * @seg: the segment that was the cause, or NULL
 * @now: CLOCK_BOOTTIME, nanoseconds
 *
 * Context: @flow->lock held.
 * Return: 0; or -EMSGSIZE, and the caller cancels the message.
 */
int tcpfsm_nl_put_note(struct sk_buff *skb, const struct tcpfsm_flow *flow,
		       const struct tcpfsm_note *note,
		       const struct tcpfsm_segment *seg, u64 now)
{
	if (put_what(skb, flow, now) ||
	    nla_put_u8(skb, TCPFSM_A_ENDPOINT, note->role) ||
	    nla_put_u8(skb, TCPFSM_A_ANOMALY, note->anomaly) ||
	    nla_put_u8(skb, TCPFSM_A_KIND, note->kind) ||
	    put_expected(skb, note) ||
	    put_place(skb, note, seg))
		return -EMSGSIZE;
	return 0;
}
