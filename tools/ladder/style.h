/* SPDX-License-Identifier: GPL-2.0 */
/* How ladder diagrams are drawn, as options of a command. */
#ifndef _TCPFSM_TOOL_LADDER_STYLE_H
#define _TCPFSM_TOOL_LADDER_STYLE_H

#include <stdbool.h>

enum ladder_format {
	LADDER_TEXT,
	LADDER_MERMAID,
	LADDER_SVG,
};

struct ladder_style {
	enum ladder_format format;
	bool ascii;
	bool given;		/* there was one of the options */
};

enum ladder_style_option {
	LADDER_STYLE_ASCII = 'A',
	LADDER_STYLE_FORMAT = 'F',
};

/* For the list of a struct args_options */
#define LADDER_STYLE_OPTIONS							\
	{ "ascii",	no_argument,		NULL, LADDER_STYLE_ASCII },	\
	{ "format",	required_argument,	NULL, LADDER_STYLE_FORMAT }

/* Set what one of these options says. A status. */
int ladder_style_set(struct ladder_style *style, int option, const char *value);

/* A status: not STATUS_OK if the options exclude each other. */
int ladder_style_check(const struct ladder_style *style);

#endif /* _TCPFSM_TOOL_LADDER_STYLE_H */
