// SPDX-License-Identifier: GPL-2.0
/* The laws of what a call does: moves and their causes, counters, notes. */
#include "conn_laws.h"
#include "core/conn.h"
#include "core/conn_life.h"

/* Does the table of one endpoint know a reason for the move? */
static bool is_in_table(const struct tcpfsm_move *move, u8 first, u8 last)
{
	u8 event;

	for (event = first; event <= last; event++)
		if (tcpfsm_fsm_next(move->old, event) == move->new)
			return true;
	return false;
}

/**
 * laws_of_moves - of the moves themselves, whatever made them
 * @before: the connection before them
 * @after: and after them
 * @out: the moves
 */
void laws_of_moves(const struct tcpfsm_conn *before,
		   const struct tcpfsm_conn *after,
		   const struct tcpfsm_outcome *out)
{
	u8 state[TCPFSM_ROLE_COUNT] = { before->end[0].state,
					before->end[1].state };
	int i, role;

	must(out->count <= TCPFSM_MOVES_MAX, "the moves have room");
	for (i = 0; i < out->count; i++) {
		const struct tcpfsm_move *move = &out->move[i];

		must(move->role < TCPFSM_ROLE_COUNT, "a move is an endpoint's");
		must(move->new < TCPFSM_STATE_COUNT, "it leads to a state");
		must(move->cause < TCPFSM_CAUSE_COUNT, "it has a cause");
		must(move->new != move->old, "it leads elsewhere");
		must(move->old == state[move->role],
		     "it begins where the one before it ended");
		must(is_in_table(move, 0, TCPFSM_EVENT_COUNT - 1),
		     "the table has it");
		state[move->role] = move->new;
	}
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
		must(after->end[role].state == state[role],
		     "a state only changes by a move");
	laws_of_stays(before, after, out);
}

/* R1 and R2: who moves because of what, and what is proven by it */
static void check_mover(const struct passage *x, const struct tcpfsm_move *move)
{
	u8 half = move->role == x->role ? TCPFSM_SENT : TCPFSM_RECEIVED;

	must(x->view->halves & half, "who is not on the way does not move");
	if (move->role != x->role) {
		must(is_in_table(move, TCPFSM_RCV_SYN, TCPFSM_RCV_RST),
		     "the receiver moves by what it receives");
		must(move->confirmed == x->view->receiver_local,
		     "a move of the receiver is proven where it is a local one");
	} else if (move->confirmed) {
		must(is_in_table(move, TCPFSM_SND_SYN, TCPFSM_SND_RST) ||
		     is_in_table(move, TCPFSM_AGAIN_SYN, TCPFSM_AGAIN_FIN_ACK),
		     "the sender moves by what it sends");
	} else {
		must(is_in_table(move, TCPFSM_RCV_FIN, TCPFSM_RCV_FIN),
		     "it is only assumed to receive a FIN");
	}
}

static void check_cause(const struct passage *x, const struct tcpfsm_move *move)
{
	u8 flags = x->seg->flags & (TCPFSM_SYN | TCPFSM_FIN | TCPFSM_RST |
				    TCPFSM_ACK);

	switch (move->cause) {
	case TCPFSM_CAUSE_SYN:
		must(flags == TCPFSM_SYN, "cause syn: a SYN");
		break;
	case TCPFSM_CAUSE_SYN_ACK:
		must(flags == (TCPFSM_SYN | TCPFSM_ACK), "cause syn-ack: one");
		break;
	case TCPFSM_CAUSE_RST:
		must(flags & TCPFSM_RST && move->new == TCPFSM_STATE_CLOSED,
		     "cause rst: a RST, and it closes");
		break;
	case TCPFSM_CAUSE_DATA:
		must(x->seg->len, "cause data: there are data");
		fallthrough;
	case TCPFSM_CAUSE_ACK:
		must((flags & ~TCPFSM_FIN) == TCPFSM_ACK, "cause ack: an ACK");
		break;
	case TCPFSM_CAUSE_FIN:
		/* One from before may arrive with what was missing before it */
		must((flags & ~TCPFSM_FIN) == TCPFSM_ACK, "cause fin: no SYN or RST");
		must(flags & TCPFSM_FIN || move->role != x->role,
		     "cause fin: its sender's is in the segment");
		break;
	case TCPFSM_CAUSE_ROLLBACK:
		must(move->role == x->role && move->confirmed,
		     "cause rollback: its sender's proof");
		must(flags & (TCPFSM_SYN | TCPFSM_FIN),
		     "cause rollback: what is sent again is a SYN or a FIN");
		must(is_in_table(move, TCPFSM_AGAIN_SYN, TCPFSM_AGAIN_FIN_ACK),
		     "cause rollback: the table has it as one");
		break;
	default:
		must(false, "another cause needs no segment");
	}
}

/* The first segment of all may put an end where none of its moves began */
static void check_passage_moves(const struct passage *x)
{
	struct tcpfsm_conn begun = *x->before;
	u8 set = 0;
	int i;

	must(x->out->count <= TCPFSM_MOVES_MAX, "the moves have room");
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
		     "an end is as proven as its last move, or the last made it so");
	}
}

/*
 * What decides about later segments. Not: counters, whose segment it was, and
 * what is due to be noted.
 */
static bool same_knowledge(const struct tcpfsm_end *a, const struct tcpfsm_end *b)
{
	/* What has overtaken its SYN-ACK is counted with that */
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
	       (a->flags & flags) == (b->flags & flags);
}

/* R4 */
static void check_unused(const struct passage *x)
{
	/* What is expected next, and that a late SYN had crossed the other */
	const u16 flags = (u16)~(TCPFSM_CONN_PENDING | TCPFSM_CONN_CHALLENGED |
				 TCPFSM_CONN_RECOVERING |
				 TCPFSM_CONN_CROSSED_SYN);

	must(!x->out->count, "what is not used moves nothing");
	must(!x->fresh, "the first segment is used");
	must(same_knowledge(&x->before->end[0], &x->after->end[0]) &&
	     same_knowledge(&x->before->end[1], &x->after->end[1]),
	     "what is not used teaches nothing");
	must((x->before->flags & flags) == (x->after->flags & flags) &&
	     x->before->opened == x->after->opened &&
	     x->before->closed == x->after->closed &&
	     x->before->rtt[0] == x->after->rtt[0] &&
	     x->before->rtt[1] == x->after->rtt[1] &&
	     x->before->fin_seen == x->after->fin_seen &&
	     x->before->time_wait[0].entered == x->after->time_wait[0].entered &&
	     x->before->time_wait[1].entered == x->after->time_wait[1].entered,
	     "what is not used leaves the connection as it was");
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
	     "the receiver has sent nothing by receiving");
	must(packets <= 1 && e->retransmits - e0->retransmits <= packets &&
	     e->bytes - e0->bytes <= (packets ? x->seg->len : 0),
	     "a segment is counted once, with its payload");
	if (!(x->view->halves & TCPFSM_SENT))
		must(!packets, "it is counted where it is sent");
	else if (x->out->used)
		must(packets, "what is used is counted");
	must(e->retransmits <= e->packets, "what is sent again is sent");
	must(x->after->last == (packets ? x->view->now : x->before->last),
	     "the time of the last segment is that of the last counted");
}

/*
 * Where the segment was only seen on arrival, its sender has done nothing; but
 * which of its timestamps the receiver remembers is kept with it.
 */
static void check_halves(const struct passage *x)
{
	struct tcpfsm_end e = x->before->end[x->role];

	e.tsval = x->after->end[x->role].tsval;
	if (!(x->view->halves & TCPFSM_SENT))
		must(same_knowledge(&e, &x->after->end[x->role]),
		     "by arriving a segment tells nothing of its sender");
	if (x->view->sender_local)
		must(x->after->end[x->role].flags & TCPFSM_END_LOCAL,
		     "a local sender is known to be local");
	if (x->view->receiver_local)
		must(x->after->end[!x->role].flags & TCPFSM_END_LOCAL,
		     "and so is a local receiver");
}

/*
 * R4: what violates the RFC is not acted upon, but for what is only too early;
 * and this host closes by its own RST, whatever the receiver makes of it.
 */
static void check_notes(const struct passage *x)
{
	bool own_rst = x->view->genuine && x->seg->flags & TCPFSM_RST;
	int i;

	must(x->out->notes <= TCPFSM_NOTES_MAX, "the notes have room");
	for (i = 0; i < x->out->notes; i++) {
		const struct tcpfsm_note *note = &x->out->note[i];

		if (note->kind == TCPFSM_KIND_VIOLATION && !own_rst &&
		    note->anomaly != TCPFSM_ANOMALY_DATA_BEFORE_ESTABLISHED)
			must(!x->out->used && !x->out->reopen,
			     "a violation does nothing");
	}
	if (x->view->genuine && x->out->reopen)
		return;
	if (x->out->reopen)
		must(x->seg->flags & TCPFSM_ACK ||
		     tcpfsm_conn_wait(x->before) == TCPFSM_WAIT_CLOSED,
		     "a SYN opens where all is closed, a SYN-ACK anywhere");
}

/**
 * laws_of_passage - of what a segment did
 * @x: the call
 */
void laws_of_passage(const struct passage *x)
{
	must(x->out->used + x->out->reopen <= 1,
	     "what opens the next connection is not used in this one");
	if (!x->out->used)
		check_unused(x);
	if (x->out->reopen)
		must(x->view->halves & TCPFSM_SENT,
		     "what only arrives opens no connection");
	check_passage_moves(x);
	check_counters(x);
	check_halves(x);
	laws_of_acceptance(x);
	check_notes(x);
	laws_of_notes(x->out);
	laws_of_zeek(x->before, x->after);
	laws_of_durations(x->before, x->after, x->out, x->view->now);
	laws_of_state(x->after, x->view->now);
}

/* But where there is a socket that decides */
static bool ends_after_2msl(const struct tcpfsm_conn *conn, int role)
{
	return conn->end[role].state == TCPFSM_STATE_TIME_WAIT &&
	       conn->time_wait[role].source == TCPFSM_TW_SOURCE_WIRE;
}

/**
 * laws_of_expiry - of the end of TIME-WAIT
 * @before: the connection before it
 * @after: and after it
 * @out: what came of it
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
		     "the end of TIME-WAIT is the end of TIME-WAIT");
	must(after->closed == before->closed ||
	     (before->closed == TCPFSM_CLOSED_OPEN &&
	      after->closed == TCPFSM_CLOSED_TIMEOUT &&
	      tcpfsm_conn_wait(after) == TCPFSM_WAIT_CLOSED),
	     "how it closed was decided before, or it was time");
}

/**
 * laws_of_socket_gone - of an end that has no socket any more
 * @before: the connection before it
 * @after: and after it
 * @role: the end
 * @end: of its TIME-WAIT
 * @out: what came of it
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
	     "who has no socket is closed, and that is proven");
	must(!waited || after->time_wait[role].end == end,
	     "how its TIME-WAIT ended the socket says");
	must(before->closed == TCPFSM_CLOSED_OPEN ||
	     after->closed == before->closed, "how it closed stays");
	must(after->closed != TCPFSM_CLOSED_OPEN ||
	     tcpfsm_conn_wait(after) != TCPFSM_WAIT_CLOSED,
	     "without sockets there is no connection");
	must(!out->handshake && !out->close, "nothing is done by that");
}

/**
 * laws_of_end - of an end that no segment made
 * @before: the connection before it
 * @after: and after it
 * @cause: of the end
 * @out: what came of it
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
		     "what ends without a segment does so for its cause, unproven");
	must(after->end[0].state == TCPFSM_STATE_CLOSED &&
	     after->end[1].state == TCPFSM_STATE_CLOSED,
	     "what is ended is closed");
	must(after->closed != TCPFSM_CLOSED_OPEN, "and not open");
	must(before->closed == TCPFSM_CLOSED_OPEN ||
	     after->closed == before->closed, "how it closed stays");
	must(tcpfsm_conn_wait(after) == TCPFSM_WAIT_CLOSED,
	     "what is ended waits for nothing");
	tcpfsm_conn_end(&again, cause, after->last, &nothing);
	must(!nothing.count && again.closed == after->closed,
	     "what is ended does not end again");
}

/**
 * laws_of_reopening - of a new incarnation, before its first segment
 * @after: it
 * @role: of the sender in it
 * @seg: the segment that opens it
 * @now: when
 * @out: what the SYN that was remembered did
 */
void laws_of_reopening(const struct tcpfsm_conn *after, enum tcpfsm_role role,
		       const struct tcpfsm_segment *seg, u64 now,
		       const struct tcpfsm_outcome *out)
{
	struct tcpfsm_conn before;

	tcpfsm_conn_init(&before, after->start);
	laws_of_moves(&before, after, out);
	must(role == tcpfsm_conn_first(seg), "who opens is who sends the SYN");
	must(after->start <= now &&
	     (after->start == now || seg->flags & TCPFSM_ACK),
	     "a new connection begins with its SYN");
	must(after->closed == TCPFSM_CLOSED_OPEN &&
	     after->opened == TCPFSM_OPENED_INCOMPLETE &&
	     !after->time_wait[0].entered && !after->time_wait[1].entered &&
	     !after->fin_seen,
	     "a new connection has no past");
	must(!(after->end[0].flags & after->end[1].flags &
	       (TCPFSM_END_FIN | TCPFSM_END_ACK)), "nor have its ends");
	laws_of_state(after, now);
}
