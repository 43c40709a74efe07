/* SPDX-License-Identifier: GPL-2.0 */
/* What the module keeps for a network namespace. */
#ifndef _TCPFSM_NET_H
#define _TCPFSM_NET_H

#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "track/track.h"

/* LOCAL_IN, FORWARD and LOCAL_OUT, of IPv4 and IPv6 */
#define TCPFSM_HOOKS	6

struct ctl_table;
struct ctl_table_header;

/**
 * struct tcpfsm_net - what the module keeps for a network namespace
 * @tracker: the tracker
 * @mutex: serialises writers of the settings; guards @hooked, @hooks, @defrag4
 *	and @defrag6. Outermost lock, sleeps.
 * @hooked: the hooks are registered
 * @hooks: the hooks of this namespace: a copy, so that priv can be @tracker and
 *	a hook need not look it up
 * @defrag4: reassembly of IPv4 fragments is enabled, and to be disabled again
 * @defrag6: the same for IPv6
 * @sysctl: net.tcpfsm.*; constant while registered
 * @sysctl_table: table of @sysctl, whose entries point into @tracker
 *
 * When the namespace goes, the settings are unregistered first; then nothing
 * writes any more and the mutex is not needed.
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

/**
 * tcpfsm_net - what the module keeps for a namespace
 * @net: the namespace
 *
 * Context: Any, between net_init() and net_exit() in main.c.
 * Return: its struct tcpfsm_net.
 */
static inline struct tcpfsm_net *tcpfsm_net(const struct net *net)
{
	return net_generic(net, tcpfsm_net_id);
}

#endif /* _TCPFSM_NET_H */
