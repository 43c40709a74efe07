/* SPDX-License-Identifier: GPL-2.0 */
/* Each step goes into both models, and they have to agree. */
#ifndef _ORACLE_PAIR_STEP_H
#define _ORACLE_PAIR_STEP_H

#include "pair.h"
#include "story.h"

bool pair_step(struct pair *pair, const struct step *step);

#endif /* _ORACLE_PAIR_STEP_H */
