// SPDX-License-Identifier: GPL-2.0
/* Runs one case: each step becomes a packet, the packet a segment. */
#include <arpa/inet.h>

#include "conn_case.h"
#include "ktap.h"
#include "packet.h"

#define MSEC	1000000ull

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
 * @anomaly: of the step
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
	unsigned int		anomaly;
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

static u32 put(u8 *options, u32 len, const u8 *option, u32 option_len)
{
	memcpy(options + len, option, option_len);
	return len + option_len;
}

/* The packet that the step describes, and what the parser makes of it */
static bool make_segment(const struct run *run, const struct step *step,
			 struct tcpfsm_segment *seg)
{
	const u8 wscale[4] = { 1, 3, 3, step->wscale };
	const u8 sack[4] = { 1, 1, 4, 2 };
	const u8 stamps[12] = {
		1, 1, 8, 10, (u8)(step->tsval >> 24), (u8)(step->tsval >> 16),
		(u8)(step->tsval >> 8), (u8)step->tsval,
	};
	u8 options[sizeof(wscale) + sizeof(sack) + sizeof(stamps)];
	u32 options_len = 0;
	const u8 src = step->from == HOST_C ? 1 : 2, dst = 3 - src;
	const u32 *isn = run->setup->isn;
	const struct tcpfsm_segment want = {
		.sport = htons(src), .dport = htons(dst),
		.flags = step->flags, .window = step->window,
		.seq = isn[step->from] + step->seq,
		.ack = step->flags & TCPFSM_ACK ?
			isn[!step->from] + step->ack : 0,
	};
	enum tcpfsm_reject reject;
	struct packet p;

	if (run->setup->family == TCPFSM_AF_INET6)
		packet_ipv6(&p, src, dst);
	else if (run->setup->swapped)
		packet_ipv4(&p, dst, src, 0);
	else
		packet_ipv4(&p, src, dst, 0);
	if (step->flags & TCPFSM_SYN && step->wscale != TCPFSM_WSCALE_NONE)
		options_len = put(options, options_len, wscale, sizeof(wscale));
	if (step->flags & TCPFSM_SYN && step->sack)
		options_len = put(options, options_len, sack, sizeof(sack));
	if (step->stamped)
		options_len = put(options, options_len, stamps, sizeof(stamps));
	packet_tcp(&p, &want, options, options_len);
	return tcpfsm_pkt_parse(p.bytes, p.len, p.len + step->len, seg,
				&reject) == TCPFSM_PKT_SEGMENT;
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
	if (out.anomaly != TCPFSM_ANOMALY_NONE && halves & TCPFSM_SENT)
		run->anomaly = out.anomaly;
	if (out.reopen) {
		reopen(run, step->from, seg, &view);
		tcpfsm_conn_segment(&run->conn, run->role[step->from], seg,
				    &view, &out);
	}
	run->used |= out.used;
	note_moves(run, &out);
}

static bool do_segment(struct run *run, const struct step *step)
{
	struct tcpfsm_segment seg;

	if (!make_segment(run, step, &seg))
		return fail(run, "the parser refuses it");
	run->now += MSEC;
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
		break;
	case VERB_END:
		tcpfsm_conn_end(&run->conn, step->cause, &out);
		note_moves(run, &out);
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

static bool check_words(const struct run *run, const struct step *want)
{
	const struct tcpfsm_conn *conn = &run->conn;
	const enum tcpfsm_wait wait = tcpfsm_conn_wait(conn);

	if (want->verb == VERB_SEGMENT && want->anomaly != run->anomaly)
		return fail(run, "the anomaly is %s",
			    run->anomaly == TCPFSM_ANOMALY_NONE ?
			    "none" : tcpfsm_anomaly_names[run->anomaly]);
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
	run->anomaly = TCPFSM_ANOMALY_NONE;
	run->used = false;
	run->reopened = false;

	if (!do_step(run, &step))
		return false;
	if (run->anomaly != TCPFSM_ANOMALY_NONE)
		anomalies_met[run->anomaly] = true;
	return check_states(run, &step) && check_words(run, &step) &&
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
