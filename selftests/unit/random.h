/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pseudo-random numbers, the same in every run: xorshift64*. There is one generator
 * for the whole program, so that a seed decides what all of its files draw.
 */
#ifndef _TCPFSM_RANDOM_H
#define _TCPFSM_RANDOM_H

#include "core/types.h"

/* Begin the sequence of numbers of this seed; at first it is that of seed 0 */
void random_seed(u64 seed);
u32 random_u32(void);
/* 0 to limit - 1 */
u32 random_below(u32 limit);

#endif /* _TCPFSM_RANDOM_H */
