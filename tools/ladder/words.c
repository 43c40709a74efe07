// SPDX-License-Identifier: GPL-2.0
#include "base/names.h"
#include "base/units.h"
#include "ladder/words.h"

/* A record is exact to 1/2^22 of its time: with more digits 3 s would be 2.999999. */
void ladder_put_time(struct line *line, uint64_t ns)
{
	uint64_t s, half = NSEC_PER_USEC / 2;
	unsigned int digits = 6;

	for (s = ns / NSEC_PER_SEC; s && digits > 1; s /= 10) {
		half *= 10;
		digits--;
	}
	line_seconds(line, ns + half, digits);
}

/* As in 120 B, 8.1 kB, 1.0 GB; not rounded */
static void put_bytes(struct line *line, uint64_t bytes)
{
	static const char *const units[] = { " B", " kB", " MB", " GB", " TB", " PB", " EB" };
	uint64_t tenths = bytes / 100;
	unsigned int i = 0;

	if (bytes < 1000) {
		line_u64(line, bytes);
	} else {
		for (i = 1; tenths >= 10000; tenths /= 1000)
			i++;
		line_u64(line, tenths / 10);
		line_char(line, '.');
		line_u64(line, tenths % 10);
	}
	line_str(line, units[i]);
}

static void put_flags(struct line *line, uint8_t flags)
{
	static const struct {
		uint8_t flag;
		const char *name;
	} names[] = {
		{ TCPFSM_SYN, "SYN" },
		{ TCPFSM_FIN, "FIN" },
		{ TCPFSM_RST, "RST" },
		{ TCPFSM_ACK, "ACK" },
	};
	const char *separator = "";
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!(flags & names[i].flag))
			continue;
		line_str(line, separator);
		line_str(line, names[i].name);
		separator = ",";
	}
}

/*
 * A relative sequence number. One in the upper half is taken for one before the ISN,
 * and is negative, unless the end has sent so much that it can be that high.
 */
static void put_number(struct line *line, const char *name, uint32_t number, uint64_t bytes)
{
	bool negative = number > INT32_MAX && bytes <= INT32_MAX;

	line_str(line, name);
	if (negative)
		line_char(line, '-');
	line_u64(line, negative ? -number : number);
}

void ladder_put_segment(struct line *line, const struct ladder *ladder,
			const struct tcpfsm_past *past)
{
	if (!past->flags) {
		line_str(line, "neither SYN, ACK, FIN nor RST");
		return;
	}
	put_flags(line, past->flags);
	put_number(line, " seq=", past->seq, ladder->end[past->from].bytes);
	if (past->flags & TCPFSM_ACK)
		put_number(line, " ack=", past->ack, ladder->end[!past->from].bytes);
	if (!past->len)
		return;
	line_str(line, " len=");
	line_u64(line, past->len);
	if (past->len == TCPFSM_RECORD_LEN_MAX)
		line_char(line, '+');
}

void ladder_put_data(struct line *line, const uint64_t bytes[TCPFSM_ROLE_COUNT])
{
	if (bytes[TCPFSM_ROLE_CLIENT]) {
		put_bytes(line, bytes[TCPFSM_ROLE_CLIENT]);
		line_str(line, " →");
	}
	if (bytes[TCPFSM_ROLE_CLIENT] && bytes[TCPFSM_ROLE_SERVER])
		line_str(line, ", ");
	if (bytes[TCPFSM_ROLE_SERVER]) {
		put_bytes(line, bytes[TCPFSM_ROLE_SERVER]);
		line_str(line, " ←");
	}
}

void ladder_put_late(struct line *line, const struct ladder *ladder,
		     const struct tcpfsm_past *past)
{
	put_number(line, "seq=", past->seq, ladder->end[past->from].bytes);
	put_number(line, " ack=", past->ack, ladder->end[!past->from].bytes);
}

static void put_connection(struct line *line, const struct ladder *ladder)
{
	line_str(line, "opened: ");
	line_str(line, names_get(&names_opened, ladder->opened));
	line_str(line, ", closed: ");
	line_str(line, names_get(&names_closed, ladder->closed));
	if (ladder->conn_state) {
		line_str(line, ", conn_state: ");
		line_str(line, ladder->conn_state);
	}
}

static void put_end(struct line *line, const struct ladder *ladder, enum tcpfsm_role role)
{
	const struct ladder_end *end = &ladder->end[role];

	line_str(line, names_get(&names_role, role));
	line_str(line, ": ");
	line_u64(line, end->packets);
	line_str(line, end->packets == 1 ? " segment, " : " segments, ");
	put_bytes(line, end->bytes);
	if (end->unseen) {
		line_str(line, ", ");
		put_bytes(line, end->unseen);
		line_str(line, " unseen");
	}
	if (end->retransmits) {
		line_str(line, ", ");
		line_u64(line, end->retransmits);
		line_str(line, " sent again");
	}
	if (end->rtt) {
		line_str(line, ", round trip ");
		line_span(line, end->rtt, false);
	}
}

static bool put_reopened(struct line *line, const struct ladder *ladder)
{
	unsigned int role;

	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		if (!ladder->wait[role].reopened)
			continue;
		time_wait_put_reopened(line, &ladder->wait[role], false);
		return true;
	}
	return false;
}

bool ladder_put_sum(struct line *line, const struct ladder *ladder, unsigned int number)
{
	if (number > TCPFSM_ROLE_COUNT + 1)
		return false;
	if (number > TCPFSM_ROLE_COUNT)
		return put_reopened(line, ladder);
	if (number)
		put_end(line, ladder, number - 1);
	else
		put_connection(line, ladder);
	return true;
}

const char *const ladder_marks[LADDER_MARKS] = {
	[LADDER_PLAIN] = "",
	[LADDER_BACK] = " ↺",
	[LADDER_ANEW] = " ↻",
};

const char *const ladder_meanings[LADDER_MARKS] = {
	[LADDER_PLAIN] = "",
	[LADDER_BACK] = "↺ back again: what had been sent did not arrive",
	[LADDER_ANEW] = "↻ the wait begins anew",
};
