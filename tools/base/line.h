/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A line of text, put together piece by piece. A dump may have a million rows:
 * printf() would take most of the time.
 */
#ifndef _TCPFSM_TOOL_LINE_H
#define _TCPFSM_TOOL_LINE_H

#include <stdbool.h>
#include <stdint.h>

struct line {
	unsigned int len;
	char buf[1500];		/* two host names of 255 octets, and the rest of a row */
};

/* What does not fit is cut off. */
void line_char(struct line *line, char c);
void line_str(struct line *line, const char *str);
void line_u64(struct line *line, uint64_t value);
void line_append(struct line *line, const struct line *more);

/* Nanoseconds as seconds with @digits (1 to 9) behind the point, not rounded. */
void line_seconds(struct line *line, uint64_t ns, unsigned int digits);

/* Nanoseconds in at most six characters: 0.25s 59s 59m59s 23h59m 999d */
void line_age(struct line *line, uint64_t ns);

/*
 * Nanoseconds in three digits, and at most seven characters: 90 ns, 213 µs,
 * 10.1 ms, 60.2 s, 2m14s, 3h05m, 12d. @ascii: us for µs
 */
void line_span(struct line *line, uint64_t ns, bool ascii);

/* Columns that the UTF-8 on the line takes on the screen */
unsigned int line_columns(const struct line *line);

/* Blanks up to @column, one at least. */
void line_tab(struct line *line, unsigned int column);

/* What is on the line as a string; valid until the line changes. */
const char *line_string(struct line *line);

/* Where a complete line goes: a function that prints it and empties it, as out_line() */
typedef void (*line_sink)(struct line *line);

#endif /* _TCPFSM_TOOL_LINE_H */
