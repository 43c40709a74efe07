/* SPDX-License-Identifier: GPL-2.0 */
/* What happens in the engine is counted here, remembered, and told to its observer. */
#ifndef _TCPFSM_TOOL_ENGINE_REPORT_H
#define _TCPFSM_TOOL_ENGINE_REPORT_H

#include "engine/types.h"

static inline void engine_count(struct engine *engine, enum engine_counter counter)
{
	engine->stats.counter[counter]++;
}

/* An anomaly that belongs to no connection */
void engine_count_note(struct engine *engine, const struct tcpfsm_note *note);

/* A segment becomes a part of the history, whatever it did. */
void engine_remember(struct engine *engine, struct flow *flow, enum tcpfsm_role role,
		     const struct tcpfsm_segment *seg, const struct tcpfsm_view *view,
		     const struct tcpfsm_outcome *out);

/* What it did; @seg may be NULL. */
void engine_report(struct engine *engine, struct flow *flow, const struct tcpfsm_outcome *out,
		   const struct tcpfsm_segment *seg);

/* Both, of what happened without a segment; @seg is what caused it, or NULL. */
void engine_report_change(struct engine *engine, struct flow *flow,
			  const struct tcpfsm_outcome *out, const struct tcpfsm_segment *seg);

/* An incarnation begins; it has ended, which is told once. */
void engine_report_opened(struct engine *engine, const struct flow *flow);
void engine_report_closed(struct engine *engine, struct flow *flow);

#endif /* _TCPFSM_TOOL_ENGINE_REPORT_H */
