/* SPDX-License-Identifier: GPL-2.0 */
/* The differences between kernel versions: the only reader of the version. */
#ifndef _TCPFSM_COMPAT_H
#define _TCPFSM_COMPAT_H

#include <linux/sysctl.h>
#include <linux/timer.h>
#include <linux/version.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 16, 0)
#define timer_container_of(var, timer, field) from_timer(var, timer, field)
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
#define tcpfsm_ctl_table struct ctl_table
#else
#define tcpfsm_ctl_table const struct ctl_table
#endif

/* Since 6.9 a family is told who joins its groups */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0)
#define TCPFSM_TELLS_JOINS	false
#define TCPFSM_GENL_BIND(call)
#else
#define TCPFSM_TELLS_JOINS	true
#define TCPFSM_GENL_BIND(call)	.bind = (call),
#endif

/* Before 6.6 a table ends with an empty entry, after 6.10 it must not */
static inline struct ctl_table_header *
tcpfsm_register_sysctl(struct net *net, const char *path,
		       struct ctl_table *table, size_t size)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
	return register_net_sysctl(net, path, table);
#else
	return register_net_sysctl_sz(net, path, table, size);
#endif
}

static inline struct nlattr **tcpfsm_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
	return genl_dumpit_info(cb)->attrs;
#else
	return genl_dumpit_info(cb)->info.attrs;
#endif
}

#endif /* _TCPFSM_COMPAT_H */
