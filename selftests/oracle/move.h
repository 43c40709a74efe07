/* SPDX-License-Identifier: GPL-2.0 */
/* State transitions of an end ("moves"). */
#ifndef _ORACLE_MOVE_H
#define _ORACLE_MOVE_H

#include "context.h"

/* Move an end to a state, and report the move */
void move_to(struct model *m, struct verdict *verdict, enum who who, enum state new,
	     enum cause cause, bool proven, uint64_t now);
/* After a change of what is believed of an end: move it to the state that follows, if new */
void settle(struct model *m, struct verdict *verdict, enum who who, enum cause cause,
	    bool proven, uint64_t now);
/* Rule R1: settle the sender; the segment proves its state */
void move_sender(const struct context *x, enum cause cause);
/* Rule R2: settle the receiver; its state is assumed unless it is a socket of this host */
void move_receiver(const struct context *x, enum cause cause);

#endif /* _ORACLE_MOVE_H */
