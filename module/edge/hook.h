/* SPDX-License-Identifier: GPL-2.0 */
/* Where packets are seen: the only file that knows struct sk_buff of them. */
#ifndef _TCPFSM_HOOK_H
#define _TCPFSM_HOOK_H

struct net;

void tcpfsm_hook_module_init(void);
void tcpfsm_hook_module_exit(void);
int tcpfsm_hook_register(struct net *net);
void tcpfsm_hook_unregister(struct net *net);

#endif /* _TCPFSM_HOOK_H */
