/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ladder diagram of one connection: client left, server right, an arrow for
 * each segment that the module remembers. Its data only: rows.h makes the rows
 * of a connection, words.h the words in them, and a drawer (text.h, mermaid.h,
 * svg.h) the picture.
 */
#ifndef _TCPFSM_TOOL_LADDER_H
#define _TCPFSM_TOOL_LADDER_H

#include "base/line.h"
#include "core/history.h"	/* of the module: what a record is */
#include "print/time_wait.h"

struct msg;

struct ladder_end {
	const char *name;	/* as in 10.1.0.1:40000 */
	bool local;
	uint64_t packets;
	uint64_t bytes;		/* payload, retransmissions included */
	uint32_t retransmits;
	uint64_t rtt;		/* from here to the end and back, nanoseconds; 0: unknown */
};

/* A connection, without its records */
struct ladder {
	uint64_t id;		/* 0: it has none */
	struct ladder_end end[TCPFSM_ROLE_COUNT];
	uint8_t opened;		/* enum tcpfsm_opened */
	uint8_t closed;		/* enum tcpfsm_closed */
	const char *conn_state;	/* NULL: unknown */
	uint64_t age;		/* nanoseconds from its start to now */
	struct time_wait wait[TCPFSM_ROLE_COUNT];
	uint32_t lost;		/* records before the first that is there */
};

enum ladder_kind {
	LADDER_BEGIN,		/* the states before the first record, or why they are unknown */
	LADDER_LOST,		/* records that are gone */
	LADDER_DATA,		/* payload of which there is no record */
	LADDER_SEGMENT,
	LADDER_CHANGE,		/* something happened without a segment */
	LADDER_WAIT,		/* TIME-WAIT is over, or still runs */
};

/* What there is about a state beside its name */
enum ladder_mark {
	LADDER_PLAIN,
	LADDER_BACK,		/* taken back: what was thought to arrive did not */
	LADDER_ANEW,		/* TIME-WAIT begins anew */
	LADDER_MARKS,
};

struct ladder_state {
	bool told;		/* it is worth telling */
	uint8_t state;
	enum ladder_mark mark;
};

struct ladder_row {
	enum ladder_kind kind;
	bool timed;
	uint64_t time;		/* nanoseconds after the start of the connection */
	uint8_t from;		/* whose segment, or whose TIME-WAIT */
	struct ladder_state end[TCPFSM_ROLE_COUNT];	/* after it */
	const char *anomaly;	/* NULL: none */
	bool violation;		/* the anomaly is one */
	char text[96];		/* UTF-8; of a segment words of ASCII */
};

/* A ladder and the room for the names in it */
struct ladder_subject {
	struct ladder ladder;
	struct line name[TCPFSM_ROLE_COUNT];
};

/*
 * What @msg tells of its connection. @subject points into @msg and into itself:
 * it is valid as long as @msg, and must not be copied. @now is of the clock of @msg.
 */
void ladder_describe(struct ladder_subject *subject, const struct msg *msg, uint64_t now);

#endif /* _TCPFSM_TOOL_LADDER_H */
