/* SPDX-License-Identifier: GPL-2.0 */
/* A case while it runs: conn_case.c plays it, case_check.c compares. */
#ifndef _TCPFSM_CASE_RUN_H
#define _TCPFSM_CASE_RUN_H

#include "conn_case.h"

#define MSEC	1000000ull

/**
 * struct run - a case that is being run
 * @test: the case
 * @setup: how it is run
 * @text: the present step
 * @conn: the connection
 * @role: of each host, in the present incarnation
 * @begun: there was a segment
 * @vantage: where the observer is
 * @rfc1337: see struct tcpfsm_view
 * @now: the clock
 * @move: the transitions of the step
 * @host: whose they are
 * @moves: how many
 * @out: of the last segment
 * @notes: in @note
 * @note: the anomalies of the step
 * @culprit: who did them
 * @used: either half of the segment was acceptable
 * @astray: the fast path had another result than tcpfsm_conn_segment()
 * @reopened: a new connection began
 * @ended: the connection before it
 * @role_before: of each host in @ended
 * @last_end: how many of @move, from the first on, belong to @ended
 * @since: when each end had entered its state before the step, by role
 * @handshake: how long it took, milliseconds, if the step reported that
 * @close: the same for the close
 * @handshakes: how often this incarnation has reported @handshake
 * @closes: the same for @close
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
	bool			astray;
	bool			reopened;
	struct tcpfsm_conn	ended;
	enum tcpfsm_role	role_before[HOST_COUNT];
	unsigned int		last_end;
	u64			since[TCPFSM_ROLE_COUNT];
	int			handshake;
	int			close;
	unsigned int		handshakes;
	unsigned int		closes;
};

static inline const struct tcpfsm_end *end_of(const struct run *run, enum host host)
{
	return &run->conn.end[run->role[host]];
}

__attribute__((format(printf, 2, 3)))
bool step_fail(const struct run *run, const char *format, ...);

/* "before": the states of the hosts, TCPFSM_STATE_COUNT: not known */
bool case_check(const struct run *run, const struct step *want, const u8 *before);
bool case_check_times(const struct run *run, const struct step *want);

#endif /* _TCPFSM_CASE_RUN_H */
