// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "core/conn_hole.h"
#include "engine/report.h"

#define HISTORY_MIN	8
#define HISTORY_MAX	255u	/* the member size is a u8 */

void engine_count_note(struct engine *engine, const struct tcpfsm_note *note)
{
	engine->stats.anomaly[note->anomaly]++;
	engine_count(engine, note->kind == TCPFSM_KIND_VIOLATION ? TCPFSM_COUNTER_VIOLATIONS :
								   TCPFSM_COUNTER_NOTABLES);
}

/* @octets: so many were unseen until now */
static void count_unseen(struct engine *engine, struct flow *flow, uint64_t octets)
{
	if (octets <= flow->unseen)
		return;
	engine->stats.counter[TCPFSM_COUNTER_UNSEEN_OCTETS] += octets - flow->unseen;
	flow->unseen = octets;
}

static void report_note(struct engine *engine, struct flow *flow, const struct tcpfsm_note *note,
			const struct tcpfsm_segment *seg)
{
	if (!flow->tally)
		flow->tally = calloc(1, sizeof(*flow->tally));
	if (flow->tally)
		flow->tally->count[note->anomaly]++;
	else
		engine->starved = true;
	engine_count_note(engine, note);
	if (engine->observer->noted)
		engine->observer->noted(engine->data, flow, note, seg, engine->now);
}

static void report_move(struct engine *engine, const struct flow *flow,
			const struct tcpfsm_move *move, const struct tcpfsm_segment *seg)
{
	engine->stats.transition[move->old][move->new]++;
	if (move->measured)
		tcpfsm_hist_add(&engine->stats.stay[move->role][move->old], move->stay);
	if (engine->observer->moved)
		engine->observer->moved(engine->data, flow, move, seg, engine->now);
}

void engine_report(struct engine *engine, struct flow *flow, const struct tcpfsm_outcome *out,
		   const struct tcpfsm_segment *seg)
{
	unsigned int i;

	for (i = 0; i < out->notes; i++)
		report_note(engine, flow, &out->note[i], seg);
	if (out->notes)
		count_unseen(engine, flow, flow->conn.unseen[TCPFSM_ROLE_CLIENT] +
			     flow->conn.unseen[TCPFSM_ROLE_SERVER]);
	for (i = 0; i < out->count; i++)
		report_move(engine, flow, &out->move[i], seg);
	if (out->handshake)
		tcpfsm_hist_add(&engine->stats.handshake, out->handshake);
	if (out->close)
		tcpfsm_hist_add(&engine->stats.close, out->close);
}

void engine_report_opened(struct engine *engine, const struct flow *flow)
{
	if (engine->observer->opened)
		engine->observer->opened(engine->data, flow, engine->now);
}

void engine_report_closed(struct engine *engine, struct flow *flow)
{
	if (!flow->told && engine->observer->closed)
		engine->observer->closed(engine->data, flow, engine->now);
	/* also what has been acknowledged so late that it was not told */
	if (!flow->told)
		count_unseen(engine, flow,
			     tcpfsm_conn_unseen(&flow->conn, TCPFSM_ROLE_CLIENT) +
			     tcpfsm_conn_unseen(&flow->conn, TCPFSM_ROLE_SERVER));
	flow->told = true;
}

/*
 * Enlarge the ring if it has no room for @count records and nothing was overwritten yet:
 * most connections need few.
 */
static void make_history(struct engine *engine, struct tcpfsm_history *history,
			 unsigned int count)
{
	uint32_t most = min(engine->setting[TCPFSM_SETTING_history], HISTORY_MAX);
	uint32_t size = min(history->size ? history->size * 2u : HISTORY_MIN, most);
	struct tcpfsm_record *record;

	if (history->total > history->size || history->total + count <= history->size ||
	    size <= history->size)
		return;
	record = reallocarray(history->record, size, sizeof(*record));
	if (!record) {
		engine->starved = true;
		return;
	}
	history->record = record;
	history->size = size;
}

void engine_remember(struct engine *engine, struct flow *flow, enum tcpfsm_role role,
		     const struct tcpfsm_segment *seg, const struct tcpfsm_view *view,
		     const struct tcpfsm_outcome *out)
{
	/* an anomaly may have a record of its own */
	make_history(engine, &flow->history, 1 + out->notes);
	tcpfsm_history_add(&flow->history, &flow->conn, role, seg, view, out);
}

void engine_begin_history(struct engine *engine, struct flow *flow,
			  const struct tcpfsm_view *view, const struct tcpfsm_outcome *syn)
{
	if (syn->count)
		make_history(engine, &flow->history, 1);
	tcpfsm_history_begin(&flow->history, &flow->conn, view, syn);
}

void engine_report_change(struct engine *engine, struct flow *flow,
			  const struct tcpfsm_outcome *out, const struct tcpfsm_segment *seg)
{
	make_history(engine, &flow->history, 1);
	tcpfsm_history_change(&flow->history, &flow->conn, engine->now, out);
	engine_report(engine, flow, out, seg);
}
