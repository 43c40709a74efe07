/* SPDX-License-Identifier: GPL-2.0 */
/* Feed a step to both models and compare them. */
#ifndef _ORACLE_PAIR_STEP_H
#define _ORACLE_PAIR_STEP_H

#include "pair.h"
#include "story.h"

/* Return: false if the models disagree; pair->difference says in what */
bool pair_step(struct pair *pair, const struct step *step);

#endif /* _ORACLE_PAIR_STEP_H */
