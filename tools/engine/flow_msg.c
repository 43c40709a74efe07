// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "core/conn_hole.h"
#include "core/zeek.h"
#include "engine/engine.h"
#include "engine/flow_msg.h"

#define BIT(attr)	(1ull << (attr))

static uint64_t bit_if(bool condition, unsigned int attr)
{
	return condition ? BIT(attr) : 0;
}

/* Not the segments: they are large, and msg->segments says how many are set. */
static void clear(struct msg *msg)
{
	memset(msg, 0, offsetof(struct msg, segment));
}

/* What tells which connection it is */
static void put_pair(struct msg *msg, const struct flow *flow)
{
	unsigned int role;

	msg->id = flow->id;
	msg->family = flow->key.family;
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		unsigned int place = engine_place(flow, role);
		struct msg_endpoint *end = &msg->end[role];

		memcpy(end->address, &flow->key.addr[place], sizeof(end->address));
		end->port = flow->key.port[place];
		end->have = BIT(TCPFSM_A_ENDPOINT_PORT) |
			    BIT(msg->family == TCPFSM_AF_INET ? TCPFSM_A_ENDPOINT_ADDRESS4 :
								TCPFSM_A_ENDPOINT_ADDRESS6);
	}
	msg->have |= BIT(TCPFSM_A_ID) | BIT(TCPFSM_A_FAMILY) |
		     BIT(TCPFSM_A_CLIENT) | BIT(TCPFSM_A_SERVER);
}

static void put_end(struct msg_endpoint *to, const struct tcpfsm_end *end)
{
	to->state = end->state;
	to->isn = end->iss;
	to->packets = end->packets;
	to->bytes = end->bytes;
	to->retransmits = end->retransmits;
	to->have |= BIT(TCPFSM_A_ENDPOINT_STATE) | BIT(TCPFSM_A_ENDPOINT_PACKETS) |
		    BIT(TCPFSM_A_ENDPOINT_BYTES) | BIT(TCPFSM_A_ENDPOINT_RETRANSMITS) |
		    bit_if(end->flags & TCPFSM_END_CONFIRMED, TCPFSM_A_ENDPOINT_CONFIRMED) |
		    bit_if(end->flags & TCPFSM_END_SYN, TCPFSM_A_ENDPOINT_ISN);
}

static void put_unseen(struct msg_endpoint *to, const struct tcpfsm_conn *conn, int role)
{
	to->unseen = tcpfsm_conn_unseen(conn, role);
	to->have |= bit_if(to->unseen, TCPFSM_A_ENDPOINT_UNSEEN);
}

static void put_time_wait(struct msg *msg, const struct tcpfsm_conn *conn, int role)
{
	const struct tcpfsm_time_wait *from = &conn->time_wait[role];
	struct msg_time_wait *tw = &msg->time_wait[role];

	if (!from->entered)
		return;
	tw->endpoint = role;
	tw->entered = from->entered - conn->start;
	tw->restarts = from->restarts;
	tw->source = from->source;
	tw->have = BIT(TCPFSM_A_TIME_WAIT_ENDPOINT) | BIT(TCPFSM_A_TIME_WAIT_ENTERED) |
		   BIT(TCPFSM_A_TIME_WAIT_RESTARTS) | BIT(TCPFSM_A_TIME_WAIT_SOURCE);
	if (from->restarted != from->entered) {
		tw->restarted = from->restarted - conn->start;
		tw->have |= BIT(TCPFSM_A_TIME_WAIT_RESTARTED);
	}
	if (from->ended) {
		tw->duration = from->ended - from->entered;
		tw->end = from->end;
		tw->have |= BIT(TCPFSM_A_TIME_WAIT_DURATION) | BIT(TCPFSM_A_TIME_WAIT_END);
	}
	if (from->ended && from->end == TCPFSM_TW_END_REOPENED) {
		tw->gap = from->ended - conn->last;
		tw->isn_delta = from->isn_delta;
		tw->have |= BIT(TCPFSM_A_TIME_WAIT_GAP) | BIT(TCPFSM_A_TIME_WAIT_ISN_DELTA);
	}
	msg->have |= BIT(TCPFSM_A_TIME_WAIT);
}

static void put_rtt(struct msg *msg, const struct tcpfsm_conn *conn)
{
	memcpy(msg->rtt, conn->rtt, sizeof(msg->rtt));
	msg->have |= bit_if(conn->rtt[TCPFSM_ROLE_SERVER], TCPFSM_A_RTT_SERVER) |
		     bit_if(conn->rtt[TCPFSM_ROLE_CLIENT], TCPFSM_A_RTT_CLIENT);
}

static void put_zeek(struct msg *msg, const struct tcpfsm_conn *conn)
{
	static_assert(sizeof(msg->letters) >= TCPFSM_ZEEK_HISTORY, "no room for the letters");

	/* the longest is RSTOS0, which fits */
	strcpy(msg->conn_state, tcpfsm_zeek_state(conn));
	tcpfsm_zeek_history(conn, msg->letters);
	msg->have |= BIT(TCPFSM_A_CONN_STATE) | BIT(TCPFSM_A_HISTORY);
}

static void put_anomalies(struct msg *msg, const struct tcpfsm_tally *tally)
{
	if (!tally)
		return;
	memcpy(msg->anomalies, tally->count, sizeof(msg->anomalies));
	msg->have |= BIT(TCPFSM_A_ANOMALIES);
}

static void put_since(struct msg *msg, const struct tcpfsm_conn *conn, int role)
{
	struct msg_endpoint *end = &msg->end[role];

	if (!conn->since[role] || conn->end[role].state == TCPFSM_STATE_CLOSED)
		return;
	end->since = conn->since[role] - conn->start;
	end->have |= BIT(TCPFSM_A_ENDPOINT_SINCE);
}

static void put_stays(struct msg *msg, const struct flow *flow, int role, uint64_t now)
{
	struct msg_endpoint *end = &msg->end[role];

	end->stays = tcpfsm_history_stays(&flow->history, &flow->conn, role, now, end->stay);
	end->have |= bit_if(end->stays, TCPFSM_A_ENDPOINT_STAY);
}

static void put_segments(struct msg *msg, const struct flow *flow)
{
	while (msg->segments < MSG_SEGMENTS &&
	       tcpfsm_history_read(&flow->history, &flow->conn, msg->segments,
				   &msg->segment[msg->segments]))
		msg->segments++;
	msg->forgotten = flow->history.total - msg->segments;
	msg->have |= bit_if(msg->forgotten, TCPFSM_A_FORGOTTEN);
}

void flow_msg_conn(struct msg *msg, const struct flow *flow, bool segments, uint64_t now)
{
	const struct tcpfsm_conn *conn = &flow->conn;
	int role;

	clear(msg);
	put_pair(msg, flow);
	msg->start = conn->start;
	msg->duration = conn->last - conn->start;
	msg->opened = conn->opened;
	msg->closed = conn->closed;
	msg->have |= BIT(TCPFSM_A_START) | BIT(TCPFSM_A_DURATION) |
		     BIT(TCPFSM_A_OPENED) | BIT(TCPFSM_A_CLOSED);
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		put_end(&msg->end[role], &conn->end[role]);
		put_unseen(&msg->end[role], conn, role);
		put_since(msg, conn, role);
		put_time_wait(msg, conn, role);
		if (segments)
			put_stays(msg, flow, role, now);
	}
	put_rtt(msg, conn);
	put_zeek(msg, conn);
	put_anomalies(msg, flow->tally);
	if (segments)
		put_segments(msg, flow);
	msg->cmd = TCPFSM_CMD_CONN_GET;
}

static void put_time(struct msg *msg, uint64_t now)
{
	msg->time = now;
	msg->have |= BIT(TCPFSM_A_TIME);
}

void flow_msg_lifecycle(struct msg *msg, const struct flow *flow, uint8_t cmd, uint64_t now)
{
	flow_msg_conn(msg, flow, cmd == TCPFSM_CMD_CLOSED_NTF, now);
	put_time(msg, now);
	msg->cmd = cmd;
}

static void put_notification(struct msg *msg, const struct flow *flow, uint8_t role,
			     uint64_t now)
{
	clear(msg);
	put_pair(msg, flow);
	put_time(msg, now);
	msg->endpoint = role;
	msg->have |= BIT(TCPFSM_A_ENDPOINT);
}

static void put_numbers(struct msg *msg, const struct tcpfsm_segment *seg)
{
	if (!seg)
		return;
	msg->seq = seg->seq;
	msg->ack = seg->ack;
	msg->have |= BIT(TCPFSM_A_SEQ) | bit_if(seg->flags & TCPFSM_ACK, TCPFSM_A_ACK);
}

/* What the anomaly is about: the segment, or what came before it */
static void put_place(struct msg *msg, const struct tcpfsm_note *note,
		      const struct tcpfsm_segment *seg)
{
	if (!note->late) {
		put_numbers(msg, seg);
		return;
	}
	msg->seq = note->seq;
	msg->ack = note->ack;
	msg->have |= BIT(TCPFSM_A_SEQ) |
		     bit_if(note->anomaly != TCPFSM_ANOMALY_UNSEEN, TCPFSM_A_ACK);
}

void flow_msg_move(struct msg *msg, const struct flow *flow, const struct tcpfsm_move *move,
		   const struct tcpfsm_segment *seg, uint64_t now)
{
	put_notification(msg, flow, move->role, now);
	put_numbers(msg, seg);
	msg->old = move->old;
	msg->new = move->new;
	msg->cause = move->cause;
	msg->have |= BIT(TCPFSM_A_OLD) | BIT(TCPFSM_A_NEW) | BIT(TCPFSM_A_CAUSE) |
		     bit_if(move->confirmed, TCPFSM_A_CONFIRMED);
	msg->cmd = TCPFSM_CMD_TRANSITION_NTF;
}

static void put_expected(struct msg *msg, const struct tcpfsm_note *note)
{
	if (note->anomaly == TCPFSM_ANOMALY_UNSEEN) {
		msg->octets = note->expected;
		msg->have |= BIT(TCPFSM_A_OCTETS);
	} else if (note->expects) {
		msg->expected = note->expected;
		msg->have |= BIT(TCPFSM_A_EXPECTED);
	}
}

void flow_msg_note(struct msg *msg, const struct flow *flow, const struct tcpfsm_note *note,
		   const struct tcpfsm_segment *seg, uint64_t now)
{
	put_notification(msg, flow, note->role, now);
	put_place(msg, note, seg);
	msg->anomaly = note->anomaly;
	msg->kind = note->kind;
	msg->have |= BIT(TCPFSM_A_ANOMALY) | BIT(TCPFSM_A_KIND);
	put_expected(msg, note);
	msg->cmd = TCPFSM_CMD_ANOMALY_NTF;
}
