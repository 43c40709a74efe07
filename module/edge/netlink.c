// SPDX-License-Identifier: GPL-2.0
#include <net/genetlink.h>
#include <net/sock.h>

#include "compat.h"
#include "edge/filter.h"
#include "edge/genl.h"
#include "edge/net.h"
#include "edge/netlink.h"
#include "edge/nl_put.h"
#include "edge/settings.h"

static const struct genl_multicast_group groups[] = {
	[TCPFSM_NLGRP_TRANSITIONS] = {
		.name	= TCPFSM_MCGRP_TRANSITIONS,
		.flags	= GENL_MCAST_CAP_NET_ADMIN,
	},
	[TCPFSM_NLGRP_LIFECYCLE] = {
		.name	= TCPFSM_MCGRP_LIFECYCLE,
		.flags	= GENL_MCAST_CAP_NET_ADMIN,
	},
	[TCPFSM_NLGRP_ANOMALIES] = {
		.name	= TCPFSM_MCGRP_ANOMALIES,
		.flags	= GENL_MCAST_CAP_NET_ADMIN,
	},
};

/*
 * Has a socket of any namespace ever joined a multicast group? Before that no
 * notification needs to look for listeners. Always true for kernels that do not
 * report joins.
 */
bool tcpfsm_netlink_is_joined __read_mostly = !TCPFSM_TELLS_JOINS;

static int __maybe_unused on_join(int group)
{
	WRITE_ONCE(tcpfsm_netlink_is_joined, true);
	return 0;
}

struct genl_family tcpfsm_nl_family __ro_after_init = {
	.name		= TCPFSM_FAMILY_NAME,
	.version	= TCPFSM_FAMILY_VERSION,
	.module		= THIS_MODULE,
	.netnsok	= true,
	.parallel_ops	= true,
	.maxattr	= TCPFSM_A_BRIEF,
	.policy		= tcpfsm_nl_policy,
	.small_ops	= tcpfsm_nl_ops,
	.n_small_ops	= ARRAY_SIZE(tcpfsm_nl_ops),
	.mcgrps		= groups,
	.n_mcgrps	= ARRAY_SIZE(groups),
	TCPFSM_GENL_BIND(on_join)
};

/*
 * Segments come before the family is registered and after it is unregistered.
 * Its group numbers may belong to another family then, so none may be used.
 */
bool tcpfsm_netlink_is_up __read_mostly;

static struct tcpfsm_net *net_of(const struct sk_buff *skb)
{
	return tcpfsm_net(sock_net(skb->sk));
}

/* Room for a message with a number */
#define NUMBER_SIZE 512

/* Room for any connection, see tcpfsm_nl_put_size() */
#define CONN_SIZE_MAX 8192

static void *begin(struct sk_buff *skb, u32 portid, u32 seq, int flags, u8 cmd)
{
	return genlmsg_put(skb, portid, seq, &tcpfsm_nl_family, flags, cmd);
}

/*
 * Puts a connection into a message. A flow that is dead or does not match is
 * skipped, which is no error. @cb: of a dump, or NULL.
 */
static int put_conn(struct sk_buff *skb, struct tcpfsm_flow *flow,
		    const struct tcpfsm_filter *filter, unsigned int with,
		    u32 portid, u32 seq, struct netlink_callback *cb)
{
	int flags = cb ? NLM_F_MULTI : 0;
	void *header = NULL;
	int err = 0;

	spin_lock_bh(&flow->lock);
	if (!flow->dead && tcpfsm_filter_match(filter, flow)) {
		tcpfsm_flow_catch_up(flow);
		header = begin(skb, portid, seq, flags, TCPFSM_CMD_CONN_GET);
		err = header ? tcpfsm_nl_put_conn(skb, flow, with) :
			       -EMSGSIZE;
	}
	spin_unlock_bh(&flow->lock);
	if (err)
		genlmsg_cancel(skb, header);
	if (err || !header)
		return err;
	if (cb)
		genl_dump_check_consistent(cb, header);
	genlmsg_end(skb, header);
	return 0;
}

/* The flags for tcpfsm_nl_put_conn(): sockets are part of all but brief ones */
static unsigned int wanted(struct nlattr *const *attrs)
{
	return (attrs[TCPFSM_A_BRIEF] ? TCPFSM_BRIEF : TCPFSM_WITH_SOCKETS) |
	       (attrs[TCPFSM_A_WITH_SEGMENTS] ? TCPFSM_WITH_SEGMENTS : 0);
}

static int get_conn(struct tcpfsm_net *tn, struct sk_buff *msg,
		    const struct tcpfsm_filter *filter,
		    const struct genl_info *info)
{
	struct tcpfsm_flow *flow;
	int err = 0;

	rcu_read_lock();
	flow = tcpfsm_table_get(&tn->tracker.table, filter->id);
	if (flow)
		err = put_conn(msg, flow, filter, wanted(info->attrs),
			       info->snd_portid, info->snd_seq, NULL);
	rcu_read_unlock();
	if (!err && !msg->len)
		err = -ENOENT;
	return err;
}

/**
 * tcpfsm_nl_conn_get_doit - answer conn-get: one connection, by its id
 * @skb: the request
 * @info: its attributes
 *
 * Context: Process; may sleep.
 * Return: 0; -EINVAL without an id; -ENOENT if no connection has it; -ENOMEM;
 * -EMSGSIZE; or a negative errno of genlmsg_reply().
 */
int tcpfsm_nl_conn_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct tcpfsm_filter filter = { };
	struct sk_buff *msg;
	int err;

	if (!info->attrs[TCPFSM_A_ID]) {
		NL_SET_ERR_MSG(info->extack,
			       "say which connection by its id, or dump them");
		return -EINVAL;
	}
	filter.id = nla_get_u64(info->attrs[TCPFSM_A_ID]);
	msg = genlmsg_new(CONN_SIZE_MAX, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	err = get_conn(net_of(skb), msg, &filter, info);
	if (err == -ENOENT)
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[TCPFSM_A_ID],
				    "no connection has this id");
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

/**
 * struct dump - cursor of a dump of connections
 * @id: id of the last connection that was put or skipped
 * @last: the last id given out before the dump began; the dump ends there
 *
 * Kept in netlink_callback.ctx, so that nothing has to be freed when the reader
 * goes away. Written by the dump only, which netlink serialises.
 */
struct dump {
	u64	id;
	u64	last;
};

/**
 * tcpfsm_nl_conn_get_dumpit - answer conn-get: all connections that match
 * @skb: filled with as many connections as fit
 * @cb: the dump, and the attributes of the request
 *
 * Context: Process; may sleep between two flows.
 * Return: octets in @skb, 0 when done; or a negative errno of
 * tcpfsm_filter_parse().
 */
int tcpfsm_nl_conn_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct tcpfsm_table *table = &net_of(cb->skb)->tracker.table;
	struct dump *dump = (struct dump *)cb->ctx;
	struct nlattr **attrs = tcpfsm_dump_attrs(cb);
	struct tcpfsm_filter filter;
	struct tcpfsm_flow *flow;
	u64 id = dump->id;
	int err;

	BUILD_BUG_ON(sizeof(*dump) > sizeof(cb->ctx));
	err = tcpfsm_filter_parse(&filter, attrs[TCPFSM_A_FILTER], cb->extack);
	if (err)
		return err;

	if (!dump->last)
		dump->last = tcpfsm_table_last_id(table);
	/* NLM_F_DUMP_INTR tells the reader that seq has changed; 0: unset */
	cb->seq = atomic_read(&table->changes) * 2u + 1;

	do {
		rcu_read_lock();
		flow = tcpfsm_table_next(table, &id);
		if (id > dump->last)
			flow = NULL;
		err = flow ? put_conn(skb, flow, &filter, wanted(attrs),
				      NETLINK_CB(cb->skb).portid,
				      cb->nlh->nlmsg_seq, cb) : -ENOENT;
		rcu_read_unlock();
		if (!err)
			dump->id = id;
		/* A filter may skip a whole table in one call */
		cond_resched();
	} while (!err);
	return skb->len;
}

/**
 * tcpfsm_nl_conn_del_doit - answer conn-del: remove connections that match
 * @skb: the request
 * @info: its attributes
 *
 * Replies with the number of connections.
 *
 * Context: Process; may sleep.
 * Return: 0; -ENOMEM, and nothing was removed; -EMSGSIZE; or a negative errno
 * of tcpfsm_filter_parse() or genlmsg_reply().
 */
int tcpfsm_nl_conn_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct tcpfsm_net *tn = net_of(skb);
	struct tcpfsm_filter filter;
	struct sk_buff *msg;
	void *header;
	u64 count;
	int err;

	err = tcpfsm_filter_parse(&filter, info->attrs[TCPFSM_A_FILTER],
				  info->extack);
	if (err)
		return err;
	/* The removal cannot be undone: allocate first */
	msg = genlmsg_new(NUMBER_SIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	count = tcpfsm_filter_flush(&filter, &tn->tracker);
	header = begin(msg, info->snd_portid, info->snd_seq, 0,
		       TCPFSM_CMD_CONN_DEL);
	if (!header ||
	    nla_put_u64_64bit(msg, TCPFSM_A_COUNT, count, TCPFSM_A_PAD)) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, header);
	return genlmsg_reply(msg, info);
}

/*
 * Dumps a list, one message for each item. @put puts the item at place @i; it
 * returns 0, or an errno if there is no such item or no room for it.
 */
static int dump_list(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		     int (*put)(struct sk_buff *skb,
				const struct tcpfsm_net *tn, long i))
{
	const struct tcpfsm_net *tn = net_of(cb->skb);
	long *index = &cb->args[0];

	for (;; ++*index) {
		void *header = begin(skb, NETLINK_CB(cb->skb).portid,
				     cb->nlh->nlmsg_seq, NLM_F_MULTI, cmd);

		if (!header)
			break;
		if (put(skb, tn, *index)) {
			genlmsg_cancel(skb, header);
			break;
		}
		genlmsg_end(skb, header);
	}
	return skb->len;
}

static int put_named(struct sk_buff *skb, const struct tcpfsm_net *tn,
		     enum tcpfsm_group group, long i)
{
	struct tcpfsm_named named;

	if (!tcpfsm_tracker_read(&tn->tracker, group, i, &named))
		return -ENOENT;
	if (nla_put_string(skb, TCPFSM_A_NAME, named.name))
		return -EMSGSIZE;
	return nla_put_u64_64bit(skb, TCPFSM_A_VALUE, named.value,
				 TCPFSM_A_PAD);
}

static int put_stat(struct sk_buff *skb, const struct tcpfsm_net *tn, long i)
{
	return put_named(skb, tn, TCPFSM_GROUP_STATS, i);
}

static int put_anomaly(struct sk_buff *skb, const struct tcpfsm_net *tn,
		       long i)
{
	return put_named(skb, tn, TCPFSM_GROUP_ANOMALIES, i);
}

static int put_timewait(struct sk_buff *skb, const struct tcpfsm_net *tn,
			long i)
{
	return put_named(skb, tn, TCPFSM_GROUP_TIMEWAIT, i);
}

/**
 * tcpfsm_nl_stats_get_dumpit - answer stats-get: counters
 * @skb: filled with as many counters as fit
 * @cb: the dump
 *
 * Context: Process.
 * Return: octets in @skb, 0 when done.
 */
int tcpfsm_nl_stats_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb)
{
	return dump_list(skb, cb, TCPFSM_CMD_STATS_GET, put_stat);
}

/**
 * tcpfsm_nl_anomalies_get_dumpit - answer anomalies-get: counts of anomalies
 * @skb: filled with as many counts as fit
 * @cb: the dump
 *
 * Context: Process.
 * Return: octets in @skb, 0 when done.
 */
int tcpfsm_nl_anomalies_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb)
{
	return dump_list(skb, cb, TCPFSM_CMD_ANOMALIES_GET, put_anomaly);
}

/**
 * tcpfsm_nl_timewait_get_dumpit - answer timewait-get: counters of TIME-WAIT
 * @skb: filled with as many counters as fit
 * @cb: the dump
 *
 * Context: Process.
 * Return: octets in @skb, 0 when done.
 */
int tcpfsm_nl_timewait_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb)
{
	return dump_list(skb, cb, TCPFSM_CMD_TIMEWAIT_GET, put_timewait);
}

static int nest_histogram(struct sk_buff *skb, const char *name,
			  const struct tcpfsm_hist *hist)
{
	struct nlattr *nest = nla_nest_start(skb, TCPFSM_A_HISTOGRAM);
	int i, last = TCPFSM_HIST_BUCKETS;

	if (!nest || nla_put_string(skb, TCPFSM_A_HISTOGRAM_NAME, name) ||
	    nla_put_u64_64bit(skb, TCPFSM_A_HISTOGRAM_COUNT, hist->count,
			      TCPFSM_A_HISTOGRAM_PAD) ||
	    nla_put_u64_64bit(skb, TCPFSM_A_HISTOGRAM_SUM, hist->sum,
			      TCPFSM_A_HISTOGRAM_PAD) ||
	    nla_put_u64_64bit(skb, TCPFSM_A_HISTOGRAM_MAXIMUM, hist->max,
			      TCPFSM_A_HISTOGRAM_PAD))
		return -EMSGSIZE;
	while (last && !hist->bucket[last - 1])
		last--;
	for (i = 0; i < last; i++)
		if (nla_put_u64_64bit(skb, TCPFSM_A_HISTOGRAM_BUCKET,
				      hist->bucket[i], TCPFSM_A_HISTOGRAM_PAD))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_histogram(struct sk_buff *skb, const struct tcpfsm_net *tn,
			 long i)
{
	char name[TCPFSM_NAME_MAX];
	struct tcpfsm_hist hist;

	if (!tcpfsm_stats_histogram(tn->tracker.stats, i, name, &hist))
		return -ENOENT;
	return nest_histogram(skb, name, &hist);
}

/**
 * tcpfsm_nl_histogram_get_dumpit - answer histogram-get: times in state
 * @skb: filled with as many histograms as fit
 * @cb: the dump
 *
 * Context: Process.
 * Return: octets in @skb, 0 when done.
 */
int tcpfsm_nl_histogram_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb)
{
	return dump_list(skb, cb, TCPFSM_CMD_HISTOGRAM_GET, put_histogram);
}

static int put_setting(struct sk_buff *skb, const struct tcpfsm_net *tn,
		       long i)
{
	const struct tcpfsm_setting_info *info = &tcpfsm_setting_infos[i];

	if (i >= TCPFSM_SETTING_COUNT)
		return -ENOENT;
	if (nla_put_string(skb, TCPFSM_A_NAME, info->name) ||
	    nla_put_u64_64bit(skb, TCPFSM_A_VALUE,
			      tcpfsm_setting(&tn->tracker, i), TCPFSM_A_PAD) ||
	    nla_put_u64_64bit(skb, TCPFSM_A_MINIMUM, info->min,
			      TCPFSM_A_PAD) ||
	    nla_put_u64_64bit(skb, TCPFSM_A_MAXIMUM, info->max,
			      TCPFSM_A_PAD) ||
	    nla_put_string(skb, TCPFSM_A_DOC, info->doc))
		return -EMSGSIZE;
	return 0;
}

/**
 * tcpfsm_nl_settings_get_dumpit - answer settings-get: settings with bounds
 * @skb: filled with as many settings as fit
 * @cb: the dump
 *
 * Context: Process.
 * Return: octets in @skb, 0 when done.
 */
int tcpfsm_nl_settings_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb)
{
	return dump_list(skb, cb, TCPFSM_CMD_SETTINGS_GET, put_setting);
}

/**
 * tcpfsm_nl_settings_set_doit - answer settings-set: change a setting
 * @skb: the request
 * @info: its attributes
 *
 * Context: Process; may sleep.
 * Return: 0; -EINVAL without a name or a value; -ENOENT for an unknown name; or
 * a negative errno of tcpfsm_settings_set().
 */
int tcpfsm_nl_settings_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *name = info->attrs[TCPFSM_A_NAME];
	struct nlattr *value = info->attrs[TCPFSM_A_VALUE];
	int setting, err;

	if (!name || !value) {
		NL_SET_ERR_MSG(info->extack,
			       "a setting needs a name and a value");
		return -EINVAL;
	}
	setting = tcpfsm_settings_find(nla_data(name));
	if (setting < 0) {
		NL_SET_ERR_MSG_ATTR(info->extack, name,
				    "there is no setting of this name");
		return setting;
	}
	err = tcpfsm_settings_set(net_of(skb), setting, nla_get_u64(value));
	if (err == -ERANGE)
		NL_SET_ERR_MSG_ATTR(info->extack, value,
				    "the value is below the minimum or above the maximum");
	else if (err)
		NL_SET_ERR_MSG(info->extack,
			       "the hooks could not be registered");
	return err;
}

/**
 * tcpfsm_netlink_init - register the family
 *
 * Context: Process; may sleep.
 * Return: 0, or a negative errno of genl_register_family() (-EINVAL, -EEXIST,
 * -ENOMEM).
 */
int tcpfsm_netlink_init(void)
{
	int err = genl_register_family(&tcpfsm_nl_family);

	if (!err)
		WRITE_ONCE(tcpfsm_netlink_is_up, true);
	return err;
}

/**
 * tcpfsm_netlink_exit - undo tcpfsm_netlink_init()
 *
 * Waits a grace period for notifications that are being sent.
 *
 * Context: Process; sleeps.
 */
void tcpfsm_netlink_exit(void)
{
	WRITE_ONCE(tcpfsm_netlink_is_up, false);
	synchronize_rcu();
	genl_unregister_family(&tcpfsm_nl_family);
}
