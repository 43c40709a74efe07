/* SPDX-License-Identifier: GPL-2.0 */
/* Segments with SYN and ACK. */
#ifndef _ORACLE_RULE_SYNACK_H
#define _ORACLE_RULE_SYNACK_H

#include "context.h"

void rule_synack(struct context *x);

#endif /* _ORACLE_RULE_SYNACK_H */
