// SPDX-License-Identifier: GPL-2.0
/* Laws of a call: transitions and their causes, counters, anomalies. */
#include "conn_laws.h"
#include "core/conn.h"
#include "core/conn_life.h"

/* Does an event from "first" to "last" have this transition in the state table? */
static bool is_in_table(const struct tcpfsm_move *move, u8 first, u8 last)
{
	u8 event;

	for (event = first; event <= last; event++)
		if (tcpfsm_fsm_next(move->old, event) == move->new)
			return true;
	return false;
}

/**
 * laws_of_moves - check transitions, whatever their cause
 * @before: the connection before them
 * @after: and after them
 * @out: the transitions
 */
void laws_of_moves(const struct tcpfsm_conn *before,
		   const struct tcpfsm_conn *after,
		   const struct tcpfsm_outcome *out)
{
	u8 state[TCPFSM_ROLE_COUNT] = { before->end[0].state,
					before->end[1].state };
	int i, role;

	must(out->count <= TCPFSM_MOVES_MAX,
	     "there are no more transitions than TCPFSM_MOVES_MAX");
	for (i = 0; i < out->count; i++) {
		const struct tcpfsm_move *move = &out->move[i];

		must(move->role < TCPFSM_ROLE_COUNT, "a transition names a role");
		must(move->new < TCPFSM_STATE_COUNT, "a transition leads to a state");
		must(move->cause < TCPFSM_CAUSE_COUNT, "a transition has a cause");
		must(move->new != move->old, "a transition leads to another state");
		must(move->old == state[move->role],
		     "a transition begins in the state that the one before led to");
		must(is_in_table(move, 0, TCPFSM_EVENT_COUNT - 1),
		     "a transition is in the state table");
		state[move->role] = move->new;
	}
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
		must(after->end[role].state == state[role],
		     "a state changes only by a transition");
	laws_of_stays(before, after, out);
}

/* R1 and R2: which end moves by which events, and what is proven */
static void check_mover(const struct passage *x, const struct tcpfsm_move *move)
{
	u8 half = move->role == x->role ? TCPFSM_SENT : TCPFSM_RECEIVED;

	must(x->view->halves & half, "an end moves only if its half of the way was seen");
	if (move->role != x->role) {
		must(is_in_table(move, TCPFSM_RCV_SYN, TCPFSM_RCV_RST),
		     "the receiver moves by a RCV event");
		must(move->confirmed == x->view->receiver_local,
		     "a move of the receiver is proven if and only if it is on this host");
	} else if (move->confirmed) {
		must(is_in_table(move, TCPFSM_SND_SYN, TCPFSM_SND_RST) ||
		     is_in_table(move, TCPFSM_AGAIN_SYN, TCPFSM_UNDO_FIN),
		     "a proven move of the sender is by a SND, AGAIN or UNDO event");
	} else {
		must(is_in_table(move, TCPFSM_RCV_FIN, TCPFSM_RCV_FIN),
		     "the only move that the sender is assumed to make is to receive a FIN");
	}
}

static void check_cause(const struct passage *x, const struct tcpfsm_move *move)
{
	u8 flags = x->seg->flags & (TCPFSM_SYN | TCPFSM_FIN | TCPFSM_RST |
				    TCPFSM_ACK);

	switch (move->cause) {
	case TCPFSM_CAUSE_SYN:
		must(flags == TCPFSM_SYN, "cause syn: the segment is a SYN");
		break;
	case TCPFSM_CAUSE_SYN_ACK:
		must(flags == (TCPFSM_SYN | TCPFSM_ACK),
		     "cause syn-ack: the segment is a SYN-ACK");
		break;
	case TCPFSM_CAUSE_RST:
		must(flags & TCPFSM_RST && move->new == TCPFSM_STATE_CLOSED,
		     "cause rst: the segment is a RST, and the end closes");
		break;
	case TCPFSM_CAUSE_DATA:
		must(x->seg->len, "cause data: the segment has data");
		fallthrough;
	case TCPFSM_CAUSE_ACK:
		must((flags & ~TCPFSM_FIN) == TCPFSM_ACK,
		     "cause ack: the segment is an ACK without SYN and RST");
		break;
	case TCPFSM_CAUSE_FIN:
		/* This segment may fill the hole before an earlier FIN */
		must((flags & ~TCPFSM_FIN) == TCPFSM_ACK,
		     "cause fin: the segment is an ACK without SYN and RST");
		must(flags & TCPFSM_FIN || move->role != x->role,
		     "cause fin: the sender moves by a FIN in this segment");
		break;
	case TCPFSM_CAUSE_ROLLBACK:
		must(move->role == x->role && move->confirmed,
		     "cause rollback: it is the sender that moves, and that is proven");
		must(flags & (TCPFSM_SYN | TCPFSM_FIN | TCPFSM_RST),
		     "cause rollback: the segment is a SYN, a FIN or a RST");
		must(is_in_table(move, TCPFSM_AGAIN_SYN, TCPFSM_UNDO_FIN),
		     "cause rollback: the move is by an AGAIN or UNDO event");
		break;
	default:
		must(false, "no segment has another cause");
	}
}

/*
 * The first segment can set the state of an end without a transition (mid-stream),
 * so the state before it is taken from the transitions.
 */
static void check_passage_moves(const struct passage *x)
{
	struct tcpfsm_conn begun = *x->before;
	u8 set = 0;
	int i;

	must(x->out->count <= TCPFSM_MOVES_MAX,
	     "there are no more transitions than TCPFSM_MOVES_MAX");
	if (x->fresh && x->after->flags & TCPFSM_CONN_MIDSTREAM)
		memset(begun.since, 0, sizeof(begun.since));
	for (i = 0; x->fresh && i < x->out->count; i++) {
		u8 role = x->out->move[i].role;

		if (role < TCPFSM_ROLE_COUNT && !(set & 1u << role))
			begun.end[role].state = x->out->move[i].old;
		set |= 1u << role;
	}
	for (i = 0; x->fresh && i < TCPFSM_ROLE_COUNT; i++)
		if (!(set & 1u << i))
			begun.end[i].state = x->after->end[i].state;
	laws_of_moves(&begun, x->after, x->out);
	for (i = 0; i < x->out->count; i++) {
		check_mover(x, &x->out->move[i]);
		check_cause(x, &x->out->move[i]);
	}
	for (i = 0; i < TCPFSM_ROLE_COUNT; i++) {
		int last = x->out->count - 1;

		while (last >= 0 && x->out->move[last].role != i)
			last--;
		must(last < 0 || x->out->move[last].confirmed ==
		     !!(x->after->end[i].flags & TCPFSM_END_CONFIRMED),
		     "the last move of an end says whether its state is proven");
	}
}

/* Compare all that later segments are judged by: not counters, local, noted */
static bool same_knowledge(const struct tcpfsm_end *a, const struct tcpfsm_end *b)
{
	/* keep_early(): Fast Open data can overtake the SYN-ACK */
	bool listens = a->state == TCPFSM_STATE_LISTEN;
	const u16 flags = (u16)~(TCPFSM_END_LOCAL | TCPFSM_END_SUSPICIOUS |
				 TCPFSM_END_FIN_AGAIN |
				 (listens ? TCPFSM_END_SEEN : 0));

	return a->iss == b->iss && (a->nxt == b->nxt || listens) &&
	       (a->ack == b->ack || !(a->flags & TCPFSM_END_ACK)) &&
	       a->rcv_nxt == b->rcv_nxt && a->far == b->far &&
	       a->edge == b->edge && a->fin == b->fin &&
	       a->max_window == b->max_window && a->tsval == b->tsval &&
	       a->window == b->window && a->syn_len == b->syn_len &&
	       a->state == b->state && a->wscale == b->wscale &&
	       a->probing == b->probing &&
	       (a->flags & flags) == (b->flags & flags);
}

/* R4 */
static void check_unused(const struct passage *x)
{
	/*
	 * These may change: a pending SYN, the answers to it, a late crossing SYN, and
	 * that there was a SYN-ACK with another ISN
	 */
	const u16 flags = (u16)~(TCPFSM_CONN_PENDING | TCPFSM_CONN_CHALLENGED |
				 TCPFSM_CONN_RECOVERING | TCPFSM_CONN_NEW_ISN |
				 TCPFSM_CONN_CROSSED_SYN);

	must(!x->out->count, "an unacceptable segment moves nothing (R4)");
	must(!x->fresh, "the first segment is acceptable");
	must(same_knowledge(&x->before->end[0], &x->after->end[0]) &&
	     same_knowledge(&x->before->end[1], &x->after->end[1]),
	     "an unacceptable segment changes nothing that is known of the ends (R4)");
	must((x->before->flags & flags) == (x->after->flags & flags) &&
	     x->before->opened == x->after->opened &&
	     x->before->closed == x->after->closed &&
	     x->before->rtt[0] == x->after->rtt[0] &&
	     x->before->rtt[1] == x->after->rtt[1] &&
	     x->before->fin_seen == x->after->fin_seen &&
	     x->before->time_wait[0].entered == x->after->time_wait[0].entered &&
	     x->before->time_wait[1].entered == x->after->time_wait[1].entered,
	     "an unacceptable segment changes nothing of the connection (R4)");
}

/* What a segment can close a connection with: FINs or a RST */
static void check_closed(const struct passage *x)
{
	if (x->after->closed == x->before->closed)
		return;
	must(x->after->closed != TCPFSM_CLOSED_TIMEOUT,
	     "no segment makes \"closed\" timeout");
	must(x->after->closed != TCPFSM_CLOSED_ABORTED ||
	     x->after->flags & TCPFSM_CONN_RESET,
	     "a segment that makes \"closed\" aborted is a RST");
}

static void check_counters(const struct passage *x)
{
	const struct tcpfsm_end *e = &x->after->end[x->role];
	const struct tcpfsm_end *e0 = &x->before->end[x->role];
	const struct tcpfsm_end *p = &x->after->end[!x->role];
	const struct tcpfsm_end *p0 = &x->before->end[!x->role];
	u32 packets = e->packets - e0->packets;

	must(p->packets == p0->packets && p->bytes == p0->bytes &&
	     p->retransmits == p0->retransmits,
	     "the counters of the receiver do not change");
	must(packets <= 1 && e->retransmits - e0->retransmits <= packets &&
	     e->bytes - e0->bytes <= (packets ? x->seg->len : 0),
	     "a segment is counted at most once, with its payload");
	if (!(x->view->halves & TCPFSM_SENT))
		must(!packets,
		     "a segment is counted when it is sent, not when it arrives");
	else if (x->out->used)
		must(packets, "an acceptable segment is counted");
	must(e->retransmits <= e->packets, "retransmits are a part of the packets");
	must(x->after->last == (packets ? x->view->now : x->before->last),
	     "\"last\" is the time of the last segment that was counted");
}

/*
 * The arrival of a loopback segment tells nothing new of its sender; only tsval
 * changes, which is what the receiver remembers.
 */
static void check_halves(const struct passage *x)
{
	struct tcpfsm_end e = x->before->end[x->role];

	e.tsval = x->after->end[x->role].tsval;
	if (!(x->view->halves & TCPFSM_SENT))
		must(same_knowledge(&e, &x->after->end[x->role]),
		     "the arrival of a segment changes nothing that is known of its sender");
	if (x->view->sender_local)
		must(x->after->end[x->role].flags & TCPFSM_END_LOCAL,
		     "a sender on this host is marked local");
	if (x->view->receiver_local)
		must(x->after->end[!x->role].flags & TCPFSM_END_LOCAL,
		     "a receiver on this host is marked local");
}

/*
 * R4: a violation moves nothing. Exceptions are data-before-established, which is
 * acceptable, and a RST of this host, which closes it even if its peer ignores it.
 */
static void check_notes(const struct passage *x)
{
	bool own_rst = x->view->genuine && x->seg->flags & TCPFSM_RST;
	int i;

	must(x->out->notes <= TCPFSM_NOTES_MAX,
	     "there are no more anomalies than TCPFSM_NOTES_MAX");
	for (i = 0; i < x->out->notes; i++) {
		const struct tcpfsm_note *note = &x->out->note[i];

		if (note->kind == TCPFSM_KIND_VIOLATION && !own_rst &&
		    note->anomaly != TCPFSM_ANOMALY_DATA_BEFORE_ESTABLISHED)
			must(!x->out->used && !x->out->reopen,
			     "a violation moves nothing (R4)");
	}
	if (x->view->genuine && x->out->reopen)
		return;
	if (x->out->reopen)
		must(x->seg->flags & TCPFSM_ACK ||
		     tcpfsm_conn_wait(x->before) == TCPFSM_WAIT_CLOSED,
		     "a SYN reopens only a closed connection; any other needs the SYN-ACK");
}

/**
 * laws_of_passage - check what a segment did
 * @x: the call
 */
void laws_of_passage(const struct passage *x)
{
	must(x->out->used + x->out->reopen <= 1,
	     "a segment that reopens is not acceptable to the connection before");
	if (!x->out->used)
		check_unused(x);
	if (x->out->reopen)
		must(x->view->halves & TCPFSM_SENT,
		     "a segment reopens when it is sent, not when it arrives");
	check_passage_moves(x);
	check_closed(x);
	check_counters(x);
	check_halves(x);
	laws_of_acceptance(x);
	check_notes(x);
	laws_of_notes(x->out);
	laws_of_zeek(x->before, x->after);
	laws_of_durations(x->before, x->after, x->out, x->view->now);
	laws_of_state(x->after, x->view->now);
}

/* Not where the socket is known: then that decides */
static bool ends_after_2msl(const struct tcpfsm_conn *conn, int role)
{
	return conn->end[role].state == TCPFSM_STATE_TIME_WAIT &&
	       conn->time_wait[role].source == TCPFSM_TW_SOURCE_WIRE;
}

/**
 * laws_of_expiry - check tcpfsm_conn_expire_time_wait()
 * @before: the connection before the call
 * @after: and after it
 * @out: what it did
 */
void laws_of_expiry(const struct tcpfsm_conn *before,
		    const struct tcpfsm_conn *after,
		    const struct tcpfsm_outcome *out)
{
	int role;

	laws_of_moves(before, after, out);
	laws_of_notes(out);
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
		must(after->end[role].state == (ends_after_2msl(before, role) ?
		      TCPFSM_STATE_CLOSED : before->end[role].state),
		     "the end of 2MSL closes the ends in TIME-WAIT and no other");
	must(after->closed == before->closed ||
	     (before->closed == TCPFSM_CLOSED_OPEN &&
	      after->closed == TCPFSM_CLOSED_TIMEOUT &&
	      tcpfsm_conn_wait(after) == TCPFSM_WAIT_CLOSED),
	     "the end of 2MSL makes \"closed\" timeout or leaves it");
}

/**
 * laws_of_socket_gone - check tcpfsm_conn_socket_gone()
 * @before: the connection before the call
 * @after: and after it
 * @role: the end
 * @end: how its TIME-WAIT ended
 * @out: what it did
 */
void laws_of_socket_gone(const struct tcpfsm_conn *before,
			 const struct tcpfsm_conn *after, enum tcpfsm_role role,
			 enum tcpfsm_tw_end end,
			 const struct tcpfsm_outcome *out)
{
	bool waited = before->end[role].state == TCPFSM_STATE_TIME_WAIT;

	laws_of_moves(before, after, out);
	laws_of_notes(out);
	must(out->count == 1 && out->move[0].role == role &&
	     out->move[0].new == TCPFSM_STATE_CLOSED &&
	     out->move[0].cause == TCPFSM_CAUSE_TIMEOUT && out->move[0].confirmed,
	     "an end without a socket is closed, and that is proven");
	must(!waited || after->time_wait[role].end == end,
	     "the socket tells how its TIME-WAIT ended");
	must(before->closed == TCPFSM_CLOSED_OPEN ||
	     after->closed == before->closed, "\"closed\" changes only from open");
	must(after->closed != TCPFSM_CLOSED_OPEN ||
	     tcpfsm_conn_wait(after) != TCPFSM_WAIT_CLOSED,
	     "without any socket the connection is not open");
	must(!out->handshake && !out->close,
	     "the end of a socket completes neither handshake nor close");
}

/**
 * laws_of_end - check tcpfsm_conn_end() or tcpfsm_conn_supersede()
 * @before: the connection before the call
 * @after: and after it
 * @cause: of the end
 * @out: what it did
 */
void laws_of_end(const struct tcpfsm_conn *before,
		 const struct tcpfsm_conn *after, enum tcpfsm_cause cause,
		 const struct tcpfsm_outcome *out)
{
	struct tcpfsm_conn again = *after;
	struct tcpfsm_outcome nothing;
	int i;

	laws_of_moves(before, after, out);
	laws_of_notes(out);
	for (i = 0; i < out->count; i++)
		must(out->move[i].cause == cause && !out->move[i].confirmed,
		     "the moves of tcpfsm_conn_end() have its cause and are not proven");
	must(after->end[0].state == TCPFSM_STATE_CLOSED &&
	     after->end[1].state == TCPFSM_STATE_CLOSED,
	     "tcpfsm_conn_end() closes both ends");
	must(after->closed != TCPFSM_CLOSED_OPEN, "tcpfsm_conn_end() sets \"closed\"");
	must(before->closed == TCPFSM_CLOSED_OPEN ||
	     after->closed == before->closed, "\"closed\" changes only from open");
	must(tcpfsm_conn_wait(after) == TCPFSM_WAIT_CLOSED,
	     "after tcpfsm_conn_end() there is nothing to wait for");
	tcpfsm_conn_end(&again, cause, after->last, &nothing);
	must(!nothing.count && again.closed == after->closed,
	     "a second tcpfsm_conn_end() does nothing");
}

/**
 * laws_of_reopening - check a new incarnation before its first segment
 * @after: the new incarnation
 * @role: of the sender in it
 * @seg: the segment that opens it
 * @now: when
 * @out: the transition by the pending SYN
 */
void laws_of_reopening(const struct tcpfsm_conn *after, enum tcpfsm_role role,
		       const struct tcpfsm_segment *seg, u64 now,
		       const struct tcpfsm_outcome *out)
{
	struct tcpfsm_conn before;

	tcpfsm_conn_init(&before, after->start);
	laws_of_moves(&before, after, out);
	must(role == tcpfsm_conn_first(seg), "the client is the sender of the SYN");
	must(after->start <= now &&
	     (after->start == now || seg->flags & TCPFSM_ACK),
	     "a new connection starts with its SYN");
	must(after->closed == TCPFSM_CLOSED_OPEN &&
	     after->opened == TCPFSM_OPENED_INCOMPLETE &&
	     !after->time_wait[0].entered && !after->time_wait[1].entered &&
	     !after->fin_seen,
	     "a new connection has no times and results of the one before");
	must(!(after->end[0].flags & after->end[1].flags &
	       (TCPFSM_END_FIN | TCPFSM_END_ACK)),
	     "the ends of a new connection have sent no FIN and no ACK");
	laws_of_state(after, now);
}
