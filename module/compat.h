/* SPDX-License-Identifier: GPL-2.0 */
/* All differences between kernel versions; no other file reads the version. */
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

/* Since 6.9 a family can have a callback for sockets that join its groups */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0)
#define TCPFSM_TELLS_JOINS	false
#define TCPFSM_GENL_BIND(call)
#else
#define TCPFSM_TELLS_JOINS	true
#define TCPFSM_GENL_BIND(call)	.bind = (call),
#endif

/**
 * tcpfsm_register_sysctl - register a sysctl table in a namespace
 * @net: the namespace
 * @path: its directory
 * @table: @size entries, and an empty one
 * @size: number of entries without the empty one
 *
 * Before 6.6 the empty entry ends the table; after 6.10 it must not be part of
 * the table.
 *
 * Context: Process; may sleep.
 * Return: the header, or NULL without memory.
 */
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

/**
 * tcpfsm_dump_attrs - the attributes of a dump request
 * @cb: the dump
 *
 * Context: Process.
 * Return: the attributes, by type.
 */
static inline struct nlattr **tcpfsm_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
	return genl_dumpit_info(cb)->attrs;
#else
	return genl_dumpit_info(cb)->info.attrs;
#endif
}

#endif /* _TCPFSM_COMPAT_H */
