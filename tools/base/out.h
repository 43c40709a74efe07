/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Standard output, as text or, if opt.json is set, as JSON. A function for one of
 * the two prints nothing in the other mode, so a caller may call both.
 *
 * If a write fails, the function does not return: the tool exits with a message
 * and STATUS_KERNEL, or silently with STATUS_OK if the reader of stdout is gone.
 */
#ifndef _TCPFSM_TOOL_OUT_H
#define _TCPFSM_TOOL_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/line.h"

/* Before and after all output; out_close() also finds the last write error. */
void out_init(void);
void out_close(void);

/* Text only; out_line() also empties @line. */
void out_text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void out_line(struct line *line);

/* Columns of the terminal; 80 if stdout is none */
unsigned int out_width(void);

/* Whether the locale is one of UTF-8; if not, print ASCII only. */
bool out_utf8(void);

/*
 * JSON only. A list is the outermost array, and holds objects. @key is NULL for
 * what is not a member of an object.
 */
void out_list(void);
void out_list_end(void);
void out_object(const char *key);
void out_object_end(void);
void out_array(const char *key);
void out_array_end(void);
void out_str(const char *key, const char *value);
void out_bool(const char *key, bool value);
void out_seconds(const char *key, uint64_t ns);	/* with nine digits behind the point */
void out_s64(const char *key, int64_t value);

/* Text, by @fmt for a uint64_t, or JSON; @fmt NULL: JSON only */
void out_u64(const char *key, const char *fmt, uint64_t value);

/* Write what stdio has buffered. */
void out_flush(void);

#endif /* _TCPFSM_TOOL_OUT_H */
