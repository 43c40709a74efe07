/* SPDX-License-Identifier: GPL-2.0 */
/* What happens to a connection, step by step. */
#ifndef _ORACLE_STORY_H
#define _ORACLE_STORY_H

#include "model.h"

enum vantage { FORWARD, AT_CLIENT, AT_SERVER, LOOPBACK, VANTAGES };

enum kind { SEGMENT, EXPIRE, TIMEOUT, EVICT, FLUSH, WATCH, GONE };

/* Hosts keep their number when a new connection changes the roles */
struct step {
	enum kind	kind;
	unsigned int	host;		/* who sends, or whose socket it is: 0 or 1 */
	enum wait_end	end;		/* of the socket, if that was in TIME-WAIT */
	struct segment	seg;
	bool		leaves, arrives;
	bool		forged;		/* this host sends it, but not its TCP */
	uint64_t	pause;		/* before it, nanoseconds */
	unsigned int	id;		/* of the segment; where it arrives it has the same */
};

#define STEPS_MAX	160

struct story {
	enum vantage	vantage;
	bool		rfc1337;
	size_t		steps;
	struct step	step[STEPS_MAX];
};

#endif /* _ORACLE_STORY_H */
