// SPDX-License-Identifier: GPL-2.0
/*
 * Parser for IPv4 (RFC 791), IPv6 with its extension headers (RFC 8200) and TCP
 * (RFC 9293 section 3.1).
 */
#include "core/pkt.h"

#define PROTO_HOPOPTS	0
#define PROTO_TCP	6
#define PROTO_ROUTING	43
#define PROTO_FRAGMENT	44
#define PROTO_AH	51
#define PROTO_DSTOPTS	60
#define PROTO_MH	135

/* Hosts send one or two extension headers; a longer chain is made to cost us */
#define EXTENSIONS_MAX	8

#define TCP_HEADER	20
#define OPT_EOL		0
#define OPT_NOP		1
#define OPT_WSCALE	3
#define OPT_SACK_OK	4
#define OPT_STAMPS	8
#define OPT_COOKIE	34
#define OPT_EXPERIMENT	254
#define EXPERIMENT_COOKIE 0xf989	/* RFC 7413 section 4.1.1, RFC 6994 */

#define X(id, name) [TCPFSM_REJECT_##id] = name,
const char *const tcpfsm_reject_names[TCPFSM_REJECT_COUNT] = {
	TCPFSM_REJECTS(X)
};
#undef X

/*
 * The combinations of flags that a TCP sends, apart from PSH, ECE and CWR,
 * which may go with any of them. A segment with any other combination is
 * dropped by every receiver, or is an attack.
 */
static const bool flags_valid[64] = {
	[TCPFSM_SYN]				= true,
	[TCPFSM_SYN | TCPFSM_URG]		= true,
	[TCPFSM_SYN | TCPFSM_ACK]		= true,
	[TCPFSM_RST]				= true,
	[TCPFSM_RST | TCPFSM_ACK]		= true,
	[TCPFSM_FIN | TCPFSM_ACK]		= true,
	[TCPFSM_FIN | TCPFSM_ACK | TCPFSM_URG]	= true,
	[TCPFSM_ACK]				= true,
	[TCPFSM_ACK | TCPFSM_URG]		= true,
};

static u16 get16(const u8 *p)
{
	return (u16)(p[0] << 8 | p[1]);
}

static u32 get32(const u8 *p)
{
	return (u32)get16(p) << 16 | get16(p + 2);
}

/*
 * Fewer than @need octets are readable: ask for more if the packet has them,
 * else the packet itself is truncated.
 */
static enum tcpfsm_pkt short_of(u32 need, u32 total, enum tcpfsm_reject *reject)
{
	if (need <= total)
		return TCPFSM_PKT_SHORT;
	*reject = TCPFSM_REJECT_TRUNCATED;
	return TCPFSM_PKT_REJECT;
}

/*
 * Evaluate one option of @size octets, all of them within the header. Window
 * scale, SACK-permitted and Fast Open are only valid in a SYN.
 */
static void take_option(const u8 *opt, u32 size, bool syn,
			struct tcpfsm_segment *seg)
{
	switch (opt[0]) {
	case OPT_STAMPS:
		if (size != 10)
			break;
		seg->stamped = true;
		seg->tsval = get32(opt + 2);
		break;
	case OPT_WSCALE:
		if (syn && size == 3)
			seg->wscale = min(opt[2], (u8)TCPFSM_WSCALE_MAX);
		break;
	case OPT_SACK_OK:
		if (syn && size == 2)
			seg->sack = true;
		break;
	case OPT_COOKIE:	/* RFC 7413 section 4.1.1, of any length */
		if (syn)
			seg->cookie = true;
		break;
	case OPT_EXPERIMENT:
		if (syn && size >= 4 && get16(opt + 2) == EXPERIMENT_COOKIE)
			seg->cookie = true;
		break;
	}
}

/* A malformed option ends the list, as in Linux: tcp_parse_options() */
static void parse_options(const u8 *opt, u32 len, struct tcpfsm_segment *seg)
{
	bool syn = seg->flags & TCPFSM_SYN;
	const u8 *end = opt + len;

	/* Hot path: NOP, NOP, timestamps, as in RFC 7323 appendix A */
	if (!syn && len >= 12 && get32(opt) == 0x0101080a) {
		seg->stamped = true;
		seg->tsval = get32(opt + 4);
		return;
	}
	while (opt < end && *opt != OPT_EOL) {
		if (*opt == OPT_NOP) {
			opt++;
			continue;
		}
		if (end - opt < 2 || opt[1] < 2 || opt[1] > end - opt)
			return;
		take_option(opt, opt[1], syn, seg);
		opt += opt[1];
	}
}

static enum tcpfsm_pkt parse_tcp(const u8 *data, u32 avail, u32 total,
				 struct tcpfsm_segment *seg,
				 enum tcpfsm_reject *reject)
{
	const u8 *tcp = data + seg->offset;
	u32 header;

	if (avail < seg->offset + TCP_HEADER)
		return short_of(seg->offset + TCP_HEADER, total, reject);

	header = (tcp[12] >> 4) * 4;
	if (header < TCP_HEADER || seg->offset + header > total) {
		*reject = TCPFSM_REJECT_DATA_OFFSET;
		return TCPFSM_PKT_REJECT;
	}

	tcpfsm_load(seg->ports, tcp);
	seg->seq = get32(tcp + 4);
	seg->ack = get32(tcp + 8);
	seg->flags = tcp[13] & 0x3f;
	seg->window = get16(tcp + 14);
	seg->wscale = TCPFSM_WSCALE_NONE;
	seg->sack = false;
	seg->cookie = false;
	seg->stamped = false;
	seg->len = total - seg->offset - header;
	seg->end = seg->seq + seg->len + !!(seg->flags & TCPFSM_SYN) +
		   !!(seg->flags & TCPFSM_FIN);

	if (!flags_valid[seg->flags & ~TCPFSM_PSH]) {
		*reject = TCPFSM_REJECT_FLAGS;
		return TCPFSM_PKT_REJECT;
	}
	if (header > TCP_HEADER) {
		if (avail < seg->offset + header)
			return short_of(seg->offset + header, total, reject);
		parse_options(tcp + TCP_HEADER, header - TCP_HEADER, seg);
	}
	return TCPFSM_PKT_SEGMENT;
}

static union tcpfsm_addr ipv4_address(const u8 *from)
{
	union tcpfsm_addr addr;
	u32 v4;

	tcpfsm_load(v4, from);
	addr.words[0] = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ?
			(u64)v4 << 32 : v4;
	addr.words[1] = 0;
	return addr;
}

static enum tcpfsm_pkt parse_ipv4(const u8 *data, u32 avail, u32 total,
				  struct tcpfsm_segment *seg,
				  enum tcpfsm_reject *reject)
{
	if (avail < 20)
		return short_of(20, total, reject);
	if (data[9] != PROTO_TCP)
		return TCPFSM_PKT_OTHER;
	if (get16(data + 6) & 0x3fff) {		/* more fragments, or an offset */
		*reject = TCPFSM_REJECT_FRAGMENT;
		return TCPFSM_PKT_REJECT;
	}
	seg->offset = (data[0] & 0xf) * 4;
	if (seg->offset < 20) {
		*reject = TCPFSM_REJECT_TRUNCATED;
		return TCPFSM_PKT_REJECT;
	}
	seg->family = TCPFSM_AF_INET;
	seg->src = ipv4_address(data + 12);
	seg->dst = ipv4_address(data + 16);
	return parse_tcp(data, avail, total, seg, reject);
}

/*
 * Length of the extension header @ext, octets; 0 if @proto is no extension
 * header. A fragment header has a fixed length, AH counts words of four octets,
 * the others words of eight.
 */
static u32 extension_length(u8 proto, const u8 *ext)
{
	switch (proto) {
	case PROTO_HOPOPTS:
	case PROTO_ROUTING:
	case PROTO_DSTOPTS:
	case PROTO_MH:
		return (ext[1] + 1u) * 8;
	case PROTO_FRAGMENT:
		return 8;
	case PROTO_AH:
		return (ext[1] + 2u) * 4;
	default:
		return 0;
	}
}

static bool is_extension(u8 proto)
{
	static const u8 zeros[2];

	return extension_length(proto, zeros) != 0;
}

static enum tcpfsm_pkt parse_ipv6(const u8 *data, u32 avail, u32 total,
				  struct tcpfsm_segment *seg,
				  enum tcpfsm_reject *reject)
{
	u32 offset = 40;
	u32 count;
	u8 proto;

	if (avail < offset)
		return short_of(offset, total, reject);
	proto = data[6];
	for (count = 0; is_extension(proto); count++) {
		const u8 *ext = data + offset;

		if (count == EXTENSIONS_MAX || offset + 8 > TCPFSM_PKT_HEADERS) {
			*reject = TCPFSM_REJECT_EXTENSIONS;
			return TCPFSM_PKT_REJECT;
		}
		if (avail < offset + 8)
			return short_of(offset + 8, total, reject);
		/*
		 * An atomic fragment (RFC 6946) is a whole packet. Any other
		 * fragment is counted as a reject if it is TCP, or may be: if
		 * another extension header follows in the chain.
		 */
		if (proto == PROTO_FRAGMENT && (get16(ext + 2) & 0xfff9)) {
			if (ext[0] != PROTO_TCP && !is_extension(ext[0]))
				return TCPFSM_PKT_OTHER;
			*reject = TCPFSM_REJECT_FRAGMENT;
			return TCPFSM_PKT_REJECT;
		}
		offset += extension_length(proto, ext);
		proto = ext[0];
	}
	if (proto != PROTO_TCP)
		return TCPFSM_PKT_OTHER;

	/* The longest TCP header must end within TCPFSM_PKT_HEADERS */
	if (offset + 60 > TCPFSM_PKT_HEADERS) {
		*reject = TCPFSM_REJECT_EXTENSIONS;
		return TCPFSM_PKT_REJECT;
	}
	seg->offset = offset;
	seg->family = TCPFSM_AF_INET6;
	tcpfsm_load(seg->src, data + 8);
	tcpfsm_load(seg->dst, data + 24);
	return parse_tcp(data, avail, total, seg, reject);
}

/**
 * tcpfsm_pkt_parse - parse the headers of a packet
 * @data: the packet, from its IP header on
 * @avail: readable length of @data, octets
 * @total: length of the whole packet, octets, at least @avail. It replaces the
 *	length field of the IP header, which is wrong or zero in a packet that
 *	is segmented later (TSO, BIG TCP).
 * @seg: filled for TCPFSM_PKT_SEGMENT, and for TCPFSM_PKT_REJECT with
 *	TCPFSM_REJECT_FLAGS; otherwise undefined
 * @reject: filled with the reason for TCPFSM_PKT_REJECT
 *
 * Pure. TCPFSM_PKT_SHORT asks for more readable octets; it is never returned if
 * TCPFSM_PKT_HEADERS octets, or all of the packet, are readable.
 *
 * Return: enum tcpfsm_pkt.
 */
enum tcpfsm_pkt tcpfsm_pkt_parse(const u8 *data, u32 avail, u32 total,
				 struct tcpfsm_segment *seg,
				 enum tcpfsm_reject *reject)
{
	if (!avail)
		return TCPFSM_PKT_OTHER;
	switch (data[0] >> 4) {
	case 4:
		return parse_ipv4(data, avail, total, seg, reject);
	case 6:
		return parse_ipv6(data, avail, total, seg, reject);
	default:
		return TCPFSM_PKT_OTHER;
	}
}
