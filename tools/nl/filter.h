/* SPDX-License-Identifier: GPL-2.0 */
/* Which connections a command is about: those for which all terms of the filter hold. */
#ifndef _TCPFSM_TOOL_FILTER_H
#define _TCPFSM_TOOL_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "nl/msg.h"

struct nlmsghdr;

/* The end that a term is about */
enum filter_side {
	FILTER_CLIENT,
	FILTER_SERVER,
	FILTER_EITHER,
	FILTER_SIDES,
};

struct filter_prefix {
	uint8_t family;		/* 0: not given */
	uint8_t length;		/* bits */
	uint8_t address[16];
};

struct filter {
	uint8_t family;		/* 0: not given */
	bool has_id;
	uint64_t id;
	int state[FILTER_SIDES];	/* -1: not given */
	int anomaly;			/* -1: not given */
	int port[FILTER_SIDES];		/* host byte order; -1: not given */
	struct filter_prefix prefix[FILTER_SIDES];
};

/* All connections; with -4 or -6, all of that family. */
void filter_init(struct filter *filter);

/* The same, and all terms in @argv must hold. A status. */
int filter_parse(struct filter *filter, char **argv);

/* Whether all connections pass */
bool filter_empty(const struct filter *filter);

/* Put it into @request, for the kernel to apply. */
void filter_put(const struct filter *filter, struct nlmsghdr *request);

/*
 * For notifications, which the kernel sends to all listeners alike, and for the
 * connections of a capture. A transition has two states: the old and the new one
 * of the end that changed; an anomaly has none, and passes no filter for a state.
 */
bool filter_match(const struct filter *filter, const struct msg *msg);

#endif /* _TCPFSM_TOOL_FILTER_H */
