// SPDX-License-Identifier: GPL-2.0
/* The parser, one field at a time. */
#include <arpa/inet.h>

#include "exact.h"
#include "ktap.h"

#define HOPOPTS		0
#define ROUTING		43
#define FRAGMENT	44
#define ESP		50
#define AH		51
#define DSTOPTS		60

static const u8 pad8[7] = { 0, 1, 4 };		/* 8 octets in all */
static const u8 ah16[15] = { 2 };		/* 16: (2 + 2) words of 4 */
static const u8 atomic[7];
static const u8 first_fragment[7] = { 0, 0, 1 };
static const u8 later_fragment[7] = { 0, 0, 8 };

static const struct tcpfsm_segment plain = {
	.sport = 0x1234, .dport = 0x5678, .flags = TCPFSM_ACK | TCPFSM_PSH,
	.seq = 0xfffffff0, .ack = 77, .window = 4711,
};

static struct result parse_all(const struct packet *p)
{
	return parse(p, p->len, p->len);
}

static bool is_segment(const struct packet *p, u32 offset)
{
	struct result r = parse_all(p);

	return r.pkt == TCPFSM_PKT_SEGMENT && r.seg.offset == offset &&
	       r.seg.sport == plain.sport && r.seg.dport == plain.dport &&
	       r.seg.seq == plain.seq && r.seg.ack == plain.ack &&
	       r.seg.window == plain.window && r.seg.flags == plain.flags;
}

static bool is_reject(struct result r, enum tcpfsm_reject reject)
{
	return r.pkt == TCPFSM_PKT_REJECT && r.reject == reject;
}

static void data(struct packet *p, u32 len)
{
	static const u8 zeros[PACKET_MAX];

	packet_put(p, zeros, len);
}

static bool ipv4(void)
{
	struct result r;
	struct packet p;

	packet_ipv4(&p, 1, 2, 0);
	packet_tcp(&p, &plain, NULL, 0);
	data(&p, 100);
	r = parse_all(&p);
	return is_segment(&p, 20) && r.seg.family == TCPFSM_AF_INET &&
	       r.seg.src.v4 == htonl(0x0a000001) && !r.seg.src.v6[1] &&
	       r.seg.dst.v4 == htonl(0x0a000002) && !r.seg.dst.v6[3] &&
	       r.seg.len == 100 && r.seg.end == 0xfffffff0 + 100;
}

static bool ipv4_options(void)
{
	struct packet p;
	u32 options;

	for (options = 0; options <= 40; options += 4) {
		packet_ipv4(&p, 1, 2, options);
		packet_tcp(&p, &plain, NULL, 0);
		if (!is_segment(&p, 20 + options))
			return false;
	}
	return true;
}

static bool ipv4_header_too_short(void)
{
	struct packet p;
	u8 ihl;

	packet_ipv4(&p, 1, 2, 0);
	packet_tcp(&p, &plain, NULL, 0);
	for (ihl = 0; ihl < 5; ihl++) {
		p.bytes[0] = 0x40 | ihl;
		if (parse_all(&p).pkt != TCPFSM_PKT_REJECT)
			return false;
	}
	return true;
}

static bool ipv4_fragments(void)
{
	struct packet p;
	int bit;

	packet_ipv4(&p, 1, 2, 0);
	packet_tcp(&p, &plain, NULL, 0);
	p.bytes[6] = 0x40;			/* do not fragment */
	if (!is_segment(&p, 20))
		return false;
	for (bit = 0; bit < 14; bit++) {	/* offset; more fragments */
		p.bytes[6] = (u8)(1u << bit >> 8);
		p.bytes[7] = (u8)(1u << bit);
		if (!is_reject(parse_all(&p), TCPFSM_REJECT_FRAGMENT))
			return false;
	}
	return true;
}

static bool other_protocols(void)
{
	struct packet p;
	int proto;

	for (proto = 0; proto < 256; proto++) {
		packet_ipv4(&p, 1, 2, 0);
		packet_tcp(&p, &plain, NULL, 0);
		p.bytes[9] = (u8)proto;
		if ((parse_all(&p).pkt == TCPFSM_PKT_OTHER) != (proto != 6))
			return false;
	}
	packet_ipv6(&p, 1, 2);
	packet_extension(&p, ESP, pad8, sizeof(pad8));
	packet_tcp(&p, &plain, NULL, 0);
	if (parse_all(&p).pkt != TCPFSM_PKT_OTHER)
		return false;
	p.bytes[0] = 0x50;			/* IPv5 */
	return parse_all(&p).pkt == TCPFSM_PKT_OTHER &&
	       parse(&p, 0, 0).pkt == TCPFSM_PKT_OTHER;
}

static bool ipv6(void)
{
	struct result r;
	struct packet p;

	packet_ipv6(&p, 1, 2);
	packet_tcp(&p, &plain, NULL, 0);
	data(&p, 7);
	r = parse_all(&p);
	return is_segment(&p, 40) && r.seg.family == TCPFSM_AF_INET6 &&
	       r.seg.src.bytes[0] == 0xfd && r.seg.src.bytes[15] == 1 &&
	       r.seg.dst.bytes[15] == 2 && r.seg.len == 7;
}

static bool ipv6_extensions(void)
{
	struct packet p;

	packet_ipv6(&p, 1, 2);
	packet_extension(&p, HOPOPTS, pad8, sizeof(pad8));
	packet_extension(&p, ROUTING, pad8, sizeof(pad8));
	packet_extension(&p, FRAGMENT, atomic, sizeof(atomic));
	packet_extension(&p, AH, ah16, sizeof(ah16));
	packet_extension(&p, DSTOPTS, pad8, sizeof(pad8));
	packet_tcp(&p, &plain, NULL, 0);
	return is_segment(&p, 40 + 8 + 8 + 8 + 16 + 8);
}

static bool ipv6_too_many_extensions(void)
{
	struct packet p;
	int count, i;

	for (count = 1; count < 40; count++) {
		packet_ipv6(&p, 1, 2);
		for (i = 0; i < count; i++)
			packet_extension(&p, DSTOPTS, pad8, sizeof(pad8));
		packet_tcp(&p, &plain, NULL, 0);
		if (count <= 8 ? !is_segment(&p, 40 + 8 * (u32)count) :
		    !is_reject(parse_all(&p), TCPFSM_REJECT_EXTENSIONS))
			return false;
	}
	return true;
}

/* Extension headers beyond TCPFSM_PKT_HEADERS are refused, even if they are complete */
static bool ipv6_too_long_extensions(void)
{
	u8 body[PACKET_MAX / 2] = { 0 };
	struct packet p;
	u32 words;

	for (words = 0; words < 100; words++) {
		u32 offset = 40 + 8 * (words + 1);

		body[0] = (u8)words;
		packet_ipv6(&p, 1, 2);
		packet_extension(&p, DSTOPTS, body, 8 * (words + 1) - 1);
		packet_tcp(&p, &plain, NULL, 0);
		if (offset + 60 <= TCPFSM_PKT_HEADERS ? !is_segment(&p, offset) :
		    !is_reject(parse_all(&p), TCPFSM_REJECT_EXTENSIONS))
			return false;
	}
	return true;
}

static bool ipv6_fragments(void)
{
	struct packet p, udp;

	packet_ipv6(&p, 1, 2);
	packet_extension(&p, FRAGMENT, first_fragment, sizeof(first_fragment));
	udp = p;
	packet_tcp(&p, &plain, NULL, 0);
	if (!is_reject(parse_all(&p), TCPFSM_REJECT_FRAGMENT))
		return false;
	packet_tcp(&udp, &plain, NULL, 0);
	udp.bytes[40] = 17;
	if (parse_all(&udp).pkt != TCPFSM_PKT_OTHER)
		return false;

	packet_ipv6(&p, 1, 2);
	packet_extension(&p, FRAGMENT, later_fragment, sizeof(later_fragment));
	packet_tcp(&p, &plain, NULL, 0);
	return is_reject(parse_all(&p), TCPFSM_REJECT_FRAGMENT);
}

static void make_syn(struct packet *p, bool six, const u8 *options, u32 len)
{
	struct tcpfsm_segment syn = plain;

	syn.flags = TCPFSM_SYN;
	if (six) {
		packet_ipv6(p, 1, 2);
		packet_extension(p, HOPOPTS, pad8, sizeof(pad8));
		packet_extension(p, AH, ah16, sizeof(ah16));
	} else {
		packet_ipv4(p, 1, 2, 8);
	}
	packet_tcp(p, &syn, options, len);
}

/* Less in the buffer than in the packet: ask for more. The packet ends: refuse. */
static bool truncated(void)
{
	static const u8 options[8] = { 2, 4, 5, 180, 3, 3, 7, 0 };
	struct packet p;
	int six;
	u32 i;

	for (six = 0; six < 2; six++) {
		make_syn(&p, six, options, sizeof(options));
		for (i = 1; i < p.len; i++) {
			if (parse(&p, i, p.len).pkt != TCPFSM_PKT_SHORT ||
			    parse(&p, i, i).pkt != TCPFSM_PKT_REJECT)
				return false;
		}
		if (parse_all(&p).pkt != TCPFSM_PKT_SEGMENT)
			return false;
	}
	return true;
}

static bool data_offset(void)
{
	struct packet p;
	u8 words;

	for (words = 0; words < 16; words++) {
		packet_ipv4(&p, 1, 2, 0);
		packet_tcp(&p, &plain, NULL, 0);
		data(&p, 20);
		p.bytes[20 + 12] = (u8)(words << 4);
		if (words >= 5 && words <= 10 ?
		    !is_segment(&p, 20) || parse_all(&p).seg.len != 40 - words * 4u :
		    !is_reject(parse_all(&p), TCPFSM_REJECT_DATA_OFFSET))
			return false;
	}
	return true;
}

static bool all_flags(void)
{
	struct packet p;
	int flags;

	for (flags = 0; flags < 256; flags++) {	/* ECE and CWR go with any */
		struct result r;

		packet_ipv4(&p, 1, 2, 0);
		packet_tcp(&p, &plain, NULL, 0);
		p.bytes[20 + 13] = (u8)flags;
		r = parse_all(&p);
		if (flags_are_sent(flags & 0x3f) ?
		    r.pkt != TCPFSM_PKT_SEGMENT || r.seg.flags != (flags & 0x3f) ||
		    r.seg.end != r.seg.seq + !!(flags & TCPFSM_SYN) +
				 !!(flags & TCPFSM_FIN) :
		    !is_reject(r, TCPFSM_REJECT_FLAGS))
			return false;
	}
	return true;
}

/**
 * struct option_case - options of a SYN, and what the parser must find
 * @bytes: the options, padded with zeros to a multiple of four
 * @len: octets in @bytes
 * @wscale: the window scale
 * @sack: SACK is permitted
 * @cookie: there is a Fast Open option
 * @stamped: there is a timestamp, with the value 258
 */
static const struct option_case {
	u8	bytes[12];
	u32	len;
	u8	wscale;
	bool	sack;
	bool	cookie;
	bool	stamped;
} option_cases[] = {
	{ { 0 }, 0, .wscale = TCPFSM_WSCALE_NONE },
	{ { 3, 3, 0, 0 }, 4, .wscale = 0 },
	{ { 1, 3, 3, 7 }, 4, .wscale = 7 },
	{ { 3, 3, 14, 0 }, 4, .wscale = 14 },
	{ { 3, 3, 15, 0 }, 4, .wscale = 14 },
	{ { 3, 3, 255, 0 }, 4, .wscale = 14 },
	{ { 4, 2, 3, 3, 7, 0 }, 8, .wscale = 7, .sack = true },
	{ { 2, 4, 5, 180, 4, 2, 8, 0 }, 8, .wscale = TCPFSM_WSCALE_NONE, .sack = true },
	{ { 0, 3, 3, 7 }, 4, .wscale = TCPFSM_WSCALE_NONE },	/* after the end */
	{ { 3, 4, 7, 0 }, 4, .wscale = TCPFSM_WSCALE_NONE },	/* wrong length */
	{ { 3, 2, 3, 3, 7, 0 }, 8, .wscale = 7 },
	{ { 3, 0, 7, 0 }, 4, .wscale = TCPFSM_WSCALE_NONE },	/* endless */
	{ { 5, 1, 3, 3, 7, 0 }, 8, .wscale = TCPFSM_WSCALE_NONE },
	{ { 1, 1, 3, 3 }, 4, .wscale = TCPFSM_WSCALE_NONE },	/* cut off */
	{ { 1, 1, 1, 3 }, 4, .wscale = TCPFSM_WSCALE_NONE },
	{ { 5, 255, 3, 3, 7, 0 }, 8, .wscale = TCPFSM_WSCALE_NONE },
	/* Fast Open: a request, a cookie, and both with the experimental option */
	{ { 34, 2, 0 }, 4, .wscale = TCPFSM_WSCALE_NONE, .cookie = true },
	{ { 34, 10, 1, 2, 3, 4, 5, 6, 7, 8 }, 12, .wscale = TCPFSM_WSCALE_NONE, .cookie = true },
	{ { 254, 4, 0xf9, 0x89 }, 4, .wscale = TCPFSM_WSCALE_NONE, .cookie = true },
	{ { 254, 8, 0xf9, 0x89, 1, 2, 3, 4 }, 8, .wscale = TCPFSM_WSCALE_NONE, .cookie = true },
	{ { 254, 4, 0xf9, 0x88 }, 4, .wscale = TCPFSM_WSCALE_NONE },	/* another experiment */
	{ { 254, 3, 0xf9, 0x89 }, 4, .wscale = TCPFSM_WSCALE_NONE },	/* too short for one */
	{ { 8, 10, 0, 0, 1, 2 }, 12, .wscale = TCPFSM_WSCALE_NONE, .stamped = true },
	{ { 8, 9, 0, 0, 1, 2 }, 12, .wscale = TCPFSM_WSCALE_NONE },	/* wrong length */
};

static bool options(void)
{
	struct packet p;
	u32 i;
	int six;

	for (i = 0; i < ARRAY_SIZE(option_cases); i++) {
		const struct option_case *test = &option_cases[i];

		for (six = 0; six < 2; six++) {
			struct result r;

			make_syn(&p, six, test->bytes, test->len);
			r = parse_all(&p);
			if (r.pkt == TCPFSM_PKT_SEGMENT &&
			    r.seg.wscale == test->wscale &&
			    r.seg.sack == test->sack &&
			    r.seg.cookie == test->cookie &&
			    r.seg.stamped == test->stamped &&
			    (!test->stamped || r.seg.tsval == 258))
				continue;
			ktap_note("case %u: wscale %u, sack %d, cookie %d, stamp %u",
				  i, r.seg.wscale, r.seg.sack, r.seg.cookie,
				  r.seg.stamped ? r.seg.tsval : 0);
			return false;
		}
	}
	return true;
}

/* TSO and BIG TCP: the length in the header is zero or too small */
static bool longer_than_its_header(void)
{
	struct result r;
	struct packet p;

	packet_ipv4(&p, 1, 2, 0);
	packet_tcp(&p, &plain, NULL, 0);
	p.bytes[3] = 40;
	r = parse(&p, p.len, p.len + 500000);
	return r.pkt == TCPFSM_PKT_SEGMENT && r.seg.len == 500000 &&
	       r.seg.end == plain.seq + 500000;
}

static const struct {
	const char *name;
	bool (*run)(void);
} tests[] = {
	{ "IPv4", ipv4 },
	{ "IPv4 options", ipv4_options },
	{ "IPv4 header length below 20", ipv4_header_too_short },
	{ "IPv4 fragments", ipv4_fragments },
	{ "other protocols", other_protocols },
	{ "IPv6", ipv6 },
	{ "IPv6 extension headers", ipv6_extensions },
	{ "IPv6 with too many extension headers", ipv6_too_many_extensions },
	{ "IPv6 with too long extension headers", ipv6_too_long_extensions },
	{ "IPv6 fragments", ipv6_fragments },
	{ "cut off at every octet", truncated },
	{ "data offset", data_offset },
	{ "all combinations of flags", all_flags },
	{ "options of a SYN", options },
	{ "longer than its header says", longer_than_its_header },
};

int main(void)
{
	u32 i;

	ktap_plan(ARRAY_SIZE(tests));
	for (i = 0; i < ARRAY_SIZE(tests); i++)
		ktap_result(tests[i].run(), tests[i].name);
	return ktap_exit();
}
