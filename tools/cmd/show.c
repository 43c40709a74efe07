// SPDX-License-Identifier: GPL-2.0
/* tcpfsm show: list the connections */
#include "base/clock.h"
#include "base/options.h"
#include "base/out.h"
#include "base/status.h"
#include "cmd/cmd.h"
#include "nl/filter.h"
#include "nl/nl.h"
#include "print/conn.h"
#include "print/conn_json.h"

/*
 * The widths of the columns are those of so many first rows. These are kept until
 * then; of a million rows the others need no memory.
 */
#define AHEAD	100

struct table {
	uint64_t now;
	struct conn_columns columns;
	unsigned int count;	/* rows that are kept; AHEAD + 1: they are printed */
	struct msg row[AHEAD];
};

static void print_waiting(struct table *table)
{
	unsigned int i;

	for (i = 0; i < table->count; i++)
		conn_measure(&table->columns, &table->row[i]);
	conn_header(&table->columns);
	for (i = 0; i < table->count; i++)
		conn_row(&table->columns, &table->row[i], table->now);
	table->count = AHEAD + 1;
}

static int text_row(const struct msg *msg, void *data)
{
	struct table *table = data;

	if (table->count == AHEAD)
		print_waiting(table);
	if (table->count > AHEAD)
		conn_row(&table->columns, msg, table->now);
	else
		table->row[table->count++] = *msg;
	return STATUS_OK;
}

static int json_row(const struct msg *msg, void *data)
{
	(void)data;
	out_object(NULL);
	conn_json(msg);
	out_object_end();
	return STATUS_OK;
}

static int show(struct nl *nl, const struct filter *filter)
{
	struct nlmsghdr *request = nl_dump(nl, TCPFSM_CMD_CONN_GET);
	static struct table table = { .columns = CONN_COLUMNS_MIN };
	int ret;

	filter_put(filter, request);
	if (opt.details)
		nl_put(request, TCPFSM_A_WITH_SEGMENTS, NULL, 0);
	else if (!opt.json)
		nl_put(request, TCPFSM_A_BRIEF, NULL, 0);
	table.now = clock_now();
	out_list();
	ret = nl_talk(nl, request, "cannot show connections",
		      opt.json ? json_row : text_row, &table);
	/* if the dump has failed half way, the rows that came */
	if (!opt.json && table.count <= AHEAD && (table.count || !ret))
		print_waiting(&table);
	if (ret)
		return ret;
	out_list_end();
	nl_note_interrupted(nl);
	return STATUS_OK;
}

int cmd_show(char **argv)
{
	struct filter filter;
	struct nl *nl;
	int ret;

	ret = filter_parse(&filter, argv);
	if (ret)
		return ret;
	ret = nl_open(&nl);
	if (ret)
		return ret;
	ret = show(nl, &filter);
	nl_close(nl);
	return ret;
}
