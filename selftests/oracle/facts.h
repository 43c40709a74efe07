/* SPDX-License-Identifier: GPL-2.0 */
/* What the segments so far tell: questions, each answered by reading them all. */
#ifndef _ORACLE_FACTS_H
#define _ORACLE_FACTS_H

#include "model.h"

/* A segment while it is looked at; "from" has sent it to "to" */
struct look {
	struct model		*m;
	enum who		from, to;
	const struct segment	*seg;
	const struct sight	*sight;
	struct verdict		*verdict;
	int64_t			start, end, ackno;	/* unwrapped */
};

static inline enum who peer_of(enum who who)
{
	return who == CLIENT ? SERVER : CLIENT;
}

static inline struct end *sender(const struct look *x)
{
	return &x->m->end[x->from];
}

static inline struct end *receiver(const struct look *x)
{
	return &x->m->end[x->to];
}

static inline bool in_handshake(const struct end *end)
{
	return end->state == LISTEN || end->state == SYN_SENT || end->state == SYN_RECEIVED;
}

/* There is no connection at this end */
static inline bool is_nowhere(const struct end *end)
{
	return end->state == CLOSED || end->state == LISTEN;
}

/* Numbers */
int64_t number_place(const struct model *m, enum who who, uint32_t wire);
int64_t sent_up_to(const struct model *m, enum who who);
bool has_acked(const struct model *m, enum who who);
int64_t acked_up_to(const struct model *m, enum who who);
bool has_window(const struct model *m, enum who who);
int64_t right_edge(const struct model *m, enum who who);
int64_t largest_window(const struct model *m, enum who who);
bool expects_any(const struct model *m, enum who who);
int64_t expects(const struct model *m, enum who who);
int64_t highest_beyond_hole(const struct model *m, enum who who);
bool has_sent_fin(const struct model *m, enum who who);
int64_t after_fin(const struct model *m, enum who who);

/* The handshake */
uint32_t syn_data(const struct model *m, enum who who);
bool has_sent_syn(const struct model *m, enum who who);
bool has_sent_synack(const struct model *m, enum who who);
bool syns_crossed(const struct model *m);
bool asks_for_fast_open(const struct model *m);
bool may_send_early(const struct model *m, enum who who);
bool syn_data_was_taken(const struct model *m);
bool has_proved_open(const struct model *m, enum who who);

/* Options */
int64_t window_of(const struct look *x);
bool sack_is_agreed(const struct model *m);
bool stamps_are_agreed(const struct model *m);
uint32_t last_stamp(const struct model *m, enum who who);

#endif /* _ORACLE_FACTS_H */
