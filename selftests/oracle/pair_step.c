// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "compare.h"
#include "core/conn.h"
#include "core/conn_fast.h"
#include "core/conn_life.h"
#include "model.h"
#include "model_ending.h"
#include "model_segment.h"
#include "numbers.h"
#include "pair_step.h"
#include "translate.h"

/*
 * A SYN-ACK with another ISN arrives at once, even over loopback. While it is in flight it
 * is undecidable which of the two ISNs counts.
 */
static bool changes_isn(const struct pair *pair, const struct step *step)
{
	const struct end *end = &pair->model.end[pair->role[step->host]];

	return step->seg.syn && step->seg.ack && end->has_isn &&
	       step->seg.seq != end->zero + (uint32_t)end->isn;
}

/* By host: the next connection may swap the roles, but not the hosts */
static bool is_here(const struct pair *pair, unsigned int host)
{
	return pair->vantage == LOOPBACK ||
	       pair->vantage == (host ? AT_SERVER : AT_CLIENT);
}

static struct sight observe(const struct pair *pair, const struct step *step)
{
	bool sender_here = is_here(pair, step->host);
	bool arrives = step->arrives || changes_isn(pair, step);

	return (struct sight){
		.now = pair->now,
		.idle = pair->now - pair->conn.last,
		.leaves = step->leaves,
		.arrives = arrives,
		.receiver_here = is_here(pair, !step->host) && arrives,
		.sender_here = sender_here,
		.genuine = sender_here && step->leaves && !step->forged,
		.rfc1337 = pair->rfc1337,
	};
}

/* A loopback SYN-ACK can no longer arrive once its host has sent another one */
static void note_leaving(struct pair *pair, const struct step *step)
{
	bool synack = step->seg.syn && step->seg.ack;
	size_t i;

	for (i = 0; i <= STEPS_MAX && synack; i++)
		if (pair->sent[i].synack && pair->sent[i].host == step->host)
			pair->sent[i].left = false;
	pair->sent[step->id].left = true;
	pair->sent[step->id].used = pair->verdict.used;
	pair->sent[step->id].host = step->host;
	pair->sent[step->id].synack = synack;
}

/*
 * Only a segment that left can arrive over loopback. One that was not acceptable when it
 * left may only arrive in the next step: later it could mean something else.
 */
static bool can_arrive(const struct pair *pair, const struct step *step)
{
	return pair->sent[step->id].left &&
	       (pair->sent[step->id].used || pair->just_left == step->id);
}

static bool is_far(const struct model *m, enum who who, uint32_t wire, int64_t limit)
{
	int64_t away = unwrap(m, who, wire) - sent_up_to(m, who);

	return m->end[who].numbered && (away > limit || away < -limit);
}

/* Whether the segment is a claim if it is not acceptable, or may bear one out */
static bool may_claim(const struct pair *pair, const struct step *step)
{
	const struct end *peer = &pair->model.end[pair->role[!step->host]];

	return step->seg.ack && pair->vantage != LOOPBACK &&
	       (peer->claim.news != NO_NEWS || !is_here(pair, !step->host));
}

/* Whether every timestamp is acceptable, see paws.c */
static bool is_idle(const struct pair *pair)
{
	return pair->now - pair->conn.last > 24 * 86400 * 1000000000ull;
}

/*
 * While the window of an end is unknown, a number that is half the number space away is
 * neither old nor new. The same holds for an ACK in mid-stream, where the largest possible
 * window is assumed, and for a claim. And if a claim counts, it ends an idle period, before
 * the timestamp of the segment that bears it out is judged. A segment for which any of that
 * matters is fed to neither model.
 */
static bool is_ambiguous(const struct pair *pair, const struct step *step)
{
	const struct model *m = &pair->model;
	enum who from = pair->role[step->host], to = peer_of(from);

	if (step->seg.syn || step->seg.rst)
		return false;
	if (m->end[to].claim.news != NO_NEWS && is_idle(pair))
		return true;
	if (may_claim(pair, step) && (is_far(m, from, step->seg.seq, 0x38000000) ||
				      is_far(m, to, step->seg.ackno, 0x38000000)))
		return true;
	return (!has_window(m, to) && is_far(m, from, step->seg.seq, 0x20000000)) ||
	       ((m->midstream || !has_window(m, from)) &&
		is_far(m, to, step->seg.ackno, 0x20000000));
}

static void begin(struct pair *pair, const struct step *step)
{
	const struct tcpfsm_segment seg = translate_segment(&step->seg);

	pair->begun = true;
	pair->returned = false;
	forget_flying(pair);
	pair->role[step->host] = tcpfsm_conn_first(&seg) == TCPFSM_ROLE_SERVER ? SERVER : CLIENT;
	pair->role[!step->host] = peer_of(pair->role[step->host]);
	pair->dead[0] = false;
	pair->dead[1] = false;
	pair->history.total = 0;
	tcpfsm_conn_init(&pair->conn, pair->now);
	model_begin(&pair->model, pair->now);
}

/* Where the fast path of the module applies, it must do the same as the full path */
static bool fast_path_agrees(struct pair *pair, struct tcpfsm_conn *conn,
			     enum tcpfsm_role role, const struct tcpfsm_segment *seg,
			     const struct tcpfsm_view *view,
			     const struct tcpfsm_outcome *out)
{
	if (view->halves != (TCPFSM_SENT | TCPFSM_RECEIVED) ||
	    !tcpfsm_conn_fast(&conn->end[role], &conn->end[!role], seg, view))
		return true;
	pair->fast++;
	conn->last = view->now;
	return out->used && !out->count && !out->notes && !out->reopen &&
	       !memcmp(conn, &pair->conn, sizeof(*conn));
}

static bool feed(struct pair *pair, const struct step *step, const struct sight *sight)
{
	struct tcpfsm_conn before = pair->conn;
	const struct tcpfsm_segment seg = translate_segment(&step->seg);
	const struct tcpfsm_view view = translate_sight(sight);
	enum who from = pair->role[step->host];
	struct tcpfsm_outcome out;

	pair->compared++;
	tcpfsm_conn_segment(&pair->conn, module_role[from], &seg, &view, &out);
	if (!fast_path_agrees(pair, &before, module_role[from], &seg, &view, &out))
		return differ(pair, "fast path and full path of the module differ");
	tcpfsm_history_add(&pair->history, &pair->conn, module_role[from], &seg, &view, &out);
	model_segment(&pair->model, from, &step->seg, sight, &pair->verdict);
	if (out.reopen != pair->verdict.reopen)
		return differ(pair, "only the %s reopens",
			      out.reopen ? "module" : "model");
	if (out.used != pair->verdict.used)
		return differ(pair, "only the %s accepts the segment",
			      out.used ? "module" : "model");
	/* A segment of a listener's new socket */
	if (!pair->model.end[from].gone)
		pair->dead[step->host] = false;
	return compare(pair, &out);
}

/* Begin the history of the next connection with its SYN, if that was pending */
static void begin_history(struct pair *pair, const struct tcpfsm_view *view,
			  const struct tcpfsm_outcome *syn)
{
	const struct tcpfsm_segment seg = { .flags = TCPFSM_SYN };
	struct tcpfsm_view then = *view;

	then.now = pair->conn.start;
	pair->history.total = 0;
	pair->returned = false;
	if (syn->count)
		tcpfsm_history_add(&pair->history, &pair->conn, TCPFSM_ROLE_CLIENT, &seg,
				   &then, syn);
}

/* The next connection, with the calls that the module's tracker makes */
static bool reopen(struct pair *pair, const struct step *step, const struct sight *sight)
{
	const struct tcpfsm_segment seg = translate_segment(&step->seg);
	const struct tcpfsm_view view = translate_sight(sight);
	enum who from = pair->role[step->host];
	struct tcpfsm_outcome out;
	enum tcpfsm_role role;

	tcpfsm_conn_supersede(&pair->conn, module_role[from], &seg, &view, &out);
	model_succeed(&pair->model, from, &step->seg, sight, &pair->verdict);
	if (!compare(pair, &out))
		return false;
	role = tcpfsm_conn_reopen(&pair->conn, module_role[from], &seg, &view, &out);
	from = model_reopen(&pair->model, from, &step->seg, sight, &pair->verdict);
	if (module_role[from] != role)
		return differ(pair, "the roles of the next connection differ");
	pair->role[step->host] = from;
	pair->role[!step->host] = peer_of(from);
	pair->dead[0] = false;
	pair->dead[1] = false;
	begin_history(pair, &view, &out);
	if (!compare(pair, &out))
		return false;
	forget_flying(pair);
	if (!feed(pair, step, sight))
		return false;
	return !pair->verdict.reopen || differ(pair, "the next connection reopens again");
}

static bool step_segment(struct pair *pair, const struct step *step)
{
	struct sight sight;

	/* A connection does not begin with a RST, nor with a segment that only arrives */
	if (!pair->begun && (step->seg.rst || !step->leaves))
		return true;
	if (!step->leaves && !can_arrive(pair, step))
		return true;
	if (!pair->begun)
		begin(pair, step);
	if (is_ambiguous(pair, step))
		return true;
	sight = observe(pair, step);
	if (!feed(pair, step, &sight))
		return false;
	if (pair->verdict.reopen && !reopen(pair, step, &sight))
		return false;
	if (step->leaves)
		note_leaving(pair, step);
	return true;
}

/* The flow is removed */
static void end_both(struct pair *pair, enum tcpfsm_cause cause, enum cause model_cause,
		     struct tcpfsm_outcome *out)
{
	tcpfsm_conn_end(&pair->conn, cause, pair->now, out);
	model_end(&pair->model, model_cause, pair->now, &pair->verdict);
	pair->begun = false;
}

/* The kernel's timewait socket of this end was found */
static void watch(struct pair *pair, enum who who)
{
	if (pair->model.end[who].state != TIME_WAIT)
		return;
	pair->conn.time_wait[module_role[who]].source = TCPFSM_TW_SOURCE_SOCKET;
	pair->model.end[who].watched = true;
}

static bool socket_gone(struct pair *pair, const struct step *step)
{
	enum who who = pair->role[step->host];
	struct tcpfsm_outcome out;

	/* There was no socket */
	if (is_nowhere(&pair->model.end[who]))
		return true;
	tcpfsm_conn_socket_gone(&pair->conn, module_role[who], module_tw_end[step->end],
				pair->now, &out);
	model_gone(&pair->model, who, step->end, pair->now, &pair->verdict);
	tcpfsm_history_change(&pair->history, &pair->conn, pair->now, &out);
	pair->dead[step->host] = true;
	return compare(pair, &out);
}

static bool step_time(struct pair *pair, const struct step *step)
{
	struct tcpfsm_outcome out;

	if (!pair->begun)
		return true;
	switch (step->kind) {
	case WATCH:
		watch(pair, pair->role[step->host]);
		return true;
	case GONE:
		return socket_gone(pair, step);
	case EXPIRE:
		tcpfsm_conn_expire_time_wait(&pair->conn, pair->now, &out);
		model_expire(&pair->model, pair->now, &pair->verdict);
		break;
	case EVICT:
		end_both(pair, TCPFSM_CAUSE_EVICT, BY_EVICT, &out);
		break;
	case FLUSH:
		end_both(pair, TCPFSM_CAUSE_FLUSH, BY_FLUSH, &out);
		break;
	default:
		end_both(pair, TCPFSM_CAUSE_TIMEOUT, BY_TIME, &out);
		break;
	}
	tcpfsm_history_change(&pair->history, &pair->conn, pair->now, &out);
	return compare(pair, &out);
}

bool pair_step(struct pair *pair, const struct step *step)
{
	pair->now += 1000000 + step->pause;
	pair->verdict = (struct verdict){ 0 };
	if (!(step->kind == SEGMENT ? step_segment(pair, step) : step_time(pair, step)))
		return false;
	pair->just_left = step->kind == SEGMENT && step->leaves ? step->id : NO_ID;
	return true;
}
