/* SPDX-License-Identifier: GPL-2.0 */
/* What the SYNs told: the handshake and the options. */
#ifndef _ORACLE_OPENING_H
#define _ORACLE_OPENING_H

#include "model.h"

/* The handshake */
uint32_t syn_data(const struct model *m, enum who who);
bool acks_syn_of(const struct model *m, enum who who, int64_t ackno);
bool has_sent_syn(const struct model *m, enum who who);
bool has_sent_synack(const struct model *m, enum who who);
bool syns_crossed(const struct model *m);
bool asks_for_fast_open(const struct model *m);
bool may_send_early(const struct model *m, enum who who);
bool syn_data_was_taken(const struct model *m);
bool has_proved_open(const struct model *m, enum who who);

/* Options */
int64_t window_of(const struct model *m, enum who from, const struct segment *seg);
bool sack_is_agreed(const struct model *m);
bool stamps_are_agreed(const struct model *m);
uint32_t last_stamp(const struct model *m, enum who who);

#endif /* _ORACLE_OPENING_H */
