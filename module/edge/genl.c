// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/tcpfsm.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "genl.h"

#include <uapi/linux/tcpfsm.h>

/* Common nested types */
const struct nla_policy tcpfsm_filter_nl_policy[TCPFSM_A_FILTER_ANOMALY + 1] = {
	[TCPFSM_A_FILTER_FAMILY] = { .type = NLA_U8, },
	[TCPFSM_A_FILTER_ID] = { .type = NLA_U64, },
	[TCPFSM_A_FILTER_STATE] = NLA_POLICY_MAX(NLA_U8, 10),
	[TCPFSM_A_FILTER_CLIENT_STATE] = NLA_POLICY_MAX(NLA_U8, 10),
	[TCPFSM_A_FILTER_SERVER_STATE] = NLA_POLICY_MAX(NLA_U8, 10),
	[TCPFSM_A_FILTER_SRC] = NLA_POLICY_NESTED(tcpfsm_prefix_nl_policy),
	[TCPFSM_A_FILTER_DST] = NLA_POLICY_NESTED(tcpfsm_prefix_nl_policy),
	[TCPFSM_A_FILTER_ADDR] = NLA_POLICY_NESTED(tcpfsm_prefix_nl_policy),
	[TCPFSM_A_FILTER_SPORT] = { .type = NLA_U16, },
	[TCPFSM_A_FILTER_DPORT] = { .type = NLA_U16, },
	[TCPFSM_A_FILTER_PORT] = { .type = NLA_U16, },
	[TCPFSM_A_FILTER_ANOMALY] = NLA_POLICY_MAX(NLA_U8, 46),
};

const struct nla_policy tcpfsm_prefix_nl_policy[TCPFSM_A_PREFIX_LENGTH + 1] = {
	[TCPFSM_A_PREFIX_ADDRESS4] = { .type = NLA_U32, },
	[TCPFSM_A_PREFIX_ADDRESS6] = NLA_POLICY_EXACT_LEN(16),
	[TCPFSM_A_PREFIX_LENGTH] = NLA_POLICY_MAX(NLA_U8, 128),
};

/* Global operation policy for tcpfsm */
const struct nla_policy tcpfsm_nl_policy[TCPFSM_A_BRIEF + 1] = {
	[TCPFSM_A_ID] = { .type = NLA_U64, },
	[TCPFSM_A_FILTER] = NLA_POLICY_NESTED(tcpfsm_filter_nl_policy),
	[TCPFSM_A_NAME] = { .type = NLA_NUL_STRING, .len = 47, },
	[TCPFSM_A_VALUE] = { .type = NLA_U64, },
	[TCPFSM_A_WITH_SEGMENTS] = { .type = NLA_FLAG, },
	[TCPFSM_A_BRIEF] = { .type = NLA_FLAG, },
};

/* Ops table for tcpfsm */
const struct genl_small_ops tcpfsm_nl_ops[8] = {
	{
		.cmd	= TCPFSM_CMD_CONN_GET,
		.doit	= tcpfsm_nl_conn_get_doit,
		.dumpit	= tcpfsm_nl_conn_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd	= TCPFSM_CMD_CONN_DEL,
		.doit	= tcpfsm_nl_conn_del_doit,
		.flags	= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd	= TCPFSM_CMD_STATS_GET,
		.dumpit	= tcpfsm_nl_stats_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd	= TCPFSM_CMD_ANOMALIES_GET,
		.dumpit	= tcpfsm_nl_anomalies_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd	= TCPFSM_CMD_TIMEWAIT_GET,
		.dumpit	= tcpfsm_nl_timewait_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd	= TCPFSM_CMD_SETTINGS_GET,
		.dumpit	= tcpfsm_nl_settings_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd	= TCPFSM_CMD_SETTINGS_SET,
		.doit	= tcpfsm_nl_settings_set_doit,
		.flags	= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd	= TCPFSM_CMD_HISTOGRAM_GET,
		.dumpit	= tcpfsm_nl_histogram_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM,
	},
};
