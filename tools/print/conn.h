/* SPDX-License-Identifier: GPL-2.0 */
/* A connection as a row of a table. */
#ifndef _TCPFSM_TOOL_CONN_H
#define _TCPFSM_TOOL_CONN_H

#include <stdint.h>

#include "base/line.h"
#include "nl/msg.h"

/* Widths of the columns that depend on the rows */
struct conn_columns {
	unsigned int id;
	unsigned int client;
	unsigned int server;
};

/* The widths that the header needs */
#define CONN_COLUMNS_MIN	{ .id = 4, .client = 6, .server = 6 }

/* Widen @columns so that they hold @msg. */
void conn_measure(struct conn_columns *columns, const struct msg *msg);

void conn_header(const struct conn_columns *columns);

/* @now is of the clock of @msg. If opt.details is set, also the lines below the row. */
void conn_row(const struct conn_columns *columns, const struct msg *msg, uint64_t now);

/* As in 10.1.0.1:40000 > 10.1.0.2:http */
void conn_pair(struct line *line, const struct msg *msg);

#endif /* _TCPFSM_TOOL_CONN_H */
