/* SPDX-License-Identifier: GPL-2.0 */
/* Sequence numbers, each read from all the segments so far. */
#ifndef _ORACLE_NUMBERS_H
#define _ORACLE_NUMBERS_H

#include "model.h"

int64_t unwrap(const struct model *m, enum who who, uint32_t wire);
int64_t sent_up_to(const struct model *m, enum who who);
bool has_acked(const struct model *m, enum who who);
int64_t acked_up_to(const struct model *m, enum who who);
bool has_window(const struct model *m, enum who who);
int64_t right_edge(const struct model *m, enum who who);
int64_t largest_window(const struct model *m, enum who who);
bool expects_any(const struct model *m, enum who who);
int64_t expects(const struct model *m, enum who who);
int64_t highest_beyond_hole(const struct model *m, enum who who);
bool has_sent_fin(const struct model *m, enum who who);
int64_t after_fin(const struct model *m, enum who who);

#endif /* _ORACLE_NUMBERS_H */
