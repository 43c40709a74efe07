/* SPDX-License-Identifier: GPL-2.0 */
/* A sequence of steps that is fed to both models: segments, time, lost sockets. */
#ifndef _ORACLE_STORY_H
#define _ORACLE_STORY_H

#include "model.h"

/* Which ends are on this host: none, the client, the server, both */
enum vantage { FORWARD, AT_CLIENT, AT_SERVER, LOOPBACK, VANTAGES };

/*
 * EXPIRE: 2MSL are over. TIMEOUT, EVICT, FLUSH: the flow is removed. WATCH: the kernel's
 * timewait socket is found. GONE: the kernel's socket no longer exists.
 */
enum kind { SEGMENT, EXPIRE, TIMEOUT, EVICT, FLUSH, WATCH, GONE };

/* Hosts are numbered, because the next connection may swap client and server */
struct step {
	enum kind	kind;
	unsigned int	host;		/* the sender, or whose socket it is: 0 or 1 */
	enum wait_end	end;		/* GONE: how the TIME-WAIT ended, if it was in one */
	struct segment	seg;
	bool		leaves, arrives;
	bool		forged;		/* sent from this host, but not by its TCP */
	uint64_t	pause;		/* nanoseconds before the step */
	unsigned int	id;		/* of the segment: the same where it leaves and arrives */
};

#define STEPS_MAX	160

struct story {
	enum vantage	vantage;
	bool		rfc1337;
	size_t		steps;
	struct step	step[STEPS_MAX];
};

#endif /* _ORACLE_STORY_H */
