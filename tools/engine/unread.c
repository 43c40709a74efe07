// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>

#include "core/pkt.h"
#include "engine/capture.h"
#include "engine/protocols.h"
#include "engine/unread.h"

/* So many numbers that have no name get a place of their own, the others share one */
#define NAMELESS_MAX	64

/* More are not told one by one */
#define KINDS_TOLD	8

/* Faults always find a place: also FAULT_OTHER, for what finds none. */
static bool make_room(struct unread *unread, enum space space, uint32_t number)
{
	if (space == SPACE_FAULT)
		return true;
	if (unread->kinds >= UNREAD_KINDS - FAULTS * 2)
		return false;
	if (protocol_find(space, number) || space == SPACE_REJECT)
		return true;
	if (unread->nameless == NAMELESS_MAX)
		return false;
	unread->nameless++;
	return true;
}

static struct unread_kind *find(struct unread *unread, enum space space, uint32_t number,
				bool hidden)
{
	struct unread_kind *kind;

	for (kind = unread->kind; kind < unread->kind + unread->kinds; kind++)
		if (kind->space == space && kind->number == number && kind->hidden == hidden)
			return kind;
	if (!make_room(unread, space, number))
		return find(unread, SPACE_FAULT, FAULT_OTHER, hidden);
	*kind = (struct unread_kind){ .space = space, .number = number, .hidden = hidden };
	unread->kinds++;
	return kind;
}

void unread_add(struct unread *unread, enum space space, uint32_t number, bool hidden,
		uint64_t packets)
{
	if (packets)
		find(unread, space, number, hidden)->packets += packets;
}

uint64_t unread_count(const struct unread *unread, bool hidden)
{
	uint64_t count = 0;
	unsigned int i;

	for (i = 0; i < unread->kinds; i++)
		if (unread->kind[i].hidden || !hidden)
			count += unread->kind[i].packets;
	return count;
}

uint64_t unread_links(const struct unread *unread)
{
	uint64_t count = 0;
	unsigned int i;

	for (i = 0; i < unread->kinds; i++)
		if (unread->kind[i].space == SPACE_LINK &&
		    !protocol_find(SPACE_LINK, unread->kind[i].number))
			count += unread->kind[i].packets;
	return count;
}

static void put_link(struct line *line, uint32_t number)
{
	const char *name = capture_link_name(number);

	line_str(line, "link type ");
	line_u64(line, number);
	line_str(line, " (");
	line_str(line, name ? name : "unknown");
	line_str(line, ")");
}

/* One that has no name */
static void put_number(struct line *line, enum space space, uint32_t number)
{
	char buf[64];

	switch (space) {
	case SPACE_LINK:
		put_link(line, number);
		return;
	case SPACE_ETHERTYPE:
		snprintf(buf, sizeof(buf), "Ethertype 0x%04x", number);
		break;
	case SPACE_SAP:
		snprintf(buf, sizeof(buf), "LLC SAP 0x%02x", number);
		break;
	case SPACE_PPP:
		snprintf(buf, sizeof(buf), "PPP protocol 0x%04x", number);
		break;
	case SPACE_REJECT:
		snprintf(buf, sizeof(buf), "rejected TCP (%s)", tcpfsm_reject_names[number]);
		break;
	default:
		snprintf(buf, sizeof(buf), "IP protocol %u", number);
		break;
	}
	line_str(line, buf);
}

static void put_kind(struct line *line, const struct unread_kind *kind)
{
	const struct protocol *protocol = protocol_find(kind->space, kind->number);

	line_u64(line, kind->packets);
	line_char(line, ' ');
	if (protocol)
		line_str(line, protocol->name);
	else
		put_number(line, kind->space, kind->number);
}

static int compare(const void *left, const void *right)
{
	const struct unread_kind *a = left, *b = right;

	if (a->packets != b->packets)
		return a->packets < b->packets ? 1 : -1;
	if (a->space != b->space)
		return a->space < b->space ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

static bool is_other(const struct unread_kind *kind)
{
	return kind->space == SPACE_FAULT && kind->number == FAULT_OTHER;
}

void unread_list(struct unread *unread, bool hidden, struct line *line)
{
	uint64_t rest = unread_count(unread, hidden);
	unsigned int i, told = 0;

	qsort(unread->kind, unread->kinds, sizeof(unread->kind[0]), compare);
	for (i = 0; i < unread->kinds && told < KINDS_TOLD; i++) {
		if ((hidden && !unread->kind[i].hidden) || is_other(&unread->kind[i]))
			continue;
		line_str(line, told++ ? ", " : "");
		put_kind(line, &unread->kind[i]);
		rest -= unread->kind[i].packets;
	}
	if (!rest)
		return;
	line_str(line, told ? ", " : "");
	line_u64(line, rest);
	line_str(line, " of other kinds");
}
