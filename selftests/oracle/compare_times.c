// SPDX-License-Identifier: GPL-2.0
/* Whether both say the same of when it happened and how long it took. */
#include "compare_times.h"
#include "names.h"
#include "times.h"
#include "translate.h"

/* Times are told relative to the first segment, in milliseconds */
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
			return differ(pair, "how long %c was in %s is %sknown",
				      host_of(pair, want->who), state_names[want->old],
				      got->measured ? "not " : "");
		if (want->known_stay && want->stay != got->stay)
			return differ(pair, "%c was in %s for %lld ns; in the module %lld",
				      host_of(pair, want->who), state_names[want->old],
				      (long long)want->stay, (long long)got->stay);
	}
	if (pair->verdict.handshake != out->handshake)
		return differ(pair, "the handshake took %llu ns; in the module %llu",
			      (unsigned long long)pair->verdict.handshake,
			      (unsigned long long)out->handshake);
	if (pair->verdict.close != out->close)
		return differ(pair, "the close took %llu ns; in the module %llu",
			      (unsigned long long)pair->verdict.close,
			      (unsigned long long)out->close);
	return true;
}

static bool compare_since(struct pair *pair, enum who who)
{
	uint64_t want = saw_entering(&pair->model, who) ? entered_at(&pair->model, who) : 0;
	uint64_t got = pair->conn.since[module_role[who]];

	return want == got ||
	       differ(pair, "%c is there since %lld; in the module %lld", host_of(pair, who),
		      ms(pair, want), ms(pair, got));
}

static bool compare_wait(struct pair *pair, enum who who)
{
	const struct tcpfsm_time_wait *got = &pair->conn.time_wait[module_role[who]];
	const struct end *end = &pair->model.end[who];
	const struct wait want = wait_of(&pair->model, who);
	const char host = host_of(pair, who);

	if (want.was != !!got->entered)
		return differ(pair, "%c was %sin TIME-WAIT", host, want.was ? "" : "not ");
	if (!want.was)
		return true;
	if (want.began != got->entered || want.restarted != got->restarted ||
	    want.fins != got->restarts)
		return differ(pair, "%c: TIME-WAIT %lld, anew %lld, %u FINs; module %lld, %lld, %u",
			      host, ms(pair, want.began), ms(pair, want.restarted), want.fins,
			      ms(pair, got->entered), ms(pair, got->restarted), got->restarts);
	if (end->watched != (got->source == TCPFSM_TW_SOURCE_SOCKET))
		return differ(pair, "%c: the socket is %swatched", host,
			      end->watched ? "" : "not ");
	if (want.lasts != !got->ended)
		return differ(pair, "%c: TIME-WAIT %s", host, want.lasts ? "lasts" : "is over");
	if (want.lasts)
		return true;
	if (want.ended != got->ended || module_tw_end[want.end] != got->end)
		return differ(pair, "%c: TIME-WAIT ends at %lld, %s; in the module %lld, %s", host,
			      ms(pair, want.ended), tcpfsm_tw_end_names[module_tw_end[want.end]],
			      ms(pair, got->ended), tcpfsm_tw_end_names[got->end]);
	if (want.end == WAIT_REOPENED && end->isn_delta != got->isn_delta)
		return differ(pair, "%c: the ISN is %d further; in the module %d", host,
			      end->isn_delta, got->isn_delta);
	return true;
}

static bool compare_state_times(struct pair *pair, enum who who)
{
	/* Of each visit the beginning and the end are rounded */
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
			return differ(pair, "%c was in %s for %lld ns in all; in the module %lld",
				      host_of(pair, who), state_names[state], (long long)want,
				      (long long)got);
	}
	return true;
}

/*
 * What is remembered of a segment over loopback has the time at which it left; when a
 * SYN-ACK tells that the next connection has begun, the end of this one is remembered
 * with the time of that; and no time is later than 104 days.
 */
static bool history_is_exact(const struct pair *pair)
{
	if ((pair->now - pair->model.began) >> 53)
		return false;
	return pair->vantage != LOOPBACK && !pair->model.replaced;
}

bool compare_times(struct pair *pair, const struct tcpfsm_outcome *out)
{
	enum who who;

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
