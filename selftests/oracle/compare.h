/* SPDX-License-Identifier: GPL-2.0 */
/* Whether both models say the same of a step. */
#ifndef _ORACLE_COMPARE_H
#define _ORACLE_COMPARE_H

#include "pair.h"

bool compare(struct pair *pair, const struct tcpfsm_outcome *out);

#endif /* _ORACLE_COMPARE_H */
