// SPDX-License-Identifier: GPL-2.0
#include "compare.h"
#include "compare_times.h"
#include "names.h"
#include "translate.h"

static bool same_move(const struct move *want, const struct tcpfsm_move *got)
{
	return got->role == module_role[want->who] && got->old == module_state[want->old] &&
	       got->new == module_state[want->new] && got->cause == module_cause[want->cause] &&
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
			return differ(pair, "only the module moves: %c:%s>%s",
				      host_of(pair, module->role == module_role[SERVER]),
				      tcpfsm_cause_names[module->cause],
				      tcpfsm_state_names[module->new]);
		if (i >= got->count)
			return differ(pair, "only the model moves: %c:%s>%s",
				      host_of(pair, model->who),
				      cause_names[model->cause], state_names[model->new]);
		if (!same_move(model, module))
			return differ(pair, "model moves %c:%s>%s%s, module %c:%s>%s%s",
				      host_of(pair, model->who),
				      cause_names[model->cause], state_names[model->new],
				      model->confirmed ? "" : "?",
				      host_of(pair, module->role == module_role[SERVER]),
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
		const struct tcpfsm_end *got = &pair->conn.end[module_role[who]];
		bool confirmed = got->flags & TCPFSM_END_CONFIRMED;

		if (got->state != module_state[want->state] || confirmed != want->confirmed)
			return differ(pair, "state of %c: model %s%s, module %s%s",
				      host_of(pair, who), state_names[want->state],
				      want->confirmed ? "" : "?",
				      tcpfsm_state_names[got->state],
				      confirmed ? "" : "?");
	}
	return true;
}

static bool same_claim(const struct claim *want, const struct tcpfsm_claim *got)
{
	if (want->news == NO_NEWS || !got->count)
		return want->news == NO_NEWS && !got->count;
	return got->seq == want->first && got->end == want->end && got->ack == want->ackno &&
	       got->window == want->window && got->fin == want->fin &&
	       got->count == want->segments && got->age == want->age;
}

static bool compare_claims(struct pair *pair)
{
	int who;

	for (who = CLIENT; who <= SERVER; who++) {
		const struct claim *want = &pair->model.end[who].claim;
		const struct tcpfsm_claim *got = &pair->conn.claim[module_role[who]];

		if (!same_claim(want, got))
			return differ(pair, "claim of %c: model %u segments from %u to %u, age %u; module %u segments from %u to %u, age %u",
				      host_of(pair, who), want->segments, want->first,
				      want->end, want->age, got->count, got->seq, got->end,
				      got->age);
	}
	return true;
}

static bool compare_outcome(struct pair *pair)
{
	const struct tcpfsm_conn *conn = &pair->conn;
	const struct model *m = &pair->model;

	if (conn->opened != module_opened[m->opened])
		return differ(pair, "opened: model %d, module %d", module_opened[m->opened],
			      conn->opened);
	if (conn->closed != module_closed[m->ended])
		return differ(pair, "closed: model %d, module %d", module_closed[m->ended],
			      conn->closed);
	return true;
}

bool compare(struct pair *pair, const struct tcpfsm_outcome *out)
{
	return compare_moves(pair, &pair->verdict, out) && compare_ends(pair) &&
	       compare_claims(pair) && compare_outcome(pair) && compare_times(pair, out);
}
