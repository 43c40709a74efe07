/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A walk through the headers of a frame. At each place it is known what the header
 * there is: a number in a space of numbers. Who reads the header finds the next one.
 */
#ifndef _TCPFSM_TOOL_WALK_H
#define _TCPFSM_TOOL_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/fragments.h"

/* Whose number it is */
enum space {
	SPACE_LINK,		/* https://www.tcpdump.org/linktypes.html */
	SPACE_ETHERTYPE,	/* IEEE; also of GRE, SNAP and others */
	SPACE_SAP,		/* IEEE 802.2 */
	SPACE_PPP,		/* IANA: PPP numbers */
	SPACE_IP,		/* IANA: protocol numbers */
	SPACE_UDP,		/* IANA: two ports, the destination's in the upper 16 bits */
	SPACE_FAULT,		/* enum fault: what is wrong with a packet */
	SPACE_REJECT,		/* enum tcpfsm_reject: TCP that is not usable */
	SPACES
};

/* Those that are the next header of several others */
#define ETHERTYPE_IPV4		0x0800
#define ETHERTYPE_ETHERNET	0x6558
#define ETHERTYPE_IPV6		0x86dd
#define ETHERTYPE_LLC		0x8870
#define ETHERTYPE_PPP		0x880b

#define PROTO_TCP		6
#define PROTO_UDP		17
#define PROTO_ESP		50

enum fault {
	FAULT_CUT,		/* the file does not have all of the headers */
	FAULT_MALFORMED,
	FAULT_DEEP,		/* too many headers */
	FAULT_INCOMPLETE,	/* a fragment without the others */
	FAULT_OVERLAPPING,	/* a fragment that contradicts others */
	FAULT_UNTRACKED,	/* none: TCP that opens no connection */
	FAULT_OTHER,		/* of too many kinds */
	FAULTS
};

/* What came of reading a header */
enum step {
	STEP_ON,		/* the next one is found */
	STEP_PACKET,		/* this is the IP packet around TCP, or may be */
	STEP_FRAGMENT,		/* a part of an IP packet: walk->fragment */
	STEP_NO_TCP,		/* no TCP can be behind it */
	STEP_HIDDEN,		/* TCP may be behind it, but is not found */
	STEP_SHORT,		/* the frame ends in it */
	STEP_MALFORMED,
	STEP_NO_MEMORY,
};

struct walk {
	const uint8_t *at;	/* what is left behind the headers that were read */
	uint32_t avail;		/* octets in the file */
	uint32_t wire;		/* octets on the wire */
	enum space space;	/* what it is */
	uint32_t number;
	uint64_t scope;		/* what was on the way: walk_scope() */
	bool big_endian;	/* of the host that captured */
	uint32_t missing;	/* set with STEP_SHORT: so many octets were needed */
	struct fragment fragment;	/* set with STEP_FRAGMENT */
};

/*
 * Encapsulations that tell networks apart, in which the same addresses may be used by
 * different hosts. Only what is the same in both directions: no address or port around
 * the packet, no label, TEID or call, which the receiver chooses; and no tunnel that
 * has no number, because replies may go another way.
 */
enum scope {
	SCOPE_VLAN = 1,		/* VLAN ID */
	SCOPE_SERVICE,		/* I-SID of IEEE 802.1ah */
	SCOPE_PPPOE,		/* session */
	SCOPE_GRE,		/* key */
	SCOPE_ERSPAN,		/* session: each has its own copy of a segment */
	SCOPE_VXLAN,		/* VNI */
	SCOPE_GENEVE,		/* VNI */
};

static inline uint16_t get16(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

static inline uint32_t get24(const uint8_t *at)
{
	return (uint32_t)get16(at) << 8 | at[2];
}

static inline uint32_t get32(const uint8_t *at)
{
	return (uint32_t)get16(at) << 16 | get16(at + 2);
}

/* Whether so many octets are there; if not, return STEP_SHORT. */
static inline bool walk_has(struct walk *walk, uint32_t octets)
{
	walk->missing = octets;
	return walk->avail >= octets;
}

/* Go on behind a header of so many octets. */
static inline enum step walk_on(struct walk *walk, uint32_t octets, enum space space,
				uint32_t number)
{
	if (!walk_has(walk, octets))
		return STEP_SHORT;
	walk->at += octets;
	walk->avail -= octets;
	walk->wire -= octets;
	walk->space = space;
	walk->number = number;
	return STEP_ON;
}

/* What follows is inside of it. Equal stacks have equal scopes; 0: there is none. */
static inline void walk_scope(struct walk *walk, enum scope kind, uint32_t id)
{
	walk->scope = (walk->scope ^ ((uint64_t)kind << 32 | id)) * 0x9e3779b97f4a7c15ull;
	walk->scope ^= walk->scope >> 32;
}

#endif /* _TCPFSM_TOOL_WALK_H */
