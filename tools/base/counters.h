/* SPDX-License-Identifier: GPL-2.0 */
/* Counters with dotted names, as a tree that keeps the order they came in. */
#ifndef _TCPFSM_TOOL_COUNTERS_H
#define _TCPFSM_TOOL_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct counter {
	struct counter *next;
	struct counter *child;	/* the first one; NULL: it has a value */
	uint64_t value;
	char name[];
};

/* The parts of @name between its dots become children of each other; false: no memory. */
bool counter_add(struct counter *root, const char *name, uint64_t value);

/* NULL if it is not there, or @parent is NULL. */
struct counter *counter_find(const struct counter *parent, const char *name);

/* Add a child, or find it; NULL: no memory. */
struct counter *counter_child(struct counter *parent, const char *name, size_t len);

/* All below @root, which is the caller's. */
void counter_free(struct counter *root);

#endif /* _TCPFSM_TOOL_COUNTERS_H */
