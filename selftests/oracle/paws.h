/* SPDX-License-Identifier: GPL-2.0 */
/* PAWS: protection against wrapped sequence numbers, RFC 7323 section 5. */
#ifndef _ORACLE_PAWS_H
#define _ORACLE_PAWS_H

#include "context.h"

/* Whether the receiver drops the segment because of its timestamp */
bool is_old_by_clock(const struct context *x);

#endif /* _ORACLE_PAWS_H */
