// SPDX-License-Identifier: GPL-2.0
/*
 * A hole opens where an end goes on beyond what it was seen to send. What was
 * lost before it came here is sent again and fills it. What the peer
 * acknowledges although it never came here was unseen.
 */
#include "core/conn_hole.h"
#include "core/conn_note.h"

/* So many segments may come out of order, see conn_claim.c */
#define PATIENCE	4

/* Whether the peer has acknowledged all of the hole: it has got it */
static bool is_acked(const struct tcpfsm_conn *conn, enum tcpfsm_role role)
{
	const struct tcpfsm_end *peer = &conn->end[!role];

	return conn->hole[role].missing && peer->flags & TCPFSM_END_ACK &&
	       !seq_before(peer->ack, conn->hole[role].end);
}

/**
 * tcpfsm_conn_widen_hole - some octets of an end were not seen, among others
 * @x: the segment that shows it
 * @role: the end
 * @start: sequence number of the first octet that may be one of them
 * @end: sequence number after the last one
 * @missing: how many were not seen
 *
 * Two holes at once are one, of which a part was seen.
 */
void tcpfsm_conn_widen_hole(const struct tcpfsm_ctx *x, enum tcpfsm_role role,
			    u32 start, u32 end, u32 missing)
{
	struct tcpfsm_hole *hole = &x->conn->hole[role];

	if (!hole->missing) {
		hole->start = start;
		hole->end = end;
		hole->age = 0;
		hole->counted = false;
	}
	if (seq_before(start, hole->start))
		hole->start = start;
	hole->end = seq_max(hole->end, end);
	hole->missing += missing;
	x->conn->flags |= TCPFSM_CONN_DOUBT;
}

/**
 * tcpfsm_conn_open_hole - an end has gone on beyond what was seen of it
 * @x: the segment that shows it
 * @role: the end
 * @start: sequence number of the first octet that was not seen
 * @end: sequence number after the last one
 *
 * A hole that its peer has acknowledged already is counted before.
 */
void tcpfsm_conn_open_hole(const struct tcpfsm_ctx *x, enum tcpfsm_role role,
			   u32 start, u32 end)
{
	if (is_acked(x->conn, role))
		tcpfsm_conn_settle_hole(x->conn, role, true, x->out);
	tcpfsm_conn_widen_hole(x, role, start, end, end - start);
}

/**
 * tcpfsm_conn_count_unseen - count octets that nobody waits for as unseen
 * @conn: the connection
 * @role: the end that has sent them
 * @start: sequence number of the first one
 * @end: sequence number after the last one
 */
void tcpfsm_conn_count_unseen(struct tcpfsm_conn *conn, enum tcpfsm_role role,
			      u32 start, u32 end)
{
	struct tcpfsm_hole *hole = &conn->hole[role];

	conn->unseen[role] += end - start;
	if (hole->missing)
		return;
	hole->start = start;
	hole->end = end;
	hole->counted = true;
}

/**
 * tcpfsm_conn_may_be_fin - whether a FIN was taken for payload that was not seen
 * @x: a segment with a FIN
 *
 * Return: true if it ends where a hole ends, and nothing was sent after that.
 */
bool tcpfsm_conn_may_be_fin(const struct tcpfsm_ctx *x)
{
	const struct tcpfsm_hole *hole = &x->conn->hole[x->role];

	return x->seg->end == hole->end && hole->end == x->e->nxt &&
	       seq_before(hole->start, hole->end);
}

/**
 * tcpfsm_conn_fill_hole - a segment brings octets that had not been seen
 * @x: the segment; what is before SND.NXT of its sender counts
 * @fin: so does its FIN
 */
void tcpfsm_conn_fill_hole(const struct tcpfsm_ctx *x, bool fin)
{
	struct tcpfsm_hole *hole = &x->conn->hole[x->role];
	u32 start = x->seg->seq;
	u32 end = fin ? x->seg->end : start + x->seg->len;
	bool last;

	/* It was counted already, but a FIN is no payload */
	if (hole->counted && fin && tcpfsm_conn_may_be_fin(x)) {
		x->conn->unseen[x->role]--;
		hole->end--;
	}
	if (!hole->missing || !seq_before(start, hole->end) ||
	    !seq_after(end, hole->start))
		return;
	if (seq_before(start, hole->start))
		start = hole->start;
	last = !seq_before(end, hole->end);
	if (last)
		end = hole->end;
	hole->missing -= min(end - start, hole->missing);
	if (start == hole->start)
		hole->start = end;
	else if (last)
		hole->end = start;
	/* What came twice was counted twice: the last octet may be missing */
	if (!hole->missing)
		hole->start = hole->end - !last;
}

/**
 * tcpfsm_conn_fill_some - some octets have come, it is not known which
 * @conn: the connection
 * @role: the end
 * @before: its hole before that
 * @octets: how many
 */
void tcpfsm_conn_fill_some(struct tcpfsm_conn *conn, enum tcpfsm_role role,
			   const struct tcpfsm_hole *before, u32 octets)
{
	struct tcpfsm_hole *hole = &conn->hole[role];

	*hole = *before;
	hole->missing -= min(octets, hole->missing);
}

/**
 * tcpfsm_conn_settle_hole - count a hole as unseen when nothing will fill it
 * @conn: the connection
 * @role: the end
 * @now: do not wait for a segment that came out of order
 * @out: where it is noted
 *
 * Return: true if there is no hole any more.
 */
bool tcpfsm_conn_settle_hole(struct tcpfsm_conn *conn, enum tcpfsm_role role,
			     bool now, struct tcpfsm_outcome *out)
{
	struct tcpfsm_hole *hole = &conn->hole[role];

	if (!is_acked(conn, role))
		return !hole->missing;
	if (!now && ++hole->age < PATIENCE)
		return false;
	tcpfsm_conn_note(out, TCPFSM_ANOMALY_UNSEEN, role)->expected =
		hole->missing;
	conn->unseen[role] += hole->missing;
	hole->missing = 0;
	hole->counted = true;
	return true;
}

/**
 * tcpfsm_conn_unseen - payload of an end that was not seen
 * @conn: the connection
 * @role: the end
 *
 * Return: octets; those count that the peer has got.
 */
u64 tcpfsm_conn_unseen(const struct tcpfsm_conn *conn, enum tcpfsm_role role)
{
	return conn->unseen[role] +
	       (is_acked(conn, role) ? conn->hole[role].missing : 0);
}
