// SPDX-License-Identifier: GPL-2.0
#include "base/names.h"
#include "ladder/words.h"

#define USEC	1000ull
#define MSEC	(1000 * USEC)
#define SEC	(1000 * MSEC)

const char *ladder_string(struct line *line)
{
	line->buf[min(line->len, (unsigned int)sizeof(line->buf) - 1)] = '\0';
	return line->buf;
}

/* A record is exact to 1/2^22: more digits would make 2.999999 out of 3. */
void ladder_put_time(struct line *line, uint64_t ns)
{
	uint64_t s, half = USEC / 2;
	unsigned int digits = 6;

	for (s = ns / SEC; s && digits > 1; s /= 10) {
		half *= 10;
		digits--;
	}
	line_seconds(line, ns + half, digits);
}

static void put_span(struct line *line, uint64_t ns)
{
	line_span(line, ns, false);
}

static void put_milliseconds(struct line *line, uint64_t ns)
{
	line_seconds(line, ns + MSEC / 2, 3);
	line_str(line, " s");
}

/* As in 120 B, 8.1 kB, 1.0 GB; cut off */
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

/* Before the ISN it is negative, unless so much was sent that it may be behind. */
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

static void put_restarts(struct line *line, uint32_t restarts)
{
	if (!restarts)
		return;
	line_str(line, ", restarted ");
	if (restarts > 2) {
		line_u64(line, restarts);
		line_str(line, " times");
	} else {
		line_str(line, restarts == 1 ? "once" : "twice");
	}
}

/* As in held 60.211 s, restarted once, expired */
static void put_held(struct line *line, const struct ladder_wait *wait)
{
	if (wait->skipped) {
		line_str(line, "skipped, no socket was kept for it");
		return;
	}
	line_str(line, "held ");
	put_milliseconds(line, wait->duration);
	put_restarts(line, wait->restarts);
	if (wait->end) {
		line_str(line, ", ");
		line_str(line, wait->end);
	}
}

void ladder_put_held(struct line *line, const struct ladder_wait *wait)
{
	line_str(line, "TIME-WAIT ");
	put_held(line, wait);
}

void ladder_put_wait(struct line *line, const struct ladder_wait *wait)
{
	if (wait->end) {
		put_held(line, wait);
		return;
	}
	line_str(line, "for ");
	put_milliseconds(line, wait->duration);
	line_str(line, " now");
	put_restarts(line, wait->restarts);
}

void ladder_put_waiting(struct line *line, const struct ladder_wait *wait, uint64_t left)
{
	line_str(line, "TIME-WAIT since ");
	put_span(line, wait->duration);
	put_restarts(line, wait->restarts);
	if (!left)
		return;
	line_str(line, ", ");
	put_span(line, left);
	line_str(line, " to go");
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
	if (end->retransmits) {
		line_str(line, ", ");
		line_u64(line, end->retransmits);
		line_str(line, " sent again");
	}
	if (end->rtt) {
		line_str(line, ", round trip ");
		put_span(line, end->rtt);
	}
}

void ladder_put_reopened(struct line *line, const struct ladder_wait *wait, bool ascii)
{
	line_str(line, "a new SYN ");
	line_span(line, wait->gap, ascii);
	line_str(line, " after the last segment, ISN ");
	line_u64(line, wait->isn_delta < 0 ? -(int64_t)wait->isn_delta : wait->isn_delta);
	line_str(line, wait->isn_delta < 0 ? " further back" : " further on");
}

static bool put_reopened(struct line *line, const struct ladder *ladder)
{
	unsigned int role;

	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		if (!ladder->wait[role].reopened)
			continue;
		ladder_put_reopened(line, &ladder->wait[role], false);
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
