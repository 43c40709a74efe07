// SPDX-License-Identifier: GPL-2.0
/* The model's words in those of the module, and whether both say the same. */
#include <stdarg.h>
#include <stdio.h>

#include "compare.h"

const char *const state_words[STATES] = {
	[CLOSED]	= "closed",
	[LISTEN]	= "listen",
	[SYN_SENT]	= "syn-sent",
	[SYN_RECEIVED]	= "syn-recv",
	[ESTABLISHED]	= "estab",
	[FIN_WAIT_1]	= "fin-wait-1",
	[FIN_WAIT_2]	= "fin-wait-2",
	[CLOSE_WAIT]	= "close-wait",
	[CLOSING]	= "closing",
	[LAST_ACK]	= "last-ack",
	[TIME_WAIT]	= "time-wait",
};

const char *const cause_words[] = {
	[BY_SYN]	= "syn",
	[BY_SYNACK]	= "syn-ack",
	[BY_ACK]	= "ack",
	[BY_DATA]	= "data",
	[BY_FIN]	= "fin",
	[BY_RST]	= "rst",
	[BY_TIME]	= "timeout",
	[BY_ROLLBACK]	= "rollback",
	[BY_FLUSH]	= "flush",
	[BY_EVICT]	= "evict",
};

/* The words of the model in the words of the module */
const enum tcpfsm_state states[STATES] = {
	[CLOSED]	= TCPFSM_STATE_CLOSED,
	[LISTEN]	= TCPFSM_STATE_LISTEN,
	[SYN_SENT]	= TCPFSM_STATE_SYN_SENT,
	[SYN_RECEIVED]	= TCPFSM_STATE_SYN_RECEIVED,
	[ESTABLISHED]	= TCPFSM_STATE_ESTABLISHED,
	[FIN_WAIT_1]	= TCPFSM_STATE_FIN_WAIT_1,
	[FIN_WAIT_2]	= TCPFSM_STATE_FIN_WAIT_2,
	[CLOSE_WAIT]	= TCPFSM_STATE_CLOSE_WAIT,
	[CLOSING]	= TCPFSM_STATE_CLOSING,
	[LAST_ACK]	= TCPFSM_STATE_LAST_ACK,
	[TIME_WAIT]	= TCPFSM_STATE_TIME_WAIT,
};

static const enum tcpfsm_cause causes[] = {
	[BY_SYN]	= TCPFSM_CAUSE_SYN,
	[BY_SYNACK]	= TCPFSM_CAUSE_SYN_ACK,
	[BY_ACK]	= TCPFSM_CAUSE_ACK,
	[BY_DATA]	= TCPFSM_CAUSE_DATA,
	[BY_FIN]	= TCPFSM_CAUSE_FIN,
	[BY_RST]	= TCPFSM_CAUSE_RST,
	[BY_TIME]	= TCPFSM_CAUSE_TIMEOUT,
	[BY_ROLLBACK]	= TCPFSM_CAUSE_ROLLBACK,
	[BY_FLUSH]	= TCPFSM_CAUSE_FLUSH,
	[BY_EVICT]	= TCPFSM_CAUSE_EVICT,
};

static const enum tcpfsm_opened openeds[] = {
	[INCOMPLETE]	= TCPFSM_OPENED_INCOMPLETE,
	[HANDSHAKE]	= TCPFSM_OPENED_HANDSHAKE,
	[FAST_OPEN]	= TCPFSM_OPENED_FAST_OPEN,
	[SIMULTANEOUS]	= TCPFSM_OPENED_SIMULTANEOUS,
	[MIDSTREAM]	= TCPFSM_OPENED_MIDSTREAM,
};

static const enum tcpfsm_closed endeds[] = {
	[OPEN]		= TCPFSM_CLOSED_OPEN,
	[FINS]		= TCPFSM_CLOSED_FIN,
	[CROSSED_FINS]	= TCPFSM_CLOSED_SIMULTANEOUS_FIN,
	[RESET]		= TCPFSM_CLOSED_RESET,
	[REFUSED]	= TCPFSM_CLOSED_REFUSED,
	[ABORTED]	= TCPFSM_CLOSED_ABORTED,
	[TIMED_OUT]	= TCPFSM_CLOSED_TIMEOUT,
	[REOPENED]	= TCPFSM_CLOSED_REOPENED,
	[FORGOTTEN]	= TCPFSM_CLOSED_EVICTED,
};

const enum tcpfsm_role roles[] = {
	[CLIENT] = TCPFSM_ROLE_CLIENT,
	[SERVER] = TCPFSM_ROLE_SERVER,
};

struct tcpfsm_segment translate_segment(const struct segment *seg)
{
	return (struct tcpfsm_segment){
		.family = TCPFSM_AF_INET,
		.flags = (seg->syn ? TCPFSM_SYN : 0) | (seg->ack ? TCPFSM_ACK : 0) |
			 (seg->fin ? TCPFSM_FIN : 0) | (seg->rst ? TCPFSM_RST : 0),
		.wscale = seg->syn && seg->scale != NO_SCALE ? (u8)seg->scale :
							       TCPFSM_WSCALE_NONE,
		.sack = seg->syn && seg->sack,
		.cookie = seg->syn && seg->cookie,
		.stamped = seg->stamped,
		.tsval = seg->tsval,
		.window = seg->window,
		.seq = seg->seq,
		.ack = seg->ackno,
		.len = seg->len,
		.end = seg->seq + seg->len + seg->syn + seg->fin,
	};
}

struct tcpfsm_view translate_sight(const struct sight *sight)
{
	return (struct tcpfsm_view){
		.now = sight->now,
		.halves = (sight->leaves ? TCPFSM_SENT : 0) |
			  (sight->arrives ? TCPFSM_RECEIVED : 0),
		.sender_local = sight->sender_here,
		.receiver_local = sight->receiver_here,
		.genuine = sight->genuine,
		.rfc1337 = sight->rfc1337,
	};
}

bool differ(struct pair *pair, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(pair->difference, sizeof(pair->difference), format, args);
	va_end(args);
	return false;
}

/* By the host that has the role */
char host_of(const struct pair *pair, enum who who)
{
	return pair->role[0] == who ? 'C' : 'S';
}

static bool same_move(const struct move *want, const struct tcpfsm_move *got)
{
	return got->role == roles[want->who] && got->old == states[want->old] &&
	       got->new == states[want->new] && got->cause == causes[want->cause] &&
	       got->confirmed == want->confirmed;
}

static bool compare_moves(struct pair *pair, const struct verdict *want,
			  const struct tcpfsm_outcome *got)
{
	size_t i;

	for (i = 0; i < want->moves || i < got->count; i++) {
		const struct move *model = &want->move[i];
		const struct tcpfsm_move *module = &got->move[i];

		if (i >= want->moves)
			return differ(pair, "the module moves, too: %c:%s>%s",
				      host_of(pair, module->role == roles[SERVER]),
				      tcpfsm_cause_names[module->cause],
				      tcpfsm_state_names[module->new]);
		if (i >= got->count)
			return differ(pair, "the module does not move: %c:%s>%s",
				      host_of(pair, model->who),
				      cause_words[model->cause], state_words[model->new]);
		if (!same_move(model, module))
			return differ(pair, "%c:%s>%s%s; the module: %c:%s>%s%s",
				      host_of(pair, model->who),
				      cause_words[model->cause], state_words[model->new],
				      model->confirmed ? "" : "?",
				      host_of(pair, module->role == roles[SERVER]),
				      tcpfsm_cause_names[module->cause],
				      tcpfsm_state_names[module->new],
				      module->confirmed ? "" : "?");
	}
	return true;
}

static bool compare_ends(struct pair *pair)
{
	int who;

	for (who = CLIENT; who <= SERVER; who++) {
		const struct end *want = &pair->model.end[who];
		const struct tcpfsm_end *got = &pair->conn.end[roles[who]];
		bool confirmed = got->flags & TCPFSM_END_CONFIRMED;

		if (got->state != states[want->state] || confirmed != want->confirmed)
			return differ(pair, "%c is %s%s; in the module %s%s",
				      host_of(pair, who), state_words[want->state],
				      want->confirmed ? "" : "?",
				      tcpfsm_state_names[got->state],
				      confirmed ? "" : "?");
	}
	return true;
}

static bool compare_words(struct pair *pair)
{
	const struct tcpfsm_conn *conn = &pair->conn;
	const struct model *m = &pair->model;

	if (conn->opened != openeds[m->opened])
		return differ(pair, "opened is %d; in the module %d", openeds[m->opened],
			      conn->opened);
	if (conn->closed != endeds[m->ended])
		return differ(pair, "closed is %d; in the module %d", endeds[m->ended],
			      conn->closed);
	return true;
}

bool compare(struct pair *pair, const struct tcpfsm_outcome *out)
{
	return compare_moves(pair, &pair->verdict, out) && compare_ends(pair) &&
	       compare_words(pair) && compare_times(pair, out);
}
