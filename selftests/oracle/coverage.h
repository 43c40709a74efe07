/* SPDX-License-Identifier: GPL-2.0 */
/* Which events happened in which pair of states, and what became of claims. */
#ifndef _ORACLE_COVERAGE_H
#define _ORACLE_COVERAGE_H

#include "pair.h"
#include "story.h"

/* "before": states of client and server, "role": of the hosts, both before the step */
void coverage_note(const struct pair *pair, const struct step *step,
		   const enum state *before, const enum who *role);
/* Whether each pair of states in the figures of RFC 9293 met at least half of the events */
bool coverage_is_deep(void);
/* Whether claims of all kinds were made, extended, replaced, and borne out */
bool coverage_has_claims(void);
void coverage_print(void);

#endif /* _ORACLE_COVERAGE_H */
