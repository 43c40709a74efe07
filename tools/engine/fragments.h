/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Put IP datagrams together from their fragments. Few wait at a time, none of them
 * long, and only the beginning of each is kept: that is where the headers are.
 */
#ifndef _TCPFSM_TOOL_FRAGMENTS_H
#define _TCPFSM_TOOL_FRAGMENTS_H

#include <stdbool.h>
#include <stdint.h>

/* The oldest one makes room for a new one */
#define FRAGMENTS_PENDING	256u

/* What fragments of one datagram have in common */
struct fragment_key {
	uint64_t scope;
	uint8_t addr[2][16];
	uint32_t id;
	uint8_t version;
	uint8_t protocol;	/* of IPv4; of IPv6 it is not a part of the key */
	uint8_t zero[2];	/* instead of padding, for memcmp() */
};

struct fragment {
	struct fragment_key key;
	const uint8_t *header;	/* up to the data; of IPv6 with the fragment header, at its end */
	uint32_t header_len;
	const uint8_t *data;
	uint32_t avail;		/* octets of the data that the file has */
	uint32_t from;		/* the place of the data in that of the datagram */
	uint32_t to;
	bool last;
	bool no_tcp;		/* as its first octets show */
};

/* A datagram; valid up to the next fragments_advance() */
struct whole {
	const uint8_t *bytes;	/* with a header that is not that of a fragment any more */
	uint32_t avail;
	uint32_t total;
};

enum fragments_result {
	FRAGMENTS_WHOLE,
	FRAGMENTS_WAIT,		/* for the others, or it was dropped: it is counted later or now */
	FRAGMENTS_BAD,		/* no datagram has such a fragment; it is not counted here */
	FRAGMENTS_NO_MEMORY,
};

/* Fragments, not datagrams */
struct fragment_counts {
	uint64_t used;		/* but for the last one of each datagram */
	uint64_t incomplete;	/* dropped, because others did not come in time */
	uint64_t overlapping;	/* dropped, because two say different things */
	uint64_t no_tcp;	/* dropped for one of these reasons, and no loss */
};

struct datagram;

struct fragments {
	struct datagram *pending[FRAGMENTS_PENDING];	/* the oldest one first */
	unsigned int count;
	struct datagram *done;
	struct fragment_counts counts;
};

/* Drop what has waited for too long, and free what was whole before. */
void fragments_advance(struct fragments *fragments, uint64_t now);

enum fragments_result fragments_add(struct fragments *fragments, const struct fragment *fragment,
				    uint64_t now, struct whole *whole);

/* No further fragment comes: drop all. */
void fragments_end(struct fragments *fragments);

#endif /* _TCPFSM_TOOL_FRAGMENTS_H */
