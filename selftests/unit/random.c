// SPDX-License-Identifier: GPL-2.0
/* xorshift64* */
#include "random.h"

static u64 random_state = 1;

void random_seed(u64 seed)
{
	random_state = seed * 0x9e3779b97f4a7c15ull + 1;
}

u32 random_u32(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (u32)(random_state * 0x2545f4914f6cdd1dull >> 32);
}

u32 random_below(u32 limit)
{
	return random_u32() % limit;
}
