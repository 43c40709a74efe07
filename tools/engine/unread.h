/* SPDX-License-Identifier: GPL-2.0 */
/* Packets of a capture in which no TCP was read, by the header at which reading ended. */
#ifndef _TCPFSM_TOOL_UNREAD_H
#define _TCPFSM_TOOL_UNREAD_H

#include "base/line.h"
#include "engine/walk.h"

#define UNREAD_KINDS	512

struct unread_kind {
	enum space space;
	uint32_t number;
	bool hidden;		/* there may have been TCP in it */
	uint64_t packets;
};

struct unread {
	struct unread_kind kind[UNREAD_KINDS];
	unsigned int kinds;
	unsigned int nameless;		/* of these, without a row in the table of protocols */
};

void unread_add(struct unread *unread, enum space space, uint32_t number, bool hidden,
		uint64_t packets);

/* How many packets; @hidden: only those in which there may have been TCP */
uint64_t unread_count(const struct unread *unread, bool hidden);

/* How many of links that are not known */
uint64_t unread_links(const struct unread *unread);

/* Append the kinds, the most frequent first: "12 MACsec, 5 ESP". Changes their order. */
void unread_list(struct unread *unread, bool hidden, struct line *line);

#endif /* _TCPFSM_TOOL_UNREAD_H */
