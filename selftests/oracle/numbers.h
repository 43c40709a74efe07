/* SPDX-License-Identifier: GPL-2.0 */
/* Sequence numbers of the ends, read from all records. */
#ifndef _ORACLE_NUMBERS_H
#define _ORACLE_NUMBERS_H

#include "model.h"

/* Unwrap a number of this end: 64 bits, relative to its first known number */
int64_t unwrap(const struct model *m, enum who who, uint32_t wire);
/* SND.NXT */
int64_t sent_up_to(const struct model *m, enum who who);
/* Whether it was seen to send something that counts */
bool has_sent(const struct model *m, enum who who);
/* Whether it has sent any ACK */
bool has_acked(const struct model *m, enum who who);
/* The highest number that it has acknowledged; INT64_MIN: none */
int64_t acked_up_to(const struct model *m, enum who who);
/*
 * Whether a number on the wire, of the peer, is beyond the window of this end: nearer to the
 * right edge from the right than from the left, whatever the peer has sent
 */
bool begins_beyond_window(const struct model *m, enum who who, uint32_t wire);
/* Whether its receive window is known */
bool has_window(const struct model *m, enum who who);
/* Right edge of its receive window */
int64_t right_edge(const struct model *m, enum who who);
/* The largest window that it has offered: MAX.SND.WND of its peer, RFC 5961 section 5.2 */
int64_t largest_window(const struct model *m, enum who who);
/* Whether its RCV.NXT is known */
bool expects_any(const struct model *m, enum who who);
/* RCV.NXT */
int64_t expects(const struct model *m, enum who who);
/* End of the highest segment that it received behind a hole; INT64_MIN: there is no hole */
int64_t highest_beyond_hole(const struct model *m, enum who who);
bool has_sent_fin(const struct model *m, enum who who);
/* The number after its FIN; INT64_MAX: it has sent none */
int64_t after_fin(const struct model *m, enum who who);

#endif /* _ORACLE_NUMBERS_H */
