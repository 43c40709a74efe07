/* SPDX-License-Identifier: GPL-2.0 */
/* From the words of the model to those of the module, and whether they agree. */
#ifndef _ORACLE_COMPARE_H
#define _ORACLE_COMPARE_H

#include "pair.h"

extern const enum tcpfsm_role roles[];	/* by enum who */
extern const enum tcpfsm_state states[STATES];
extern const enum tcpfsm_tw_end wait_ends[];	/* by enum wait_end */

struct tcpfsm_segment translate_segment(const struct segment *seg);
struct tcpfsm_view translate_sight(const struct sight *sight);

bool compare(struct pair *pair, const struct tcpfsm_outcome *out);
bool compare_times(struct pair *pair, const struct tcpfsm_outcome *out);
char host_of(const struct pair *pair, enum who who);
__attribute__((format(printf, 2, 3)))
bool differ(struct pair *pair, const char *format, ...);

#endif /* _ORACLE_COMPARE_H */
