// SPDX-License-Identifier: GPL-2.0
#include <assert.h>

#include "context.h"
#include "numbers.h"
#include "opening.h"

void unwrap_segment(struct context *x)
{
	const struct segment *seg = x->seg;

	x->start = unwrap(x->m, x->from, seg->seq);
	x->end = x->start + seg->len + seg->syn + seg->fin;
	x->ackno = unwrap(x->m, x->to, seg->ackno);
}

void anchor_numbers(struct context *x, enum who who, uint32_t wire)
{
	if (!x->m->end[who].numbered) {
		x->m->end[who].numbered = true;
		x->m->end[who].zero = wire;
	}
	unwrap_segment(x);
}

struct record *remember(const struct context *x)
{
	struct record *r = &x->m->record[x->m->records];

	assert(x->m->records < RECORDS);
	*r = (struct record){
		.seg = *x->seg, .from = x->from, .left = x->sight->leaves,
		.arrived = x->sight->arrives, .start = x->start, .end = x->end,
		.ackno = x->ackno, .window = window_of(x->m, x->from, x->seg),
		.beyond = INT64_MIN, .time = x->sight->now,
	};
	x->m->records++;
	return r;
}

/* Linux: until the handshake is done a listener has a request socket, no full one */
bool is_request(const struct context *x)
{
	return receiver(x)->state == SYN_RECEIVED && !syns_crossed(x->m);
}

bool has_this_isn(const struct context *x)
{
	return sender(x)->has_isn && x->start == sender(x)->isn;
}
