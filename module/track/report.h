/* SPDX-License-Identifier: GPL-2.0 */
/* What a change of a flow means for gauges, counters and the observer. */
#ifndef _TCPFSM_REPORT_H
#define _TCPFSM_REPORT_H

#include "track/tracker.h"

void tcpfsm_report_outcome(struct tcpfsm_flow *flow,
			   const struct tcpfsm_outcome *out,
			   const struct tcpfsm_segment *seg, u64 now);
void tcpfsm_report_count_note(struct tcpfsm_tracker *tracker,
			      const struct tcpfsm_note *note);
void tcpfsm_report_change(struct tcpfsm_flow *flow,
			  const struct tcpfsm_outcome *out, u64 now);
void tcpfsm_report_opened(struct tcpfsm_flow *flow);
void tcpfsm_report_closed(struct tcpfsm_flow *flow);
void tcpfsm_report_uncount(struct tcpfsm_flow *flow);

#endif /* _TCPFSM_REPORT_H */
