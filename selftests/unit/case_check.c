// SPDX-License-Identifier: GPL-2.0
/* Compare what a step did with what the case expects. */
#include "case_run.h"
#include "core/conn_life.h"
#include "ktap.h"

__attribute__((format(printf, 2, 3)))
bool step_fail(const struct run *run, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	ktap_note("%s: \"%s\": %s", run->test->name, run->text, text);
	ktap_note("  with ISNs %u and %u, IPv%d%s", run->setup->isn[HOST_C],
		  run->setup->isn[HOST_S],
		  run->setup->family == TCPFSM_AF_INET ? 4 : 6,
		  run->setup->swapped ? ", swapped" : "");
	return false;
}

/* Each transition begins where the one before it ended */
static bool check_chain(const struct run *run, const u8 *before)
{
	u8 state[HOST_COUNT] = { before[HOST_C], before[HOST_S] };
	unsigned int i;

	if (run->reopened)
		return true;
	for (i = 0; i < run->moves; i++) {
		if (run->move[i].old != state[run->host[i]])
			return step_fail(run, "transition %u: its end is in another state", i);
		state[run->host[i]] = run->move[i].new;
	}
	if (state[HOST_C] != end_of(run, HOST_C)->state ||
	    state[HOST_S] != end_of(run, HOST_S)->state)
		if (before[HOST_C] != TCPFSM_STATE_COUNT)
			return step_fail(run, "a state changed without a transition");
	return true;
}

static bool check_moves(const struct run *run, const struct step *step)
{
	unsigned int i;

	if (!step->moves && (step->state[HOST_C] != NONE || !run->moves))
		return true;
	for (i = 0; i < run->moves || i < step->moves; i++) {
		const struct expected_move *want = &step->move[i];
		const struct tcpfsm_move *got = &run->move[i];

		if (i >= step->moves)
			return step_fail(run, "unexpected %c:%s>%s",
				    "CS"[run->host[i]],
				    tcpfsm_cause_names[got->cause],
				    state_words[got->new]);
		if (i >= run->moves)
			return step_fail(run, "missing %c:%s", "CS"[want->host],
				    tcpfsm_cause_names[want->cause]);
		if (want->host != run->host[i] || want->cause != got->cause ||
		    (want->new != NONE && want->new != got->new))
			return step_fail(run, "%c:%s>%s is not the transition %u",
				    "CS"[run->host[i]],
				    tcpfsm_cause_names[got->cause],
				    state_words[got->new], i + 1);
	}
	return true;
}

static bool check_states(const struct run *run, const struct step *want)
{
	const struct tcpfsm_end *c = end_of(run, HOST_C);
	const struct tcpfsm_end *s = end_of(run, HOST_S);
	bool confirmed[HOST_COUNT] = { c->flags & TCPFSM_END_CONFIRMED,
				       s->flags & TCPFSM_END_CONFIRMED };

	if (want->state[HOST_C] == NONE ||
	    (want->state[HOST_C] == c->state && want->state[HOST_S] == s->state &&
	     (want->confirmed[HOST_C] == confirmed[HOST_C] ||
	      c->state == TCPFSM_STATE_LISTEN) &&
	     (want->confirmed[HOST_S] == confirmed[HOST_S] ||
	      s->state == TCPFSM_STATE_LISTEN)))
		return true;
	return step_fail(run, "got %s%s %s%s", state_words[c->state],
		    confirmed[HOST_C] ? "" : "?", state_words[s->state],
		    confirmed[HOST_S] ? "" : "?");
}

/*
 * Is the anomaly attributed to the right end? That is the sender of the segment,
 * unless the anomaly is that an end did not send something.
 */
static bool check_culprit(const struct run *run, const struct step *step,
			  unsigned int i)
{
	const u8 anomaly = run->note[i].anomaly;

	if (anomaly == TCPFSM_ANOMALY_TW_NO_REACK ||
	    anomaly == TCPFSM_ANOMALY_CLOSE_WAIT_LONG ||
	    anomaly == TCPFSM_ANOMALY_HANDSHAKE_TIMEOUT ||
	    run->culprit[i] == note_host(step, &step->note[i]))
		return true;
	return step_fail(run, "%s is attributed to the wrong end",
		    tcpfsm_anomaly_names[anomaly]);
}

/* What it is about: the segment of the step, or what was sent before */
static bool check_late(const struct run *run, const struct step *step,
		       const struct tcpfsm_note *got,
		       const struct expected_note *want)
{
	const enum host host = note_host(step, want);
	const u32 *isn = run->setup->isn;

	if (got->late != want->late)
		return step_fail(run, "%s is about %s", tcpfsm_anomaly_names[got->anomaly],
			    got->late ? "what came before" : "the segment itself");
	if (got->late && (got->seq != isn[host] + want->seq ||
			  (got->anomaly != TCPFSM_ANOMALY_UNSEEN &&
			   got->ack != isn[!host] + want->ack)))
		return step_fail(run, "%s is about @%u,%u", tcpfsm_anomaly_names[got->anomaly],
			    got->seq - isn[host], got->ack - isn[!host]);
	return true;
}

static bool check_octets(const struct run *run, const struct tcpfsm_note *got,
			 const struct expected_note *want)
{
	if (want->expects && got->expected != want->expected)
		return step_fail(run, "%u octets were unseen", got->expected);
	return !got->expects || step_fail(run, "octets are no number");
}

static bool check_note(const struct run *run, const struct step *step,
		       const struct tcpfsm_note *got,
		       const struct expected_note *want)
{
	enum host of = note_number_host(step, want);

	if (got->anomaly != want->anomaly)
		return step_fail(run, "the anomaly is %s",
			    tcpfsm_anomaly_names[got->anomaly]);
	if (got->kind != want->kind)
		return step_fail(run, "%s is %s", tcpfsm_anomaly_names[got->anomaly],
			    tcpfsm_kind_names[got->kind]);
	if (!check_late(run, step, got, want))
		return false;
	if (got->anomaly == TCPFSM_ANOMALY_UNSEEN)
		return check_octets(run, got, want);
	if (want->expects &&
	    (!got->expects ||
	     got->expected != run->setup->isn[of] + want->expected))
		return step_fail(run, "%u was expected",
			    got->expected - run->setup->isn[of]);
	return true;
}

static bool check_notes(const struct run *run, const struct step *want)
{
	unsigned int i;

	for (i = 0; i < run->notes && i < want->notes; i++)
		if (!check_note(run, want, &run->note[i], &want->note[i]) ||
		    !check_culprit(run, want, i))
			return false;
	if (i < run->notes)
		return step_fail(run, "the anomaly is %s",
			    tcpfsm_anomaly_names[run->note[i].anomaly]);
	if (i < want->notes)
		return step_fail(run, "no anomaly %s",
			    tcpfsm_anomaly_names[want->note[i].anomaly]);
	return true;
}

static bool check_zeek(const struct run *run, const struct step *want)
{
	char letters[TCPFSM_ZEEK_HISTORY];

	tcpfsm_zeek_history(&run->conn, letters);
	if (*want->letters && strcmp(want->letters, letters))
		return step_fail(run, "letters=%s", letters);
	if (*want->conn_state &&
	    strcmp(want->conn_state, tcpfsm_zeek_state(&run->conn)))
		return step_fail(run, "state=%s", tcpfsm_zeek_state(&run->conn));
	return true;
}

static bool check_words(const struct run *run, const struct step *want)
{
	const struct tcpfsm_conn *conn = &run->conn;
	const enum tcpfsm_wait wait = tcpfsm_conn_wait(conn);

	if (want->verb == VERB_SEGMENT && want->reopen != run->reopened)
		return step_fail(run, "reopen is %d", run->reopened);
	if (run->astray)
		return step_fail(run, "the fast path has another result");
	if (want->verb == VERB_SEGMENT && want->used != run->used)
		return step_fail(run, run->used ? "used" : "ignored");
	if (want->held && !conn->claim[run->role[want->from]].count)
		return step_fail(run, "not held");
	if (want->opened != NONE && want->opened != conn->opened)
		return step_fail(run, "opened=%s", opened_words[conn->opened]);
	if (want->closed != NONE && want->closed != conn->closed)
		return step_fail(run, "closed=%s", closed_words[conn->closed]);
	if (want->wait != NONE && want->wait != (int)wait)
		return step_fail(run, "wait=%s", wait_words[wait]);
	return true;
}

bool case_check(const struct run *run, const struct step *want, const u8 *before)
{
	return check_notes(run, want) && check_zeek(run, want) &&
	       check_states(run, want) && check_words(run, want) &&
	       check_moves(run, want) &&
	       (before[HOST_C] == TCPFSM_STATE_COUNT || check_chain(run, before));
}
