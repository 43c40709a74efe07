/* SPDX-License-Identifier: GPL-2.0 */
/* Whether both models agree on when something happened and how long it took. */
#ifndef _ORACLE_COMPARE_TIMES_H
#define _ORACLE_COMPARE_TIMES_H

#include "pair.h"

/* Return: false after differ() */
bool compare_times(struct pair *pair, const struct tcpfsm_outcome *out);

#endif /* _ORACLE_COMPARE_TIMES_H */
