/* SPDX-License-Identifier: GPL-2.0 */
/* Claims: what an end tells of its peer that was not seen, until the peer bears it out. */
#ifndef _ORACLE_CLAIM_H
#define _ORACLE_CLAIM_H

#include "context.h"

/* Keep the segment as a claim of its sender, or as the next part of the one it has */
void claim_make(const struct context *x, enum news news);
/* Whether the segment bears out the claim of its receiver */
bool claim_is_borne_out(const struct context *x);
/* Whether the segment, which its sender claims, needs nobody to bear it out */
bool claim_counts_at_once(const struct context *x);
/* Whether the sender has sent, or allowed, all that the claim of the receiver tells of it */
bool claim_is_filled(const struct context *x);
/* One segment instead of those of the claim */
struct segment claim_segment(const struct claim *claim);
/*
 * A claim of "who" is true: record what it tells of the peer, and take it away. "x" is the
 * segment that makes it so.
 */
void claim_believe(const struct context *x, enum who who);
/* The segment was acceptable: every claim grows older, and an old one is false */
void claims_age(const struct context *x);
/* A RST without ACK, just where the claim of its receiver says that its sender is */
void claim_is_reset(const struct context *x);
/*
 * The FIN of the sender that was inferred, and was not seen since, not even in a claim.
 * NULL: there is none
 */
struct record *inferred_fin(const struct context *x);
/* The sender goes on after a FIN that was inferred: it was none */
void take_fin_back(const struct context *x);

#endif /* _ORACLE_CLAIM_H */
