/* SPDX-License-Identifier: GPL-2.0 */
/* Noting the anomalies of a segment. */
#ifndef _TCPFSM_CONN_NOTE_H
#define _TCPFSM_CONN_NOTE_H

#include "core/conn_ctx.h"

struct tcpfsm_note *tcpfsm_conn_note(struct tcpfsm_outcome *out,
				     enum tcpfsm_anomaly anomaly,
				     enum tcpfsm_role role);

/**
 * tell - note an anomaly of the sender
 * @x: the segment
 * @anomaly: the anomaly
 *
 * Not on arrival over loopback: it was noted when the segment was sent.
 */
static inline void tell(const struct tcpfsm_ctx *x,
			enum tcpfsm_anomaly anomaly)
{
	if (sent(x))
		tcpfsm_conn_note(x->out, anomaly, x->role);
}

/**
 * tell_kind - note an anomaly of the sender that TCPFSM_ANOMALIES has as BOTH
 * @x: the segment
 * @anomaly: the anomaly
 * @kind: VIOLATION or NOTABLE
 */
static inline void tell_kind(const struct tcpfsm_ctx *x,
			     enum tcpfsm_anomaly anomaly, enum tcpfsm_kind kind)
{
	if (sent(x))
		tcpfsm_conn_note(x->out, anomaly, x->role)->kind = kind;
}

/**
 * tell_expected - note an anomaly of the sender, and the number expected
 * @x: the segment
 * @anomaly: the anomaly
 * @expected: the sequence or acknowledgment number, host byte order
 */
static inline void tell_expected(const struct tcpfsm_ctx *x,
				 enum tcpfsm_anomaly anomaly, u32 expected)
{
	struct tcpfsm_note *note;

	if (!sent(x))
		return;
	note = tcpfsm_conn_note(x->out, anomaly, x->role);
	note->expects = true;
	note->expected = expected;
}

#endif /* _TCPFSM_CONN_NOTE_H */
