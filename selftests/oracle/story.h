/* SPDX-License-Identifier: GPL-2.0 */
/* A story on which the models disagree: make it short, and tell it. */
#ifndef _ORACLE_STORY_H
#define _ORACLE_STORY_H

#include "pair.h"

void story_shrink(struct story *story);
void story_print(const struct story *story);

#endif /* _ORACLE_STORY_H */
