/* SPDX-License-Identifier: GPL-2.0 */
/* Segments with RST. */
#ifndef _ORACLE_RULE_RST_H
#define _ORACLE_RULE_RST_H

#include "context.h"

void rule_rst(struct context *x);

#endif /* _ORACLE_RULE_RST_H */
