/* SPDX-License-Identifier: GPL-2.0 */
/* What a ladder diagram says in words, in UTF-8. */
#ifndef _TCPFSM_TOOL_LADDER_WORDS_H
#define _TCPFSM_TOOL_LADDER_WORDS_H

#include "ladder/ladder.h"

/* Seconds, in eight characters at most. */
void ladder_put_time(struct line *line, uint64_t ns);

/* As in FIN,ACK seq=8101 ack=121 len=20 */
void ladder_put_segment(struct line *line, const struct ladder *ladder,
			const struct tcpfsm_past *past);

/* As in 8.1 kB →, 120 B ← */
void ladder_put_data(struct line *line, const uint64_t bytes[TCPFSM_ROLE_COUNT]);

/* The sum of it, for below: line 0, 1, ... False: there are no more. */
bool ladder_put_sum(struct line *line, const struct ladder *ladder, unsigned int number);

/* What stands behind a state, and what it means; "" for none. */
extern const char *const ladder_marks[LADDER_MARKS];
extern const char *const ladder_meanings[LADDER_MARKS];

#endif /* _TCPFSM_TOOL_LADDER_WORDS_H */
