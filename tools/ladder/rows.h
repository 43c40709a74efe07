/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From records to the rows of a ladder diagram. What is known about TCP is known
 * here: the drawers need not know it.
 *
 * Pure: no netlink, no capture, no clock.
 */
#ifndef _TCPFSM_TOOL_LADDER_ROWS_H
#define _TCPFSM_TOOL_LADDER_ROWS_H

#include "ladder/ladder.h"

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

#endif /* _TCPFSM_TOOL_LADDER_ROWS_H */
