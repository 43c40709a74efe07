/* SPDX-License-Identifier: GPL-2.0 */
/* Nobody tells when a TIME-WAIT is destroyed by hand: look now and then. */
#ifndef _TCPFSM_SOCK_SWEEP_H
#define _TCPFSM_SOCK_SWEEP_H

#include "track/tracker.h"

void tcpfsm_sock_sweep_init(struct tcpfsm_tracker *tracker);
void tcpfsm_sock_sweep_exit(struct tcpfsm_tracker *tracker);
void tcpfsm_sock_sweep_add(struct tcpfsm_flow *flow);

#endif /* _TCPFSM_SOCK_SWEEP_H */
