/* SPDX-License-Identifier: GPL-2.0 */
/* Counters with dotted names, as a tree that keeps the order in which they were added. */
#ifndef _TCPFSM_TOOL_COUNTERS_H
#define _TCPFSM_TOOL_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct counter {
	struct counter *next;
	struct counter *child;	/* the first one; NULL: this is a counter, with a value */
	uint64_t value;
	char name[];
};

/* "a.b.c" becomes the child c of the child b of the child a of @root. False: no memory. */
bool counter_add(struct counter *root, const char *name, uint64_t value);

/* The child of that name; NULL: there is none, or @parent is NULL. */
struct counter *counter_find(const struct counter *parent, const char *name);

/* The child of that name (@len octets), which is added if there is none; NULL: no memory. */
struct counter *counter_child(struct counter *parent, const char *name, size_t len);

/* Free all below @root; @root itself belongs to the caller. */
void counter_free(struct counter *root);

#endif /* _TCPFSM_TOOL_COUNTERS_H */
