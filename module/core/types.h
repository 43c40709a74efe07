/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Integer types and helpers for module/core, which is compiled both into the
 * kernel module and into user space programs.
 */
#ifndef _TCPFSM_TYPES_H
#define _TCPFSM_TYPES_H

#ifdef __KERNEL__
#include <linux/types.h>
#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/string.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <assert.h>
#include <linux/types.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#define fls64(x) ((x) ? 64 - __builtin_clzll(x) : 0)
#define div_u64(a, b) ((a) / (b))
#define READ_ONCE(x) __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define noinline
#define __force
#ifndef fallthrough
#define fallthrough __attribute__((__fallthrough__))
#endif
#endif

/*
 * Unaligned load of @to from @from. The builtin is inlined everywhere; memcpy()
 * and memset() are function calls in UML.
 */
#define tcpfsm_load(to, from) __builtin_memcpy(&(to), from, sizeof(to))

/**
 * seq_before - whether a sequence number precedes another one
 * @a: sequence number, host byte order
 * @b: sequence number, host byte order
 *
 * Compared as a signed 32-bit difference: RFC 9293 section 3.4.
 *
 * Return: true if @a is before @b.
 */
static inline bool seq_before(u32 a, u32 b)
{
	return (s32)(a - b) < 0;
}

/**
 * seq_after - whether a sequence number follows another one
 * @a: sequence number, host byte order
 * @b: sequence number, host byte order
 *
 * Return: true if @a is after @b.
 */
static inline bool seq_after(u32 a, u32 b)
{
	return seq_before(b, a);
}

/**
 * seq_max - the later of two sequence numbers
 * @a: sequence number, host byte order
 * @b: sequence number, host byte order
 *
 * Return: @a or @b.
 */
static inline u32 seq_max(u32 a, u32 b)
{
	return seq_before(a, b) ? b : a;
}

#endif /* _TCPFSM_TYPES_H */
