/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The netfilter hooks that see the packets. Everything below gets segments, and
 * knows nothing of the sk_buff of a packet.
 */
#ifndef _TCPFSM_HOOK_H
#define _TCPFSM_HOOK_H

struct net;

void tcpfsm_hook_module_init(void);
void tcpfsm_hook_module_exit(void);
int tcpfsm_hook_register(struct net *net);
void tcpfsm_hook_unregister(struct net *net);

#endif /* _TCPFSM_HOOK_H */
