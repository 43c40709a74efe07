// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "compare.h"
#include "compare_times.h"
#include "core/zeek.h"
#include "names.h"
#include "translate.h"
#include "zeek.h"

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

static bool compare_counts(struct pair *pair)
{
	int who;

	for (who = CLIENT; who <= SERVER; who++) {
		const struct end *want = &pair->model.end[who];
		const struct tcpfsm_end *got = &pair->conn.end[module_role[who]];

		if (got->packets != want->segments || got->bytes != want->payload ||
		    got->retransmits != want->again)
			return differ(pair, "%c has sent: model %u/%llu/%u, module %u/%llu/%u",
				      host_of(pair, who), want->segments,
				      (unsigned long long)want->payload, want->again,
				      got->packets, (unsigned long long)got->bytes,
				      got->retransmits);
	}
	return true;
}

static bool compare_zeek(struct pair *pair)
{
	const char *state = tcpfsm_zeek_state(&pair->conn);
	char letters[TCPFSM_ZEEK_HISTORY];

	tcpfsm_zeek_history(&pair->conn, letters);
	if (!strcmp(state, zeek_state(&pair->model)) && !strcmp(letters, pair->model.letters))
		return true;
	return differ(pair, "in Zeek's words: model %s %s, module %s %s",
		      zeek_state(&pair->model), pair->model.letters, state, letters);
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
	       compare_counts(pair) && compare_zeek(pair) && compare_outcome(pair) &&
	       compare_times(pair, out);
}
