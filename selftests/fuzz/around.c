// SPDX-License-Identifier: GPL-2.0
/*
 * The IP header around a tunnel has no length, which stands for all that there is; the
 * length of UDP and checksums are not looked at.
 */
#include "around.h"

#define PROTO_UDP	17
#define PROTO_FRAGMENT	44

#define AROUND_MAX	100	/* octets, at most, with the outer headers */

/* Whether, and where, the header says what is inside */
enum type_at {
	NO_TYPE,
	TYPE_AT_2,		/* an Ethertype in the third octet */
	TYPE_AT_END,		/* an Ethertype */
	PPP_AT_END,
	PROTO_AT_0,
	PROTO_OF_IP,		/* in the IP header itself */
};

#define MAC	2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2

struct tunnel {
	u8		proto;
	u16		port;	/* of UDP */
	enum type_at	type;
	u8		len;
	u8		bytes[40];
};

#define BYTES(...)	sizeof((u8 []){ __VA_ARGS__ }), { __VA_ARGS__ }

static const struct tunnel tunnels[TUNNELS] = {
	{ 4, 0, PROTO_OF_IP, 0, { 0 } },
	{ 47, 0, TYPE_AT_2, BYTES(0, 0, 0, 0) },
	{ 47, 0, TYPE_AT_2, BYTES(0xb0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 5, 0, 0, 0, 6) },
	{ 47, 0, TYPE_AT_END, BYTES(0, 0, 0x65, 0x58, MAC, 0, 0) },
	{ 47, 0, TYPE_AT_END, BYTES(0x20, 0, 0x65, 0x58, 0, 0, 0, 7, MAC, 0x81, 0, 0, 7, 0, 0) },
	{ 47, 0, TYPE_AT_END, BYTES(0, 0, 0x88, 0xbe, MAC, 0, 0) },
	{ 47, 0, TYPE_AT_END, BYTES(0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 7, 0, 9, 0, 0, 0, 0,
				    MAC, 0, 0) },
	{ 47, 0, NO_TYPE, BYTES(0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 7, 0, 9, 0, 0, 0, 0, 0, 0,
				0x08, 1, 1, 2, 3, 4, 5, 6, 7, 8) },
	{ 47, 0, PPP_AT_END, BYTES(0x30, 0x81, 0x88, 0x0b, 0, 9, 0, 9, 0, 0, 0, 1, 0, 0, 0, 1,
				   0xff, 3, 0, 0) },
	{ 97, 0, TYPE_AT_END, BYTES(0x30, 0, MAC, 0, 0) },
	{ 137, 0, NO_TYPE, BYTES(0, 1, 0, 64, 0, 2, 1, 64) },
	{ 51, 0, PROTO_AT_0, BYTES(0, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9,
				   10, 11, 12) },
	{ PROTO_UDP, 4789, TYPE_AT_END, BYTES(8, 0, 0, 0, 0, 0, 1, 0, MAC, 0, 0) },
	{ PROTO_UDP, 8472, TYPE_AT_END, BYTES(8, 0, 0, 0, 0, 0, 2, 0, MAC, 0x88, 0xa8, 0, 7,
					      0, 0) },
	{ PROTO_UDP, 6081, TYPE_AT_END, BYTES(2, 0, 0x65, 0x58, 0, 0, 1, 0, 1, 2, 3, 1, 0, 0, 0, 0,
					      MAC, 0, 0) },
	{ PROTO_UDP, 2152, NO_TYPE, BYTES(0x30, 255, 0, 0, 0, 0, 0, 1) },
	{ PROTO_UDP, 2152, NO_TYPE, BYTES(0x34, 255, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0x85,
					  1, 0, 0, 0) },
	{ PROTO_UDP, 1701, PPP_AT_END, BYTES(0x4a, 2, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 2, 9, 9,
					     0, 0) },
	{ PROTO_UDP, 4754, TYPE_AT_2, BYTES(0, 0, 0, 0) },
	{ PROTO_UDP, 6635, NO_TYPE, BYTES(0, 1, 1, 64, 0, 0, 0, 0, MAC, 8, 0) },
};

/* The octets of the tunnel, with the type of what is inside. Returns their number. */
static u32 make_header(u8 *header, const struct tunnel *tunnel, bool v6)
{
	const u8 type[2] = { v6 ? 0x86 : 0x08, v6 ? 0xdd : 0x00 };
	u32 len = tunnel->len;

	memcpy(header, tunnel->bytes, len);
	switch (tunnel->type) {
	case TYPE_AT_2:
		memcpy(header + 2, type, 2);
		break;
	case TYPE_AT_END:
		memcpy(header + len - 2, type, 2);
		break;
	case PPP_AT_END:
		header[len - 2] = 0;
		header[len - 1] = v6 ? 0x57 : 0x21;
		break;
	case PROTO_AT_0:
		header[0] = v6 ? 41 : 4;
		break;
	case NO_TYPE:
	case PROTO_OF_IP:
		break;
	}
	return len;
}

void around_put(struct packet *p, unsigned int tunnel, bool v6)
{
	const struct tunnel *how = &tunnels[tunnel % TUNNELS];
	bool is_v6 = p->len && p->bytes[0] >> 4 == 6;
	const struct packet inside = *p;
	u8 header[sizeof(how->bytes)];
	u32 len;

	if (p->len + AROUND_MAX > sizeof(p->bytes))
		return;
	if (v6)
		packet_ipv6(p, 9, 8);
	else
		packet_ipv4(p, 9, 8, 0);
	p->bytes[p->next] = how->type == PROTO_OF_IP && is_v6 ? 41 : how->proto;
	if (how->proto == PROTO_UDP) {
		packet_put16(p, 40000);
		packet_put16(p, how->port);
		packet_put32(p, 0);
	}
	len = make_header(header, how, is_v6);
	packet_put(p, header, len);
	packet_put(p, inside.bytes, inside.len);
}

static void fragment_of_ipv4(const struct packet *p, u32 from, u32 size, bool more, u16 id,
			     struct packet *fragment)
{
	u32 header = (p->bytes[0] & 15) * 4u;
	u16 place = (u16)(from / 8 | (more ? 0x2000 : 0));

	packet_put(fragment, p->bytes, header);
	fragment->bytes[2] = (u8)((header + size) >> 8);
	fragment->bytes[3] = (u8)(header + size);
	fragment->bytes[4] = (u8)(id >> 8);
	fragment->bytes[5] = (u8)id;
	fragment->bytes[6] = (u8)(place >> 8);
	fragment->bytes[7] = (u8)place;
	packet_put(fragment, p->bytes + header + from, size);
}

static void fragment_of_ipv6(const struct packet *p, u32 from, u32 size, bool more, u16 id,
			     struct packet *fragment)
{
	const u8 extension[2] = { p->bytes[6], 0 };

	packet_put(fragment, p->bytes, 40);
	fragment->bytes[4] = (u8)((8 + size) >> 8);
	fragment->bytes[5] = (u8)(8 + size);
	fragment->bytes[6] = PROTO_FRAGMENT;
	packet_put(fragment, extension, 2);
	packet_put16(fragment, (u16)(from | more));
	packet_put32(fragment, id);
	packet_put(fragment, p->bytes + 40 + from, size);
}

bool around_fragment(const struct packet *p, u32 from, u32 size, u16 id, struct packet *fragment)
{
	u8 version = p->len ? p->bytes[0] >> 4 : 0;
	u32 header = version == 4 ? (p->bytes[0] & 15) * 4u : 40;

	fragment->len = 0;
	if ((version != 4 && version != 6) || header < 20 || p->len <= header + from ||
	    p->len + 8 > sizeof(p->bytes))
		return false;
	size = min(size, p->len - header - from);
	if (version == 4)
		fragment_of_ipv4(p, from, size, p->len > header + from + size, id, fragment);
	else
		fragment_of_ipv6(p, from, size, p->len > header + from + size, id, fragment);
	return true;
}
