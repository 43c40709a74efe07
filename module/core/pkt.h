/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parser: from the octets of a packet to struct tcpfsm_segment. Pure: no kernel
 * functions, no allocation, every loop is bounded.
 */
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

/* The parser never reads beyond this many octets of a packet */
#define TCPFSM_PKT_HEADERS	512

#define X(id, name) TCPFSM_REJECT_##id,
enum tcpfsm_reject { TCPFSM_REJECTS(X) TCPFSM_REJECT_COUNT };
#undef X

/* Result of parsing a packet */
enum tcpfsm_pkt {
	TCPFSM_PKT_SEGMENT,	/* a TCP segment */
	TCPFSM_PKT_OTHER,	/* not TCP: neither used nor counted */
	TCPFSM_PKT_SHORT,	/* the readable octets end within the headers */
	TCPFSM_PKT_REJECT,	/* TCP, but not usable: enum tcpfsm_reject */
};

/**
 * union tcpfsm_addr - an IPv4 or IPv6 address
 * @v4: IPv4 address, network byte order; the other octets are zero
 * @v6: IPv6 address, network byte order
 * @bytes: the address as octets
 * @words: the address as two words, for copies and comparisons. The parser
 *	writes it as words, too: a load that is wider than a recent store to
 *	the same place stalls the processor.
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
 * @ports: @sport and @dport as they are in the header
 * @family: TCPFSM_AF_INET or TCPFSM_AF_INET6
 * @flags: TCPFSM_FIN to TCPFSM_URG; ECE, CWR and reserved bits are masked out
 * @wscale: shift count of the window scale option, at most %TCPFSM_WSCALE_MAX;
 *	%TCPFSM_WSCALE_NONE without the option and in a segment without SYN
 * @sack: the segment is a SYN with the SACK-permitted option
 * @cookie: the segment is a SYN with the Fast Open option, be it a cookie or a
 *	request for one: a server may accept data without a cookie
 * @stamped: the segment has the timestamps option
 * @tsval: TSval of that option (RFC 7323 section 3.2), host byte order
 * @window: window field of the header, host byte order, not scaled
 * @seq: sequence number of the first octet or flag, host byte order
 * @ack: acknowledgment number, host byte order; only valid with TCPFSM_ACK
 * @len: payload, octets
 * @end: sequence number after the segment; SYN and FIN count as one each
 * @offset: offset of the TCP header in the packet, octets
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

/**
 * tcpfsm_segment_is_self - whether sender and receiver are the same endpoint
 * @seg: the segment
 *
 * A socket that connects to itself is not tracked: its two ends cannot be told
 * apart.
 *
 * Return: true if addresses and ports are the same.
 */
static inline bool tcpfsm_segment_is_self(const struct tcpfsm_segment *seg)
{
	return seg->sport == seg->dport && seg->src.v4 == seg->dst.v4 &&
	       !memcmp(&seg->src, &seg->dst, sizeof(seg->src));
}

/**
 * tcpfsm_segment_is_second - whether the sender is second in the key
 * @seg: the segment
 *
 * The key of a connection has both endpoints in a fixed order, so that segments
 * of both directions have the same key. Any total order will do; this one
 * compares the raw words, without conversion to host byte order.
 *
 * Return: true if the receiver comes first in the key.
 */
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
