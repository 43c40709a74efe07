// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "base/names.h"
#include "base/options.h"
#include "base/out.h"
#include "nl/msg.h"
#include "print/conn_json.h"
#include "print/resolve.h"

static void json_number(const char *key, bool have, uint64_t value)
{
	if (have)
		out_u64(key, NULL, value);
}

static void json_name(const char *key, bool have, const struct names *names, unsigned int value)
{
	if (have)
		out_str(key, names_get(names, value));
}

static void json_seconds(const char *key, bool have, uint64_t ns)
{
	if (have)
		out_seconds(key, ns);
}

static void json_address(const struct msg *msg, int role)
{
	char address[INET6_ADDRSTRLEN];

	out_str("address", resolve_address(&msg->end[role], msg->family,
					   address, sizeof(address)));
	out_u64("port", NULL, ntohs(msg->end[role].port));
}

static void json_socket(const struct msg_endpoint *end)
{
	json_name("socket_state", MSG_HAS(end, TCPFSM_A_ENDPOINT_SOCKET_STATE), &names_state,
		  end->socket_state);
	json_number("uid", MSG_HAS(end, TCPFSM_A_ENDPOINT_UID), end->uid);
	json_number("inode", MSG_HAS(end, TCPFSM_A_ENDPOINT_INODE), end->inode);
	json_number("cgroup", MSG_HAS(end, TCPFSM_A_ENDPOINT_CGROUP), end->cgroup);
}

static void json_stays(const struct msg_endpoint *end)
{
	unsigned int state;

	out_object("time_in_state");
	for (state = 0; state < TCPFSM_STATE_COUNT; state++)
		json_seconds(names_get(&names_state, state), end->stays & 1u << state,
			     end->stay[state]);
	out_object_end();
}

static void json_endpoint(const struct msg *msg, int role)
{
	const struct msg_endpoint *end = &msg->end[role];

	out_object(names_get(&names_role, role));
	json_address(msg, role);
	json_name("state", MSG_HAS(end, TCPFSM_A_ENDPOINT_STATE), &names_state, end->state);
	out_bool("confirmed", MSG_HAS(end, TCPFSM_A_ENDPOINT_CONFIRMED));
	out_bool("local", MSG_HAS(end, TCPFSM_A_ENDPOINT_LOCAL));
	json_seconds("since", MSG_HAS(end, TCPFSM_A_ENDPOINT_SINCE), end->since);
	json_number("isn", MSG_HAS(end, TCPFSM_A_ENDPOINT_ISN), end->isn);
	json_number("packets", MSG_HAS(end, TCPFSM_A_ENDPOINT_PACKETS), end->packets);
	json_number("bytes", MSG_HAS(end, TCPFSM_A_ENDPOINT_BYTES), end->bytes);
	json_number("retransmits", MSG_HAS(end, TCPFSM_A_ENDPOINT_RETRANSMITS),
		    end->retransmits);
	json_number("unseen", MSG_HAS(end, TCPFSM_A_ENDPOINT_UNSEEN), end->unseen);
	json_socket(end);
	if (end->stays)
		json_stays(end);
	out_object_end();
}

static void json_time_wait(const char *key, const struct msg_time_wait *tw)
{
	out_object(key);
	json_name("endpoint", MSG_HAS(tw, TCPFSM_A_TIME_WAIT_ENDPOINT), &names_role,
		  tw->endpoint);
	json_seconds("entered", MSG_HAS(tw, TCPFSM_A_TIME_WAIT_ENTERED), tw->entered);
	json_number("restarts", MSG_HAS(tw, TCPFSM_A_TIME_WAIT_RESTARTS), tw->restarts);
	json_seconds("restarted", MSG_HAS(tw, TCPFSM_A_TIME_WAIT_RESTARTED), tw->restarted);
	json_seconds("ended", MSG_HAS(tw, TCPFSM_A_TIME_WAIT_DURATION),
		     tw->entered + tw->duration);
	json_seconds("duration", MSG_HAS(tw, TCPFSM_A_TIME_WAIT_DURATION), tw->duration);
	json_name("end", MSG_HAS(tw, TCPFSM_A_TIME_WAIT_END), &names_tw_end, tw->end);
	json_name("source", MSG_HAS(tw, TCPFSM_A_TIME_WAIT_SOURCE), &names_tw_source,
		  tw->source);
	json_seconds("gap", MSG_HAS(tw, TCPFSM_A_TIME_WAIT_GAP), tw->gap);
	if (MSG_HAS(tw, TCPFSM_A_TIME_WAIT_ISN_DELTA))
		out_s64("isn_delta", tw->isn_delta);
	out_object_end();
}

/* If both ends were in TIME-WAIT, "time_wait" is the one that entered it first */
static void json_time_waits(const struct msg *msg)
{
	const struct msg_time_wait *first = &msg->time_wait[TCPFSM_ROLE_CLIENT];
	const struct msg_time_wait *other = &msg->time_wait[TCPFSM_ROLE_SERVER];

	if (!first->have || (other->have && other->entered < first->entered)) {
		first = other;
		other = &msg->time_wait[TCPFSM_ROLE_CLIENT];
	}
	if (first->have)
		json_time_wait("time_wait", first);
	if (other->have)
		json_time_wait("time_wait_other", other);
}

static void json_rtt(const struct msg *msg)
{
	out_object("rtt");
	json_seconds("server", MSG_HAS(msg, TCPFSM_A_RTT_SERVER), msg->rtt[TCPFSM_ROLE_SERVER]);
	json_seconds("client", MSG_HAS(msg, TCPFSM_A_RTT_CLIENT), msg->rtt[TCPFSM_ROLE_CLIENT]);
	out_object_end();
}

static void json_anomalies(const struct msg *msg)
{
	unsigned int i;

	out_object("anomalies");
	for (i = 0; i < TCPFSM_ANOMALY_COUNT; i++)
		json_number(names_get(&names_anomaly, i), msg->anomalies[i], msg->anomalies[i]);
	out_object_end();
}

static void json_segment(const struct tcpfsm_past *past)
{
	static const char letters[] = "FSRPA";
	bool octets = past->late && past->anomaly == TCPFSM_ANOMALY_UNSEEN;
	char flags[sizeof(letters)], *to = flags;
	unsigned int i;

	for (i = 0; letters[i]; i++)
		if (past->flags & 1u << i)
			*to++ = letters[i];
	*to = '\0';
	out_object(NULL);
	out_seconds("time", past->time);
	out_str("endpoint", names_get(&names_role, past->from));
	if (past->flags)
		out_str("flags", flags);
	json_number("seq", past->flags || past->late, past->seq);
	json_number("len", past->flags || octets, past->len);
	json_number("ack", past->flags & TCPFSM_ACK || (past->late && !octets), past->ack);
	out_str("client", names_get(&names_state, past->state[TCPFSM_ROLE_CLIENT]));
	out_str("server", names_get(&names_state, past->state[TCPFSM_ROLE_SERVER]));
	json_name("anomaly", past->anomaly != TCPFSM_ANOMALY_NONE, &names_anomaly,
		  past->anomaly);
	out_object_end();
}

static void json_segments(const struct msg *msg)
{
	unsigned int i;

	out_array("segments");
	for (i = 0; i < msg->segments; i++)
		json_segment(&msg->segment[i]);
	out_array_end();
}

static void json_id(const struct msg *msg)
{
	out_u64("id", NULL, msg->id);
	out_str("family", msg->family == AF_INET ? "inet" : "inet6");
}

void conn_json_pair(const struct msg *msg)
{
	int role;

	json_id(msg);
	for (role = TCPFSM_ROLE_CLIENT; role <= TCPFSM_ROLE_SERVER; role++) {
		out_object(names_get(&names_role, role));
		json_address(msg, role);
		out_object_end();
	}
}

void conn_json(const struct msg *msg)
{
	json_id(msg);
	json_seconds("start", MSG_HAS(msg, TCPFSM_A_START), msg->start);
	json_seconds("duration", MSG_HAS(msg, TCPFSM_A_DURATION), msg->duration);
	json_name("opened", MSG_HAS(msg, TCPFSM_A_OPENED), &names_opened, msg->opened);
	json_name("closed", MSG_HAS(msg, TCPFSM_A_CLOSED), &names_closed, msg->closed);
	if (MSG_HAS(msg, TCPFSM_A_CONN_STATE))
		out_str("conn_state", msg->conn_state);
	if (MSG_HAS(msg, TCPFSM_A_HISTORY))
		out_str("history", msg->letters);
	json_endpoint(msg, TCPFSM_ROLE_CLIENT);
	json_endpoint(msg, TCPFSM_ROLE_SERVER);
	if (MSG_HAS(msg, TCPFSM_A_RTT_SERVER) || MSG_HAS(msg, TCPFSM_A_RTT_CLIENT))
		json_rtt(msg);
	json_time_waits(msg);
	if (MSG_HAS(msg, TCPFSM_A_ANOMALIES))
		json_anomalies(msg);
	if (!opt.details)
		return;
	json_number("forgotten", MSG_HAS(msg, TCPFSM_A_FORGOTTEN), msg->forgotten);
	if (msg->segments)
		json_segments(msg);
}
