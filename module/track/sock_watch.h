/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel's own sockets say of the ends that are here: they end
 * silently, and not when the wire would have it.
 */
#ifndef _TCPFSM_SOCK_WATCH_H
#define _TCPFSM_SOCK_WATCH_H

#include "track/tracker.h"

/* The kernel says when a socket is closed */
extern bool tcpfsm_sock_watch_is_told;

bool tcpfsm_sock_watch_after(struct tcpfsm_flow *flow, enum tcpfsm_role sender,
			     const struct tcpfsm_outcome *out);
bool tcpfsm_sock_watch_look(struct tcpfsm_flow *flow, u8 roles,
			    enum tcpfsm_tw_end how);
bool tcpfsm_sock_watch_holds(struct tcpfsm_flow *flow);

#endif /* _TCPFSM_SOCK_WATCH_H */
