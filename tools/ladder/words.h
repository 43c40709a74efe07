/* SPDX-License-Identifier: GPL-2.0 */
/* The words in a ladder diagram, in UTF-8. */
#ifndef _TCPFSM_TOOL_LADDER_WORDS_H
#define _TCPFSM_TOOL_LADDER_WORDS_H

#include "ladder/ladder.h"

/* @ns as seconds, in at most eight characters */
void ladder_put_time(struct line *line, uint64_t ns);

/* As in FIN,ACK seq=8101 ack=121 len=20 */
void ladder_put_segment(struct line *line, const struct ladder *ladder,
			const struct tcpfsm_past *past);

/* As in 8.1 kB →, 120 B ← */
void ladder_put_data(struct line *line, const uint64_t bytes[TCPFSM_ROLE_COUNT]);

/* As in seq=101 ack=302, of a segment that came before */
void ladder_put_late(struct line *line, const struct ladder *ladder,
		     const struct tcpfsm_past *past);

/* What is below the diagram: line @number, from 0 on. False: there are no more. */
bool ladder_put_sum(struct line *line, const struct ladder *ladder, unsigned int number);

/* The sign behind the name of a state, and a line that explains it; "" for none */
extern const char *const ladder_marks[LADDER_MARKS];
extern const char *const ladder_meanings[LADDER_MARKS];

#endif /* _TCPFSM_TOOL_LADDER_WORDS_H */
