// SPDX-License-Identifier: GPL-2.0
#include <byteswap.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "engine/pcapng.h"

#define BLOCK_INTERFACE		1
#define BLOCK_OLD_PACKET	2	/* of drafts before 2009 */
#define BLOCK_SIMPLE_PACKET	3
#define BLOCK_PACKET		6
#define BLOCK_SECTION		0x0a0d0d0a	/* the same in both byte orders */
#define ORDER_MAGIC		0x1a2b3c4d

#define OPTION_END		0
#define OPTION_RESOLUTION	9
#define OPTION_OFFSET		14

/* Around the body of each block: its type and its length, and the length once more */
#define BLOCK_FRAME		12u

/* The most that libpcap takes, too */
#define BLOCK_MAX		(16u << 20)
#define INTERFACES_MAX		65536u

#define RESOLUTION_BINARY	0x80
#define RESOLUTION_DECIMALS	19	/* the most that 64 bits have */

#define BIG_ENDIAN_HERE		(__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)

struct interface {
	uint32_t link;
	uint32_t snaplen;	/* 0: no limit */
	uint64_t units;		/* of its timestamps, in a second */
	int64_t offset;		/* seconds to be added to them */
};

struct pcapng {
	FILE *file;
	const char *error;
	bool swapped;
	uint32_t type;		/* of the block that was read last */
	uint32_t len;		/* of its body */
	uint8_t *body;
	uint32_t room;
	struct interface *interface;
	uint32_t interfaces;
};

struct pcapng *pcapng_new(FILE *file)
{
	struct pcapng *pcapng = calloc(1, sizeof(*pcapng));

	if (pcapng)
		pcapng->file = file;
	return pcapng;
}

void pcapng_free(struct pcapng *pcapng)
{
	if (!pcapng)
		return;
	free(pcapng->body);
	free(pcapng->interface);
	free(pcapng);
}

const char *pcapng_error(const struct pcapng *pcapng)
{
	return pcapng->error;
}

static bool broken(struct pcapng *pcapng, const char *why)
{
	pcapng->error = why;
	return false;
}

static uint32_t get32(const struct pcapng *pcapng, const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return pcapng->swapped ? bswap_32(value) : value;
}

static uint16_t get16(const struct pcapng *pcapng, const uint8_t *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return pcapng->swapped ? bswap_16(value) : value;
}

static int64_t get64(const struct pcapng *pcapng, const uint8_t *at)
{
	int64_t value;

	memcpy(&value, at, sizeof(value));
	return pcapng->swapped ? (int64_t)bswap_64(value) : value;
}

static bool read_octets(struct pcapng *pcapng, void *to, uint32_t len)
{
	if (fread(to, 1, len, pcapng->file) == len)
		return true;
	return broken(pcapng, ferror(pcapng->file) ? "it cannot be read" : "it is cut off");
}

static bool make_room(struct pcapng *pcapng, uint32_t room)
{
	uint8_t *body;

	if (room <= pcapng->room)
		return true;
	body = realloc(pcapng->body, room);
	if (!body)
		return broken(pcapng, "out of memory");
	pcapng->body = body;
	pcapng->room = room;
	return true;
}

/* The body of a block whose length is known; its first @have octets are there. */
static bool read_body(struct pcapng *pcapng, uint32_t len, uint32_t have)
{
	if (len < BLOCK_FRAME + have || len > BLOCK_MAX || len % 4)
		return broken(pcapng, "a block has a wrong length");
	pcapng->len = len - BLOCK_FRAME;
	if (!make_room(pcapng, pcapng->len + 4) ||
	    !read_octets(pcapng, pcapng->body + have, pcapng->len + 4 - have))
		return false;
	return get32(pcapng, pcapng->body + pcapng->len) == len ||
	       broken(pcapng, "a block has two lengths");
}

/* A section begins: it has a byte order of its own, and its own interfaces. */
static bool read_section(struct pcapng *pcapng, const uint8_t *len)
{
	if (!make_room(pcapng, 4) || !read_octets(pcapng, pcapng->body, 4))
		return false;
	pcapng->swapped = false;
	pcapng->swapped = get32(pcapng, pcapng->body) != ORDER_MAGIC;
	if (get32(pcapng, pcapng->body) != ORDER_MAGIC)
		return broken(pcapng, "a section has no byte order");
	pcapng->interfaces = 0;
	if (!read_body(pcapng, get32(pcapng, len), 4))
		return false;
	if (pcapng->len < 16 || get16(pcapng, pcapng->body + 4) != 1)
		return broken(pcapng, "a section has an unknown version");
	return true;
}

/* The next block, which is checked as a whole. False: there is none. */
static bool read_block(struct pcapng *pcapng)
{
	uint8_t head[8];
	size_t got = fread(head, 1, sizeof(head), pcapng->file);

	if (!got && !ferror(pcapng->file))
		return false;
	if (got != sizeof(head))
		return broken(pcapng, "it is cut off");
	pcapng->type = get32(pcapng, head);
	if (pcapng->type == BLOCK_SECTION)
		return read_section(pcapng, head + 4);
	return read_body(pcapng, get32(pcapng, head + 4), 0);
}

bool pcapng_begin(struct pcapng *pcapng)
{
	if (!read_block(pcapng))
		return false;
	return pcapng->type == BLOCK_SECTION || broken(pcapng, "it has no section");
}

static bool set_resolution(struct pcapng *pcapng, struct interface *interface, uint8_t value)
{
	uint8_t exponent = value & ~RESOLUTION_BINARY;

	if (exponent > (value & RESOLUTION_BINARY ? 63 : RESOLUTION_DECIMALS))
		return broken(pcapng, "an interface has a clock that is too fine");
	interface->units = 1;
	while (exponent--)
		interface->units *= value & RESOLUTION_BINARY ? 2 : 10;
	return true;
}

static bool set_options(struct pcapng *pcapng, struct interface *interface)
{
	const uint8_t *at = pcapng->body + 8, *end = pcapng->body + pcapng->len;

	while (end - at >= 4) {
		uint16_t option = get16(pcapng, at), len = get16(pcapng, at + 2);

		at += 4;
		if (option == OPTION_END)
			break;
		if (end - at < len)
			return broken(pcapng, "an option is longer than its block");
		if (option == OPTION_RESOLUTION && len >= 1 &&
		    !set_resolution(pcapng, interface, *at))
			return false;
		if (option == OPTION_OFFSET && len >= 8)
			interface->offset = get64(pcapng, at);
		at += (len + 3u) / 4 * 4;
	}
	return true;
}

static bool add_interface(struct pcapng *pcapng)
{
	struct interface new = { .units = 1000000 }, *interface;

	if (pcapng->len < 8 || pcapng->interfaces == INTERFACES_MAX)
		return broken(pcapng, "an interface is too short, or there are too many");
	new.link = get16(pcapng, pcapng->body);
	new.snaplen = get32(pcapng, pcapng->body + 4);
	if (!set_options(pcapng, &new))
		return false;
	interface = reallocarray(pcapng->interface, pcapng->interfaces + 1, sizeof(new));
	if (!interface)
		return broken(pcapng, "out of memory");
	interface[pcapng->interfaces++] = new;
	pcapng->interface = interface;
	return true;
}

/* Not before 1970, and not after what a signed number can hold */
static uint64_t to_time(const struct interface *interface, uint64_t ticks)
{
	uint64_t ns = (__uint128_t)(ticks % interface->units) * NSEC_PER_SEC / interface->units;
	__int128_t seconds = (__int128_t)(ticks / interface->units) + interface->offset;
	__int128_t time = seconds * (int64_t)NSEC_PER_SEC + ns;

	if (time < 0)
		return 0;
	return time > INT64_MAX ? INT64_MAX : (uint64_t)time;
}

/* The frame of a block that has its octets behind @head octets */
static bool set_frame(struct pcapng *pcapng, struct frame *frame, uint32_t number,
		      uint32_t head)
{
	if (number >= pcapng->interfaces)
		return broken(pcapng, "a packet is of no interface");
	if (frame->avail > pcapng->len - head)
		return broken(pcapng, "a packet is longer than its block");
	frame->link = pcapng->interface[number].link;
	frame->big_endian = BIG_ENDIAN_HERE != pcapng->swapped;
	frame->bytes = pcapng->body + head;
	if (frame->wire < frame->avail)
		frame->wire = frame->avail;
	return true;
}

/* The old block has the same members; the number of its interface has 16 bits. */
static bool take_packet(struct pcapng *pcapng, struct frame *frame)
{
	const uint8_t *body = pcapng->body;
	uint32_t number;

	if (pcapng->len < 20)
		return broken(pcapng, "a packet is too short");
	number = pcapng->type == BLOCK_PACKET ? get32(pcapng, body) : get16(pcapng, body);
	frame->avail = get32(pcapng, body + 12);
	frame->wire = get32(pcapng, body + 16);
	if (!set_frame(pcapng, frame, number, 20))
		return false;
	frame->time = to_time(&pcapng->interface[number],
			      (uint64_t)get32(pcapng, body + 4) << 32 | get32(pcapng, body + 8));
	return true;
}

/* It is of the first interface, and has no time. */
static bool take_simple_packet(struct pcapng *pcapng, struct frame *frame)
{
	if (pcapng->len < 4 || !pcapng->interfaces)
		return broken(pcapng, "a packet is too short, or of no interface");
	frame->time = 0;
	frame->wire = get32(pcapng, pcapng->body);
	frame->avail = frame->wire;
	if (pcapng->interface->snaplen && frame->avail > pcapng->interface->snaplen)
		frame->avail = pcapng->interface->snaplen;
	return set_frame(pcapng, frame, 0, 4);
}

bool pcapng_next(struct pcapng *pcapng, struct frame *frame)
{
	while (!pcapng->error && read_block(pcapng)) {
		switch (pcapng->type) {
		case BLOCK_INTERFACE:
			if (!add_interface(pcapng))
				return false;
			break;
		case BLOCK_PACKET:
		case BLOCK_OLD_PACKET:
			return take_packet(pcapng, frame);
		case BLOCK_SIMPLE_PACKET:
			return take_simple_packet(pcapng, frame);
		}
	}
	return false;
}
