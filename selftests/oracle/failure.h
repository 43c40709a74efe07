/* SPDX-License-Identifier: GPL-2.0 */
/* A story on which the models disagree: make it short, and tell it. */
#ifndef _ORACLE_FAILURE_H
#define _ORACLE_FAILURE_H

#include "story.h"

void failure_shrink(struct story *story);
void failure_print(const struct story *story);

#endif /* _ORACLE_FAILURE_H */
