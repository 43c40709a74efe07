/* SPDX-License-Identifier: GPL-2.0 */
/* Count what happens in the engine, put it into the history, and call the observer. */
#ifndef _TCPFSM_TOOL_ENGINE_REPORT_H
#define _TCPFSM_TOOL_ENGINE_REPORT_H

#include "engine/types.h"

static inline void engine_count(struct engine *engine, enum tcpfsm_counter counter)
{
	engine->stats.counter[counter]++;
}

/* Count an anomaly; for one of a flow, engine_report() does it. */
void engine_count_note(struct engine *engine, const struct tcpfsm_note *note);

/* Put a segment into the history of its flow, whatever it did. */
void engine_remember(struct engine *engine, struct flow *flow, enum tcpfsm_role role,
		     const struct tcpfsm_segment *seg, const struct tcpfsm_view *view,
		     const struct tcpfsm_outcome *out);

/*
 * Begin the history of a connection that tcpfsm_conn_reopen() has begun; @syn is the
 * outcome of that.
 */
void engine_begin_history(struct engine *engine, struct flow *flow,
			  const struct tcpfsm_view *view, const struct tcpfsm_outcome *syn);

/* Count what is in @out, and tell the observer. @seg: the cause, or NULL */
void engine_report(struct engine *engine, struct flow *flow, const struct tcpfsm_outcome *out,
		   const struct tcpfsm_segment *seg);

/* Put a change without a record of its segment into the history, and report it, too. */
void engine_report_change(struct engine *engine, struct flow *flow,
			  const struct tcpfsm_outcome *out, const struct tcpfsm_segment *seg);

/* Tell the observer that a connection begins. */
void engine_report_opened(struct engine *engine, const struct flow *flow);

/* Tell the observer that a connection has ended; once, if it is called again. */
void engine_report_closed(struct engine *engine, struct flow *flow);

#endif /* _TCPFSM_TOOL_ENGINE_REPORT_H */
