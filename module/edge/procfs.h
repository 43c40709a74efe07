/* SPDX-License-Identifier: GPL-2.0 */
/* The files in /proc/net/tcpfsm/. */
#ifndef _TCPFSM_PROCFS_H
#define _TCPFSM_PROCFS_H

struct net;

int tcpfsm_procfs_init(struct net *net);
void tcpfsm_procfs_exit(struct net *net);

#endif /* _TCPFSM_PROCFS_H */
