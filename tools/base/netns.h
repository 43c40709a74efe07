/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _TCPFSM_TOOL_NETNS_H
#define _TCPFSM_TOOL_NETNS_H

/*
 * Move this process to a network namespace: a name that 'ip netns' knows, a path,
 * or the id of a process in it. A status.
 */
int netns_enter(const char *netns);

#endif /* _TCPFSM_TOOL_NETNS_H */
