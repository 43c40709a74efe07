/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One end of a connection, as the module and as the kernel's own socket have
 * it: is that the same, and if not, is there a reason that can be checked?
 */
#ifndef _TCPFSM_TOOL_AUDIT_H
#define _TCPFSM_TOOL_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nl/diag.h"
#include "nl/msg.h"

/* What the module says of an end of this host. */
struct audit_end {
	struct diag_key key;
	uint8_t state;
	uint8_t role;
	uint8_t opened;
	uint8_t closed;
	bool confirmed;
	bool own_fin;		/* it was seen to send a FIN */
	bool peer_fin;
	bool peer_fin_first;	/* both were, and the peer's was the first */
	bool resent;		/* it has retransmitted */
	bool only_syn;		/* it has sent nothing but SYNs or SYN-ACKs */
	bool peer_data;		/* its peer has sent data */
	uint64_t id;
	uint64_t start;
	uint64_t last;		/* time of the last segment */
};

/* What explains differences of no more ends than it was counted for. */
enum audit_count {
	AUDIT_REFUSED,
	AUDIT_EVICTED_HALF_OPEN,
	AUDIT_EVICTED_CLOSED,
	AUDIT_FLUSHED,
	AUDIT_TIMED_OUT,
	AUDIT_COOKIES,		/* from here on it is the kernel that counts */
	AUDIT_OVERFLOWS,
	AUDIT_NO_TIME_WAIT,
	AUDIT_COUNTS,
};

/* All that a reason may depend on besides the two states. */
struct audit_facts {
	uint64_t now;		/* CLOCK_BOOTTIME, nanoseconds; so is what follows */
	uint64_t began;		/* the audit did */
	uint64_t tracking;	/* the oldest proof that the module was watching */
	bool enabled;
	bool truth;		/* the module looks sockets up itself */
	bool full;		/* its table is */
	uint64_t fin_timeout;		/* milliseconds */
	uint64_t timeout_half_open;	/* seconds; so is what follows */
	uint64_t timeout_established;
	uint64_t timeout_closing;
	uint64_t left[AUDIT_COUNTS];
	const struct diag_socket *listener;
	size_t listeners;
};

/* Either may be NULL, not both. */
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

/* An end of @msg; false if it is not one of this host. */
bool audit_end_of(struct audit_end *end, const struct msg *msg, int role);

/* Whether the states say the same; no socket is as good as CLOSED. */
bool audit_equal(const struct audit_end *end, const struct diag_socket *sock);

/* Uses up what was counted. */
struct audit_verdict audit_judge(const struct audit_case *c);

const char *audit_difference_name(enum audit_difference difference);

#endif /* _TCPFSM_TOOL_AUDIT_H */
