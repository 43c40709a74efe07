/* SPDX-License-Identifier: GPL-2.0 */
/* Changes the settings of a namespace, for sysctl net.tcpfsm.* and netlink. */
#ifndef _TCPFSM_SETTINGS_H
#define _TCPFSM_SETTINGS_H

#include "edge/net.h"

int tcpfsm_settings_find(const char *name);
int tcpfsm_settings_set(struct tcpfsm_net *tn, enum tcpfsm_setting setting,
			u64 value);
int tcpfsm_settings_register(struct tcpfsm_net *tn);
void tcpfsm_settings_unregister(struct tcpfsm_net *tn);

#endif /* _TCPFSM_SETTINGS_H */
