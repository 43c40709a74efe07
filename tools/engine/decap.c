// SPDX-License-Identifier: GPL-2.0
#include "engine/decap.h"
#include "engine/protocols.h"

/* Real stacks have half as many; more are made to cost us */
#define HEADERS_MAX	32

static enum step read_header(struct walk *walk)
{
	const struct protocol *protocol = protocol_find(walk->space, walk->number);

	return protocol ? protocol->read(walk) : protocol_unknown(walk->space);
}

/* Of UDP the first octets show whether it is a tunnel. */
static bool shows_no_tcp(const struct walk *walk)
{
	const struct fragment *fragment = &walk->fragment;
	const uint8_t *ports = fragment->data;

	return walk->number == PROTO_UDP && !fragment->from && fragment->avail >= 4 &&
	       !protocol_find(SPACE_UDP, (uint32_t)get16(ports + 2) << 16 | get16(ports));
}

/* Put the datagram in the place of its last fragment. */
static void go_on_with(struct walk *walk, const struct whole *whole)
{
	walk->at = whole->bytes;
	walk->avail = whole->avail;
	walk->wire = whole->total;
	walk->space = SPACE_ETHERTYPE;
	walk->number = walk->fragment.key.version == 4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6;
}

static enum step take_fragment(struct decap *decap, struct walk *walk, uint64_t now)
{
	struct whole whole;

	if (!protocol_is_read(walk->number))
		return read_header(walk);
	walk->fragment.no_tcp = shows_no_tcp(walk);
	switch (fragments_add(&decap->fragments, &walk->fragment, now, &whole)) {
	case FRAGMENTS_WHOLE:
		go_on_with(walk, &whole);
		return STEP_ON;
	case FRAGMENTS_WAIT:
		return STEP_FRAGMENT;
	case FRAGMENTS_NO_MEMORY:
		return STEP_NO_MEMORY;
	default:
		return STEP_MALFORMED;
	}
}

static enum step walk_through(struct decap *decap, struct walk *walk, uint64_t now)
{
	enum step step = STEP_ON;
	unsigned int headers;

	for (headers = 0; step == STEP_ON && headers < HEADERS_MAX; headers++) {
		step = read_header(walk);
		if (step == STEP_FRAGMENT)
			step = take_fragment(decap, walk, now);
	}
	return step;
}

/* A frame that ends within a header was cut off in the capture, or is wrong. */
static void count_fault(struct unread *unread, const struct walk *walk, enum step step)
{
	if (step == STEP_ON)
		unread_add(unread, SPACE_FAULT, FAULT_DEEP, true, 1);
	else if (step == STEP_SHORT && walk->missing <= walk->wire)
		unread_add(unread, SPACE_FAULT, FAULT_CUT, true, 1);
	else
		unread_add(unread, SPACE_FAULT, FAULT_MALFORMED, false, 1);
}

static void count(struct unread *unread, const struct walk *walk, enum step step)
{
	switch (step) {
	case STEP_FRAGMENT:
		break;
	case STEP_HIDDEN:
		unread_add(unread, walk->space, walk->number, true, 1);
		break;
	case STEP_NO_TCP:
		if (walk->space == SPACE_UDP)
			unread_add(unread, SPACE_IP, PROTO_UDP, false, 1);
		else
			unread_add(unread, walk->space, walk->number, false, 1);
		break;
	default:
		count_fault(unread, walk, step);
		break;
	}
}

enum decap_result decap_frame(struct decap *decap, const struct frame *frame,
			      struct packet_data *packet)
{
	struct walk walk;
	enum step step;

	fragments_advance(&decap->fragments, frame->time);
	walk.at = frame->bytes;
	walk.avail = frame->avail;
	walk.wire = frame->wire;
	walk.space = SPACE_LINK;
	walk.number = frame->link;
	walk.scope = 0;
	walk.big_endian = frame->big_endian;
	step = walk_through(decap, &walk, frame->time);
	if (step == STEP_NO_MEMORY)
		return DECAP_NO_MEMORY;
	if (step != STEP_PACKET) {
		count(&decap->unread, &walk, step);
		return DECAP_NONE;
	}
	packet->bytes = walk.at;
	packet->avail = walk.avail;
	packet->total = walk.wire;
	packet->scope = walk.scope;
	return DECAP_PACKET;
}

void decap_end(struct decap *decap)
{
	const struct fragment_counts *counts = &decap->fragments.counts;
	struct unread *unread = &decap->unread;

	fragments_end(&decap->fragments);
	unread_add(unread, SPACE_FAULT, FAULT_INCOMPLETE, true, counts->incomplete);
	unread_add(unread, SPACE_FAULT, FAULT_OVERLAPPING, true, counts->overlapping);
	unread_add(unread, SPACE_IP, PROTO_UDP, false, counts->no_tcp);
}

bool decap_knows(uint32_t link)
{
	return protocol_find(SPACE_LINK, link);
}
