/* SPDX-License-Identifier: GPL-2.0 */
/* When something happened, and how long it lasted: all of it read from the diary. */
#ifndef _ORACLE_TIMES_H
#define _ORACLE_TIMES_H

#include "model.h"

/* The TIME-WAIT of an end */
struct wait {
	bool		was, lasts;
	uint64_t	began, restarted, ended;
	uint32_t	fins;		/* that came again */
	enum wait_end	end;
};

bool saw_entering(const struct model *m, enum who who);
uint64_t entered_at(const struct model *m, enum who who);
bool stay_is_known(const struct model *m, enum who who, enum cause cause, bool proven);
struct wait wait_of(const struct model *m, enum who who);
uint64_t unseen_time(const struct model *m, enum who who, uint64_t now);
uint64_t time_in_state(const struct model *m, enum who who, enum state state, uint64_t now);

void write_move(struct model *m, enum who who, enum state state, enum cause cause,
		bool proven, uint64_t now);
void write_restart(struct model *m, enum who who, bool fin_again, uint64_t now);
void correct_wait_end(struct model *m, struct verdict *verdict, enum wait_end end);
void tell_durations(struct model *m, struct verdict *verdict, uint64_t now);

#endif /* _ORACLE_TIMES_H */
