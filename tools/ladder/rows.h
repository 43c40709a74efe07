/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Make the rows of a ladder diagram from records. Only this part of the ladder has to
 * know TCP: the drawers do not.
 *
 * Pure: no netlink, no capture, no clock.
 */
#ifndef _TCPFSM_TOOL_LADDER_ROWS_H
#define _TCPFSM_TOOL_LADDER_ROWS_H

#include "ladder/ladder.h"

/* The most rows for one record, or for the end */
#define LADDER_ROWS	8

/* A segment that is sent again is recognized if it is one of the last so many */
#define LADDER_SEEN	64u

struct ladder_walk_end {
	bool told;		/* state is set */
	bool moved;		/* it has left its first state */
	bool acked;		/* it has acknowledged something */
	bool known;		/* next is set */
	bool syn;		/* its SYN was shown, or that it was unseen */
	bool fin;		/* the same of its FIN */
	uint8_t state;
	uint32_t next;		/* the highest relative sequence number so far */
	uint64_t bytes;		/* of payload that the rows show */
	uint64_t unseen;	/* the same of what was not seen */
	uint32_t again;		/* segments without payload that were sent again */
	uint64_t entered;	/* TIME-WAIT; nanoseconds after the start of the connection */
	uint64_t restarted;	/* the last time; the same */
	uint32_t restarts;
};

/* What the rows so far have shown; all zero before the first one */
struct ladder_walk {
	bool begun;
	bool lost;		/* some records are gone */
	bool marked[LADDER_MARKS];	/* some state had this mark */
	bool violated;		/* some segment was a violation */
	struct ladder_walk_end end[TCPFSM_ROLE_COUNT];
	uint32_t count;		/* segments that were put into seen */
	struct tcpfsm_past seen[LADDER_SEEN];	/* a ring */
};

/* Write the rows of the next record to @row: at most LADDER_ROWS. Returns how many. */
unsigned int ladder_step(struct ladder_walk *walk, const struct ladder *ladder,
			 const struct tcpfsm_past *past, struct ladder_row *row);

/* The same for @lost records that are gone, between two others. */
unsigned int ladder_lose(struct ladder_walk *walk, uint32_t lost, struct ladder_row *row);

/* The same for the end of the diagram. */
unsigned int ladder_finish(struct ladder_walk *walk, const struct ladder *ladder,
			   struct ladder_row *row);

#endif /* _TCPFSM_TOOL_LADDER_ROWS_H */
