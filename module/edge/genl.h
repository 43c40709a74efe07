/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/tcpfsm.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_TCPFSM_GEN_H
#define _LINUX_TCPFSM_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/tcpfsm.h>

/* Common nested types */
extern const struct nla_policy tcpfsm_filter_nl_policy[TCPFSM_A_FILTER_ANOMALY + 1];
extern const struct nla_policy tcpfsm_prefix_nl_policy[TCPFSM_A_PREFIX_LENGTH + 1];

/* Global operation policy for tcpfsm */
extern const struct nla_policy tcpfsm_nl_policy[TCPFSM_A_BRIEF + 1];

/* Ops table for tcpfsm */
extern const struct genl_small_ops tcpfsm_nl_ops[8];

int tcpfsm_nl_conn_get_doit(struct sk_buff *skb, struct genl_info *info);
int tcpfsm_nl_conn_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int tcpfsm_nl_conn_del_doit(struct sk_buff *skb, struct genl_info *info);
int tcpfsm_nl_stats_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int tcpfsm_nl_anomalies_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb);
int tcpfsm_nl_timewait_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb);
int tcpfsm_nl_settings_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb);
int tcpfsm_nl_settings_set_doit(struct sk_buff *skb, struct genl_info *info);
int tcpfsm_nl_histogram_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb);

enum {
	TCPFSM_NLGRP_TRANSITIONS,
	TCPFSM_NLGRP_LIFECYCLE,
	TCPFSM_NLGRP_ANOMALIES,
};

#endif /* _LINUX_TCPFSM_GEN_H */
