/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ladder diagram of one connection: client left, server right, an arrow for
 * each segment that is on record. Here the records become rows; what draws them
 * (ladder_draw.h) need not know TCP.
 *
 * Pure: no netlink, no capture, no clock.
 */
#ifndef _TCPFSM_TOOL_LADDER_H
#define _TCPFSM_TOOL_LADDER_H

#include "base/line.h"
#include "core/history.h"	/* of the module: what a record is */
#include "print/time_wait.h"

/* Nobody knows how many */
#define LADDER_SOME	UINT32_MAX

struct ladder_end {
	const char *name;	/* as in 10.1.0.1:40000 */
	bool local;
	uint64_t packets;
	uint64_t bytes;		/* payload, retransmissions included */
	uint32_t retransmits;
	uint64_t rtt;		/* to it and back, nanoseconds; 0: unknown */
};

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

/* The most rows that one record, or the end, can make */
#define LADDER_ROWS	4

/* Repetitions are known of so many segments */
#define LADDER_SEEN	64u

struct ladder_walk_end {
	bool told;		/* the state was */
	bool moved;		/* has left its first state */
	bool acked;		/* has acknowledged something */
	bool known;		/* next is */
	uint8_t state;
	uint32_t next;		/* the highest relative sequence number so far */
	uint64_t bytes;		/* payload that was accounted for */
	uint32_t again;		/* repetitions without payload */
	uint64_t entered;	/* TIME-WAIT; nanoseconds as in the rows */
	uint64_t restarted;
	uint32_t restarts;
};

/* How far the rows have come; all zero before the first. */
struct ladder_walk {
	bool begun;
	bool lost;		/* records are missing */
	bool marked[LADDER_MARKS];	/* some state was */
	bool violated;		/* some segment was a violation */
	struct ladder_walk_end end[TCPFSM_ROLE_COUNT];
	uint32_t count;		/* of segments */
	struct tcpfsm_past seen[LADDER_SEEN];
};

/*
 * The rows of the next record; of @lost records that are gone in the middle; of
 * the end, which is now. How many there are.
 */
unsigned int ladder_step(struct ladder_walk *walk, const struct ladder *ladder,
			 const struct tcpfsm_past *past, struct ladder_row *row);
unsigned int ladder_lose(struct ladder_walk *walk, uint32_t lost, struct ladder_row *row);
unsigned int ladder_finish(struct ladder_walk *walk, const struct ladder *ladder,
			   struct ladder_row *row);

#endif /* _TCPFSM_TOOL_LADDER_H */
