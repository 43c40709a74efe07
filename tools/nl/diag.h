/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's own TCP sockets, as inet_diag lists them: the second witness,
 * who has nothing to do with the module.
 */
#ifndef _TCPFSM_TOOL_DIAG_H
#define _TCPFSM_TOOL_DIAG_H

#include <stdbool.h>
#include <stdint.h>

enum diag_kind {
	DIAG_FULL,		/* struct tcp_sock */
	DIAG_REQUEST,		/* has answered a SYN, waits for the last ACK */
	DIAG_TIMEWAIT,		/* in TIME-WAIT, or an orphan's FIN-WAIT-2 */
};

/* The end here first; compared as memory, so without padding. */
struct diag_key {
	uint8_t address[2][16];	/* network byte order; the first 4 for IPv4 */
	uint16_t port[2];	/* network byte order */
	uint16_t family;	/* AF_INET also for a mapped address */
};

struct diag_socket {
	struct diag_key key;
	uint8_t state;		/* enum tcpfsm_state */
	uint8_t kind;		/* enum diag_kind */
	uint8_t timer;		/* as idiag_timer */
	uint8_t retransmits;	/* of what the timer is for */
	bool deferred;		/* connect() waits for data: TCP_FASTOPEN_CONNECT */
	uint32_t expires;	/* milliseconds until the timer fires */
	uint32_t device;	/* that it is bound to; 0: none */
	uint32_t received;	/* not read yet; of a listener: not accepted yet */
	uint32_t backlog;	/* of a listener: how many may wait */
	uint32_t unsent;	/* sequence numbers never sent; a FIN takes one */
	uint64_t idle;		/* milliseconds since a segment went or came */
	uint32_t uid;
	uint32_t inode;		/* 0: nobody has it open */
	uint64_t cgroup;	/* 0: not told */
	uint64_t cookie;	/* which socket it is */
};

/* Returns a status; what is not STATUS_OK ends the dump. */
typedef int (*diag_cb)(const struct diag_socket *sock, void *data);

/*
 * Every TCP socket of the network namespace but those that are closed,
 * listeners included. One that changes meanwhile may come twice, or not. A
 * status.
 */
int diag_dump(diag_cb cb, void *data);

/* How long a FIN-WAIT-2 that nobody has open lasts: milliseconds. */
uint64_t diag_fin_timeout(void);

#endif /* _TCPFSM_TOOL_DIAG_H */
