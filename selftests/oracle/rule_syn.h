/* SPDX-License-Identifier: GPL-2.0 */
/* Segments with SYN and without ACK. */
#ifndef _ORACLE_RULE_SYN_H
#define _ORACLE_RULE_SYN_H

#include "context.h"

void rule_syn(struct context *x);

#endif /* _ORACLE_RULE_SYN_H */
