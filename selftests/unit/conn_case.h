/* SPDX-License-Identifier: GPL-2.0 */
/* The tables of cases, and the function that runs a case. */
#ifndef _TCPFSM_CONN_CASE_H
#define _TCPFSM_CONN_CASE_H

#include "notation.h"

/**
 * struct conn_case - one course of a connection, step by step
 * @name: what it is about
 * @steps: in the notation of README.md, NULL at the end
 */
struct conn_case {
	const char		*name;
	const char *const	*steps;
};

#define CASE(n, ...) \
	{ .name = n, .steps = (const char *const[]){ __VA_ARGS__, NULL } }

extern const struct conn_case open_cases[];
extern const struct conn_case close_cases[];
extern const struct conn_case rst_cases[];
extern const struct conn_case again_cases[];
extern const struct conn_case claim_cases[];
extern const struct conn_case fault_cases[];
extern const struct conn_case local_cases[];
extern const struct conn_case zeek_cases[];
extern const struct conn_case time_cases[];
extern const struct conn_case time_wait_cases[];
extern const struct conn_case catalogue_open_cases[];
extern const struct conn_case catalogue_close_cases[];

/**
 * struct setup - how a case is run
 * @isn: of each host
 * @family: TCPFSM_AF_INET or TCPFSM_AF_INET6
 * @swapped: the client has the higher address
 */
struct setup {
	u32	isn[HOST_COUNT];
	u8	family;
	bool	swapped;
};

bool conn_case_run(const struct conn_case *test, const struct setup *setup);

/* Which anomalies the cases have provoked so far */
extern bool anomalies_met[TCPFSM_ANOMALY_COUNT];

#endif /* _TCPFSM_CONN_CASE_H */
