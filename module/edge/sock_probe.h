/* SPDX-License-Identifier: GPL-2.0 */
/* Gets a report from the kernel when one of its TCP sockets is closed. */
#ifndef _TCPFSM_SOCK_PROBE_H
#define _TCPFSM_SOCK_PROBE_H

void tcpfsm_sock_probe_init(void);
void tcpfsm_sock_probe_exit(void);

#endif /* _TCPFSM_SOCK_PROBE_H */
