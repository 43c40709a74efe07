/* SPDX-License-Identifier: GPL-2.0 */
/* What departs from the plain handshake and close: names, and how often. */
#ifndef _TCPFSM_ANOMALY_H
#define _TCPFSM_ANOMALY_H

#include <uapi/linux/tcpfsm.h>

#include "core/defs.h"
#include "core/types.h"

#define TCPFSM_ANOMALY_COUNT	(TCPFSM_ANOMALY_TW_ASSASSINATED + 1)
#define TCPFSM_ANOMALY_NONE	TCPFSM_ANOMALY_COUNT

/**
 * struct tcpfsm_note - one anomaly that was noticed
 * @anomaly: enum tcpfsm_anomaly
 * @kind: enum tcpfsm_kind, VIOLATION or NOTABLE
 * @role: enum tcpfsm_role, the endpoint that did it
 * @expects: there is one number that was expected
 * @expected: it; of seq or ack, as the anomaly's meaning says
 */
struct tcpfsm_note {
	u8	anomaly;
	u8	kind;
	u8	role;
	bool	expects;
	u32	expected;
};

/**
 * struct tcpfsm_tally - the anomalies of one connection
 * @count: how often, by enum tcpfsm_anomaly
 */
struct tcpfsm_tally {
	u32	count[TCPFSM_ANOMALY_COUNT];
};

extern const char *const tcpfsm_anomaly_names[TCPFSM_ANOMALY_COUNT];
extern const u8 tcpfsm_anomaly_kinds[TCPFSM_ANOMALY_COUNT];
extern const char *const tcpfsm_kind_names[TCPFSM_KIND_BOTH + 1];

/* In a word of bits, to know quickly which there were */
static inline u64 tcpfsm_anomaly_bit(unsigned int anomaly)
{
	return (u64)1 << anomaly;
}

#endif /* _TCPFSM_ANOMALY_H */
