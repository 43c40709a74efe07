/* SPDX-License-Identifier: GPL-2.0 */
/* Bytes to segment. Pure: no kernel, no allocation, no loop without a bound. */
#ifndef _TCPFSM_PKT_H
#define _TCPFSM_PKT_H

#include "core/defs.h"
#include "core/types.h"

#define TCPFSM_FIN	0x01
#define TCPFSM_SYN	0x02
#define TCPFSM_RST	0x04
#define TCPFSM_PSH	0x08
#define TCPFSM_ACK	0x10
#define TCPFSM_URG	0x20

#define TCPFSM_AF_INET	2
#define TCPFSM_AF_INET6	10

#define TCPFSM_WSCALE_NONE	0xff
#define TCPFSM_WSCALE_MAX	14	/* RFC 7323 section 2.3 */

/* So many bytes of a packet always hold all that the parser looks at */
#define TCPFSM_PKT_HEADERS	512

#define X(id, name) TCPFSM_REJECT_##id,
enum tcpfsm_reject { TCPFSM_REJECTS(X) TCPFSM_REJECT_COUNT };
#undef X

/* What became of a packet */
enum tcpfsm_pkt {
	TCPFSM_PKT_SEGMENT,	/* a segment */
	TCPFSM_PKT_OTHER,	/* not TCP: nothing to do, nothing to count */
	TCPFSM_PKT_SHORT,	/* the bytes at hand end before the header does */
	TCPFSM_PKT_REJECT,	/* TCP, but not usable: see the reject */
};

/**
 * union tcpfsm_addr - an IPv4 or IPv6 address
 * @v4: in network byte order, the rest is zero
 * @v6: in network byte order
 * @bytes: either of them
 * @words: either of them, to be copied and compared; and written, where it is
 *	read soon, for a processor waits for a word that was written in parts
 */
union tcpfsm_addr {
	__be32	v4;
	__be32	v6[4];
	u8	bytes[16];
	u64	words[2];
};

/**
 * struct tcpfsm_segment - one TCP segment
 * @src: address of the sender
 * @dst: address of the receiver
 * @sport: port of the sender, network byte order
 * @dport: port of the receiver, network byte order
 * @ports: both, as they are in the header
 * @family: TCPFSM_AF_INET or TCPFSM_AF_INET6
 * @flags: TCPFSM_FIN and so on; ECE, CWR and the rest are masked out
 * @wscale: shift of the window scale option, TCPFSM_WSCALE_NONE without one;
 *	looked for in a SYN only
 * @sack: the SACK-permitted option is there; looked for in a SYN only
 * @cookie: the Fast Open option is there, with a cookie or asking for one: a
 *	server may do without; looked for in a SYN only
 * @stamped: the timestamps option is there
 * @tsval: its TSval (RFC 7323 section 3.2)
 * @window: as in the header, not scaled
 * @seq: sequence number of the first octet or flag
 * @ack: acknowledgment number, only meaningful with TCPFSM_ACK
 * @len: octets of payload
 * @end: sequence number after the segment, its SYN and FIN counted
 * @offset: of the TCP header in the packet, octets
 */
struct tcpfsm_segment {
	union tcpfsm_addr	src;
	union tcpfsm_addr	dst;
	union {
		struct {
			__be16	sport;
			__be16	dport;
		};
		u32		ports;
	};
	u8			family;
	u8			flags;
	u8			wscale;
	bool			sack;
	bool			cookie;
	bool			stamped;
	u16			window;
	u32			tsval;
	u32			seq;
	u32			ack;
	u32			len;
	u32			end;
	u32			offset;
};

/* One endpoint that talks to itself has no two ends to tell apart */
static inline bool tcpfsm_segment_is_self(const struct tcpfsm_segment *seg)
{
	return seg->sport == seg->dport && seg->src.v4 == seg->dst.v4 &&
	       !memcmp(&seg->src, &seg->dst, sizeof(seg->src));
}

/* Whether the sender is the second one, in an order that is always the same */
static inline bool tcpfsm_segment_is_second(const struct tcpfsm_segment *seg)
{
	const u32 *src = (__force const u32 *)seg->src.v6;
	const u32 *dst = (__force const u32 *)seg->dst.v6;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(seg->src.v6); i++)
		if (src[i] != dst[i])
			return src[i] > dst[i];
	return (__force u16)seg->sport > (__force u16)seg->dport;
}

extern const char *const tcpfsm_reject_names[TCPFSM_REJECT_COUNT];

enum tcpfsm_pkt tcpfsm_pkt_parse(const u8 *data, u32 avail, u32 total,
				 struct tcpfsm_segment *seg,
				 enum tcpfsm_reject *reject);

#endif /* _TCPFSM_PKT_H */
