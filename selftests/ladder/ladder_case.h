/* SPDX-License-Identifier: GPL-2.0 */
/* Connections to be drawn: the segments, and where they were seen. */
#ifndef _TCPFSM_LADDER_CASE_H
#define _TCPFSM_LADDER_CASE_H

#include "core/history.h"

#define C	TCPFSM_ROLE_CLIENT
#define S	TCPFSM_ROLE_SERVER

/* Kinds of steps */
enum step_kind {
	STEP_SEGMENT,
	STEP_BAD_FLAGS,		/* a segment with bad flags, which moves nothing */
	STEP_EXPIRE,		/* TIME-WAIT is over */
	STEP_GONE,		/* the socket of an end is gone */
	STEP_REOPEN,		/* a SYN opens the next connection on the tuple */
	STEP_END,		/* the flow is removed */
	STEP_LONG_WAIT,		/* CLOSE-WAIT is too long */
};

/**
 * struct step - one step of a connection
 * @at: microseconds since the first step
 * @from: the sender
 * @flags: of the segment
 * @seq: relative to the sender's ISN
 * @ack: relative to the peer's
 * @len: octets of payload
 * @halves: TCPFSM_SENT, TCPFSM_RECEIVED; 0 is both
 * @kind: enum step_kind
 * @cause: of STEP_END
 * @tw_end: of STEP_GONE
 */
struct step {
	u64	at;
	u8	from;
	u8	flags;
	u32	seq;
	u32	ack;
	u32	len;
	u8	halves;
	u8	kind;
	u8	cause;
	u8	tw_end;
};

/**
 * struct ladder_case - a connection
 * @name: of the files in expected/
 * @client: its endpoint
 * @server: its endpoint
 * @here: the ends that are sockets of this host, a bit for each role
 * @history: size of the ring
 * @counted: the number of lost records is known
 * @age: when it is drawn, microseconds after its start
 * @step: the steps, up to one without flags and kind
 */
struct ladder_case {
	const char	*name;
	const char	*client;
	const char	*server;
	u8		here;
	u8		history;
	bool		counted;
	u64		age;
	struct step	step[72];
};

extern const struct ladder_case ladder_cases[];
extern const unsigned int ladder_case_count;

/**
 * struct scene - a connection after all its steps
 * @conn: the connection
 * @past: the records of its history
 * @count: how many are in @past
 * @total: how many there were, with those that are lost
 */
struct scene {
	struct tcpfsm_conn	conn;
	struct tcpfsm_past	past[64];
	unsigned int		count;
	unsigned int		total;
};

void scene_play(struct scene *scene, const struct ladder_case *test);

#endif /* _TCPFSM_LADDER_CASE_H */
