// SPDX-License-Identifier: GPL-2.0
/* Plays a case on the state machine of the module; the history is then drawn. */
#include "core/conn.h"
#include "core/conn_life.h"
#include "ladder_case.h"

static const u32 isn[TCPFSM_ROLE_COUNT] = { 0xfffffc00, 4000 };

static struct tcpfsm_segment segment_of(const struct step *step)
{
	return (struct tcpfsm_segment){
		.flags = step->flags,
		.seq = isn[step->from] + step->seq,
		.ack = isn[!step->from] + step->ack,
		.len = step->len,
		.end = isn[step->from] + step->seq + step->len +
		       !!(step->flags & TCPFSM_SYN) + !!(step->flags & TCPFSM_FIN),
		.window = 65535,
		.wscale = step->flags & TCPFSM_SYN ? 7 : TCPFSM_WSCALE_NONE,
		.sack = true,
	};
}

static struct tcpfsm_view view_of(const struct ladder_case *test, const struct step *step)
{
	u8 halves = step->halves ? step->halves : TCPFSM_SENT | TCPFSM_RECEIVED;

	return (struct tcpfsm_view){
		.now = 1 + step->at * 1000,
		.halves = halves,
		.sender_local = test->here & 1 << step->from,
		.genuine = test->here & 1 << step->from && halves & TCPFSM_SENT,
		.receiver_local = test->here & 1 << !step->from && halves & TCPFSM_RECEIVED,
	};
}

static void send(struct tcpfsm_conn *conn, struct tcpfsm_history *history,
		 const struct ladder_case *test, const struct step *step)
{
	struct tcpfsm_segment seg = segment_of(step);
	struct tcpfsm_view view = view_of(test, step);
	struct tcpfsm_outcome out;

	if (step->kind == STEP_BAD_FLAGS)
		tcpfsm_conn_bad_flags(step->from, &out);
	else
		tcpfsm_conn_segment(conn, step->from, &seg, &view, &out);
	tcpfsm_history_add(history, conn, step->from, &seg, &view, &out);
}

static void change(struct tcpfsm_conn *conn, struct tcpfsm_history *history,
		   const struct ladder_case *test, const struct step *step)
{
	struct tcpfsm_segment seg = segment_of(step);
	struct tcpfsm_view view = view_of(test, step);
	struct tcpfsm_outcome out;

	switch ((enum step_kind)step->kind) {
	case STEP_EXPIRE:
		tcpfsm_conn_expire_time_wait(conn, view.now, &out);
		break;
	case STEP_GONE:
		tcpfsm_conn_socket_gone(conn, step->from, step->tw_end, view.now, &out);
		break;
	case STEP_REOPEN:
		tcpfsm_conn_supersede(conn, step->from, &seg, &view, &out);
		break;
	case STEP_LONG_WAIT:
		tcpfsm_conn_long_close_wait(conn, &out);
		break;
	default:
		tcpfsm_conn_end(conn, step->cause, view.now, &out);
		break;
	}
	tcpfsm_history_change(history, conn, view.now, &out);
}

/**
 * scene_play - perform all steps of a case
 * @scene: filled
 * @test: the case
 */
void scene_play(struct scene *scene, const struct ladder_case *test)
{
	struct tcpfsm_record record[64];
	struct tcpfsm_history history = { .record = record, .size = test->history };
	const struct step *step;

	tcpfsm_conn_init(&scene->conn, 1);
	for (step = test->step; step->flags || step->kind; step++) {
		if (step->kind == STEP_SEGMENT || step->kind == STEP_BAD_FLAGS)
			send(&scene->conn, &history, test, step);
		else
			change(&scene->conn, &history, test, step);
	}
	scene->count = 0;
	scene->total = history.total;
	while (tcpfsm_history_read(&history, &scene->conn, scene->count,
				   &scene->past[scene->count]))
		scene->count++;
}
