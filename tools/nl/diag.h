/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's own TCP sockets, as inet_diag lists them: evidence that does not
 * come from the module.
 */
#ifndef _TCPFSM_TOOL_DIAG_H
#define _TCPFSM_TOOL_DIAG_H

#include <stdbool.h>
#include <stdint.h>

enum diag_kind {
	DIAG_FULL,		/* struct tcp_sock */
	DIAG_REQUEST,		/* request sock: has answered a SYN, waits for the last ACK */
	DIAG_TIMEWAIT,		/* timewait sock: TIME-WAIT, or an orphan in FIN-WAIT-2 */
};

/* The local end first. Compared with memcmp(), so it has no padding. */
struct diag_key {
	uint8_t address[2][16];	/* network byte order; the first 4 for IPv4 */
	uint16_t port[2];	/* network byte order */
	uint16_t family;	/* AF_INET also for IPv4-mapped addresses */
};

struct diag_socket {
	struct diag_key key;
	uint8_t state;		/* enum tcpfsm_state */
	uint8_t kind;		/* enum diag_kind */
	uint8_t timer;		/* idiag_timer */
	uint8_t retransmits;	/* idiag_retrans: of what the timer is for */
	bool deferred;		/* TCP_FASTOPEN_CONNECT: its SYN will be sent with the first data */
	uint32_t expires;	/* milliseconds until the timer fires */
	uint32_t device;	/* index of the device that it is bound to; 0: none */
	uint32_t received;	/* octets not read yet; of a listener: sockets not accepted yet */
	uint32_t backlog;	/* of a listener: the limit of its accept queue */
	uint32_t unsent;	/* sequence numbers that were never sent: octets, and 1 for a FIN */
	uint64_t idle;		/* milliseconds since it last sent or received */
	uint32_t uid;
	uint32_t inode;		/* 0: no file descriptor refers to it */
	uint64_t cgroup;	/* id; 0: unknown */
	uint64_t cookie;	/* identifies the socket */
};

/* Returns a status; what is not STATUS_OK ends the dump. */
typedef int (*diag_cb)(const struct diag_socket *sock, void *data);

/*
 * Call @cb for every TCP socket of the network namespace that is not closed, and
 * for listeners. A socket that changes meanwhile may come twice, or not at all.
 * A status.
 */
int diag_dump(diag_cb cb, void *data);

/* How long an orphan stays in FIN-WAIT-2, in milliseconds */
uint64_t diag_fin_timeout(void);

#endif /* _TCPFSM_TOOL_DIAG_H */
