// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "core/pkt.h"
#include "engine/fragments.h"

/* As in Linux: /proc/sys/net/ipv4/ipfrag_time */
#define PATIENCE	(30 * NSEC_PER_SEC)

#define LENGTH_MAX	65535u
#define IPV6_HEADER	40u
#define BLOCK		8u	/* offsets of fragments are multiples of this */
#define BLOCKS_MAX	((LENGTH_MAX + 1) / BLOCK)

#define HEADER_MAX	TCPFSM_PKT_HEADERS
/* Enough for the headers of a packet in a few others */
#define DATA_KEPT	2048u

struct datagram {
	struct datagram *next;		/* of those that are done */
	struct fragment_key key;
	uint64_t since;
	bool no_tcp;
	uint32_t fragments;		/* so many have come */
	uint32_t header_len;
	uint32_t end;			/* the furthest octet of data that has come */
	uint32_t length;		/* of all data; 0: the last fragment has not come */
	uint32_t known;			/* all that is kept before this octet was captured */
	uint32_t blocks;		/* so many have come */
	uint8_t came[BLOCKS_MAX / 8];	/* a bit for each block */
	uint8_t bytes[HEADER_MAX + DATA_KEPT];	/* the header ends where the data begin */
};

static void take_out(struct fragments *fragments, unsigned int place)
{
	memmove(&fragments->pending[place], &fragments->pending[place + 1],
		(--fragments->count - place) * sizeof(fragments->pending[0]));
}

static void drop(struct fragments *fragments, unsigned int place, uint64_t *counter)
{
	struct datagram *datagram = fragments->pending[place];

	*(datagram->no_tcp ? &fragments->counts.no_tcp : counter) += datagram->fragments;
	take_out(fragments, place);
	free(datagram);
}

static void drop_oldest(struct fragments *fragments)
{
	drop(fragments, 0, &fragments->counts.incomplete);
}

static void free_done(struct fragments *fragments)
{
	while (fragments->done) {
		struct datagram *datagram = fragments->done;

		fragments->done = datagram->next;
		free(datagram);
	}
}

void fragments_advance(struct fragments *fragments, uint64_t now)
{
	free_done(fragments);
	while (fragments->count && now > fragments->pending[0]->since + PATIENCE)
		drop_oldest(fragments);
}

void fragments_end(struct fragments *fragments)
{
	free_done(fragments);
	while (fragments->count)
		drop_oldest(fragments);
}

/* The fragment before is most likely one of the same datagram. */
static bool find(const struct fragments *fragments, const struct fragment_key *key,
		 unsigned int *place)
{
	for (*place = fragments->count; *place; )
		if (!memcmp(&fragments->pending[--*place]->key, key, sizeof(*key)))
			return true;
	return false;
}

/* Make a datagram of which nothing has come, at @place. False: no memory */
static bool begin(struct fragments *fragments, const struct fragment_key *key, uint64_t now,
		  unsigned int *place)
{
	struct datagram *datagram = malloc(sizeof(*datagram));

	if (!datagram)
		return false;
	memset(datagram, 0, offsetof(struct datagram, bytes));
	datagram->key = *key;
	datagram->since = now;
	datagram->known = DATA_KEPT;
	if (fragments->count == FRAGMENTS_PENDING)
		drop_oldest(fragments);
	*place = fragments->count++;
	fragments->pending[*place] = datagram;
	return true;
}

/* The blocks of the fragment that have come before */
static uint32_t blocks_known(const struct datagram *datagram, uint32_t from, uint32_t to)
{
	uint32_t count = 0;

	for (; from < to; from++)
		count += datagram->came[from / 8] >> from % 8 & 1;
	return count;
}

static void set_blocks(struct datagram *datagram, uint32_t from, uint32_t to)
{
	datagram->blocks += to - from;
	for (; from < to; from++)
		datagram->came[from / 8] |= 1 << from % 8;
}

static uint8_t *header_of(struct datagram *datagram)
{
	return datagram->bytes + HEADER_MAX - datagram->header_len;
}

static void keep(struct datagram *datagram, const struct fragment *fragment)
{
	uint32_t from = fragment->from, to = from + fragment->avail;

	if (to < fragment->to)
		datagram->known = min(datagram->known, to);
	if (from < DATA_KEPT && to > from)
		memcpy(datagram->bytes + HEADER_MAX + from, fragment->data,
		       min(to, DATA_KEPT) - from);
	if (from)
		return;
	datagram->header_len = fragment->header_len;
	memcpy(header_of(datagram), fragment->header, fragment->header_len);
	datagram->no_tcp = fragment->no_tcp;
}

/* Two fragments contradict each other about the end of the datagram. */
static bool wrong_end(const struct datagram *datagram, const struct fragment *fragment)
{
	if (fragment->last)
		return datagram->length ? datagram->length != fragment->to :
					  datagram->end > fragment->to;
	return datagram->length && fragment->to > datagram->length;
}

/* False: it overlaps another one. One that repeats others changes nothing, as in Linux. */
static bool take(struct datagram *datagram, const struct fragment *fragment)
{
	uint32_t from = fragment->from / BLOCK, to = (fragment->to + BLOCK - 1) / BLOCK;
	uint32_t known = blocks_known(datagram, from, to);

	datagram->fragments++;
	if (wrong_end(datagram, fragment) || (known && known != to - from))
		return false;
	if (fragment->last)
		datagram->length = fragment->to;
	datagram->end = max(datagram->end, fragment->to);
	if (known)
		return true;
	set_blocks(datagram, from, to);
	keep(datagram, fragment);
	return true;
}

static bool is_whole(const struct datagram *datagram)
{
	return datagram->length &&
	       datagram->blocks == (datagram->length + BLOCK - 1) / BLOCK;
}

static void put16(uint8_t *to, uint16_t value)
{
	to[0] = value >> 8;
	to[1] = value;
}

/*
 * Make the header that of a whole datagram; an IPv6 one keeps its fragment header. A
 * length of 0 is one that cannot be written.
 */
static void mend_header(struct datagram *datagram, uint32_t total)
{
	uint8_t *header = header_of(datagram);

	if (datagram->key.version == 6)
		total -= IPV6_HEADER;
	if (total > LENGTH_MAX)
		total = 0;
	if (datagram->key.version == 4) {
		put16(header + 2, total);
		put16(header + 6, 0);
	} else {
		put16(header + 4, total);
		put16(header + datagram->header_len - 6, 0);
	}
}

static void join(struct fragments *fragments, unsigned int place, struct whole *whole)
{
	struct datagram *datagram = fragments->pending[place];
	uint32_t kept = min(datagram->known, datagram->length);

	fragments->counts.used += datagram->fragments - 1;
	take_out(fragments, place);
	datagram->next = fragments->done;
	fragments->done = datagram;
	whole->total = datagram->header_len + datagram->length;
	whole->avail = datagram->header_len + kept;
	mend_header(datagram, whole->total);
	whole->bytes = header_of(datagram);
}

/* All but the last one are of whole blocks. The length of IPv6 is one behind its header. */
static bool is_possible(const struct fragment *fragment)
{
	uint32_t counted = fragment->header_len - (fragment->key.version == 6 ? IPV6_HEADER : 0);

	return fragment->from < fragment->to &&
	       (fragment->last || (fragment->to - fragment->from) % BLOCK == 0) &&
	       fragment->header_len <= HEADER_MAX &&
	       fragment->to <= LENGTH_MAX - counted;
}

enum fragments_result fragments_add(struct fragments *fragments, const struct fragment *fragment,
				    uint64_t now, struct whole *whole)
{
	unsigned int place;

	if (!is_possible(fragment))
		return FRAGMENTS_BAD;
	if (!find(fragments, &fragment->key, &place) &&
	    !begin(fragments, &fragment->key, now, &place))
		return FRAGMENTS_NO_MEMORY;
	if (!take(fragments->pending[place], fragment)) {
		drop(fragments, place, &fragments->counts.overlapping);
		return FRAGMENTS_WAIT;
	}
	if (!is_whole(fragments->pending[place]))
		return FRAGMENTS_WAIT;
	join(fragments, place, whole);
	return FRAGMENTS_WHOLE;
}
