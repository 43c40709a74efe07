/* SPDX-License-Identifier: GPL-2.0 */
/* Both models, and the hosts whose segments they see. */
#ifndef _ORACLE_PAIR_H
#define _ORACLE_PAIR_H

#include "core/history.h"
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
	bool			begun;		/* there is a connection */
	bool			returned;	/* in one step, an end left a state and came back */
	enum who		role[2];	/* by host */
	bool			dead[2];	/* by host: it has no socket any more */
	uint64_t		now;
	struct {
		bool		left, used;
		unsigned int	host;
		bool		synack;
	}			sent[STEPS_MAX + 1];	/* segments that left, by id */
	unsigned int		just_left;	/* id of the last step, if it left, or NO_ID */
	struct verdict		verdict;	/* of the last step */
	unsigned long long	compared;	/* segments fed to both models */
	unsigned long long	fast;		/* of them, those on the fast path of the module */
	char			difference[DIFFERENCE_MAX];	/* empty: none so far */
};

void pair_begin(struct pair *pair, const struct story *story);
/* No loopback segment of before may arrive any more */
void forget_flying(struct pair *pair);
/* The letter of the host with this role: C for host 0, S for host 1 */
char host_of(const struct pair *pair, enum who who);
/* Note in what the models disagree. Return: false, for the caller to return */
__attribute__((format(printf, 2, 3)))
bool differ(struct pair *pair, const char *format, ...);

#endif /* _ORACLE_PAIR_H */
