/* SPDX-License-Identifier: GPL-2.0 */
/* How deep the walks went: which events met which pair of states. */
#ifndef _ORACLE_COVERAGE_H
#define _ORACLE_COVERAGE_H

#include "pair.h"
#include "story.h"

void coverage_note(const struct pair *pair, const struct step *step,
		   const enum state *before, const enum who *role);
bool coverage_is_deep(void);
void coverage_print(void);

#endif /* _ORACLE_COVERAGE_H */
