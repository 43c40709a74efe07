/* SPDX-License-Identifier: GPL-2.0 */
/* Whether both models agree on a step: moves, states, how it opened and closed. */
#ifndef _ORACLE_COMPARE_H
#define _ORACLE_COMPARE_H

#include "pair.h"

/* All of it, and the times. Return: false after differ() */
bool compare(struct pair *pair, const struct tcpfsm_outcome *out);

#endif /* _ORACLE_COMPARE_H */
