/* SPDX-License-Identifier: GPL-2.0 */
/* Draw a ladder diagram in characters, row by row, also one that is not complete yet. */
#ifndef _TCPFSM_TOOL_LADDER_TEXT_H
#define _TCPFSM_TOOL_LADDER_TEXT_H

#include "ladder/rows.h"

#define LADDER_WIDTH_MIN	80
#define LADDER_WIDTH_MAX	110

/* The caller sets put, width, ascii and tagged; the rest is zero before the head. */
struct ladder_text {
	line_sink put;
	unsigned int width;	/* columns, from LADDER_WIDTH_MIN to LADDER_WIDTH_MAX */
	bool ascii;
	bool tagged;		/* every line begins with the id of the connection */
	struct ladder_walk walk;
};

/* The head, once; the records in their order; the foot, once. */
void ladder_text_head(struct ladder_text *text, const struct ladder *ladder);
void ladder_text_record(struct ladder_text *text, const struct ladder *ladder,
			const struct tcpfsm_past *past);
void ladder_text_foot(struct ladder_text *text, const struct ladder *ladder);

/* Between two records: a row about @lost others that are gone */
void ladder_text_lost(struct ladder_text *text, const struct ladder *ladder, uint32_t lost);

#endif /* _TCPFSM_TOOL_LADDER_TEXT_H */
