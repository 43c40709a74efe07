/* SPDX-License-Identifier: GPL-2.0 */
/* How an entry leaves the table, and makes room for another one. */
#ifndef _TCPFSM_ENTRY_H
#define _TCPFSM_ENTRY_H

#include "track/tracker.h"

void tcpfsm_entry_report(struct tcpfsm_flow *flow, enum tcpfsm_cause cause,
			 enum tcpfsm_wait wait,
			 const struct tcpfsm_outcome *out,
			 const struct tcpfsm_segment *seg, u64 now);
bool tcpfsm_entry_remove(struct tcpfsm_flow *flow, enum tcpfsm_cause cause);
void tcpfsm_entry_flush(struct tcpfsm_tracker *tracker);
bool tcpfsm_entry_make_room(struct tcpfsm_tracker *tracker);

#endif /* _TCPFSM_ENTRY_H */
