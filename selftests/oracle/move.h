/* SPDX-License-Identifier: GPL-2.0 */
/* What follows from a belief that has changed. */
#ifndef _ORACLE_MOVE_H
#define _ORACLE_MOVE_H

#include "context.h"

void move_to(struct model *m, struct verdict *verdict, enum who who, enum state new,
	     enum cause cause, bool proven, uint64_t now);
void settle(struct model *m, struct verdict *verdict, enum who who, enum cause cause,
	    bool proven, uint64_t now);
void move_sender(const struct context *x, enum cause cause);
void move_receiver(const struct context *x, enum cause cause);

#endif /* _ORACLE_MOVE_H */
