/* SPDX-License-Identifier: GPL-2.0 */
/* One network namespace: its tracker, and what stands at its edges. */
#ifndef _TCPFSM_NET_H
#define _TCPFSM_NET_H

#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "track/track.h"

/* In, forward and out, of IPv4 and IPv6 */
#define TCPFSM_HOOKS	6

struct ctl_table;
struct ctl_table_header;

/**
 * struct tcpfsm_net - one network namespace
 * @tracker: its connections
 * @mutex: guards @hooked against two writers of the settings
 * @hooked: the hooks are registered
 * @hooks: they: so each is called with its tracker, and need not look for it
 * @defrag4: reassembly of IPv4 is enabled for us
 * @defrag6: the same for IPv6
 * @sysctl: net.tcpfsm.*
 * @sysctl_table: its own copy of the table
 */
struct tcpfsm_net {
	struct tcpfsm_tracker	tracker;
	struct mutex		mutex;	/* see above */
	bool			hooked;
	struct nf_hook_ops	hooks[TCPFSM_HOOKS];
	bool			defrag4;
	bool			defrag6;
	struct ctl_table_header	*sysctl;
	struct ctl_table	*sysctl_table;
};

extern unsigned int tcpfsm_net_id;

static inline struct tcpfsm_net *tcpfsm_net(const struct net *net)
{
	return net_generic(net, tcpfsm_net_id);
}

#endif /* _TCPFSM_NET_H */
