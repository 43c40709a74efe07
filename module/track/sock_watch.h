/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Closes an end on this host when the kernel's own socket is gone: that may
 * happen without a segment, and at another time than the wire suggests.
 */
#ifndef _TCPFSM_SOCK_WATCH_H
#define _TCPFSM_SOCK_WATCH_H

#include "track/tracker.h"

/*
 * The kernel reports when a socket is closed. WRITE_ONCE() in
 * tcpfsm_sock_probe_init(), READ_ONCE() in sock_watch.c.
 */
extern bool tcpfsm_sock_watch_probed;

bool tcpfsm_sock_watch_segment(struct tcpfsm_flow *flow, enum tcpfsm_role sender,
			       const struct tcpfsm_outcome *out);
bool tcpfsm_sock_watch_look(struct tcpfsm_flow *flow, u8 roles,
			    enum tcpfsm_tw_end how);
bool tcpfsm_sock_watch_has_socket(struct tcpfsm_flow *flow);

#endif /* _TCPFSM_SOCK_WATCH_H */
