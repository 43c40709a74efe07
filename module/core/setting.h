/* SPDX-License-Identifier: GPL-2.0 */
/* The settings of a network namespace, or of the replay of a capture. */
#ifndef _TCPFSM_SETTING_H
#define _TCPFSM_SETTING_H

#include "core/conn_types.h"

#define X(name, min, max, value, doc) TCPFSM_SETTING_##name,
enum tcpfsm_setting { TCPFSM_SETTINGS(X) TCPFSM_SETTING_COUNT };
#undef X

/**
 * struct tcpfsm_setting_info - description of a setting
 * @name: name of the sysctl, net.tcpfsm.<name>
 * @min: lowest value
 * @max: highest value
 * @value: default value
 * @doc: meaning with unit, one line
 */
struct tcpfsm_setting_info {
	const char	*name;
	u32		min;
	u32		max;
	u32		value;
	const char	*doc;
};

extern const struct tcpfsm_setting_info
tcpfsm_setting_infos[TCPFSM_SETTING_COUNT];

void tcpfsm_setting_defaults(u32 setting[TCPFSM_SETTING_COUNT]);
u32 tcpfsm_setting_timeout(const u32 setting[TCPFSM_SETTING_COUNT],
			   enum tcpfsm_wait wait);

#endif /* _TCPFSM_SETTING_H */
