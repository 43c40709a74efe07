/* SPDX-License-Identifier: GPL-2.0 */
/* What the handshake tells, read from all records: Fast Open, options. */
#ifndef _ORACLE_OPENING_H
#define _ORACLE_OPENING_H

#include "model.h"

/* Fast Open: octets in its SYN that its peer may acknowledge with it */
uint32_t syn_data(const struct model *m, enum who who);
/* Whether the number acknowledges the SYN of this end and at most its data */
bool acks_syn_of(const struct model *m, enum who who, int64_t ackno);
/* Whether it has sent a SYN without ACK */
bool has_sent_syn(const struct model *m, enum who who);
bool has_sent_synack(const struct model *m, enum who who);
/* Whether this is a simultaneous open, RFC 9293 section 3.5 */
bool syns_crossed(const struct model *m);
/* Whether a SYN has the Fast Open option */
bool asks_for_fast_open(const struct model *m);
/* RFC 7413: whether this end may send data before its SYN is acknowledged */
bool may_send_early(const struct model *m, enum who who);
/* Whether a SYN-ACK acknowledged data of the SYN */
bool syn_data_was_taken(const struct model *m);
/* Whether a segment of this end proves that its handshake is done */
bool has_proved_open(const struct model *m, enum who who);

/* The window that the segment offers, scaled */
int64_t window_of(const struct model *m, enum who from, const struct segment *seg);
/* Whether both SYNs permit SACK, RFC 2018 section 2 */
bool sack_is_agreed(const struct model *m);
/* Whether both SYNs have the timestamps option, RFC 7323 section 3.2 */
bool stamps_are_agreed(const struct model *m);
/* The last timestamp of this end that counted: TS.Recent of its peer, or 0 */
uint32_t last_stamp(const struct model *m, enum who who);

#endif /* _ORACLE_OPENING_H */
