// SPDX-License-Identifier: GPL-2.0
#include "compare_times.h"
#include "names.h"
#include "times.h"
#include "translate.h"

/* For messages: milliseconds since the first segment */
static long long ms(const struct pair *pair, uint64_t time)
{
	return ((long long)time - (long long)pair->model.began) / 1000000;
}

static bool compare_stays(struct pair *pair, const struct tcpfsm_outcome *out)
{
	size_t i;

	for (i = 0; i < pair->verdict.moves; i++) {
		const struct move *want = &pair->verdict.move[i];
		const struct tcpfsm_move *got = &out->move[i];

		if (want->known_stay != got->measured)
			return differ(pair, "how long %c was in %s is known to the %s only",
				      host_of(pair, want->who), state_names[want->old],
				      got->measured ? "module" : "model");
		if (want->known_stay && want->stay != got->stay)
			return differ(pair, "stay of %c in %s: model %lld ns, module %lld ns",
				      host_of(pair, want->who), state_names[want->old],
				      (long long)want->stay, (long long)got->stay);
	}
	if (pair->verdict.handshake != out->handshake)
		return differ(pair, "handshake: model %llu ns, module %llu ns",
			      (unsigned long long)pair->verdict.handshake,
			      (unsigned long long)out->handshake);
	if (pair->verdict.close != out->close)
		return differ(pair, "close: model %llu ns, module %llu ns",
			      (unsigned long long)pair->verdict.close,
			      (unsigned long long)out->close);
	return true;
}

static bool compare_since(struct pair *pair, enum who who)
{
	uint64_t want = saw_entering(&pair->model, who) ? entered_at(&pair->model, who) : 0;
	uint64_t got = pair->conn.since[module_role[who]];

	return want == got ||
	       differ(pair, "%c entered its state: model %lld ms, module %lld ms",
		      host_of(pair, who), ms(pair, want), ms(pair, got));
}

static bool compare_wait(struct pair *pair, enum who who)
{
	const struct tcpfsm_time_wait *got = &pair->conn.time_wait[module_role[who]];
	const struct end *end = &pair->model.end[who];
	const struct wait want = wait_of(&pair->model, who);
	const char host = host_of(pair, who);

	if (want.was != !!got->entered)
		return differ(pair, "%c was in TIME-WAIT in the %s only", host,
			      want.was ? "model" : "module");
	if (!want.was)
		return true;
	if (want.began != got->entered || want.restarted != got->restarted ||
	    want.fins != got->restarts)
		return differ(pair,
			      "TIME-WAIT of %c: model %lld, restarted %lld, %u FINs; module %lld, %lld, %u",
			      host, ms(pair, want.began), ms(pair, want.restarted), want.fins,
			      ms(pair, got->entered), ms(pair, got->restarted), got->restarts);
	if (end->watched != (got->source == TCPFSM_TW_SOURCE_SOCKET))
		return differ(pair, "the timewait socket of %c is known to the %s only", host,
			      end->watched ? "model" : "module");
	if (want.lasts != !got->ended)
		return differ(pair, "TIME-WAIT of %c is over in the %s only", host,
			      want.lasts ? "module" : "model");
	if (want.lasts)
		return true;
	if (want.ended != got->ended || module_tw_end[want.end] != got->end)
		return differ(pair, "TIME-WAIT of %c ends: model %lld ms, %s; module %lld ms, %s",
			      host, ms(pair, want.ended),
			      tcpfsm_tw_end_names[module_tw_end[want.end]],
			      ms(pair, got->ended), tcpfsm_tw_end_names[got->end]);
	if (want.end == WAIT_REOPENED && end->isn_delta != got->isn_delta)
		return differ(pair, "ISN delta of %c: model %d, module %d", host,
			      end->isn_delta, got->isn_delta);
	return true;
}

static bool compare_state_times(struct pair *pair, enum who who)
{
	/* The history rounds the beginning and the end of each stay */
	const uint64_t most = (((pair->now - pair->model.began) >> 22) + 1) * 2 *
			      (pair->model.entries + 1);
	const uint64_t unseen = unseen_time(&pair->model, who, pair->now);
	u64 stay[TCPFSM_STATE_COUNT];
	enum state state;

	tcpfsm_history_stays(&pair->history, &pair->conn, module_role[who], pair->now, stay);
	for (state = LISTEN; state < STATES; state++) {
		uint64_t want = time_in_state(&pair->model, who, state, pair->now);
		uint64_t got = stay[module_state[state]];

		if (got + most < want || got > want + unseen + most)
			return differ(pair, "total time of %c in %s: model %lld ns, module %lld ns",
				      host_of(pair, who), state_names[state], (long long)want,
				      (long long)got);
	}
	return true;
}

/*
 * Whether the history has the exact times. Not over loopback, where the record of a segment
 * has only the time when it left; not if this connection was replaced, since the record
 * may then have the time of the SYN-ACK, not of the SYN; not if an end left a state and came
 * back with one segment, because a record has only the last state; and not after 104 days,
 * which is the largest time in a record.
 */
static bool history_is_exact(const struct pair *pair)
{
	if (pair->returned || (pair->now - pair->model.began) >> 53)
		return false;
	return pair->vantage != LOOPBACK && !pair->model.replaced;
}

/* Whether the end is in the same state as before the last step, but has moved */
static bool has_returned(const struct verdict *verdict, enum who who)
{
	const struct move *first = NULL, *last = NULL;
	size_t i;

	for (i = 0; i < verdict->moves; i++) {
		if (verdict->move[i].who != who)
			continue;
		last = &verdict->move[i];
		first = first ? first : last;
	}
	return first && first->old == last->new;
}

bool compare_times(struct pair *pair, const struct tcpfsm_outcome *out)
{
	enum who who;

	for (who = CLIENT; who <= SERVER; who++)
		pair->returned |= has_returned(&pair->verdict, who);

	if (!compare_stays(pair, out))
		return false;
	for (who = CLIENT; who <= SERVER; who++) {
		if (!compare_since(pair, who) || !compare_wait(pair, who))
			return false;
		if (history_is_exact(pair) && !compare_state_times(pair, who))
			return false;
	}
	return true;
}
