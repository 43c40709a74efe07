/* SPDX-License-Identifier: GPL-2.0 */
/* The life of a flow: how it is made, reopened and removed. */
#ifndef _TCPFSM_ENTRY_H
#define _TCPFSM_ENTRY_H

#include "track/tracker.h"

struct tcpfsm_flow *tcpfsm_entry_make(struct tcpfsm_tracker *tracker,
				      const struct tcpfsm_key *key,
				      unsigned int sender,
				      const struct tcpfsm_segment *seg);
void tcpfsm_entry_reopen(struct tcpfsm_flow *flow, unsigned int sender,
			 const struct tcpfsm_segment *seg,
			 const struct tcpfsm_view *view,
			 struct tcpfsm_outcome *out);
void tcpfsm_entry_end(struct tcpfsm_flow *flow, enum tcpfsm_cause cause);
void tcpfsm_entry_drop(struct tcpfsm_flow *flow);
bool tcpfsm_entry_remove(struct tcpfsm_flow *flow, enum tcpfsm_cause cause);
void tcpfsm_entry_flush(struct tcpfsm_tracker *tracker);
bool tcpfsm_entry_make_room(struct tcpfsm_tracker *tracker);

#endif /* _TCPFSM_ENTRY_H */
