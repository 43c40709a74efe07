/* SPDX-License-Identifier: GPL-2.0 */
/* Naming what a segment did wrong, or what is remarkable about it. */
#ifndef _TCPFSM_CONN_NOTE_H
#define _TCPFSM_CONN_NOTE_H

#include "core/conn_ctx.h"

struct tcpfsm_note *tcpfsm_conn_note(struct tcpfsm_outcome *out,
				     enum tcpfsm_anomaly anomaly,
				     enum tcpfsm_role role);

/* The sender did it: where its segment is seen arriving it was told before */
static inline void tell(const struct tcpfsm_ctx *x,
			enum tcpfsm_anomaly anomaly)
{
	if (sent(x))
		tcpfsm_conn_note(x->out, anomaly, x->role);
}

/* What the catalogue leaves open */
static inline void tell_kind(const struct tcpfsm_ctx *x,
			     enum tcpfsm_anomaly anomaly, enum tcpfsm_kind kind)
{
	if (sent(x))
		tcpfsm_conn_note(x->out, anomaly, x->role)->kind = kind;
}

/* And this number would have been right */
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
