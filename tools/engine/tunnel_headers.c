// SPDX-License-Identifier: GPL-2.0
#include "engine/ip_headers.h"
#include "engine/tunnel_headers.h"

#define ETHERTYPE_MPLS		0x8847
#define ETHERTYPE_ERSPAN	0x88be
#define ETHERTYPE_NSH		0x894f

#define GRE_CHECKSUM		0x8000
#define GRE_ROUTING		0x4000
#define GRE_KEY			0x2000
#define GRE_SEQUENCE		0x1000
#define GRE_ACK			0x0080	/* of version 1 */
#define GRE_VERSION		0x0007

#define ERSPAN_SESSION		0x03ff
#define ERSPAN3_IP		2	/* type of frame; 0 is Ethernet */
#define ERSPAN3_PLATFORM	0x01

#define VXLAN_VNI		0x08
#define VXLAN_PROTOCOL		0x04	/* VXLAN-GPE */

#define GTP_VERSION		0xf0	/* with the bit that says it is not GTP' */
#define GTP_VERSION_1		0x30
#define GTP_OPTIONAL		0x07	/* each of these bits makes the header longer */
#define GTP_EXTENSION		0x04
#define GTP_PACKET		0xff

#define L2TP_CONTROL		0x8000
#define L2TP_LENGTH		0x4000
#define L2TP_SEQUENCE		0x0800
#define L2TP_OFFSET		0x0200
#define L2TP_VERSION		0x000f

/* Version 1 carries PPP, with the number of a call, which each direction has of its own. */
static enum step read_pptp(struct walk *walk, uint16_t flags)
{
	if (!(flags & GRE_SEQUENCE))
		return STEP_NO_TCP;
	return walk_on(walk, flags & GRE_ACK ? 16 : 12, SPACE_ETHERTYPE, get16(walk->at + 2));
}

enum step read_gre(struct walk *walk)
{
	uint32_t len = 4;
	uint16_t flags, type;

	if (!walk_has(walk, len))
		return STEP_SHORT;
	flags = get16(walk->at);
	type = get16(walk->at + 2);
	if ((flags & GRE_VERSION) == 1)
		return read_pptp(walk, flags);
	if (flags & (GRE_VERSION | GRE_ROUTING))
		return STEP_HIDDEN;
	len += flags & GRE_CHECKSUM ? 4 : 0;
	if (flags & GRE_KEY) {
		if (!walk_has(walk, len + 4))
			return STEP_SHORT;
		walk_scope(walk, SCOPE_GRE, get32(walk->at + len));
		len += 4;
	}
	len += flags & GRE_SEQUENCE ? 4 : 0;
	/* ERSPAN I has no header of its own, and no sequence number */
	if (type == ETHERTYPE_ERSPAN && !(flags & GRE_SEQUENCE))
		type = ETHERTYPE_ETHERNET;
	return walk_on(walk, len, SPACE_ETHERTYPE, type);
}

enum step read_erspan2(struct walk *walk)
{
	if (!walk_has(walk, 8))
		return STEP_SHORT;
	walk_scope(walk, SCOPE_ERSPAN, get16(walk->at + 2) & ERSPAN_SESSION);
	return walk_on(walk, 8, SPACE_ETHERTYPE, ETHERTYPE_ETHERNET);
}

enum step read_erspan3(struct walk *walk)
{
	uint32_t len;
	uint8_t frame;

	if (!walk_has(walk, 12))
		return STEP_SHORT;
	walk_scope(walk, SCOPE_ERSPAN, get16(walk->at + 2) & ERSPAN_SESSION);
	len = walk->at[11] & ERSPAN3_PLATFORM ? 20 : 12;
	frame = walk->at[10] >> 2 & 0x1f;
	if (frame == 0)
		return walk_on(walk, len, SPACE_ETHERTYPE, ETHERTYPE_ETHERNET);
	if (frame != ERSPAN3_IP)
		return STEP_HIDDEN;
	if (walk_on(walk, len, walk->space, walk->number) != STEP_ON)
		return STEP_SHORT;
	return read_ip(walk);
}

/* Version 2 has a header of four octets, version 1 has none. */
enum step read_wccp(struct walk *walk)
{
	if (!walk_has(walk, 1))
		return STEP_SHORT;
	return walk_on(walk, walk->at[0] >> 4 == 4 ? 0 : 4, SPACE_ETHERTYPE, ETHERTYPE_IPV4);
}

enum step read_etherip(struct walk *walk)
{
	return walk_on(walk, 2, SPACE_ETHERTYPE, ETHERTYPE_ETHERNET);
}

enum step read_vxlan(struct walk *walk)
{
	static const uint16_t inside[] = {
		0, ETHERTYPE_IPV4, ETHERTYPE_IPV6, ETHERTYPE_ETHERNET, ETHERTYPE_NSH,
		ETHERTYPE_MPLS,
	};
	uint16_t type = ETHERTYPE_ETHERNET;

	if (!walk_has(walk, 8))
		return STEP_SHORT;
	if (!(walk->at[0] & VXLAN_VNI))
		return STEP_NO_TCP;
	if (walk->at[0] & VXLAN_PROTOCOL) {
		if (!walk->at[3] || walk->at[3] >= sizeof(inside) / sizeof(inside[0]))
			return STEP_HIDDEN;
		type = inside[walk->at[3]];
	}
	walk_scope(walk, SCOPE_VXLAN, get24(walk->at + 4));
	return walk_on(walk, 8, SPACE_ETHERTYPE, type);
}

enum step read_geneve(struct walk *walk)
{
	if (!walk_has(walk, 8))
		return STEP_SHORT;
	if (walk->at[0] >> 6)
		return STEP_NO_TCP;
	walk_scope(walk, SCOPE_GENEVE, get24(walk->at + 4));
	return walk_on(walk, 8 + (walk->at[0] & 0x3f) * 4, SPACE_ETHERTYPE, get16(walk->at + 2));
}

/* Each extension header begins with its length in words, and ends with the next type. */
static enum step measure_gtp(struct walk *walk, uint32_t *len)
{
	uint8_t flags = walk->at[0];
	uint32_t more;

	*len += flags & GTP_OPTIONAL ? 4 : 0;
	if (!walk_has(walk, *len))
		return STEP_SHORT;
	while (flags & GTP_EXTENSION && walk->at[*len - 1]) {
		if (!walk_has(walk, *len + 1))
			return STEP_SHORT;
		more = walk->at[*len] * 4;
		if (!more)
			return STEP_MALFORMED;
		*len += more;
		if (!walk_has(walk, *len))
			return STEP_SHORT;
	}
	return walk_has(walk, *len + 1) ? STEP_ON : STEP_SHORT;
}

enum step read_gtp(struct walk *walk)
{
	uint32_t len = 8;
	enum step step;

	if (!walk_has(walk, len))
		return STEP_SHORT;
	if ((walk->at[0] & GTP_VERSION) != GTP_VERSION_1 || walk->at[1] != GTP_PACKET)
		return STEP_NO_TCP;
	step = measure_gtp(walk, &len);
	if (step != STEP_ON)
		return step;
	/* Else it may be Ethernet, or PPP: only the control plane knows */
	if (walk->at[len] >> 4 != 4 && walk->at[len] >> 4 != 6)
		return STEP_HIDDEN;
	walk_on(walk, len, walk->space, walk->number);
	return read_ip(walk);
}

enum step read_l2tp(struct walk *walk)
{
	uint32_t len = 6;
	uint16_t flags;

	if (!walk_has(walk, 2))
		return STEP_SHORT;
	flags = get16(walk->at);
	if ((flags & L2TP_VERSION) != 2 || flags & L2TP_CONTROL)
		return (flags & L2TP_VERSION) == 3 ? STEP_HIDDEN : STEP_NO_TCP;
	len += flags & L2TP_LENGTH ? 2 : 0;
	len += flags & L2TP_SEQUENCE ? 4 : 0;
	if (flags & L2TP_OFFSET) {
		len += 2;
		if (!walk_has(walk, len))
			return STEP_SHORT;
		len += get16(walk->at + len - 2);
	}
	return walk_on(walk, len, SPACE_ETHERTYPE, ETHERTYPE_PPP);
}

/* Four octets of 0 mean that a key exchange follows; one octet keeps the mapping. */
enum step read_nat_traversal(struct walk *walk)
{
	if (walk->wire < 4)
		return STEP_NO_TCP;
	if (!walk_has(walk, 4))
		return STEP_SHORT;
	return get32(walk->at) ? walk_on(walk, 0, SPACE_IP, PROTO_ESP) : STEP_NO_TCP;
}
