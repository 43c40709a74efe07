/* SPDX-License-Identifier: GPL-2.0 */
/* When something happened and how long it lasted, read from the log of the model. */
#ifndef _ORACLE_TIMES_H
#define _ORACLE_TIMES_H

#include "model.h"

/* The last TIME-WAIT of an end */
struct wait {
	bool		was;		/* there was one */
	bool		lasts;		/* it is not over */
	uint64_t	began, restarted, ended;
	uint32_t	fins;		/* retransmitted FINs of the peer */
	enum wait_end	end;
};

/* Whether it was seen to enter its current state */
bool saw_entering(const struct model *m, enum who who);
/* When it entered its current state, or the first segment if that was not seen */
uint64_t entered_at(const struct model *m, enum who who);
/* Whether the duration of its stay is known if this move ends it */
bool stay_is_known(const struct model *m, enum who who, enum cause cause, bool proven);
struct wait wait_of(const struct model *m, enum who who);
/* In mid-stream: time in its first state, which it may have entered before or just then */
uint64_t unseen_time(const struct model *m, enum who who, uint64_t now);
/* Sum of its stays in the state, the current one until now */
uint64_t time_in_state(const struct model *m, enum who who, enum state state, uint64_t now);

/* Log a move; the end is still in its old state */
void write_move(struct model *m, enum who who, enum state state, enum cause cause,
		uint64_t now);
/* Log that its TIME-WAIT was restarted, by a retransmitted FIN or something else */
void write_restart(struct model *m, enum who who, bool fin_again, uint64_t now);
/* Correct how the TIME-WAIT ended that the last move was out of */
void correct_wait_end(struct model *m, struct verdict *verdict, enum wait_end end);
/* Report the duration of handshake and close, once each, when they are complete */
void tell_durations(struct model *m, struct verdict *verdict, uint64_t now);

#endif /* _ORACLE_TIMES_H */
