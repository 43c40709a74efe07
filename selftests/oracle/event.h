/* SPDX-License-Identifier: GPL-2.0 */
/* Random steps that are no segments, and pauses. */
#ifndef _ORACLE_EVENT_H
#define _ORACLE_EVENT_H

#include "pair.h"
#include "story.h"

/* Nanoseconds before the next step, mostly 0; more often a long time if "slow" */
uint64_t event_pause(bool slow);
struct step event_step(bool slow, const struct pair *pair, unsigned int host);

#endif /* _ORACLE_EVENT_H */
