/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ladder diagram of one connection: client left, server right, an arrow for each
 * segment on record. This is its data, and how it is filled from a message. words.h
 * has the words in it, rows.h makes its rows, and text.h, mermaid.h or svg.h draws it.
 */
#ifndef _TCPFSM_TOOL_LADDER_H
#define _TCPFSM_TOOL_LADDER_H

#include "base/line.h"
#include "core/history.h"	/* of the module: a record, struct tcpfsm_past */
#include "print/time_wait.h"

struct msg;

struct ladder_end {
	const char *name;	/* as in 10.1.0.1:40000 */
	bool local;		/* a socket of this host */
	uint64_t packets;
	uint64_t bytes;		/* payload, retransmissions included */
	uint32_t retransmits;
	uint64_t unseen;	/* payload that was not seen, and not in bytes */
	uint64_t rtt;		/* nanoseconds from here to the end and back; 0: unknown */
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
	uint32_t lost;		/* records that were overwritten, before the first one */
};

enum ladder_kind {
	LADDER_BEGIN,		/* the states before the first record, or why there are none */
	LADDER_LOST,		/* some records are gone */
	LADDER_DATA,		/* payload of which there is no record */
	LADDER_UNSEEN,		/* payload, a SYN or a FIN that was not even seen */
	LADDER_SEGMENT,
	LADDER_CHANGE,		/* without a segment a state changed, or an anomaly was noticed */
	LADDER_WAIT,		/* TIME-WAIT has ended, or still lasts */
};

/* A sign behind the name of a state */
enum ladder_mark {
	LADDER_PLAIN,
	LADDER_BACK,		/* back in an earlier state: what had been sent did not arrive */
	LADDER_ANEW,		/* TIME-WAIT is restarted */
	LADDER_MARKS,
};

struct ladder_state {
	bool told;		/* to be shown: it has changed */
	uint8_t state;
	enum ladder_mark mark;
};

struct ladder_row {
	enum ladder_kind kind;
	bool timed;		/* has a time */
	uint64_t time;		/* nanoseconds after the start of the connection */
	uint8_t from;		/* whose segment, or whose TIME-WAIT */
	struct ladder_state end[TCPFSM_ROLE_COUNT];	/* the states after it */
	char anomaly[48];	/* "": none */
	bool violation;		/* the anomaly is one */
	char text[96];		/* UTF-8; ASCII if it is about a segment */
};

/* A ladder with room for the names of its ends */
struct ladder_subject {
	struct ladder ladder;
	struct line name[TCPFSM_ROLE_COUNT];
};

/*
 * Fill @subject from @msg. It points into @msg and into itself: it is valid as long
 * as @msg, and must not be copied. @now is of the clock of @msg.
 */
void ladder_describe(struct ladder_subject *subject, const struct msg *msg, uint64_t now);

#endif /* _TCPFSM_TOOL_LADDER_H */
