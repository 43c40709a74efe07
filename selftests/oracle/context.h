/* SPDX-License-Identifier: GPL-2.0 */
/* A segment and what is needed to judge it. */
#ifndef _ORACLE_CONTEXT_H
#define _ORACLE_CONTEXT_H

#include "model.h"

/* A segment while it is looked at; "from" has sent it to "to" */
struct context {
	struct model		*m;
	enum who		from, to;
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

void unwrap_segment(struct context *x);
void anchor_numbers(struct context *x, enum who who, uint32_t wire);
struct record *remember(const struct context *x);
bool is_request(const struct context *x);
bool has_this_isn(const struct context *x);

#endif /* _ORACLE_CONTEXT_H */
