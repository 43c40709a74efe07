// SPDX-License-Identifier: GPL-2.0
/* Compare the times of a step with the case, and with each other. */
#include "case_run.h"

/* Whose TIME-WAIT a step is about: if it reopened, that of the connection before */
static const struct tcpfsm_conn *conn_of(const struct run *run)
{
	return run->reopened ? &run->ended : &run->conn;
}

/* The role that a host has in conn_of(); reopening can swap the roles */
static enum tcpfsm_role role_of(const struct run *run, enum host host)
{
	return run->reopened ? run->role_before[host] : run->role[host];
}

static bool check_wait(const struct run *run, enum host host,
		       const struct expected_wait *want)
{
	const struct tcpfsm_time_wait *got =
		&conn_of(run)->time_wait[role_of(run, host)];
	const char name = "CS"[host];

	if (want->end == NONE)
		return true;
	if (want->end == WAIT_NEVER)
		return !got->entered || step_fail(run, "%c was in TIME-WAIT", name);
	if (!got->entered)
		return step_fail(run, "%c never was in TIME-WAIT", name);
	if ((want->end == WAIT_LASTS) == !!got->ended)
		return step_fail(run, "%c: TIME-WAIT %s", name,
				 got->ended ? "has ended" : "lasts");
	if (want->socket != (got->source == TCPFSM_TW_SOURCE_SOCKET))
		return step_fail(run, "%c: source %u", name, got->source);
	if (want->end == WAIT_LASTS)
		return true;
	if (want->end != got->end)
		return step_fail(run, "%c: TIME-WAIT %s", name,
				 tcpfsm_tw_end_names[got->end]);
	if (want->duration != NONE && got->ended - got->entered != want->duration * MSEC)
		return step_fail(run, "%c: TIME-WAIT for %lld ns", name,
				 (long long)(got->ended - got->entered));
	if (want->has_delta && want->delta != got->isn_delta)
		return step_fail(run, "%c: the ISN is %d further", name, got->isn_delta);
	return true;
}

static bool check_restarts(const struct run *run, const struct step *want)
{
	const struct tcpfsm_time_wait *tw =
		&conn_of(run)->time_wait[role_of(run, !want->from)];

	if (want->restarts != NONE && want->restarts != (int)tw->restarts)
		return step_fail(run, "restarts=%u", tw->restarts);
	if (want->restarted && tw->restarted != run->now)
		return step_fail(run, "not restarted");
	if (!want->restarted && !want->restarts && tw->restarted != tw->entered)
		return step_fail(run, "restarted");
	return true;
}

static bool check_stay(const struct run *run, enum host host, int want)
{
	const struct tcpfsm_move *move = NULL;
	unsigned int i;

	if (want == NONE)
		return true;
	/* If the step reopened: only the transitions that ended the connection before */
	for (i = 0; i < run->moves && i < (run->reopened ? run->last_end : MOVES); i++)
		if (run->host[i] == host)
			move = &run->move[i];
	if (!move)
		return step_fail(run, "%c left no state", "CS"[host]);
	if (want == STAY_UNKNOWN)
		return !move->measured ||
		       step_fail(run, "%c: the stay is known", "CS"[host]);
	if (!move->measured)
		return step_fail(run, "%c: the stay is not known", "CS"[host]);
	return move->stay == want * MSEC ||
	       step_fail(run, "%c was there for %lld ns", "CS"[host], (long long)move->stay);
}

static bool check_told(const struct run *run, const char *what, int got, int want)
{
	if (want == NONE || (want == TOLD_NOT ? NONE : want) == got)
		return true;
	return step_fail(run, "%s=%d", what, got);
}

/*
 * "since" of an end is the time of its last transition, and a stay is the time
 * between two of its transitions.
 */
static bool check_since(const struct run *run)
{
	u64 since[TCPFSM_ROLE_COUNT] = { run->since[0], run->since[1] };
	unsigned int i;
	int role;

	for (i = 0; i < run->moves; i++) {
		const struct tcpfsm_move *move = &run->move[i];

		if (move->measured && (!since[move->role] ||
				       move->stay != run->now - since[move->role]))
			return step_fail(run, "the stay in %s is %lld ns",
					 state_words[move->old], (long long)move->stay);
		since[move->role] = run->now;
	}
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
		if (run->conn.since[role] != since[role])
			return step_fail(run, "role %d: since is not the last transition", role);
	return true;
}

static bool check_order(const struct run *run)
{
	int role;

	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		const struct tcpfsm_time_wait *tw = &conn_of(run)->time_wait[role];

		if (tw->entered && (tw->entered < conn_of(run)->start ||
				    tw->restarted < tw->entered ||
				    (tw->ended && tw->ended < tw->restarted)))
			return step_fail(run, "the times of a TIME-WAIT are not in order");
	}
	return true;
}

bool case_check_times(const struct run *run, const struct step *want)
{
	bool fresh = run->conn.start == run->now;

	if (run->handshakes > 1 || run->closes > 1)
		return step_fail(run, "a duration is reported more than once");
	return check_wait(run, HOST_C, &want->wait_of[HOST_C]) &&
	       check_wait(run, HOST_S, &want->wait_of[HOST_S]) &&
	       check_restarts(run, want) &&
	       check_stay(run, HOST_C, want->stay[HOST_C]) &&
	       check_stay(run, HOST_S, want->stay[HOST_S]) &&
	       check_told(run, "handshake", run->handshake, want->handshake) &&
	       check_told(run, "close", run->close, want->close) &&
	       (run->reopened || fresh || !run->begun || check_since(run)) &&
	       check_order(run);
}
