// SPDX-License-Identifier: GPL-2.0
/* Descriptions of the settings, from TCPFSM_SETTINGS in defs.h; timeouts. */
#include "core/setting.h"

#define X(n, lowest, highest, initial, text)		\
	[TCPFSM_SETTING_##n] = {			\
		.name = #n,				\
		.min = lowest,				\
		.max = highest,				\
		.value = initial,			\
		.doc = text,				\
	},
const struct tcpfsm_setting_info tcpfsm_setting_infos[TCPFSM_SETTING_COUNT] = {
	TCPFSM_SETTINGS(X)
};
#undef X

/**
 * tcpfsm_setting_defaults - set every setting to its default value
 * @setting: the values, by enum tcpfsm_setting
 *
 * The caller has @setting to itself.
 */
void tcpfsm_setting_defaults(u32 setting[TCPFSM_SETTING_COUNT])
{
	int i;

	for (i = 0; i < TCPFSM_SETTING_COUNT; i++)
		setting[i] = tcpfsm_setting_infos[i].value;
}

/**
 * tcpfsm_setting_timeout - how long a connection is kept without a segment
 * @setting: the values; may be written concurrently
 * @wait: what the connection waits for
 *
 * TIME-WAIT has no setting: it lasts 2MSL.
 *
 * Return: the timeout, seconds.
 */
u32 tcpfsm_setting_timeout(const u32 setting[TCPFSM_SETTING_COUNT],
			   enum tcpfsm_wait wait)
{
	static const u8 timeouts[] = {
		[TCPFSM_WAIT_HALF_OPEN]	= TCPFSM_SETTING_timeout_half_open,
		[TCPFSM_WAIT_LIVE]	= TCPFSM_SETTING_timeout_established,
		[TCPFSM_WAIT_CLOSING]	= TCPFSM_SETTING_timeout_closing,
		[TCPFSM_WAIT_CLOSED]	= TCPFSM_SETTING_timeout_closed,
	};

	if (wait == TCPFSM_WAIT_TIME_WAIT)
		return TCPFSM_2MSL_SEC;
	return READ_ONCE(setting[timeouts[wait]]);
}
