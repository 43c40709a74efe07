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
 * Whether a socket has ever joined a group, of any namespace: until then nobody
 * needs to be looked for. Where the kernel does not say, one may have.
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
 * Segments come before the family is registered and after it is gone; then its
 * groups are somebody else's.
 */
bool tcpfsm_netlink_is_up __read_mostly;

static struct tcpfsm_net *net_of(const struct sk_buff *skb)
{
	return tcpfsm_net(sock_net(skb->sk));
}

/* A number */
#define NUMBER_SIZE 512

/* A connection with all it can have, tcpfsm_nl_put_size() of it */
#define CONN_SIZE_MAX 8192

static void *begin(struct sk_buff *skb, u32 portid, u32 seq, int flags, u8 cmd)
{
	return genlmsg_put(skb, portid, seq, &tcpfsm_nl_family, flags, cmd);
}

/* A connection that died meanwhile, or is not wanted, is no error */
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

/* What the reader asks for; sockets belong to the details */
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
 * struct dump - where a dump of connections is
 * @id: of the last one that was looked at
 * @last: of the last one that there was when the dump began
 *
 * Fits into netlink_callback.ctx, so nothing is left behind by a reader that
 * goes away.
 */
struct dump {
	u64	id;
	u64	last;
};

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
	/* The reader is told by NLM_F_DUMP_INTR when seq changes; 0 is never */
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
		/* A filter may pass over a whole table in one call */
		cond_resched();
	} while (!err);
	return skb->len;
}

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
	/* First what can fail, then what cannot be undone */
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
 * A list, a message for each item, by its place in it. put() answers 0, or
 * another number where there is no such item or no room for it.
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

int tcpfsm_nl_stats_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb)
{
	return dump_list(skb, cb, TCPFSM_CMD_STATS_GET, put_stat);
}

int tcpfsm_nl_anomalies_get_dumpit(struct sk_buff *skb,
				   struct netlink_callback *cb)
{
	return dump_list(skb, cb, TCPFSM_CMD_ANOMALIES_GET, put_anomaly);
}

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

int tcpfsm_nl_settings_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb)
{
	return dump_list(skb, cb, TCPFSM_CMD_SETTINGS_GET, put_setting);
}

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
 * Return: 0, or a negative errno of genl_register_family().
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
 * Sleeps until no event is on its way any more.
 */
void tcpfsm_netlink_exit(void)
{
	WRITE_ONCE(tcpfsm_netlink_is_up, false);
	synchronize_rcu();
	genl_unregister_family(&tcpfsm_nl_family);
}
