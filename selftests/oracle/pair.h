/* SPDX-License-Identifier: GPL-2.0 */
/* Both models side by side. */
#ifndef _ORACLE_PAIR_H
#define _ORACLE_PAIR_H

#include "history.h"
#include "model.h"
#include "story.h"

#define DIFFERENCE_MAX	256

#define HISTORY_MAX	255

#define NO_ID	(-1u)

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
	unsigned long long	fast;		/* of them by the module's short cut */
	char			difference[DIFFERENCE_MAX];
};

void pair_begin(struct pair *pair, const struct story *story);
void forget_flying(struct pair *pair);
char host_of(const struct pair *pair, enum who who);
__attribute__((format(printf, 2, 3)))
bool differ(struct pair *pair, const char *format, ...);

#endif /* _ORACLE_PAIR_H */
