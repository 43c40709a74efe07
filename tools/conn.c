// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "cmd.h"
#include "conn.h"
#include "names.h"
#include "out.h"
#include "resolve.h"

#define STATE_WIDTH	13	/* SYN-RECEIVED? */
#define AGE_WIDTH	6

/* Columns of the screen where each field of a row begins. */
struct tabs {
	unsigned int client_state;
	unsigned int client;
	unsigned int server;
	unsigned int server_state;
	unsigned int age;
	unsigned int outcome;
};

static struct tabs tabs(const struct conn_columns *columns)
{
	struct tabs t;

	t.client_state = columns->id + 1;
	t.client = t.client_state + STATE_WIDTH + 1;
	t.server = t.client + 1 + columns->client + 1;	/* 1 for the mark */
	t.server_state = t.server + 1 + columns->server + 1;
	t.age = t.server_state + STATE_WIDTH + 1;
	t.outcome = t.age + AGE_WIDTH + 1;
	return t;
}

static void widen(unsigned int *width, const struct line *line)
{
	if (*width < line->len)
		*width = line->len;
}

void conn_measure(struct conn_columns *columns, const struct msg *msg)
{
	struct line id = { .len = 0 }, client = { .len = 0 }, server = { .len = 0 };

	line_u64(&id, msg->id);
	widen(&columns->id, &id);
	resolve_endpoint(&client, &msg->end[TCPFSM_ROLE_CLIENT], msg->family);
	widen(&columns->client, &client);
	resolve_endpoint(&server, &msg->end[TCPFSM_ROLE_SERVER], msg->family);
	widen(&columns->server, &server);
}

void conn_header(const struct conn_columns *columns)
{
	struct tabs t = tabs(columns);
	struct line line;

	line.len = 0;
	line_str(&line, "ID");
	line_tab(&line, t.client_state);
	line_str(&line, "CLIENT-STATE");
	line_tab(&line, t.client + 1);
	line_str(&line, "CLIENT");
	line_tab(&line, t.server + 1);
	line_str(&line, "SERVER");
	line_tab(&line, t.server_state);
	line_str(&line, "SERVER-STATE");
	line_tab(&line, t.age);
	line_str(&line, "AGE");
	line_tab(&line, t.outcome);
	line_str(&line, "OPENED/CLOSED");
	out_line(&line);
}

static void put_state(struct line *line, const struct msg_endpoint *end)
{
	names_state_put(line, end->state, MSG_HAS(end, TCPFSM_A_ENDPOINT_CONFIRMED));
}

static void put_endpoint(struct line *line, const struct msg *msg, int role)
{
	const struct msg_endpoint *end = &msg->end[role];

	line_char(line, MSG_HAS(end, TCPFSM_A_ENDPOINT_LOCAL) ? '*' : ' ');
	resolve_endpoint(line, end, msg->family);
}

/* In the way of ss: name:value, groups in brackets */
static void put_number(struct line *line, const char *name, bool have, uint64_t value)
{
	if (!have)
		return;
	if (line->buf[line->len - 1] != '(')
		line_char(line, ' ');
	line_str(line, name);
	line_char(line, ':');
	line_u64(line, value);
}

static void put_details(struct line *line, const struct msg *msg, int role)
{
	const struct msg_endpoint *end = &msg->end[role];

	line_char(line, ' ');
	line_str(line, names_get(&names_role, role));
	line_str(line, ":(");
	put_number(line, "isn", MSG_HAS(end, TCPFSM_A_ENDPOINT_ISN), end->isn);
	put_number(line, "packets", MSG_HAS(end, TCPFSM_A_ENDPOINT_PACKETS), end->packets);
	put_number(line, "bytes", MSG_HAS(end, TCPFSM_A_ENDPOINT_BYTES), end->bytes);
	put_number(line, "retransmits", MSG_HAS(end, TCPFSM_A_ENDPOINT_RETRANSMITS),
		   end->retransmits);
	line_char(line, ')');
}

static void put_time_wait(struct line *line, const struct msg_time_wait *tw)
{
	line_str(line, " time-wait:(");
	if (MSG_HAS(tw, TCPFSM_A_TIME_WAIT_ENDPOINT))
		line_str(line, names_get(&names_role, tw->endpoint));
	if (MSG_HAS(tw, TCPFSM_A_TIME_WAIT_ENTERED)) {
		line_str(line, " entered:");
		line_seconds(line, tw->entered, 3);
	}
	put_number(line, "restarts", MSG_HAS(tw, TCPFSM_A_TIME_WAIT_RESTARTS), tw->restarts);
	if (MSG_HAS(tw, TCPFSM_A_TIME_WAIT_SOURCE)) {
		line_str(line, " source:");
		line_str(line, names_get(&names_tw_source, tw->source));
	}
	line_char(line, ')');
}

static void put_anomalies(struct line *line, const struct msg *msg)
{
	unsigned int i;

	line_str(line, " anomalies:(");
	for (i = 0; i < TCPFSM_ANOMALY_COUNT; i++)
		put_number(line, names_get(&names_anomaly, i), msg->anomalies[i],
			   msg->anomalies[i]);
	line_char(line, ')');
}

static void put_rtt(struct line *line, const struct msg *msg)
{
	if (MSG_HAS(msg, TCPFSM_A_RTT_SERVER)) {
		line_str(line, " rtt-server:");
		line_seconds(line, msg->rtt[TCPFSM_ROLE_SERVER], 6);
	}
	if (MSG_HAS(msg, TCPFSM_A_RTT_CLIENT)) {
		line_str(line, " rtt-client:");
		line_seconds(line, msg->rtt[TCPFSM_ROLE_CLIENT], 6);
	}
}

static void put_zeek(struct line *line, const struct msg *msg)
{
	if (!MSG_HAS(msg, TCPFSM_A_CONN_STATE))
		return;
	line_str(line, " zeek:(");
	line_str(line, msg->conn_state);
	line_char(line, ' ');
	line_str(line, msg->letters);
	line_char(line, ')');
}

static void details(const struct msg *msg)
{
	struct line line;

	line.len = 0;
	line_tab(&line, 4);
	put_details(&line, msg, TCPFSM_ROLE_CLIENT);
	put_details(&line, msg, TCPFSM_ROLE_SERVER);
	if (MSG_HAS(msg, TCPFSM_A_DURATION)) {
		line_str(&line, " duration:");
		line_seconds(&line, msg->duration, 3);
	}
	if (MSG_HAS(msg, TCPFSM_A_OPENED)) {
		line_str(&line, " opened:");
		line_str(&line, names_get(&names_opened, msg->opened));
	}
	if (MSG_HAS(msg, TCPFSM_A_CLOSED)) {
		line_str(&line, " closed:");
		line_str(&line, names_get(&names_closed, msg->closed));
	}
	put_zeek(&line, msg);
	put_rtt(&line, msg);
	if (MSG_HAS(msg, TCPFSM_A_TIME_WAIT))
		put_time_wait(&line, &msg->time_wait);
	if (MSG_HAS(msg, TCPFSM_A_ANOMALIES))
		put_anomalies(&line, msg);
	out_line(&line);
}

void conn_row(const struct conn_columns *columns, const struct msg *msg, uint64_t now)
{
	struct tabs t = tabs(columns);
	struct line line;

	line.len = 0;
	line_u64(&line, msg->id);
	line_tab(&line, t.client_state);
	put_state(&line, &msg->end[TCPFSM_ROLE_CLIENT]);
	line_tab(&line, t.client);
	put_endpoint(&line, msg, TCPFSM_ROLE_CLIENT);
	line_tab(&line, t.server);
	put_endpoint(&line, msg, TCPFSM_ROLE_SERVER);
	line_tab(&line, t.server_state);
	put_state(&line, &msg->end[TCPFSM_ROLE_SERVER]);
	line_tab(&line, t.age);
	/* one that began while the dump ran is newer than 'now' */
	line_age(&line, msg->start < now ? now - msg->start : 0);
	line_tab(&line, t.outcome);
	line_str(&line, names_get(&names_opened, msg->opened));
	if (msg->closed != TCPFSM_CLOSED_OPEN) {
		line_char(&line, '/');
		line_str(&line, names_get(&names_closed, msg->closed));
	}
	out_line(&line);
	if (opt.details)
		details(msg);
}

void conn_pair(struct line *line, const struct msg *msg)
{
	resolve_endpoint(line, &msg->end[TCPFSM_ROLE_CLIENT], msg->family);
	line_str(line, " > ");
	resolve_endpoint(line, &msg->end[TCPFSM_ROLE_SERVER], msg->family);
}

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

static void json_address(const struct msg *msg, int role)
{
	char address[INET6_ADDRSTRLEN];

	out_str("address", resolve_address(&msg->end[role], msg->family,
					   address, sizeof(address)));
	out_u64("port", NULL, ntohs(msg->end[role].port));
}

static void json_endpoint(const struct msg *msg, int role)
{
	const struct msg_endpoint *end = &msg->end[role];

	out_object(names_get(&names_role, role));
	json_address(msg, role);
	json_name("state", MSG_HAS(end, TCPFSM_A_ENDPOINT_STATE), &names_state, end->state);
	out_bool("confirmed", MSG_HAS(end, TCPFSM_A_ENDPOINT_CONFIRMED));
	out_bool("local", MSG_HAS(end, TCPFSM_A_ENDPOINT_LOCAL));
	json_number("isn", MSG_HAS(end, TCPFSM_A_ENDPOINT_ISN), end->isn);
	json_number("packets", MSG_HAS(end, TCPFSM_A_ENDPOINT_PACKETS), end->packets);
	json_number("bytes", MSG_HAS(end, TCPFSM_A_ENDPOINT_BYTES), end->bytes);
	json_number("retransmits", MSG_HAS(end, TCPFSM_A_ENDPOINT_RETRANSMITS),
		    end->retransmits);
	out_object_end();
}

static void json_time_wait(const struct msg_time_wait *tw)
{
	out_object("time_wait");
	json_name("endpoint", MSG_HAS(tw, TCPFSM_A_TIME_WAIT_ENDPOINT), &names_role,
		  tw->endpoint);
	if (MSG_HAS(tw, TCPFSM_A_TIME_WAIT_ENTERED))
		out_seconds("entered", tw->entered);
	json_number("restarts", MSG_HAS(tw, TCPFSM_A_TIME_WAIT_RESTARTS), tw->restarts);
	json_name("source", MSG_HAS(tw, TCPFSM_A_TIME_WAIT_SOURCE), &names_tw_source,
		  tw->source);
	out_object_end();
}

static void json_rtt(const struct msg *msg)
{
	out_object("rtt");
	if (MSG_HAS(msg, TCPFSM_A_RTT_SERVER))
		out_seconds("server", msg->rtt[TCPFSM_ROLE_SERVER]);
	if (MSG_HAS(msg, TCPFSM_A_RTT_CLIENT))
		out_seconds("client", msg->rtt[TCPFSM_ROLE_CLIENT]);
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
	char flags[sizeof(letters)], *to = flags;
	unsigned int i;

	for (i = 0; letters[i]; i++)
		if (past->flags & 1u << i)
			*to++ = letters[i];
	*to = '\0';
	out_object(NULL);
	out_seconds("time", past->time);
	out_str("endpoint", names_get(&names_role, past->from));
	if (past->flags) {
		out_str("flags", flags);
		out_u64("seq", NULL, past->seq);
		out_u64("len", NULL, past->len);
	}
	json_number("ack", past->flags & TCPFSM_ACK, past->ack);
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
	if (MSG_HAS(msg, TCPFSM_A_START))
		out_seconds("start", msg->start);
	if (MSG_HAS(msg, TCPFSM_A_DURATION))
		out_seconds("duration", msg->duration);
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
	if (MSG_HAS(msg, TCPFSM_A_TIME_WAIT))
		json_time_wait(&msg->time_wait);
	if (MSG_HAS(msg, TCPFSM_A_ANOMALIES))
		json_anomalies(msg);
	if (opt.details && msg->segments)
		json_segments(msg);
}
