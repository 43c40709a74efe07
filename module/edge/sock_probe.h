/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel says when one of its sockets changes its state. */
#ifndef _TCPFSM_SOCK_PROBE_H
#define _TCPFSM_SOCK_PROBE_H

void tcpfsm_sock_probe_init(void);
void tcpfsm_sock_probe_exit(void);

#endif /* _TCPFSM_SOCK_PROBE_H */
