/* SPDX-License-Identifier: GPL-2.0 */
/* A story on which the models disagree. */
#ifndef _ORACLE_FAILURE_H
#define _ORACLE_FAILURE_H

#include "story.h"

/* Drop steps and simplify the others, as long as the models still disagree on something */
void failure_shrink(struct story *story);
/* Print its steps in the notation of selftests/unit/README.md */
void failure_print(const struct story *story);

#endif /* _ORACLE_FAILURE_H */
