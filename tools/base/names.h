/* SPDX-License-Identifier: GPL-2.0 */
/* The names of the values of the uapi enums, from the lists of the module. */
#ifndef _TCPFSM_TOOL_NAMES_H
#define _TCPFSM_TOOL_NAMES_H

#include <stddef.h>

#include "base/line.h"

struct names {
	const char *const *name;
	unsigned int count;
};

extern const struct names names_state;
extern const struct names names_role;
extern const struct names names_cause;
extern const struct names names_opened;
extern const struct names names_closed;
extern const struct names names_tw_source;
extern const struct names names_tw_end;
extern const struct names names_anomaly;
extern const struct names names_kind;

/* "unknown" for a value that only a newer module has */
const char *names_get(const struct names *names, unsigned int value);

/* The value of a name; -1: there is none. Case does not matter, and '_' is '-'. */
int names_find(const struct names *names, const char *word);

/* Write all names to @buf, separated by blanks. */
void names_list(const struct names *names, char *buf, size_t size);

/* A state in capitals, as in RFC 9293, with a '?' if it is not @confirmed */
void names_state_put(struct line *line, unsigned int state, int confirmed);

#endif /* _TCPFSM_TOOL_NAMES_H */
