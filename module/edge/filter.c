// SPDX-License-Identifier: GPL-2.0
#include <net/ipv6.h>

#include "edge/filter.h"
#include "edge/genl.h"
#include "track/entry.h"

static int parse_prefix(struct tcpfsm_prefix *prefix, const struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	struct nlattr *tb[TCPFSM_A_PREFIX_MAX + 1];
	unsigned int bits;
	int err;

	if (!attr)
		return 0;
	err = nla_parse_nested(tb, TCPFSM_A_PREFIX_LENGTH, attr,
			       tcpfsm_prefix_nl_policy, extack);
	if (err)
		return err;
	if (!tb[TCPFSM_A_PREFIX_ADDRESS4] == !tb[TCPFSM_A_PREFIX_ADDRESS6]) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "a prefix needs one address, IPv4 or IPv6");
		return -EINVAL;
	}
	if (tb[TCPFSM_A_PREFIX_ADDRESS4]) {
		prefix->family = TCPFSM_AF_INET;
		prefix->addr.v4 = nla_get_be32(tb[TCPFSM_A_PREFIX_ADDRESS4]);
		bits = 32;
	} else {
		prefix->family = TCPFSM_AF_INET6;
		nla_memcpy(&prefix->addr, tb[TCPFSM_A_PREFIX_ADDRESS6], 16);
		bits = 128;
	}
	prefix->bits = bits;
	if (!tb[TCPFSM_A_PREFIX_LENGTH])
		return 0;
	prefix->bits = nla_get_u8(tb[TCPFSM_A_PREFIX_LENGTH]);
	if (prefix->bits <= bits)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, tb[TCPFSM_A_PREFIX_LENGTH],
			    "the prefix is longer than the address");
	return -EINVAL;
}

static u16 state_bit(const struct nlattr *attr)
{
	return attr ? 1u << nla_get_u8(attr) : 0;
}

/* Port 0 is refused, since 0 in the filter stands for any port */
static int parse_port(__be16 *port, const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	*port = nla_get_be16(attr);
	if (*port)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "no connection has port 0");
	return -EINVAL;
}

static int parse_simple(struct tcpfsm_filter *filter, struct nlattr **tb,
			struct netlink_ext_ack *extack)
{
	if (tb[TCPFSM_A_FILTER_ID]) {
		filter->id = nla_get_u64(tb[TCPFSM_A_FILTER_ID]);
		if (!filter->id) {
			NL_SET_ERR_MSG_ATTR(extack, tb[TCPFSM_A_FILTER_ID],
					    "ids begin with 1");
			return -EINVAL;
		}
	}
	if (tb[TCPFSM_A_FILTER_FAMILY]) {
		filter->family = nla_get_u8(tb[TCPFSM_A_FILTER_FAMILY]);
		if (filter->family != TCPFSM_AF_INET &&
		    filter->family != TCPFSM_AF_INET6) {
			NL_SET_ERR_MSG_ATTR(extack, tb[TCPFSM_A_FILTER_FAMILY],
					    "the family is AF_INET or AF_INET6");
			return -EAFNOSUPPORT;
		}
	}
	if (tb[TCPFSM_A_FILTER_ANOMALY])
		filter->anomalies = tcpfsm_anomaly_bit(
			nla_get_u8(tb[TCPFSM_A_FILTER_ANOMALY]));
	filter->state = state_bit(tb[TCPFSM_A_FILTER_STATE]);
	filter->end_state[TCPFSM_ROLE_CLIENT] =
		state_bit(tb[TCPFSM_A_FILTER_CLIENT_STATE]);
	filter->end_state[TCPFSM_ROLE_SERVER] =
		state_bit(tb[TCPFSM_A_FILTER_SERVER_STATE]);
	return 0;
}

/**
 * tcpfsm_filter_parse - parse the filter of a request
 * @filter: filled; without @attr it matches everything
 * @attr: the attribute with the filter, or NULL
 * @extack: says what is wrong in case of an error
 *
 * Context: Process.
 * Return: 0; -EINVAL for an id or port of 0, for a prefix without exactly one
 * address, and for a prefix longer than its address; -EAFNOSUPPORT for an
 * unknown family; or a negative errno of nla_parse_nested() (-EINVAL, -ERANGE).
 */
int tcpfsm_filter_parse(struct tcpfsm_filter *filter,
			const struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	struct nlattr *tb[TCPFSM_A_FILTER_MAX + 1];
	int err;

	memset(filter, 0, sizeof(*filter));
	if (!attr)
		return 0;
	err = nla_parse_nested(tb, TCPFSM_A_FILTER_ANOMALY, attr,
			       tcpfsm_filter_nl_policy, extack);
	if (err)
		return err;
	return parse_simple(filter, tb, extack) ?:
	       parse_prefix(&filter->addr, tb[TCPFSM_A_FILTER_ADDR], extack) ?:
	       parse_prefix(&filter->end_addr[TCPFSM_ROLE_CLIENT],
			    tb[TCPFSM_A_FILTER_SRC], extack) ?:
	       parse_prefix(&filter->end_addr[TCPFSM_ROLE_SERVER],
			    tb[TCPFSM_A_FILTER_DST], extack) ?:
	       parse_port(&filter->port, tb[TCPFSM_A_FILTER_PORT], extack) ?:
	       parse_port(&filter->end_port[TCPFSM_ROLE_CLIENT],
			  tb[TCPFSM_A_FILTER_SPORT], extack) ?:
	       parse_port(&filter->end_port[TCPFSM_ROLE_SERVER],
			  tb[TCPFSM_A_FILTER_DPORT], extack);
}

static bool in_prefix(const struct tcpfsm_prefix *prefix,
		      const struct tcpfsm_key *key, unsigned int i)
{
	if (!prefix->family)
		return true;
	if (prefix->family != key->family)
		return false;
	if (!prefix->bits)
		return true;
	if (prefix->family == TCPFSM_AF_INET)
		return !((prefix->addr.v4 ^ key->addr[i].v4) &
			 htonl(~0u << (32 - prefix->bits)));
	return ipv6_prefix_equal((const struct in6_addr *)&prefix->addr,
				 (const struct in6_addr *)&key->addr[i],
				 prefix->bits);
}

static bool is_port(__be16 port, const struct tcpfsm_key *key, unsigned int i)
{
	return !port || port == key->port[i];
}

static bool in_states(u16 states, const struct tcpfsm_end *end)
{
	return !states || states & 1u << end->state;
}

static bool match_end(const struct tcpfsm_filter *filter,
		      const struct tcpfsm_flow *flow, enum tcpfsm_role role)
{
	unsigned int i = tcpfsm_flow_index(flow, role);

	return in_states(filter->end_state[role], &flow->conn.end[role]) &&
	       is_port(filter->end_port[role], &flow->key, i) &&
	       in_prefix(&filter->end_addr[role], &flow->key, i);
}

/**
 * tcpfsm_filter_match - does a flow match a filter?
 * @filter: the filter
 * @flow: the flow
 *
 * Context: @flow->lock held.
 * Return: true if all conditions of the filter hold.
 */
bool tcpfsm_filter_match(const struct tcpfsm_filter *filter,
			 const struct tcpfsm_flow *flow)
{
	const struct tcpfsm_key *key = &flow->key;
	const struct tcpfsm_end *end = flow->conn.end;

	return (!filter->id || filter->id == flow->id) &&
	       !(filter->anomalies & ~flow->met) &&
	       (!filter->family || filter->family == key->family) &&
	       (in_states(filter->state, &end[TCPFSM_ROLE_CLIENT]) ||
		in_states(filter->state, &end[TCPFSM_ROLE_SERVER])) &&
	       (is_port(filter->port, key, 0) ||
		is_port(filter->port, key, 1)) &&
	       (in_prefix(&filter->addr, key, 0) ||
		in_prefix(&filter->addr, key, 1)) &&
	       match_end(filter, flow, TCPFSM_ROLE_CLIENT) &&
	       match_end(filter, flow, TCPFSM_ROLE_SERVER);
}

/**
 * tcpfsm_filter_flush - remove the flows that match a filter
 * @filter: the filter
 * @tracker: the tracker
 *
 * Connections that are opened meanwhile stay, so the walk ends.
 *
 * Context: Process; may sleep between two flows.
 * Return: the number of flows removed.
 */
u64 tcpfsm_filter_flush(const struct tcpfsm_filter *filter,
			struct tcpfsm_tracker *tracker)
{
	u64 last = tcpfsm_table_last_id(&tracker->table);
	struct tcpfsm_flow *flow;
	u64 id = 0, count = 0;
	bool wanted;

	for (;;) {
		rcu_read_lock();
		flow = tcpfsm_table_next(&tracker->table, &id);
		if (!flow || id > last)
			break;
		spin_lock_bh(&flow->lock);
		wanted = !flow->dead && tcpfsm_filter_match(filter, flow);
		spin_unlock_bh(&flow->lock);
		if (wanted && tcpfsm_entry_remove(flow, TCPFSM_CAUSE_FLUSH))
			count++;
		rcu_read_unlock();
		cond_resched();
	}
	rcu_read_unlock();
	return count;
}
