/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A message of the netlink family, decoded. All messages use one set of attributes,
 * so there is one struct for all.
 *
 * In 'have' the bit N is set if the attribute of type N was there. A member whose
 * bit is not set is 0. An attribute that is a flag has a bit and no member. Times
 * are in nanoseconds; those within a connection since its start.
 */
#ifndef _TCPFSM_TOOL_MSG_H
#define _TCPFSM_TOOL_MSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/hist.h"	/* of the module, as the next: a histogram */
#include "core/history.h"	/* a segment of the history */

/* The maximum of the setting 'history' */
#define MSG_SEGMENTS	64

struct msg_endpoint {
	uint64_t have;
	uint8_t address[16];	/* network byte order; the first 4 for IPv4 */
	uint16_t port;		/* network byte order */
	uint8_t state;
	uint32_t isn;
	uint64_t packets;
	uint64_t bytes;
	uint32_t retransmits;
	uint64_t since;
	uint16_t stays;			/* a bit for each state that has a value in stay */
	uint64_t stay[TCPFSM_STATE_COUNT];
	uint8_t socket_state;
	uint32_t uid;
	uint64_t inode;
	uint64_t cgroup;
	uint64_t unseen;
};

/* There was a TIME-WAIT if 'have' is not 0. */
struct msg_time_wait {
	uint64_t have;
	uint8_t endpoint;
	uint64_t entered;
	uint32_t restarts;
	uint64_t restarted;
	uint64_t duration;
	uint8_t end;
	uint8_t source;
	uint64_t gap;
	int32_t isn_delta;
};

struct msg_histogram {
	uint64_t have;
	const char *name;		/* in the receive buffer */
	unsigned int buckets;		/* how many the message had */
	struct tcpfsm_hist hist;
};

struct msg {
	uint64_t have;
	uint64_t id;
	uint8_t family;
	uint64_t start;
	uint64_t duration;
	uint8_t opened;
	uint8_t closed;
	struct msg_endpoint end[2];	/* by enum tcpfsm_role */
	struct msg_time_wait time_wait[2];	/* by enum tcpfsm_role */
	uint64_t time;
	uint8_t endpoint;
	uint8_t old;
	uint8_t new;
	uint8_t cause;
	uint32_t seq;
	uint32_t ack;
	const char *name;		/* in the receive buffer */
	uint64_t value;
	uint64_t minimum;
	uint64_t maximum;
	const char *doc;		/* in the receive buffer */
	uint64_t count;
	uint64_t rtt[2];		/* by enum tcpfsm_role */
	char conn_state[8];
	char letters[16];		/* TCPFSM_A_HISTORY: Zeek's history */
	uint8_t anomaly;
	uint8_t kind;
	uint32_t expected;
	uint32_t anomalies[TCPFSM_ANOMALY_COUNT];
	uint32_t forgotten;
	uint32_t octets;
	struct msg_histogram histogram;
	uint8_t cmd;			/* not an attribute: TCPFSM_CMD_* */
	unsigned int segments;		/* how many of the next are set */
	struct tcpfsm_past segment[MSG_SEGMENTS];
};

#define MSG_HAS(part, attr)	(!!((part)->have & (1ull << (attr))))

/* Fill @msg from the attributes; strings stay where they are, in @attrs. */
void msg_decode(struct msg *msg, uint8_t cmd, const void *attrs, size_t len);

#endif /* _TCPFSM_TOOL_MSG_H */
