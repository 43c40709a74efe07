/* SPDX-License-Identifier: GPL-2.0 */
/* What has an ACK and no SYN. */
#ifndef _ORACLE_RULE_ACK_H
#define _ORACLE_RULE_ACK_H

#include "context.h"

void rule_ack(struct context *x);

#endif /* _ORACLE_RULE_ACK_H */
