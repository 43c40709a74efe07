// SPDX-License-Identifier: GPL-2.0
#include "engine/link_headers.h"

#define ETHERTYPE_VLAN		0x8100
#define ETHERTYPE_VLAN_SERVICE	0x88a8

#define ETHERNET_HEADER		14u
/* A type that is not larger than this is a length, and LLC follows */
#define ETHERNET_LENGTH_MAX	1500

#define ARPHRD_NETLINK		824

#define PPP_ADDRESS		0xff
#define PPP_CONTROL		0x03
#define PPP_NETWORK_CONTROL	0x4000	/* from here on no protocol carries packets */
#define HDLC_UNICAST		0x0f	/* of Cisco, in place of PPP_ADDRESS */
#define HDLC_MULTICAST		0x8f

#define MPLS_BOTTOM		0x100
#define MPLS_LABELS_MAX		16

#define NFLOG_PAYLOAD		9

#define VLAN_ID			0x0fff

enum step read_ethernet(struct walk *walk)
{
	uint16_t type;

	if (!walk_has(walk, ETHERNET_HEADER))
		return STEP_SHORT;
	type = get16(walk->at + 12);
	return walk_on(walk, ETHERNET_HEADER, SPACE_ETHERTYPE,
		       type > ETHERNET_LENGTH_MAX ? type : ETHERTYPE_LLC);
}

/* An ID of 0 is no VLAN, but a priority, which one direction may have alone. */
enum step read_vlan(struct walk *walk)
{
	uint16_t id;

	if (!walk_has(walk, 4))
		return STEP_SHORT;
	id = get16(walk->at) & VLAN_ID;
	if (id)
		walk_scope(walk, SCOPE_VLAN, id);
	return walk_on(walk, 4, SPACE_ETHERTYPE, get16(walk->at + 2));
}

enum step read_backbone(struct walk *walk)
{
	if (!walk_has(walk, 4))
		return STEP_SHORT;
	walk_scope(walk, SCOPE_SERVICE, get24(walk->at + 1));
	return walk_on(walk, 4, SPACE_ETHERTYPE, ETHERTYPE_ETHERNET);
}

enum step read_etag(struct walk *walk)
{
	return walk_has(walk, 8) ?
	       walk_on(walk, 8, SPACE_ETHERTYPE, get16(walk->at + 6)) : STEP_SHORT;
}

enum step read_tag(struct walk *walk)
{
	return walk_has(walk, 6) ?
	       walk_on(walk, 6, SPACE_ETHERTYPE, get16(walk->at + 4)) : STEP_SHORT;
}

enum step read_llc(struct walk *walk)
{
	return walk_has(walk, 3) ? walk_on(walk, 3, SPACE_SAP, walk->at[0]) : STEP_SHORT;
}

/* The organization says whose number it is: of Ethernet, or IEEE 802.1H, or Cisco. */
enum step read_snap(struct walk *walk)
{
	if (!walk_has(walk, 5))
		return STEP_SHORT;
	switch (get24(walk->at)) {
	case 0x000000:
	case 0x0000f8:
		return walk_on(walk, 5, SPACE_ETHERTYPE, get16(walk->at + 3));
	case 0x00000c:	/* CDP, VTP, UDLD, PVST+ */
		return STEP_NO_TCP;
	default:
		return STEP_HIDDEN;
	}
}

/* Whether the octets from @at on look like a frame around a packet */
static bool looks_like_ethernet(const struct walk *walk, uint32_t at)
{
	if (walk->avail < at + ETHERNET_HEADER)
		return false;
	switch (get16(walk->at + at + 12)) {
	case ETHERTYPE_IPV4:
	case ETHERTYPE_IPV6:
	case ETHERTYPE_VLAN:
	case ETHERTYPE_VLAN_SERVICE:
		return true;
	default:
		return false;
	}
}

/*
 * Nothing says what the bottom of the stack carries. By its first four bits it is IP,
 * or a control word (RFC 4385) and then a frame, or no packet; but a frame may be
 * there without a control word.
 */
static enum step read_below_mpls(struct walk *walk)
{
	if (!walk_has(walk, 1))
		return STEP_SHORT;
	switch (walk->at[0] >> 4) {
	case 4:
		return walk_on(walk, 0, SPACE_ETHERTYPE, ETHERTYPE_IPV4);
	case 6:
		return walk_on(walk, 0, SPACE_ETHERTYPE, ETHERTYPE_IPV6);
	case 0:
		if (looks_like_ethernet(walk, 4))
			return walk_on(walk, 4, SPACE_ETHERTYPE, ETHERTYPE_ETHERNET);
		break;
	}
	if (looks_like_ethernet(walk, 0))
		return walk_on(walk, 0, SPACE_ETHERTYPE, ETHERTYPE_ETHERNET);
	return walk->at[0] >> 4 == 1 ? STEP_NO_TCP : STEP_HIDDEN;
}

enum step read_mpls(struct walk *walk)
{
	unsigned int labels;

	for (labels = 0; labels < MPLS_LABELS_MAX; labels++) {
		if (!walk_has(walk, 4))
			return STEP_SHORT;
		if (walk_on(walk, 4, walk->space, walk->number) == STEP_ON &&
		    get32(walk->at - 4) & MPLS_BOTTOM)
			return read_below_mpls(walk);
	}
	return STEP_HIDDEN;
}

/* Address and control may be left out, and so may the first octet of a number. */
enum step read_ppp(struct walk *walk)
{
	uint32_t at = 0, protocol;

	if (!walk_has(walk, 4))
		return STEP_SHORT;
	if (walk->at[0] == PPP_ADDRESS && walk->at[1] == PPP_CONTROL)
		at = 2;
	protocol = walk->at[at++];
	if (!(protocol & 1))
		protocol = protocol << 8 | walk->at[at++];
	return protocol < PPP_NETWORK_CONTROL ?
	       walk_on(walk, at, SPACE_PPP, protocol) : STEP_NO_TCP;
}

enum step read_pppoe(struct walk *walk)
{
	if (!walk_has(walk, 6))
		return STEP_SHORT;
	walk_scope(walk, SCOPE_PPPOE, get16(walk->at + 2));
	return walk_on(walk, 6, SPACE_ETHERTYPE, ETHERTYPE_PPP);
}

enum step read_hdlc(struct walk *walk)
{
	if (!walk_has(walk, 4))
		return STEP_SHORT;
	if (walk->at[0] != HDLC_UNICAST && walk->at[0] != HDLC_MULTICAST)
		return read_ppp(walk);
	return walk_on(walk, 4, SPACE_ETHERTYPE, get16(walk->at + 2));
}

/* An octet says who has sent it; behind it are all of PPP, or all but the address. */
enum step read_ppp_direction(struct walk *walk)
{
	if (!walk_has(walk, 2))
		return STEP_SHORT;
	return walk_on(walk, walk->at[1] == PPP_CONTROL ? 2 : 1, SPACE_ETHERTYPE, ETHERTYPE_PPP);
}

static enum step read_below_cooked(struct walk *walk, uint32_t header, uint16_t device,
				   uint16_t protocol)
{
	return device == ARPHRD_NETLINK ?
	       STEP_NO_TCP : walk_on(walk, header, SPACE_ETHERTYPE, protocol);
}

enum step read_cooked(struct walk *walk)
{
	return walk_has(walk, 16) ?
	       read_below_cooked(walk, 16, get16(walk->at + 2), get16(walk->at + 14)) :
	       STEP_SHORT;
}

enum step read_cooked2(struct walk *walk)
{
	return walk_has(walk, 20) ?
	       read_below_cooked(walk, 20, get16(walk->at + 8), get16(walk->at)) : STEP_SHORT;
}

/*
 * The header is an AF_* of the host that captured, in its byte order (DLT_NULL) or
 * in that of the network (DLT_LOOP). AF_INET is 2 everywhere, AF_INET6 differs.
 */
enum step read_loopback(struct walk *walk)
{
	uint32_t family;

	if (!walk_has(walk, 4))
		return STEP_SHORT;
	family = get16(walk->at) ? walk->at[0] | walk->at[1] << 8 : get16(walk->at + 2);
	switch (family) {
	case 2:
		return walk_on(walk, 4, SPACE_ETHERTYPE, ETHERTYPE_IPV4);
	case 10:	/* Linux */
	case 24:	/* NetBSD, OpenBSD */
	case 28:	/* FreeBSD */
	case 30:	/* Darwin */
		return walk_on(walk, 4, SPACE_ETHERTYPE, ETHERTYPE_IPV6);
	default:
		return STEP_HIDDEN;
	}
}

static uint16_t get16_of_host(const struct walk *walk, const uint8_t *at)
{
	return walk->big_endian ? get16(at) : at[0] | at[1] << 8;
}

/* Attributes with a length and a type, one of which is the packet */
enum step read_nflog(struct walk *walk)
{
	uint32_t at = 4, len;

	for (;;) {
		if (!walk_has(walk, at + 4))
			return STEP_SHORT;
		len = get16_of_host(walk, walk->at + at);
		if (len < 4)
			return STEP_MALFORMED;
		if (get16_of_host(walk, walk->at + at + 2) == NFLOG_PAYLOAD)
			break;
		at += (len + 3) / 4 * 4;
	}
	return walk_on(walk, at + 4, SPACE_ETHERTYPE,
		       walk->avail > at + 4 && walk->at[at + 4] >> 4 == 6 ?
		       ETHERTYPE_IPV6 : ETHERTYPE_IPV4);
}
