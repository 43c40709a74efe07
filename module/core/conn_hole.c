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
 * tcpfsm_conn_open_hole - an end has gone on beyond what was seen of it
 * @x: the segment that shows it
 * @role: the end
 * @start: sequence number of the first octet that was not seen
 * @end: sequence number after the last one
 *
 * Two holes at once are one, of which a part was seen.
 */
void tcpfsm_conn_open_hole(const struct tcpfsm_ctx *x, enum tcpfsm_role role,
			   u32 start, u32 end)
{
	struct tcpfsm_hole *hole = &x->conn->hole[role];

	if (is_acked(x->conn, role))
		tcpfsm_conn_settle_hole(x->conn, role, true, x->out);
	if (!hole->missing) {
		hole->start = start;
		hole->age = 0;
	}
	hole->end = end;
	hole->missing += end - start;
	x->conn->flags |= TCPFSM_CONN_DOUBT;
}

/**
 * tcpfsm_conn_fill_hole - a segment brings octets that had not been seen
 * @x: the segment; what is before SND.NXT of its sender counts
 */
void tcpfsm_conn_fill_hole(const struct tcpfsm_ctx *x)
{
	struct tcpfsm_hole *hole = &x->conn->hole[x->role];
	u32 start = x->seg->seq, end = x->seg->end;

	if (!hole->missing || !seq_before(start, hole->end) ||
	    !seq_after(end, hole->start))
		return;
	if (seq_before(start, hole->start))
		start = hole->start;
	if (seq_after(end, hole->end))
		end = hole->end;
	hole->missing -= min(end - start, hole->missing);
	if (start == hole->start)
		hole->start = end;
	else if (end == hole->end)
		hole->end = start;
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
	struct tcpfsm_note *note;

	if (!is_acked(conn, role))
		return !hole->missing;
	if (!now && ++hole->age < PATIENCE)
		return false;
	note = tcpfsm_conn_note(out, TCPFSM_ANOMALY_UNSEEN, role);
	note->expected = hole->missing;
	note->late = true;
	note->seq = hole->start;
	conn->unseen[role] += hole->missing;
	hole->missing = 0;
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
