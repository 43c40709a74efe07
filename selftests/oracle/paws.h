/* SPDX-License-Identifier: GPL-2.0 */
/* Segments that are old by their timestamp. */
#ifndef _ORACLE_PAWS_H
#define _ORACLE_PAWS_H

#include "context.h"

bool is_old_by_clock(const struct context *x);

#endif /* _ORACLE_PAWS_H */
