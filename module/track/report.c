// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "core/conn_hole.h"
#include "track/report.h"

/* From the states, not the moves: not every change of state is a move */
static void count_states(struct tcpfsm_flow *flow, struct tcpfsm_stats *stats)
{
	int role;

	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		u8 old = flow->counted[role];
		u8 new = flow->conn.end[role].state;

		if (old == new)
			continue;
		flow->counted[role] = new;
		if (old != TCPFSM_STATE_COUNT)
			stats->gauge[role][old]--;
		stats->gauge[role][new]++;
	}
}

/**
 * tcpfsm_report_count_note - count an anomaly in the counters of a tracker
 * @tracker: the tracker
 * @note: the anomaly, of a known connection or of none
 *
 * Context: Bottom halves off.
 */
void tcpfsm_report_count_note(struct tcpfsm_tracker *tracker,
			      const struct tcpfsm_note *note)
{
	struct tcpfsm_stats __percpu *stats = tracker->stats;

	tcpfsm_stats_inc(stats, anomaly[note->anomaly]);
	if (note->kind == TCPFSM_KIND_VIOLATION)
		tcpfsm_stats_inc(stats, counter[TCPFSM_COUNTER_VIOLATIONS]);
	else
		tcpfsm_stats_inc(stats, counter[TCPFSM_COUNTER_NOTABLES]);
}

/* Most connections have no anomaly: the tally is allocated with the first */
static void count_note(struct tcpfsm_flow *flow, const struct tcpfsm_note *note)
{
	flow->met |= tcpfsm_anomaly_bit(note->anomaly);
	if (!flow->tally)
		flow->tally = kzalloc(sizeof(*flow->tally),
				      GFP_ATOMIC | __GFP_NOWARN);
	if (flow->tally)
		flow->tally->count[note->anomaly]++;
	tcpfsm_report_count_note(flow->tracker, note);
}

/* @octets: so many were unseen until now */
static void count_unseen(struct tcpfsm_flow *flow, u64 octets)
{
	if (octets <= flow->unseen)
		return;
	tcpfsm_stats_add(flow->tracker->stats,
			 counter[TCPFSM_COUNTER_UNSEEN_OCTETS],
			 octets - flow->unseen);
	flow->unseen = octets;
}

static void count_move(const struct tcpfsm_flow *flow,
		       const struct tcpfsm_move *move,
		       struct tcpfsm_stats *stats)
{
	u8 role = move->role, old = move->old, new = move->new;

	if (move->measured)
		tcpfsm_hist_add(&stats->stay[role][old], move->stay);
	stats->transition[old][new]++;
	if (old == TCPFSM_STATE_TIME_WAIT && new == TCPFSM_STATE_CLOSED)
		stats->time_wait_end[flow->conn.time_wait[role].end]++;
}

/**
 * tcpfsm_report_outcome - count transitions and anomalies, tell the observer
 * @flow: the flow
 * @out: what happened to it
 * @seg: the segment that was the cause, or NULL
 * @now: CLOCK_BOOTTIME, nanoseconds
 *
 * Context: Bottom halves off and @flow->lock held, under rcu_read_lock().
 */
void tcpfsm_report_outcome(struct tcpfsm_flow *flow,
			   const struct tcpfsm_outcome *out,
			   const struct tcpfsm_segment *seg, u64 now)
{
	/* Hot path: compute the address once, not in each tcpfsm_stats_add() */
	struct tcpfsm_stats *stats = this_cpu_ptr(flow->tracker->stats);
	int i;

	lockdep_assert_held(&flow->lock);
	count_states(flow, stats);
	for (i = 0; i < out->notes; i++)
		count_note(flow, &out->note[i]);
	if (out->notes)
		count_unseen(flow, flow->conn.unseen[TCPFSM_ROLE_CLIENT] +
				   flow->conn.unseen[TCPFSM_ROLE_SERVER]);
	for (i = 0; i < out->count; i++)
		count_move(flow, &out->move[i], stats);
	if (out->handshake)
		tcpfsm_hist_add(&stats->handshake, out->handshake);
	if (out->close)
		tcpfsm_hist_add(&stats->close, out->close);
	if (out->notes || out->count)
		flow->tracker->observer->happened(flow, out, seg, now);
}

/**
 * tcpfsm_report_change - record and report what happened without a segment
 * @flow: the flow
 * @out: what happened to it
 * @now: CLOCK_BOOTTIME, nanoseconds
 *
 * Context: Bottom halves off and @flow->lock held, under rcu_read_lock().
 */
void tcpfsm_report_change(struct tcpfsm_flow *flow,
			  const struct tcpfsm_outcome *out, u64 now)
{
	tcpfsm_history_change(&flow->history, &flow->conn, now, out);
	tcpfsm_report_outcome(flow, out, NULL, now);
}

/**
 * tcpfsm_report_opened - tell the observer that an incarnation begins
 * @flow: the flow; its first segment has already acted on it
 *
 * Context: Bottom halves off and @flow->lock held, under rcu_read_lock().
 */
void tcpfsm_report_opened(struct tcpfsm_flow *flow)
{
	lockdep_assert_held(&flow->lock);
	flow->told = false;
	flow->unseen = 0;
	flow->tracker->observer->opened(flow);
}

/**
 * tcpfsm_report_closed - tell the observer, once, that an incarnation has ended
 * @flow: the flow
 *
 * Context: Bottom halves off and @flow->lock held, under rcu_read_lock().
 */
void tcpfsm_report_closed(struct tcpfsm_flow *flow)
{
	lockdep_assert_held(&flow->lock);
	if (flow->told)
		return;
	flow->told = true;
	/* Also what has been acknowledged so late that it was not told */
	count_unseen(flow, tcpfsm_conn_unseen(&flow->conn, TCPFSM_ROLE_CLIENT) +
			   tcpfsm_conn_unseen(&flow->conn, TCPFSM_ROLE_SERVER));
	flow->tracker->observer->closed(flow);
}

/**
 * tcpfsm_report_uncount - take the ends of a flow out of the gauges
 * @flow: the flow, about to be removed from the table
 *
 * Context: Bottom halves off and @flow->lock held.
 */
void tcpfsm_report_uncount(struct tcpfsm_flow *flow)
{
	struct tcpfsm_stats __percpu *stats = flow->tracker->stats;
	int role;

	lockdep_assert_held(&flow->lock);
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		u8 state = flow->counted[role];

		if (state != TCPFSM_STATE_COUNT)
			tcpfsm_stats_add(stats, gauge[role][state], -1);
		flow->counted[role] = TCPFSM_STATE_COUNT;
	}
}
