// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "core/types.h"
#include "engine/ip_headers.h"

#define IPV4_HEADER	20u
#define IPV4_MORE	0x2000
#define IPV4_OFFSET	0x1fff
#define IPV6_HEADER	40u
#define IPV6_EXTENSION	8u	/* the least that an extension header has */
#define EXTENSIONS_MAX	8	/* as in module/core/pkt.c */

#define PROTO_HOPOPTS	0
#define PROTO_ROUTING	43
#define PROTO_FRAGMENT	44
#define PROTO_AH	51
#define PROTO_DSTOPTS	60
#define PROTO_MH	135

/*
 * The packet ends where its header says, because the frame may be padded, but not
 * behind the frame. A length of 0 is that of a packet that was captured before it was
 * segmented, or of a jumbogram (RFC 2675): all is packet.
 */
static void trim(struct walk *walk, uint32_t length)
{
	if (length && length < walk->wire)
		walk->wire = length;
	if (walk->avail > walk->wire)
		walk->avail = walk->wire;
}

/* The part that both versions have in common; the header goes up to the data. */
static enum step set_fragment(struct walk *walk, uint32_t header_len, uint32_t from)
{
	struct fragment *fragment = &walk->fragment;

	fragment->key.scope = walk->scope;
	fragment->header = walk->at;
	fragment->header_len = header_len;
	fragment->data = walk->at + header_len;
	fragment->avail = walk->avail - header_len;
	fragment->from = from;
	fragment->to = from + walk->wire - header_len;
	return STEP_FRAGMENT;
}

static enum step fragment_of_ipv4(struct walk *walk, uint32_t header_len, uint16_t place)
{
	struct fragment *fragment = &walk->fragment;

	if (header_len < IPV4_HEADER)
		return STEP_MALFORMED;
	if (!walk_has(walk, header_len))
		return STEP_SHORT;
	memset(&fragment->key, 0, sizeof(fragment->key));
	memcpy(fragment->key.addr[0], walk->at + 12, 4);
	memcpy(fragment->key.addr[1], walk->at + 16, 4);
	fragment->key.id = get16(walk->at + 4);
	fragment->key.version = 4;
	fragment->key.protocol = walk->at[9];
	fragment->last = !(place & IPV4_MORE);
	walk->space = SPACE_IP;
	walk->number = walk->at[9];
	return set_fragment(walk, header_len, (place & IPV4_OFFSET) * 8u);
}

/* What is not all there is left to the engine, which says why it is not used. */
enum step read_ipv4(struct walk *walk)
{
	const uint8_t *at = walk->at;
	uint32_t header_len;

	if (!walk_has(walk, 1))
		return STEP_SHORT;
	if (at[0] >> 4 != 4)
		return STEP_MALFORMED;
	trim(walk, walk->avail >= 4 ? get16(at + 2) : 0);
	if (walk->avail < IPV4_HEADER)
		return STEP_PACKET;
	header_len = (at[0] & 15) * 4;
	if (get16(at + 6) & (IPV4_MORE | IPV4_OFFSET))
		return fragment_of_ipv4(walk, header_len, get16(at + 6));
	if (at[9] == PROTO_TCP)
		return STEP_PACKET;
	if (header_len < IPV4_HEADER)
		return STEP_MALFORMED;
	return walk_on(walk, header_len, SPACE_IP, at[9]);
}

/* Octets of an extension header; 0: it is none */
static uint32_t extension_len(uint8_t proto, const uint8_t *at)
{
	switch (proto) {
	case PROTO_HOPOPTS:
	case PROTO_ROUTING:
	case PROTO_DSTOPTS:
	case PROTO_MH:
		return (at[1] + 1u) * 8;
	case PROTO_FRAGMENT:
		return 8;
	case PROTO_AH:
		return (at[1] + 2u) * 4;
	default:
		return 0;
	}
}

static bool is_extension(uint8_t proto)
{
	static const uint8_t zeros[2];

	return extension_len(proto, zeros);
}

/* @extension: the offset of the fragment header */
static enum step fragment_of_ipv6(struct walk *walk, uint32_t extension)
{
	const uint8_t *at = walk->at + extension;
	struct fragment *fragment = &walk->fragment;

	memset(&fragment->key, 0, sizeof(fragment->key));
	memcpy(fragment->key.addr, walk->at + 8, sizeof(fragment->key.addr));
	fragment->key.id = get32(at + 4);
	fragment->key.version = 6;
	fragment->last = !(at[3] & 1);
	walk->space = SPACE_IP;
	walk->number = is_extension(at[0]) ? PROTO_TCP : at[0];
	return set_fragment(walk, extension + IPV6_EXTENSION, get16(at + 2) & 0xfff8);
}

/*
 * Through the extension headers. Where the chain ends too early or goes on for too
 * long, the engine says why it is not used.
 */
static enum step read_chain(struct walk *walk, uint8_t proto)
{
	uint32_t offset = IPV6_HEADER, count;

	for (count = 0; is_extension(proto); count++) {
		const uint8_t *at = walk->at + offset;

		if (count == EXTENSIONS_MAX || walk->avail < offset + IPV6_EXTENSION)
			return STEP_PACKET;
		if (proto == PROTO_FRAGMENT && get16(at + 2) & 0xfff9)
			return fragment_of_ipv6(walk, offset);
		offset += extension_len(proto, at);
		proto = at[0];
	}
	return proto == PROTO_TCP ? STEP_PACKET : walk_on(walk, offset, SPACE_IP, proto);
}

enum step read_ipv6(struct walk *walk)
{
	const uint8_t *at = walk->at;

	if (!walk_has(walk, 1))
		return STEP_SHORT;
	if (at[0] >> 4 != 6)
		return STEP_MALFORMED;
	trim(walk, walk->avail >= 6 && get16(at + 4) ? IPV6_HEADER + get16(at + 4) : 0);
	if (walk->avail < IPV6_HEADER || at[6] == PROTO_TCP)
		return STEP_PACKET;
	return read_chain(walk, at[6]);
}

enum step read_ip(struct walk *walk)
{
	if (!walk_has(walk, 1))
		return STEP_SHORT;
	switch (walk->at[0] >> 4) {
	case 4:
		return walk_on(walk, 0, SPACE_ETHERTYPE, ETHERTYPE_IPV4);
	case 6:
		return walk_on(walk, 0, SPACE_ETHERTYPE, ETHERTYPE_IPV6);
	default:
		return STEP_MALFORMED;
	}
}

/* The engine knows no TCP behind it; a tunnel can be. */
enum step read_ah(struct walk *walk)
{
	if (!walk_has(walk, 2))
		return STEP_SHORT;
	if (walk->at[0] == PROTO_TCP)
		return STEP_HIDDEN;
	return walk_on(walk, extension_len(PROTO_AH, walk->at), SPACE_IP, walk->at[0]);
}

enum step read_udp(struct walk *walk)
{
	if (!walk_has(walk, 8))
		return STEP_SHORT;
	return walk_on(walk, 8, SPACE_UDP,
		       (uint32_t)get16(walk->at + 2) << 16 | get16(walk->at));
}
