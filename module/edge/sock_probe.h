/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel says when one of its sockets changes its state. */
#ifndef _TCPFSM_PROBE_H
#define _TCPFSM_PROBE_H

void tcpfsm_probe_module_init(void);
void tcpfsm_probe_module_exit(void);

#endif /* _TCPFSM_PROBE_H */
