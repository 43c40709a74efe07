/* SPDX-License-Identifier: GPL-2.0 */
/* Segments without SYN and RST: data, ACKs and FINs. */
#ifndef _ORACLE_RULE_ACK_H
#define _ORACLE_RULE_ACK_H

#include "context.h"

void rule_ack(struct context *x);
/* A claim that was borne out: as rule_ack(), but it makes no claim again */
void rule_claim(struct context *x);

#endif /* _ORACLE_RULE_ACK_H */
