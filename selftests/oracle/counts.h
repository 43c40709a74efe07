/* SPDX-License-Identifier: GPL-2.0 */
/* What an end has sent: segments, octets of payload, and how many segments were sent again. */
#ifndef _ORACLE_COUNTS_H
#define _ORACLE_COUNTS_H

#include "context.h"

/* Count a SYN or SYN-ACK that leaves. "again": it left before, with the same number */
void count_syn(const struct context *x, bool again);
/* Count a segment without SYN and RST that leaves; it is not among the records yet */
void count_data(const struct context *x);
/* Likewise of one that is legal, but too old for its receiver to take it */
void count_old(const struct context *x);
/* Whether this segment is a window probe: RFC 9293 section 3.8.6.1 */
bool is_window_probe(const struct context *x);

#endif /* _ORACLE_COUNTS_H */
