// SPDX-License-Identifier: GPL-2.0
/*
 * A notification is built only if its multicast group has listeners. If it
 * cannot be delivered, for want of memory or because a listener is slow, the
 * listeners get ENOBUFS and read the table again.
 */
#include <net/genetlink.h>

#include "edge/genl.h"
#include "edge/netlink.h"
#include "edge/nl_put.h"
#include "edge/notify.h"

/* Room for a transition or an anomaly */
#define EVENT_SIZE 512

static bool has_listeners(const struct tcpfsm_flow *flow, unsigned int group)
{
	return READ_ONCE(tcpfsm_netlink_is_joined) &&
	       READ_ONCE(tcpfsm_netlink_is_up) &&
	       genl_has_listeners(&tcpfsm_nl_family, flow->tracker->net, group);
}

static struct sk_buff *begin(const struct tcpfsm_flow *flow, unsigned int group,
			     size_t size, u8 cmd, void **header)
{
	struct sk_buff *msg = genlmsg_new(size, GFP_ATOMIC);

	if (!msg) {
		genl_set_err(&tcpfsm_nl_family, flow->tracker->net, 0, group,
			     -ENOBUFS);
		return NULL;
	}
	*header = genlmsg_put(msg, 0, 0, &tcpfsm_nl_family, 0, cmd);
	if (*header)
		return msg;
	nlmsg_free(msg);
	return NULL;
}

/* Sends the message, or frees it if @err says that it is incomplete */
static void end(const struct tcpfsm_flow *flow, unsigned int group,
		struct sk_buff *msg, void *header, int err)
{
	if (err) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_end(msg, header);
	genlmsg_multicast_netns(&tcpfsm_nl_family, flow->tracker->net, msg, 0,
				group, GFP_ATOMIC);
}

static void tell_move(const struct tcpfsm_flow *flow,
		      const struct tcpfsm_move *move,
		      const struct tcpfsm_segment *seg, u64 now)
{
	const unsigned int group = TCPFSM_NLGRP_TRANSITIONS;
	void *header;
	struct sk_buff *msg = begin(flow, group, EVENT_SIZE,
				    TCPFSM_CMD_TRANSITION_NTF, &header);

	if (msg)
		end(flow, group, msg, header,
		    tcpfsm_nl_put_move(msg, flow, move, seg, now));
}

static void tell_note(const struct tcpfsm_flow *flow,
		      const struct tcpfsm_note *note,
		      const struct tcpfsm_segment *seg, u64 now)
{
	const unsigned int group = TCPFSM_NLGRP_ANOMALIES;
	void *header;
	struct sk_buff *msg = begin(flow, group, EVENT_SIZE,
				    TCPFSM_CMD_ANOMALY_NTF, &header);

	if (msg)
		end(flow, group, msg, header,
		    tcpfsm_nl_put_note(msg, flow, note, seg, now));
}

static noinline void tell_moves(const struct tcpfsm_flow *flow,
				const struct tcpfsm_outcome *out,
				const struct tcpfsm_segment *seg, u64 now)
{
	int i;

	for (i = 0; i < out->count; i++)
		tell_move(flow, &out->move[i], seg, now);
}

static noinline void tell_notes(const struct tcpfsm_flow *flow,
				const struct tcpfsm_outcome *out,
				const struct tcpfsm_segment *seg, u64 now)
{
	int i;

	for (i = 0; i < out->notes; i++)
		tell_note(flow, &out->note[i], seg, now);
}

/**
 * tcpfsm_notify_happened - notify listeners of transitions and anomalies
 * @flow: the flow
 * @out: what happened to it
 * @seg: the segment that was the cause, or NULL
 * @now: CLOCK_BOOTTIME, nanoseconds
 *
 * Hot path: returns at once unless a socket has ever joined a group.
 *
 * Context: As struct tcpfsm_observer says.
 */
void tcpfsm_notify_happened(const struct tcpfsm_flow *flow,
			    const struct tcpfsm_outcome *out,
			    const struct tcpfsm_segment *seg, u64 now)
{
	if (!READ_ONCE(tcpfsm_netlink_is_joined))
		return;
	if (out->notes && has_listeners(flow, TCPFSM_NLGRP_ANOMALIES))
		tell_notes(flow, out, seg, now);
	if (out->count && has_listeners(flow, TCPFSM_NLGRP_TRANSITIONS))
		tell_moves(flow, out, seg, now);
}

static noinline void tell_life(const struct tcpfsm_flow *flow, u8 cmd, u64 time)
{
	const unsigned int group = TCPFSM_NLGRP_LIFECYCLE;
	unsigned int with = cmd == TCPFSM_CMD_CLOSED_NTF ?
			    TCPFSM_WITH_SEGMENTS : 0;
	void *header;
	struct sk_buff *msg = begin(flow, group, tcpfsm_nl_put_size(flow), cmd,
				    &header);

	if (msg)
		end(flow, group, msg, header,
		    nla_put_u64_64bit(msg, TCPFSM_A_TIME, time,
				      TCPFSM_A_PAD) ?:
		    tcpfsm_nl_put_conn(msg, flow, with));
}

/**
 * tcpfsm_notify_opened - notify listeners that an incarnation begins
 * @flow: the flow
 *
 * Context: As struct tcpfsm_observer says.
 */
void tcpfsm_notify_opened(const struct tcpfsm_flow *flow)
{
	if (has_listeners(flow, TCPFSM_NLGRP_LIFECYCLE))
		tell_life(flow, TCPFSM_CMD_OPENED_NTF, flow->conn.last);
}

/**
 * tcpfsm_notify_closed - notify listeners that an incarnation has ended
 * @flow: the flow
 *
 * Context: As struct tcpfsm_observer says.
 */
void tcpfsm_notify_closed(const struct tcpfsm_flow *flow)
{
	if (has_listeners(flow, TCPFSM_NLGRP_LIFECYCLE))
		tell_life(flow, TCPFSM_CMD_CLOSED_NTF, ktime_get_boottime_ns());
}
