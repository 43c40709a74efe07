// SPDX-License-Identifier: GPL-2.0
/*
 * Sets up and tears down the module and its part of each namespace, and
 * connects the trackers with netlink and the tracepoints.
 */
#include <linux/module.h>

#include "core/version.h"
#include "edge/hook.h"
#include "edge/net.h"
#include "edge/netlink.h"
#include "edge/notify.h"
#include "edge/procfs.h"
#include "edge/settings.h"
#include "edge/sock_probe.h"
#include "track/entry.h"
#include "track/sock_sweep.h"

#define CREATE_TRACE_POINTS
#include "edge/trace.h"

static bool enabled = true;
module_param(enabled, bool, 0644);
MODULE_PARM_DESC(enabled, "track in new namespaces (net.tcpfsm.enabled)");

unsigned int tcpfsm_net_id __read_mostly;

/* Out of line: rare */
static noinline void trace(const struct tcpfsm_flow *flow,
			   const struct tcpfsm_outcome *out,
			   const struct tcpfsm_segment *seg)
{
	int i;

	for (i = 0; i < out->notes; i++)
		trace_tcpfsm_anomaly(flow, &out->note[i], seg);
	for (i = 0; i < out->count; i++)
		trace_tcpfsm_transition(flow, &out->move[i]);
}

static void on_happened(const struct tcpfsm_flow *flow,
			const struct tcpfsm_outcome *out,
			const struct tcpfsm_segment *seg, u64 now)
{
	if (trace_tcpfsm_anomaly_enabled() || trace_tcpfsm_transition_enabled())
		trace(flow, out, seg);
	tcpfsm_notify_happened(flow, out, seg, now);
}

static const struct tcpfsm_observer observer = {
	.happened	= on_happened,
	.opened		= tcpfsm_notify_opened,
	.closed		= tcpfsm_notify_closed,
};

static int __net_init net_init(struct net *net)
{
	struct tcpfsm_net *tn = tcpfsm_net(net);
	int err;

	mutex_init(&tn->mutex);
	err = tcpfsm_tracker_init(&tn->tracker, net, &observer);
	if (err)
		return err;
	tcpfsm_sock_sweep_init(&tn->tracker);
	err = tcpfsm_procfs_init(net);
	if (err)
		goto undo_tracker;
	err = tcpfsm_settings_register(tn);
	if (err)
		goto undo_procfs;
	/* Last: segments come from here on. READ_ONCE(): sysfs may write it */
	err = tcpfsm_settings_set(tn, TCPFSM_SETTING_enabled,
				  READ_ONCE(enabled));
	if (err)
		goto undo_settings;
	return 0;

undo_settings:
	tcpfsm_settings_unregister(tn);
undo_procfs:
	tcpfsm_procfs_exit(net);
undo_tracker:
	tcpfsm_tracker_destroy(&tn->tracker);
	return err;
}

/*
 * Stops readers and hooks. The kernel waits a grace period before net_exit(),
 * so that no hook is running there any more.
 */
static void __net_exit net_pre_exit(struct net *net)
{
	struct tcpfsm_net *tn = tcpfsm_net(net);

	tcpfsm_settings_unregister(tn);
	tcpfsm_procfs_exit(net);
	if (tn->hooked)
		tcpfsm_hook_unregister(net);
}

static void __net_exit net_exit(struct net *net)
{
	struct tcpfsm_tracker *tracker = &tcpfsm_net(net)->tracker;

	tcpfsm_entry_flush(tracker);
	tcpfsm_sock_sweep_exit(tracker);
	tcpfsm_tracker_destroy(tracker);
}

static struct pernet_operations net_ops = {
	.init		= net_init,
	.pre_exit	= net_pre_exit,
	.exit		= net_exit,
	.id		= &tcpfsm_net_id,
	.size		= sizeof(struct tcpfsm_net),
};

static int __init tcpfsm_init(void)
{
	int err;

	err = tcpfsm_table_module_init();
	if (err)
		return err;
	tcpfsm_hook_module_init();
	err = register_pernet_subsys(&net_ops);
	if (err)
		goto undo_hook;
	err = tcpfsm_netlink_init();
	if (err)
		goto undo_net;
	tcpfsm_sock_probe_init();
	return 0;

undo_net:
	unregister_pernet_subsys(&net_ops);
undo_hook:
	tcpfsm_hook_module_exit();
	tcpfsm_table_module_exit();
	return err;
}

static void __exit tcpfsm_exit(void)
{
	tcpfsm_sock_probe_exit();
	tcpfsm_netlink_exit();
	unregister_pernet_subsys(&net_ops);
	tcpfsm_hook_module_exit();
	tcpfsm_table_module_exit();
}

module_init(tcpfsm_init);
module_exit(tcpfsm_exit);

MODULE_LICENSE("GPL");
MODULE_VERSION(TCPFSM_VERSION);
MODULE_AUTHOR("The tcpfsm authors");
MODULE_DESCRIPTION("RFC 9293 states of both ends of every TCP connection");
