/* SPDX-License-Identifier: GPL-2.0 */
/* A segment with everything a rule needs to judge it. */
#ifndef _ORACLE_CONTEXT_H
#define _ORACLE_CONTEXT_H

#include "model.h"

struct context {
	struct model		*m;
	enum who		from, to;		/* sender and receiver */
	const struct segment	*seg;
	const struct sight	*sight;
	struct verdict		*verdict;
	int64_t			start, end, ackno;	/* unwrapped */
};

static inline struct end *sender(const struct context *x)
{
	return &x->m->end[x->from];
}

static inline struct end *receiver(const struct context *x)
{
	return &x->m->end[x->to];
}

/* Set start, end and ackno */
void unwrap_segment(struct context *x);
/* Unwrap the numbers of an end relative to this one, if none of them was known before */
void anchor_numbers(struct context *x, enum who who, uint32_t wire);
/* Add the segment to the records */
struct record *remember(const struct context *x);
/* Whether the receiver is not a full socket yet, but a request of a listener */
bool is_request(const struct context *x);
/* Whether the segment starts at the known ISN of its sender */
bool has_this_isn(const struct context *x);

#endif /* _ORACLE_CONTEXT_H */
