/* SPDX-License-Identifier: GPL-2.0 */
/* The callbacks of struct tcpfsm_observer that notify netlink listeners. */
#ifndef _TCPFSM_NOTIFY_H
#define _TCPFSM_NOTIFY_H

#include "track/track.h"

void tcpfsm_notify_happened(const struct tcpfsm_flow *flow,
			    const struct tcpfsm_outcome *out,
			    const struct tcpfsm_segment *seg, u64 now);
void tcpfsm_notify_opened(const struct tcpfsm_flow *flow);
void tcpfsm_notify_closed(const struct tcpfsm_flow *flow);

#endif /* _TCPFSM_NOTIFY_H */
