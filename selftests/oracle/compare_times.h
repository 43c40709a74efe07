/* SPDX-License-Identifier: GPL-2.0 */
/* Whether both models say the same of when it happened and how long it took. */
#ifndef _ORACLE_COMPARE_TIMES_H
#define _ORACLE_COMPARE_TIMES_H

#include "pair.h"

bool compare_times(struct pair *pair, const struct tcpfsm_outcome *out);

#endif /* _ORACLE_COMPARE_TIMES_H */
