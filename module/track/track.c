// SPDX-License-Identifier: GPL-2.0
#include "core/conn.h"
#include "core/conn_fast.h"
#include "core/conn_life.h"
#include "track/entry.h"
#include "track/report.h"
#include "track/timer.h"
#include "track/track.h"

/* Fills @key but for the hash; returns the index of the sender in @key */
static __always_inline unsigned int make_key(const struct tcpfsm_segment *seg,
					     struct tcpfsm_key *key)
{
	unsigned int sender = tcpfsm_segment_is_second(seg);

	key->addr[0] = sender ? seg->dst : seg->src;
	key->addr[1] = sender ? seg->src : seg->dst;
	/* Rotation by 16 bits swaps the two ports */
	key->ports = sender ? rol32(seg->ports, 16) : seg->ports;
	key->rest = 0;
	key->family = seg->family;
	return sender;
}

/* Loopback segments are seen twice: once sent, once received */
static void set_halves(struct tcpfsm_end *sender, struct tcpfsm_sight *sight)
{
	sight->view.halves = TCPFSM_SENT | TCPFSM_RECEIVED;
	sight->view.sender_local |= sight->arrives_looped &&
				    sender->flags & TCPFSM_END_LOOPED;
	if (sight->leaves_looped) {
		sender->flags |= TCPFSM_END_LOOPED;
		sight->view.halves = TCPFSM_SENT;
	} else if (sight->arrives_looped && sender->flags & TCPFSM_END_LOOPED) {
		sight->view.halves = TCPFSM_RECEIVED;
	}
}

/* If the end sends from a socket of the kernel's TCP, that can be looked up */
static void mark_genuine(struct tcpfsm_flow *flow, enum tcpfsm_role role,
			 const struct tcpfsm_sight *sight)
{
	if (!sight->from_socket)
		return;
	flow->genuine |= BIT(role);
	flow->device[role] = sight->device;
}

/* A segment over loopback is counted once, when it is sent */
static void count_segment(struct tcpfsm_tracker *tracker,
			  const struct tcpfsm_outcome *out, u8 halves)
{
	if (out->fin_again)
		tcpfsm_stats_inc(tracker->stats, time_wait_restarts);
	if (!(halves & TCPFSM_SENT))
		return;
	tcpfsm_tracker_count(tracker, PACKETS_SEEN);
	if (out->used)
		tcpfsm_tracker_count(tracker, PACKETS_USED);
	else
		tcpfsm_tracker_count(tracker, PACKETS_IGNORED);
}

/*
 * Hot path: the next segment of an established connection. Returns false, and
 * has done nothing, if it is not one.
 */
static bool feed_fast(struct tcpfsm_tracker *tracker,
		      struct tcpfsm_flow *flow, unsigned int sender,
		      const struct tcpfsm_segment *seg,
		      const struct tcpfsm_sight *sight)
{
	enum tcpfsm_role role = tcpfsm_flow_role(flow, sender);

	/* Segments over loopback are seen twice: not for the fast path */
	if (sight->leaves_looped || sight->arrives_looped ||
	    !tcpfsm_conn_fast(&flow->conn.end[role], &flow->conn.end[!role],
			       seg, &sight->view))
		return false;
	flow->wait_start = jiffies;
	flow->last_is_stale = true;
	tcpfsm_tracker_count(tracker, PACKETS_SEEN);
	tcpfsm_tracker_count(tracker, PACKETS_USED);
	return true;
}

/* @flow is locked and not dead; @is_new: @seg is its first segment */
static void feed(struct tcpfsm_flow *flow, unsigned int sender,
		 const struct tcpfsm_segment *seg, struct tcpfsm_sight *sight,
		 bool is_new)
{
	enum tcpfsm_role role = tcpfsm_flow_role(flow, sender);
	struct tcpfsm_tracker *tracker = flow->tracker;
	enum tcpfsm_wait before = flow->wait, after;
	struct tcpfsm_outcome out __uninitialized;

	tcpfsm_flow_catch_up(flow);
	set_halves(&flow->conn.end[role], sight);
	/* Read under the lock, so that times never go backwards in a flow */
	sight->view.now = is_new ? flow->conn.start : ktime_get_boottime_ns();

	tcpfsm_conn_segment(&flow->conn, role, seg, &sight->view, &out);
	if (out.reopen) {
		tcpfsm_history_add(&flow->history, &flow->conn, role, seg,
				   &sight->view, &out);
		tcpfsm_report_outcome(flow, &out, seg, sight->view.now);
		tcpfsm_entry_reopen(flow, sender, seg, &sight->view, &out);
		role = tcpfsm_flow_role(flow, sender);
	}
	tcpfsm_history_add(&flow->history, &flow->conn, role, seg,
			   &sight->view, &out);
	if (is_new)
		tcpfsm_report_opened(flow);
	if (out.count || out.notes || is_new)
		tcpfsm_report_outcome(flow, &out, seg, sight->view.now);
	count_segment(tracker, &out, sight->view.halves);
	if (out.count || is_new)
		mark_genuine(flow, role, sight);

	if (is_new) {
		tcpfsm_timer_start(flow);
		return;
	}
	after = tcpfsm_conn_wait(&flow->conn);
	tcpfsm_timer_update(flow, after, out.used || out.restarted);
	if (out.count || out.notes)
		tcpfsm_timer_watch(flow, role, &out, sight->view.now);
	if (after == TCPFSM_WAIT_CLOSED && before != after)
		tcpfsm_report_closed(flow);
}

/* Returns false if another CPU has inserted the same key meanwhile */
static bool track_new(struct tcpfsm_tracker *tracker,
		      const struct tcpfsm_key *key, unsigned int sender,
		      const struct tcpfsm_segment *seg,
		      struct tcpfsm_sight *sight)
{
	struct tcpfsm_flow *flow, *there;

	if (!tcpfsm_entry_make_room(tracker)) {
		tcpfsm_tracker_count(tracker, REFUSED_LIMIT);
		goto refused;
	}
	flow = tcpfsm_entry_make(tracker, key, sender, seg);
	if (!flow)
		goto no_memory;

	spin_lock(&flow->lock);
	there = tcpfsm_table_insert(&tracker->table, flow);
	if (there == flow) {
		tcpfsm_tracker_count(tracker, CONN_SEEN);
		tcpfsm_tracker_count(tracker, CONN_TRACKED);
		feed(flow, sender, seg, sight, true);
		spin_unlock(&flow->lock);
		return true;
	}
	spin_unlock(&flow->lock);
	tcpfsm_table_free(flow);
	if (!IS_ERR(there)) {
		tcpfsm_table_unreserve(&tracker->table);
		return false;
	}
no_memory:
	tcpfsm_table_unreserve(&tracker->table);
	tcpfsm_tracker_count(tracker, REFUSED_MEMORY);
refused:
	tcpfsm_tracker_count(tracker, CONN_SEEN);
	tcpfsm_tracker_count(tracker, CONN_REFUSED);
	tcpfsm_tracker_count(tracker, PACKETS_SEEN);
	tcpfsm_tracker_count(tracker, PACKETS_UNTRACKED);
	return true;
}

/* Returns false if there is no flow for @key, or a dead one */
static bool track_known(struct tcpfsm_tracker *tracker,
			struct tcpfsm_key *key, unsigned int sender,
			const struct tcpfsm_segment *seg,
			struct tcpfsm_sight *sight)
{
	struct tcpfsm_flow *flow = tcpfsm_table_find(&tracker->table, key);
	bool alive;

	if (!flow)
		return false;
	spin_lock(&flow->lock);
	alive = !flow->dead;
	if (alive && !feed_fast(tracker, flow, sender, seg, sight))
		feed(flow, sender, seg, sight, false);
	spin_unlock(&flow->lock);
	return alive;
}

/**
 * tcpfsm_track_segment - let a segment act on its connection
 * @tracker: the tracker
 * @seg: the segment
 * @sight: where it was seen; filled in here as its members say
 *
 * Makes a flow if there is none and the segment may open a connection.
 *
 * Context: Bottom halves off, under rcu_read_lock(). Takes the flow's lock.
 */
void tcpfsm_track_segment(struct tcpfsm_tracker *tracker,
			  const struct tcpfsm_segment *seg,
			  struct tcpfsm_sight *sight)
{
	struct tcpfsm_key key __uninitialized;
	unsigned int sender;
	int tries;

	lockdep_assert_in_softirq();
	if (tcpfsm_segment_is_self(seg)) {
		tcpfsm_stats_inc(tracker->stats, reject[TCPFSM_REJECT_SELF]);
		return;
	}
	sender = make_key(seg, &key);

	/* Other CPUs insert and remove flows; one retry nearly always does */
	for (tries = 0; tries < 4; tries++) {
		if (track_known(tracker, &key, sender, seg, sight))
			return;
		if (!tcpfsm_conn_opens(seg))
			break;
		if (track_new(tracker, &key, sender, seg, sight))
			return;
	}
	tcpfsm_tracker_count(tracker, PACKETS_SEEN);
	tcpfsm_tracker_count(tracker, PACKETS_UNTRACKED);
}

/**
 * tcpfsm_track_socket_closed - act on a socket that the kernel has closed
 * @tracker: the tracker
 * @seg: addresses, ports and family of a segment that the socket would send
 * @timed_out: the kernel has given up, because the peer did not answer
 *
 * The kernel has already unhashed the socket. A lookup finds the timewait
 * socket that has taken its place, or none.
 *
 * Context: Bottom halves off, under rcu_read_lock(). Takes the flow's lock.
 */
void tcpfsm_track_socket_closed(struct tcpfsm_tracker *tracker,
				const struct tcpfsm_segment *seg,
				bool timed_out)
{
	struct tcpfsm_flow *flow;
	struct tcpfsm_key key;
	unsigned int sender = make_key(seg, &key);

	lockdep_assert_in_softirq();
	flow = tcpfsm_table_find(&tracker->table, &key);
	if (!flow)
		return;
	spin_lock(&flow->lock);
	if (!flow->dead) {
		tcpfsm_flow_catch_up(flow);
		tcpfsm_timer_check_sockets(flow, BIT(tcpfsm_flow_role(flow, sender)),
					   timed_out ? TCPFSM_TW_END_EXPIRED :
					   TCPFSM_TW_END_ABORTED);
	}
	spin_unlock(&flow->lock);
}

static void note_bad_flags(struct tcpfsm_flow *flow, unsigned int sender,
			   const struct tcpfsm_segment *seg,
			   struct tcpfsm_sight *sight)
{
	enum tcpfsm_role role = tcpfsm_flow_role(flow, sender);
	struct tcpfsm_outcome out;

	set_halves(&flow->conn.end[role], sight);
	if (!(sight->view.halves & TCPFSM_SENT))
		return;
	tcpfsm_flow_catch_up(flow);
	sight->view.now = ktime_get_boottime_ns();
	tcpfsm_conn_bad_flags(role, &out);
	tcpfsm_history_add(&flow->history, &flow->conn, role, seg,
			   &sight->view, &out);
	tcpfsm_report_outcome(flow, &out, seg, sight->view.now);
}

/**
 * tcpfsm_track_bad_flags - report a segment with flags that no TCP combines
 * @tracker: the tracker
 * @seg: the segment
 * @sight: where it was seen; filled in here as its members say
 *
 * The segment does not act on its connection. If the connection is known, the
 * anomaly is recorded and reported with it; if not, it is only counted.
 *
 * Context: Bottom halves off, under rcu_read_lock(). Takes the flow's lock.
 */
void tcpfsm_track_bad_flags(struct tcpfsm_tracker *tracker,
			    const struct tcpfsm_segment *seg,
			    struct tcpfsm_sight *sight)
{
	const struct tcpfsm_note note = {
		.anomaly = TCPFSM_ANOMALY_BAD_FLAGS,
		.kind = TCPFSM_KIND_VIOLATION,
	};
	struct tcpfsm_flow *flow;
	struct tcpfsm_key key;
	unsigned int sender = make_key(seg, &key);

	flow = tcpfsm_table_find(&tracker->table, &key);
	if (!flow) {
		tcpfsm_report_count_note(tracker, &note);
		return;
	}
	spin_lock(&flow->lock);
	if (!flow->dead)
		note_bad_flags(flow, sender, seg, sight);
	spin_unlock(&flow->lock);
}
