// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "base/counters.h"

static struct counter **search(struct counter *parent, const char *name, size_t len)
{
	struct counter **link;

	for (link = &parent->child; *link; link = &(*link)->next)
		if (!strncmp((*link)->name, name, len) && !(*link)->name[len])
			break;
	return link;
}

struct counter *counter_child(struct counter *parent, const char *name, size_t len)
{
	struct counter **link = search(parent, name, len);

	if (!*link) {
		*link = calloc(1, sizeof(**link) + len + 1);
		if (*link)
			memcpy((*link)->name, name, len);
	}
	return *link;
}

bool counter_add(struct counter *root, const char *name, uint64_t value)
{
	struct counter *counter = root;

	for (;;) {
		size_t len = strcspn(name, ".");

		counter = counter_child(counter, name, len);
		if (!counter)
			return false;
		name += len;
		if (!*name)
			break;
		name++;
	}
	counter->value = value;
	return true;
}

struct counter *counter_find(const struct counter *parent, const char *name)
{
	struct counter *child;

	for (child = parent ? parent->child : NULL; child; child = child->next)
		if (!strcmp(child->name, name))
			return child;
	return NULL;
}

void counter_free(struct counter *root)
{
	struct counter *child, *next;

	for (child = root->child; child; child = next) {
		next = child->next;
		counter_free(child);
		free(child);
	}
	root->child = NULL;
}
