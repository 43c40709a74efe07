// SPDX-License-Identifier: GPL-2.0
#include "base/names.h"
#include "base/options.h"
#include "base/out.h"
#include "print/conn.h"
#include "print/conn_details.h"
#include "print/resolve.h"

#define STATE_WIDTH	13	/* SYN-RECEIVED? */
#define AGE_WIDTH	6

/* Where each field of a row begins, in columns from 0 */
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
	t.server = t.client + 1 + columns->client + 1;	/* 1 for the '*' of a local end */
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
	/* a connection that began during the dump is younger than 'now' */
	line_age(&line, msg->start < now ? now - msg->start : 0);
	line_tab(&line, t.outcome);
	line_str(&line, names_get(&names_opened, msg->opened));
	if (msg->closed != TCPFSM_CLOSED_OPEN) {
		line_char(&line, '/');
		line_str(&line, names_get(&names_closed, msg->closed));
	}
	out_line(&line);
	if (opt.details)
		conn_details(msg, now);
}

void conn_pair(struct line *line, const struct msg *msg)
{
	resolve_endpoint(line, &msg->end[TCPFSM_ROLE_CLIENT], msg->family);
	line_str(line, " > ");
	resolve_endpoint(line, &msg->end[TCPFSM_ROLE_SERVER], msg->family);
}
