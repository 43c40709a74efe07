// SPDX-License-Identifier: GPL-2.0
/* Runs one case: each step becomes a packet, the packet a segment. */
#include "conn_case.h"
#include "ktap.h"
#include "case_packet.h"

#define MSEC	1000000ull
#define CLOSE_WAIT_LONG	(60 * 1000 * MSEC)

bool anomalies_met[TCPFSM_ANOMALY_COUNT];

/**
 * struct run - a case on its way
 * @test: the case
 * @setup: how it is run
 * @text: the step at hand
 * @conn: the connection
 * @role: of each host, in the incarnation at hand
 * @begun: there was a segment
 * @vantage: where we look
 * @rfc1337: see struct tcpfsm_view
 * @now: the clock
 * @move: the transitions of the step
 * @host: whose they are
 * @moves: how many
 * @out: of the last segment
 * @notes: in @note
 * @note: the anomalies of the step
 * @culprit: who did them
 * @used: any half of the segment was
 * @reopened: a new connection began
 */
struct run {
	const struct conn_case	*test;
	const struct setup	*setup;
	const char		*text;
	struct tcpfsm_conn	conn;
	enum tcpfsm_role	role[HOST_COUNT];
	bool			begun;
	enum vantage		vantage;
	bool			rfc1337;
	u64			now;

	struct tcpfsm_move	move[MOVES];
	enum host		host[MOVES];
	unsigned int		moves;
	unsigned int		notes;
	struct tcpfsm_note	note[TCPFSM_NOTES_MAX];
	enum host		culprit[TCPFSM_NOTES_MAX];
	bool			used;
	bool			reopened;
};

__attribute__((format(printf, 2, 3)))
static bool fail(const struct run *run, const char *format, ...)
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

static const struct tcpfsm_end *end_of(const struct run *run, enum host host)
{
	return &run->conn.end[run->role[host]];
}

static void note_moves(struct run *run, const struct tcpfsm_outcome *out)
{
	unsigned int i;

	for (i = 0; i < out->count && run->moves < MOVES; i++) {
		run->move[run->moves] = out->move[i];
		run->host[run->moves++] =
			run->role[HOST_C] == out->move[i].role ? HOST_C : HOST_S;
	}
}

static void note_notes(struct run *run, const struct tcpfsm_outcome *out)
{
	unsigned int i;

	for (i = 0; i < out->notes && run->notes < TCPFSM_NOTES_MAX; i++) {
		anomalies_met[out->note[i].anomaly] = true;
		run->culprit[run->notes] =
			run->role[HOST_C] == out->note[i].role ? HOST_C : HOST_S;
		run->note[run->notes++] = out->note[i];
	}
}

static struct tcpfsm_view make_view(const struct run *run,
				    const struct step *step, u8 halves)
{
	bool local[HOST_COUNT] = {
		[HOST_C] = run->vantage == AT_CLIENT || run->vantage == LOOPBACK,
		[HOST_S] = run->vantage == AT_SERVER || run->vantage == LOOPBACK,
	};

	return (struct tcpfsm_view){
		.now = run->now,
		.halves = halves,
		.sender_local = local[step->from],
		.receiver_local = local[!step->from] &&
				  halves & TCPFSM_RECEIVED,
		.genuine = local[step->from] && halves & TCPFSM_SENT &&
			   !step->forged,
		.rfc1337 = run->rfc1337,
	};
}

static void begin(struct run *run, enum host from,
		  const struct tcpfsm_segment *seg)
{
	run->begun = true;
	run->role[from] = tcpfsm_conn_first(seg);
	run->role[!from] = !run->role[from];
	tcpfsm_conn_init(&run->conn, run->now);
}

/* What the caller does when a segment opens the next connection */
static void reopen(struct run *run, enum host from,
		   const struct tcpfsm_segment *seg,
		   const struct tcpfsm_view *view)
{
	struct tcpfsm_outcome out;
	enum tcpfsm_role role;

	run->reopened = true;
	tcpfsm_conn_end(&run->conn, TCPFSM_CAUSE_SYN, &out);
	note_moves(run, &out);
	note_notes(run, &out);
	role = tcpfsm_conn_reopen(&run->conn, run->role[from], seg, view, &out);
	run->role[from] = role;
	run->role[!from] = !role;
	note_moves(run, &out);
}

static void look(struct run *run, const struct step *step,
		 const struct tcpfsm_segment *seg, u8 halves)
{
	struct tcpfsm_view view = make_view(run, step, halves);
	struct tcpfsm_outcome out;

	tcpfsm_conn_segment(&run->conn, run->role[step->from], seg, &view, &out);
	note_notes(run, &out);
	if (out.reopen) {
		reopen(run, step->from, seg, &view);
		tcpfsm_conn_segment(&run->conn, run->role[step->from], seg,
				    &view, &out);
		note_notes(run, &out);
	}
	run->used |= out.used;
	note_moves(run, &out);
}

static bool do_segment(struct run *run, const struct step *step)
{
	enum tcpfsm_reject reject;
	struct tcpfsm_segment seg;
	struct tcpfsm_outcome out;
	struct packet p;

	case_packet(step, run->setup, &p);
	run->now += MSEC;
	if (tcpfsm_pkt_parse(p.bytes, p.len, p.len + step->len, &seg,
			     &reject) != TCPFSM_PKT_SEGMENT) {
		if (reject != TCPFSM_REJECT_FLAGS || !run->begun)
			return fail(run, "the parser refuses it");
		tcpfsm_conn_bad_flags(run->role[step->from], &out);
		note_notes(run, &out);
		return true;
	}
	if (!run->begun)
		begin(run, step->from, &seg);
	if (run->vantage == LOOPBACK) {
		if (step->halves & TCPFSM_SENT)
			look(run, step, &seg, TCPFSM_SENT);
		if (step->halves & TCPFSM_RECEIVED)
			look(run, step, &seg, TCPFSM_RECEIVED);
	} else {
		look(run, step, &seg, TCPFSM_SENT | TCPFSM_RECEIVED);
	}
	return true;
}

static bool do_step(struct run *run, const struct step *step)
{
	struct tcpfsm_outcome out;
	u64 due;

	switch (step->verb) {
	case VERB_SEGMENT:
		return do_segment(run, step);
	case VERB_VANTAGE:
		run->vantage = step->vantage;
		break;
	case VERB_RFC1337:
		run->rfc1337 = true;
		break;
	case VERB_EXPIRE:
		run->now = run->conn.tw_restarted + TCPFSM_2MSL_SEC * 1000 * MSEC;
		tcpfsm_conn_expire_time_wait(&run->conn, &out);
		note_moves(run, &out);
		note_notes(run, &out);
		break;
	case VERB_END:
		tcpfsm_conn_end(&run->conn, step->cause, &out);
		note_moves(run, &out);
		note_notes(run, &out);
		break;
	case VERB_LATER:
		run->now += step->seconds * 1000 * MSEC;
		if (!tcpfsm_conn_close_wait_due(&run->conn, CLOSE_WAIT_LONG,
						&due) || due > run->now)
			break;
		tcpfsm_conn_long_close_wait(&run->conn, &out);
		note_notes(run, &out);
		break;
	}
	return true;
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
			return fail(run, "transition %u leaves a state that was not", i);
		state[run->host[i]] = run->move[i].new;
	}
	if (state[HOST_C] != end_of(run, HOST_C)->state ||
	    state[HOST_S] != end_of(run, HOST_S)->state)
		if (before[HOST_C] != TCPFSM_STATE_COUNT)
			return fail(run, "a state changed without a transition");
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
			return fail(run, "unexpected %c:%s>%s",
				    "CS"[run->host[i]],
				    tcpfsm_cause_names[got->cause],
				    state_words[got->new]);
		if (i >= run->moves)
			return fail(run, "missing %c:%s", "CS"[want->host],
				    tcpfsm_cause_names[want->cause]);
		if (want->host != run->host[i] || want->cause != got->cause ||
		    (want->new != NONE && want->new != got->new))
			return fail(run, "%c:%s>%s is not the transition %u",
				    "CS"[run->host[i]],
				    tcpfsm_cause_names[got->cause],
				    state_words[got->new], i + 1);
	}
	return true;
}

static bool check_states(const struct run *run, struct step *want)
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
	return fail(run, "got %s%s %s%s", state_words[c->state],
		    confirmed[HOST_C] ? "" : "?", state_words[s->state],
		    confirmed[HOST_S] ? "" : "?");
}

/* Is it told of the right end? Of some it is not the sender of a segment */
static bool check_culprit(const struct run *run, const struct step *step,
			  unsigned int i)
{
	const u8 anomaly = run->note[i].anomaly;

	if (anomaly == TCPFSM_ANOMALY_TW_NO_REACK ||
	    anomaly == TCPFSM_ANOMALY_CLOSE_WAIT_LONG ||
	    anomaly == TCPFSM_ANOMALY_HANDSHAKE_TIMEOUT ||
	    run->culprit[i] == step->from)
		return true;
	return fail(run, "%s is told of the wrong end",
		    tcpfsm_anomaly_names[anomaly]);
}

static bool check_note(const struct run *run, const struct step *step,
		       const struct tcpfsm_note *got,
		       const struct expected_note *want)
{
	enum host of = expects_ack(want->anomaly) ? !step->from : step->from;

	if (got->anomaly != want->anomaly)
		return fail(run, "the anomaly is %s",
			    tcpfsm_anomaly_names[got->anomaly]);
	if (got->kind != want->kind)
		return fail(run, "%s is %s", tcpfsm_anomaly_names[got->anomaly],
			    tcpfsm_kind_names[got->kind]);
	if (want->expects &&
	    (!got->expects ||
	     got->expected != run->setup->isn[of] + want->expected))
		return fail(run, "%u was expected",
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
		return fail(run, "the anomaly is %s",
			    tcpfsm_anomaly_names[run->note[i].anomaly]);
	if (i < want->notes)
		return fail(run, "no anomaly %s",
			    tcpfsm_anomaly_names[want->note[i].anomaly]);
	return true;
}

static bool check_zeek(const struct run *run, const struct step *want)
{
	char letters[TCPFSM_ZEEK_HISTORY];

	tcpfsm_zeek_history(&run->conn, letters);
	if (*want->letters && strcmp(want->letters, letters))
		return fail(run, "letters=%s", letters);
	if (*want->conn_state &&
	    strcmp(want->conn_state, tcpfsm_zeek_state(&run->conn)))
		return fail(run, "state=%s", tcpfsm_zeek_state(&run->conn));
	return true;
}

static bool check_words(const struct run *run, const struct step *want)
{
	const struct tcpfsm_conn *conn = &run->conn;
	const enum tcpfsm_wait wait = tcpfsm_conn_wait(conn);

	if (want->verb == VERB_SEGMENT && want->reopen != run->reopened)
		return fail(run, "reopen is %d", run->reopened);
	if (want->verb == VERB_SEGMENT && want->used != run->used)
		return fail(run, run->used ? "used" : "ignored");
	if (want->opened != NONE && want->opened != conn->opened)
		return fail(run, "opened=%s", opened_words[conn->opened]);
	if (want->closed != NONE && want->closed != conn->closed)
		return fail(run, "closed=%s", closed_words[conn->closed]);
	if (want->wait != NONE && want->wait != (int)wait)
		return fail(run, "wait=%s", wait_words[wait]);
	if (want->restarts != NONE && want->restarts != (int)conn->tw_restarts)
		return fail(run, "restarts=%u", conn->tw_restarts);
	if (want->restarted && conn->tw_restarted != run->now)
		return fail(run, "not restarted");
	return true;
}

static bool run_step(struct run *run, const char *text)
{
	u8 before[HOST_COUNT] = { TCPFSM_STATE_COUNT, TCPFSM_STATE_COUNT };
	struct step step;

	step_parse(text, &step);
	if (run->begun && run->conn.start != run->now) {
		before[HOST_C] = end_of(run, HOST_C)->state;
		before[HOST_S] = end_of(run, HOST_S)->state;
	}
	run->text = text;
	run->moves = 0;
	run->notes = 0;
	run->used = false;
	run->reopened = false;

	if (!do_step(run, &step))
		return false;
	return check_notes(run, &step) && check_zeek(run, &step) &&
	       check_states(run, &step) && check_words(run, &step) &&
	       check_moves(run, &step) &&
	       (before[HOST_C] == TCPFSM_STATE_COUNT || check_chain(run, before));
}

/**
 * conn_case_run - run a case once
 * @test: the case
 * @setup: how
 *
 * Return: whether all was as expected; the first thing that was not is told.
 */
bool conn_case_run(const struct conn_case *test, const struct setup *setup)
{
	struct run run = {
		.test = test, .setup = setup, .now = 1000 * MSEC,
		.role = { TCPFSM_ROLE_CLIENT, TCPFSM_ROLE_SERVER },
	};
	const char *const *text;

	for (text = test->steps; *text; text++)
		if (!run_step(&run, *text))
			return false;
	return true;
}
