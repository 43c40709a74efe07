/* SPDX-License-Identifier: GPL-2.0 */
/* Both models side by side: each step goes into both, and they have to agree. */
#ifndef _ORACLE_PAIR_H
#define _ORACLE_PAIR_H

#include "core/history.h"
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

#define DIFFERENCE_MAX	256

#define HISTORY_MAX	255

struct pair {
	struct tcpfsm_conn	conn;
	struct tcpfsm_history	history;
	struct tcpfsm_record	record[HISTORY_MAX];
	struct model		model;
	enum vantage		vantage;
	bool			rfc1337;
	bool			begun;
	enum who		role[2];	/* of each host */
	bool			dead[2];	/* it has no socket any more */
	uint64_t		now;
	struct {
		bool		left, used;
		unsigned int	host;
		bool		synack;
	}			sent[STEPS_MAX + 1];	/* segments, by id */
	unsigned int		just_left;		/* id of the last step, if it left */
	struct verdict		verdict;	/* of the last step */
	unsigned long long	compared;	/* segments that both have seen */
	unsigned long long	plain;		/* of them by the module's short cut */
	char			difference[DIFFERENCE_MAX];
};

void pair_begin(struct pair *pair, const struct story *story);
bool pair_step(struct pair *pair, const struct step *step);

extern const char *const state_words[STATES];
extern const char *const cause_words[];

#endif /* _ORACLE_PAIR_H */
