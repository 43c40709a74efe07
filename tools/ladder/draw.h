/* SPDX-License-Identifier: GPL-2.0 */
/* Ladder diagrams on the screen, as Mermaid and as SVG. */
#ifndef _TCPFSM_TOOL_LADDER_DRAW_H
#define _TCPFSM_TOOL_LADDER_DRAW_H

#include "ladder/rows.h"

#define LADDER_WIDTH_MIN	80
#define LADDER_WIDTH_MAX	110

/* On the screen: a head, records as they come, a foot. All zero but the first members. */
struct ladder_text {
	line_sink put;
	unsigned int width;	/* columns, from LADDER_WIDTH_MIN to LADDER_WIDTH_MAX */
	bool ascii;
	bool tagged;		/* every line begins with the id of the connection */
	struct ladder_walk walk;
};

void ladder_text_head(struct ladder_text *text, const struct ladder *ladder);
void ladder_text_record(struct ladder_text *text, const struct ladder *ladder,
			const struct tcpfsm_past *past);
void ladder_text_lost(struct ladder_text *text, const struct ladder *ladder, uint32_t lost);
void ladder_text_foot(struct ladder_text *text, const struct ladder *ladder);

/* The others all at once */
void ladder_mermaid(const struct ladder *ladder, const struct tcpfsm_past *past,
		    unsigned int count, line_sink put);
void ladder_svg(const struct ladder *ladder, const struct tcpfsm_past *past,
		unsigned int count, line_sink put);

#endif /* _TCPFSM_TOOL_LADDER_DRAW_H */
