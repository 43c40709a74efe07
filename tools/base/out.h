/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Standard output, as text or as JSON: what is meant for the other one of them
 * prints nothing, so that a caller that prints both need not ask which it is.
 *
 * When stdout cannot be written to, these do not return: they end the tool,
 * quietly with status 0 if its reader has gone.
 */
#ifndef _TCPFSM_TOOL_OUT_H
#define _TCPFSM_TOOL_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/line.h"

void out_init(void);

/* The end of the output; the last errors of stdout show up here. */
void out_close(void);

/* Text only */
void out_text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void out_line(struct line *line);

/* Columns of the screen; 80 of what is not one */
unsigned int out_width(void);

/* Whether the reader's locale knows more than ASCII */
bool out_utf8(void);

/* JSON only. A list holds objects; an object in an object has a @key. */
void out_list(void);
void out_list_end(void);
void out_object(const char *key);
void out_object_end(void);
void out_array(const char *key);
void out_array_end(void);
void out_str(const char *key, const char *value);
void out_bool(const char *key, bool value);
void out_seconds(const char *key, uint64_t ns);
void out_s64(const char *key, int64_t value);

/* Both: the text by @fmt, for one uint64_t; NULL: JSON only */
void out_u64(const char *key, const char *fmt, uint64_t value);

/* Make what is written so far seen. */
void out_flush(void);

#endif /* _TCPFSM_TOOL_OUT_H */
