/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Compare one end of a connection, as the module tells it, with the kernel's own
 * socket: are the states equal, and if not, is there a reason that can be checked?
 */
#ifndef _TCPFSM_TOOL_AUDIT_H
#define _TCPFSM_TOOL_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nl/diag.h"
#include "nl/msg.h"

/* What the module tells of an end of this host */
struct audit_end {
	struct diag_key key;
	uint8_t state;
	uint8_t role;
	uint8_t opened;
	uint8_t closed;
	bool confirmed;
	bool own_fin;		/* it was seen to send a FIN */
	bool peer_fin;		/* its peer was */
	bool peer_fin_first;	/* both were, the peer before it */
	bool resent;		/* it has retransmitted */
	bool only_syn;		/* it has sent nothing but SYNs or SYN-ACKs */
	bool peer_data;		/* its peer has sent data */
	uint64_t id;
	uint64_t start;		/* of the connection; CLOCK_BOOTTIME, nanoseconds */
	uint64_t last;		/* time of its last segment; the same */
};

/* Counters that explain differences: each count explains one end only. */
enum audit_count {
	AUDIT_REFUSED,
	AUDIT_EVICTED_HALF_OPEN,
	AUDIT_EVICTED_CLOSED,
	AUDIT_FLUSHED,
	AUDIT_TIMED_OUT,
	AUDIT_COOKIES,		/* this one and those below are counters of the kernel */
	AUDIT_OVERFLOWS,
	AUDIT_NO_TIME_WAIT,
	AUDIT_COUNTS,
};

/* All that a reason may depend on, besides the end and its socket */
struct audit_facts {
	uint64_t now;		/* CLOCK_BOOTTIME, nanoseconds; the next two, too */
	uint64_t began;		/* when the audit began */
	uint64_t tracking;	/* since then, or longer, the module has been tracking */
	bool enabled;		/* the module tracks: setting enabled */
	bool truth;		/* the module looks up sockets itself: setting socket_truth */
	bool full;		/* its table is full */
	uint64_t fin_timeout;		/* milliseconds */
	uint64_t timeout_half_open;	/* seconds; the next two, too */
	uint64_t timeout_established;
	uint64_t timeout_closing;
	uint64_t left[AUDIT_COUNTS];	/* what is left of each counter to explain ends */
	const struct diag_socket *listener;
	size_t listeners;
};

/* What is compared; end or sock may be NULL, not both. */
struct audit_case {
	const struct audit_end *end;
	const struct diag_socket *sock;
	struct audit_facts *facts;
};

enum audit_difference {
	AUDIT_EQUAL,
	AUDIT_AHEAD,
	AUDIT_BEHIND,
	AUDIT_NO_SOCKET,
	AUDIT_UNKNOWN,
	AUDIT_OTHER_STATE,
	AUDIT_CHANGING,
};

struct audit_verdict {
	enum audit_difference difference;
	const char *reason;	/* NULL: there is none */
};

/* Fill @end from the end @role in @msg. False: it is not a socket of this host */
bool audit_end_of(struct audit_end *end, const struct msg *msg, int role);

/* Whether the states are equal; without a socket, CLOSED and LISTEN are. */
bool audit_equal(const struct audit_end *end, const struct diag_socket *sock);

/* How they differ, and the reason if there is one; may take from c->facts->left. */
struct audit_verdict audit_judge(const struct audit_case *c);

const char *audit_difference_name(enum audit_difference difference);

#endif /* _TCPFSM_TOOL_AUDIT_H */
