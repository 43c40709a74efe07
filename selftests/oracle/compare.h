/* SPDX-License-Identifier: GPL-2.0 */
/* From the words of the model to those of the module, and whether they agree. */
#ifndef _ORACLE_COMPARE_H
#define _ORACLE_COMPARE_H

#include "pair.h"

extern const enum tcpfsm_role roles[];	/* by enum who */

struct tcpfsm_segment translate_segment(const struct segment *seg);
struct tcpfsm_view translate_sight(const struct sight *sight);

bool compare(struct pair *pair, const struct tcpfsm_outcome *out);
__attribute__((format(printf, 2, 3)))
bool differ(struct pair *pair, const char *format, ...);

#endif /* _ORACLE_COMPARE_H */
