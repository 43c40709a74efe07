/* SPDX-License-Identifier: GPL-2.0 */
/* Shared by the fuzzers: reading the input, and reporting a broken law. */
#ifndef _TCPFSM_FUZZ_H
#define _TCPFSM_FUZZ_H

#include <stdio.h>
#include <stdlib.h>

#include "core/types.h"

/**
 * struct input - bytes that are consumed from the front
 * @at: the next one
 * @left: how many are left
 */
struct input {
	const u8	*at;
	size_t		left;
};

/* 0 if nothing is left */
static inline u8 input_u8(struct input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->at++;
}

static inline u32 input_number(struct input *in, unsigned int octets)
{
	u32 number = 0;
	unsigned int i;

	for (i = 0; i < octets; i++)
		number |= (u32)input_u8(in) << 8 * i;
	return number;
}

/* A law is broken: print it and abort, so that libFuzzer keeps the input */
__attribute__((noreturn))
void broken(const char *law, const char *file, int line);

#define must(holds, law) \
	do { \
		if (!(holds)) \
			broken(law, __FILE__, __LINE__); \
	} while (0)

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#endif /* _TCPFSM_FUZZ_H */
