/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Notices timewait sockets that are destroyed by hand, as by ss -K. The kernel
 * does not report that, so their flows are visited periodically.
 */
#ifndef _TCPFSM_SOCK_SWEEP_H
#define _TCPFSM_SOCK_SWEEP_H

#include "track/tracker.h"

void tcpfsm_sock_sweep_init(struct tcpfsm_tracker *tracker);
void tcpfsm_sock_sweep_exit(struct tcpfsm_tracker *tracker);
void tcpfsm_sock_sweep_add(struct tcpfsm_flow *flow);

#endif /* _TCPFSM_SOCK_SWEEP_H */
