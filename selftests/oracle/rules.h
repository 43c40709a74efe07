/* SPDX-License-Identifier: GPL-2.0 */
/* What a segment changes. "Believes" is meant of us: what we believe of an end. */
#ifndef _ORACLE_RULES_H
#define _ORACLE_RULES_H

#include "context.h"
#include "numbers.h"
#include "opening.h"

void settle(struct model *m, struct verdict *verdict, enum who who, enum cause cause,
	    bool proven, uint64_t now);
void sender_shows(const struct context *x, enum cause cause);
void receiver_gets(const struct context *x, enum cause cause);

void number_from(struct context *x, enum who who, uint32_t wire);
struct record *remember(const struct context *x);

bool is_request(const struct context *x);
bool is_old_by_clock(const struct context *x);
bool acks_syn_of(const struct model *m, enum who who, int64_t ackno);

void rule_syn(struct context *x);
void rule_synack(struct context *x);
void rule_rst(struct context *x);
void rule_ack(struct context *x);

#endif /* _ORACLE_RULES_H */
