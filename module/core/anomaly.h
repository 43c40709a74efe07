/* SPDX-License-Identifier: GPL-2.0 */
/* Anomalies, departures from the plain handshake and close: names, counts. */
#ifndef _TCPFSM_ANOMALY_H
#define _TCPFSM_ANOMALY_H

#include <uapi/linux/tcpfsm.h>

#include "core/defs.h"
#include "core/types.h"

#define TCPFSM_ANOMALY_COUNT	(TCPFSM_ANOMALY_ONE_SIDED + 1)
#define TCPFSM_ANOMALY_NONE	TCPFSM_ANOMALY_COUNT

/**
 * struct tcpfsm_note - one occurrence of an anomaly
 * @anomaly: enum tcpfsm_anomaly
 * @kind: enum tcpfsm_kind, VIOLATION or NOTABLE, never BOTH
 * @role: enum tcpfsm_role, the end that caused it
 * @expects: @expected is valid
 * @late: it is not about the segment at which it is noticed, but about what was
 *	sent before, and @seq is valid
 * @expected: the number that would have been right, host byte order: a sequence
 *	or an acknowledgment number, see the meaning in TCPFSM_ANOMALIES. Of
 *	UNSEEN: how many octets
 * @seq: where it was, host byte order. Of UNSEEN: the first octet
 * @ack: its acknowledgment number, host byte order; not of UNSEEN
 */
struct tcpfsm_note {
	u8	anomaly;
	u8	kind;
	u8	role;
	bool	expects;
	bool	late;
	u32	expected;
	u32	seq;
	u32	ack;
};

/**
 * struct tcpfsm_tally - number of anomalies of one connection
 * @count: number of occurrences, by enum tcpfsm_anomaly
 */
struct tcpfsm_tally {
	u32	count[TCPFSM_ANOMALY_COUNT];
};

extern const char *const tcpfsm_anomaly_names[TCPFSM_ANOMALY_COUNT];
extern const u8 tcpfsm_anomaly_kinds[TCPFSM_ANOMALY_COUNT];
extern const char *const tcpfsm_kind_names[TCPFSM_KIND_BOTH + 1];

/**
 * tcpfsm_anomaly_bit - the bit of an anomaly in a set of anomalies
 * @anomaly: enum tcpfsm_anomaly
 *
 * Return: a word with this one bit set.
 */
static inline u64 tcpfsm_anomaly_bit(unsigned int anomaly)
{
	return (u64)1 << anomaly;
}

#endif /* _TCPFSM_ANOMALY_H */
