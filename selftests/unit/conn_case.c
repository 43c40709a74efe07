// SPDX-License-Identifier: GPL-2.0
/* Runs a case: makes a packet of each step and parses it into a segment. */
#include "case_packet.h"
#include "case_run.h"
#include "core/conn.h"
#include "core/conn_fast.h"
#include "core/conn_life.h"

#define CLOSE_WAIT_LONG	(60 * 1000 * MSEC)

bool anomalies_met[TCPFSM_ANOMALY_COUNT];

static void note_moves(struct run *run, const struct tcpfsm_outcome *out)
{
	unsigned int i;

	for (i = 0; i < out->count && run->moves < MOVES; i++) {
		run->move[run->moves] = out->move[i];
		run->host[run->moves++] =
			run->role[HOST_C] == out->move[i].role ? HOST_C : HOST_S;
	}
}

/* In milliseconds, rounded down */
static void note_times(struct run *run, const struct tcpfsm_outcome *out)
{
	if (out->handshake) {
		run->handshake = (int)(out->handshake / MSEC);
		run->handshakes++;
	}
	if (out->close) {
		run->close = (int)(out->close / MSEC);
		run->closes++;
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

/* What a caller of conn.h has to do when a segment opens the next connection */
static void reopen(struct run *run, enum host from,
		   const struct tcpfsm_segment *seg,
		   const struct tcpfsm_view *view)
{
	struct tcpfsm_outcome out;
	enum tcpfsm_role role;

	run->reopened = true;
	run->handshakes = 0;
	run->closes = 0;
	tcpfsm_conn_supersede(&run->conn, run->role[from], seg, view, &out);
	note_moves(run, &out);
	note_notes(run, &out);
	run->ended = run->conn;
	memcpy(run->role_before, run->role, sizeof(run->role));
	run->last_end = run->moves;
	role = tcpfsm_conn_reopen(&run->conn, run->role[from], seg, view, &out);
	run->role[from] = role;
	run->role[!from] = !role;
	note_moves(run, &out);
}

static void look(struct run *run, const struct step *step,
		 const struct tcpfsm_segment *seg, u8 halves)
{
	struct tcpfsm_view view = make_view(run, step, halves);
	enum tcpfsm_role role = run->role[step->from];
	struct tcpfsm_conn cut = run->conn;
	struct tcpfsm_outcome out;
	bool plain = halves == (TCPFSM_SENT | TCPFSM_RECEIVED) &&
		     tcpfsm_conn_fast(&cut.end[role], &cut.end[!role], seg, &view);

	tcpfsm_conn_segment(&run->conn, role, seg, &view, &out);
	cut.last = plain ? view.now : cut.last;
	run->astray |= plain && (memcmp(&cut, &run->conn, sizeof(cut)) || !out.used ||
				 out.count || out.notes || out.reopen);
	note_notes(run, &out);
	if (out.reopen) {
		reopen(run, step->from, seg, &view);
		tcpfsm_conn_segment(&run->conn, run->role[step->from], seg,
				    &view, &out);
		note_notes(run, &out);
	}
	note_times(run, &out);
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
			return step_fail(run, "the parser refuses it");
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

/* The time at which 2MSL are over for every end in TIME-WAIT */
static u64 end_of_wait(const struct run *run)
{
	u64 last = 0;
	int role;

	for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
		if (run->conn.end[role].state == TCPFSM_STATE_TIME_WAIT)
			last = max(last, run->conn.time_wait[role].restarted);
	return max(run->now, last + TCPFSM_2MSL_SEC * 1000 * MSEC);
}

static bool do_step(struct run *run, const struct step *step)
{
	enum tcpfsm_role role = run->role[step->from];
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
		run->now = end_of_wait(run);
		tcpfsm_conn_expire_time_wait(&run->conn, run->now, &out);
		note_moves(run, &out);
		note_notes(run, &out);
		break;
	case VERB_END:
		run->now += MSEC;
		tcpfsm_conn_end(&run->conn, step->cause, run->now, &out);
		note_moves(run, &out);
		note_notes(run, &out);
		break;
	case VERB_GONE:
		run->now += MSEC;
		tcpfsm_conn_socket_gone(&run->conn, role, step->end, run->now, &out);
		note_moves(run, &out);
		note_notes(run, &out);
		break;
	case VERB_SOCKET:
		run->conn.time_wait[role].source = TCPFSM_TW_SOURCE_SOCKET;
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
	run->handshake = NONE;
	run->close = NONE;
	memcpy(run->since, run->conn.since, sizeof(run->since));

	return do_step(run, &step) && case_check(run, &step, before) &&
	       case_check_times(run, &step);
}

/**
 * conn_case_run - run a case once
 * @test: the case
 * @setup: how
 *
 * Return: true if all was as expected; else a note says what was not, first.
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
