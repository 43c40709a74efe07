/* SPDX-License-Identifier: GPL-2.0 */
/* The TIME-WAIT of an end, in words. */
#ifndef _TCPFSM_TOOL_TIME_WAIT_H
#define _TCPFSM_TOOL_TIME_WAIT_H

#include "base/line.h"

struct msg;

/* Times are in nanoseconds. */
struct time_wait {
	bool known;		/* the module tells of one */
	uint64_t entered;	/* after the start of the connection */
	uint32_t restarts;
	uint64_t duration;	/* until now, if it is not over */
	const char *end;	/* why it is over; NULL: it is not, or nobody knows */
	bool skipped;		/* the kernel kept no socket, so there was no wait */
	bool reopened;		/* a new SYN ended it: gap and isn_delta are known */
	uint64_t gap;		/* from the last segment before to that SYN */
	int32_t isn_delta;	/* from the next sequence number of its sender to the new ISN */
};

/*
 * The TIME-WAIT of the end @role in @msg. @now is of the clock of @msg; 0: the duration
 * of one that is not over stays 0.
 */
void time_wait_of(struct time_wait *wait, const struct msg *msg, int role, uint64_t now);

/* As in TIME-WAIT held 60.211 s, restarted once, expired */
void time_wait_put_held(struct line *line, const struct time_wait *wait);

/* As in TIME-WAIT since 3.2 s, 56.8 s to go. @left: until it expires; 0: unknown */
void time_wait_put_running(struct line *line, const struct time_wait *wait, uint64_t left);

/* One of the two, without the word TIME-WAIT: held 60.211 s, expired; for 3.201 s now */
void time_wait_put(struct line *line, const struct time_wait *wait);

/* The new SYN of one that is reopened; @ascii: us instead of µs */
void time_wait_put_reopened(struct line *line, const struct time_wait *wait, bool ascii);

#endif /* _TCPFSM_TOOL_TIME_WAIT_H */
