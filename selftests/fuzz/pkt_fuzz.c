// SPDX-License-Identifier: GPL-2.0
/*
 * Any bytes through the parser. Input: 2 octets, how much of the packet is
 * available; 4, how much longer the packet is; then the packet.
 */
#include "unit/exact.h"
#include "fuzz.h"

void broken(const char *law, const char *file, int line)
{
	fprintf(stderr, "broken: %s (%s:%d)\n", law, file, line);
	abort();
}

static u32 read16(const u8 *p)
{
	return p[0] * 256u + p[1];
}

static u32 read32(const u8 *p)
{
	return read16(p) * 65536 + read16(p + 2);
}

/*
 * Parse a copy of exactly the octets that may be read, so that ASan reports any
 * access beyond them, into a struct filled with "fill", so that fields that are not
 * set differ between two calls.
 */
static struct result parse_filled(const u8 *data, u32 avail, u32 total, int fill)
{
	struct result result = { .reject = TCPFSM_REJECT_COUNT };
	u8 *exact = malloc(avail ? avail : 1);

	memset(&result.seg, fill, sizeof(result.seg));
	if (avail)
		memcpy(exact, data, avail);
	result.pkt = tcpfsm_pkt_parse(exact, avail, total, &result.seg,
				      &result.reject);
	free(exact);
	return result;
}

static struct result parse_bytes(const u8 *data, u32 avail, u32 total)
{
	return parse_filled(data, avail, total, 0);
}

static bool same_segment(const struct tcpfsm_segment *a,
			 const struct tcpfsm_segment *b)
{
	return !memcmp(&a->src, &b->src, sizeof(a->src)) &&
	       !memcmp(&a->dst, &b->dst, sizeof(a->dst)) &&
	       a->sport == b->sport && a->dport == b->dport &&
	       a->family == b->family && a->flags == b->flags &&
	       a->wscale == b->wscale && a->sack == b->sack &&
	       a->stamped == b->stamped &&
	       (!a->stamped || a->tsval == b->tsval) &&
	       a->window == b->window && a->seq == b->seq &&
	       a->ack == b->ack && a->len == b->len && a->end == b->end &&
	       a->offset == b->offset;
}

static bool same(const struct result *a, const struct result *b)
{
	if (a->pkt != b->pkt)
		return false;
	if (a->pkt == TCPFSM_PKT_REJECT)
		return a->reject == b->reject;
	return a->pkt != TCPFSM_PKT_SEGMENT || same_segment(&a->seg, &b->seg);
}

/* The offset of the TCP header, found a second time */
static u32 find_tcp(const u8 *data, u32 avail)
{
	u32 at = 40;
	u8 proto;

	if (data[0] >> 4 == 4)
		return data[0] % 16 * 4u;
	for (proto = data[6]; proto != 6;) {
		const u8 *ext = data + at;

		must(at + 8 <= avail, "there is an octet after each header");
		if (proto == 44)
			at += 8;
		else if (proto == 51)
			at += 4 * (ext[1] + 2u);
		else
			at += 8 * (ext[1] + 1u);
		proto = ext[0];
	}
	return at;
}

/* Is there an option of this kind and size, with this value of "octets" octets? */
static bool has_option(const u8 *opt, u32 len, u8 kind, u8 size, u32 value,
		       u32 octets)
{
	u32 i = 0;

	while (i < len && opt[i]) {
		if (opt[i] == 1) {
			i++;
			continue;
		}
		if (i + 1 == len || opt[i + 1] < 2 || opt[i + 1] > len - i)
			return false;
		if (opt[i] == kind && opt[i + 1] == size &&
		    (octets == 0 ||
		     (octets == 1 && min(opt[i + 2], (u8)14) == value) ||
		     (octets == 4 && read32(opt + i + 2) == value)))
			return true;
		i += opt[i + 1];
	}
	return false;
}

static void check_options(const u8 *opt, u32 len,
			  const struct tcpfsm_segment *seg)
{
	bool syn = seg->flags & TCPFSM_SYN;

	if (seg->stamped)
		must(has_option(opt, len, 8, 10, seg->tsval, 4),
		     "a timestamp that is found is in the options");
	else
		must(!has_option(opt, len, 8, 10, 0, 0),
		     "a timestamp in the options is found");
	if (seg->wscale != TCPFSM_WSCALE_NONE)
		must(syn && has_option(opt, len, 3, 3, seg->wscale, 1),
		     "a window scale that is found is in the options of a SYN");
	else
		must(!syn || !has_option(opt, len, 3, 3, 0, 0),
		     "a window scale in the options of a SYN is found");
	must(seg->sack == (syn && has_option(opt, len, 4, 2, 0, 0)),
	     "SACK is permitted if and only if a SYN has the option");
}

static void check_addresses(const u8 *data, const struct tcpfsm_segment *seg)
{
	static const u8 zeros[12];

	if (data[0] >> 4 == 4) {
		must(seg->family == TCPFSM_AF_INET, "version 4 is IPv4");
		must(!memcmp(seg->src.bytes, data + 12, 4) &&
		     !memcmp(seg->dst.bytes, data + 16, 4) &&
		     !memcmp(seg->src.bytes + 4, zeros, 12) &&
		     !memcmp(seg->dst.bytes + 4, zeros, 12),
		     "IPv4 addresses are those of the packet, padded with zeros");
	} else {
		must(seg->family == TCPFSM_AF_INET6, "version 6 is IPv6");
		must(!memcmp(seg->src.bytes, data + 8, 16) &&
		     !memcmp(seg->dst.bytes, data + 24, 16),
		     "IPv6 addresses are those of the packet");
	}
}

static void check_segment(const u8 *data, u32 avail, u32 total,
			  const struct tcpfsm_segment *seg)
{
	const u8 *tcp = data + seg->offset;
	u32 header;

	must(seg->offset == find_tcp(data, avail),
	     "the offset is where the headers say that the TCP header is");
	must(seg->offset <= TCPFSM_PKT_HEADERS - 60 || data[0] >> 4 == 4,
	     "the TCP header ends within TCPFSM_PKT_HEADERS");
	must(seg->offset + 20 <= avail, "the TCP header is in the packet");
	header = tcp[12] / 16 * 4u;
	must(header >= 20 && seg->offset + header <= avail,
	     "the options are in the packet");
	must((u64)seg->offset + header + seg->len == total,
	     "headers and payload add up to the packet");
	must(!memcmp(&seg->sport, tcp, 2) && !memcmp(&seg->dport, tcp + 2, 2) &&
	     seg->seq == read32(tcp + 4) && seg->ack == read32(tcp + 8) &&
	     seg->window == read16(tcp + 14) && seg->flags == tcp[13] % 64,
	     "the fields are those of the header");
	must(seg->end == seg->seq + seg->len +
			 (seg->flags & TCPFSM_SYN ? 1 : 0) +
			 (seg->flags & TCPFSM_FIN ? 1 : 0),
	     "end = seq + len + SYN + FIN");
	must(flags_are_sent(seg->flags),
	     "only combinations of flags that a TCP can send are accepted");
	check_addresses(data, seg);
	check_options(tcp + 20, header - 20, seg);
}

/* More octets are needed than are available: does the packet have them? */
static enum tcpfsm_pkt missing(u32 need, u32 total, enum tcpfsm_reject *reject)
{
	*reject = TCPFSM_REJECT_TRUNCATED;
	return need <= total ? TCPFSM_PKT_SHORT : TCPFSM_PKT_REJECT;
}

/* The expected result, from RFC 791 and RFC 9293 section 3.1 */
static enum tcpfsm_pkt expect_ipv4(const u8 *data, u32 avail, u32 total,
				   enum tcpfsm_reject *reject)
{
	u32 tcp = data[0] % 16 * 4u, options;

	if (avail < 20)
		return missing(20, total, reject);
	if (data[9] != 6)
		return TCPFSM_PKT_OTHER;
	*reject = TCPFSM_REJECT_FRAGMENT;
	if (read16(data + 6) % 0x4000)
		return TCPFSM_PKT_REJECT;
	*reject = TCPFSM_REJECT_TRUNCATED;
	if (tcp < 20)
		return TCPFSM_PKT_REJECT;
	if (avail < tcp + 20)
		return missing(tcp + 20, total, reject);
	options = tcp + data[tcp + 12] / 16 * 4u;
	*reject = TCPFSM_REJECT_DATA_OFFSET;
	if (options < tcp + 20 || options > total)
		return TCPFSM_PKT_REJECT;
	*reject = TCPFSM_REJECT_FLAGS;
	if (!flags_are_sent(data[tcp + 13] % 64))
		return TCPFSM_PKT_REJECT;
	return avail < options ? TCPFSM_PKT_SHORT : TCPFSM_PKT_SEGMENT;
}

static void check_ipv4(const u8 *data, u32 avail, u32 total,
		       const struct result *r)
{
	enum tcpfsm_reject reject;

	must(expect_ipv4(data, avail, total, &reject) == r->pkt,
	     "IPv4: the result is that of expect_ipv4()");
	must(r->pkt != TCPFSM_PKT_REJECT || r->reject == reject,
	     "IPv4: the reason is that of expect_ipv4()");
}

static void check_answer(const u8 *data, u32 avail, u32 total,
			 const struct result *r)
{
	switch (r->pkt) {
	case TCPFSM_PKT_SEGMENT:
		check_segment(data, avail, total, &r->seg);
		break;
	case TCPFSM_PKT_SHORT:
		must(avail < total, "a complete packet is not TCPFSM_PKT_SHORT");
		must(avail < TCPFSM_PKT_HEADERS,
		     "complete headers are not TCPFSM_PKT_SHORT");
		break;
	case TCPFSM_PKT_REJECT:
		must(r->reject < TCPFSM_REJECT_COUNT, "a rejected packet has a reason");
		break;
	case TCPFSM_PKT_OTHER:
		break;
	default:
		must(false, "the result is one of four");
	}
	if (avail && data[0] >> 4 == 4)
		check_ipv4(data, avail, total, r);
}

/* Change bits that the parser must not look at */
static void turn(u8 *data, u32 at, u8 mask)
{
	data[at] ^= mask;
}

/*
 * The parser does not use traffic class, lengths, identification, TTL, checksums,
 * flow label, urgent pointer, ECE and CWR. Lengths are wrong in packets that are
 * to be segmented later (TSO) or were merged (GRO).
 */
static void check_what_does_not_matter(const u8 *data, u32 avail, u32 total,
				       const struct result *r)
{
	u8 *copy = malloc(avail);
	struct result other;
	u32 i;

	memcpy(copy, data, avail);
	if (data[0] >> 4 == 4) {
		for (i = 1; i < 6; i++)
			turn(copy, i, 0xff);
		turn(copy, 6, 0x40);		/* don't fragment */
		turn(copy, 8, 0xff);
		turn(copy, 10, 0xff);
		turn(copy, 11, 0xff);
	} else {
		turn(copy, 0, 0x0f);
		for (i = 1; i < 6; i++)
			turn(copy, i, 0xff);
		turn(copy, 7, 0xff);
	}
	turn(copy, r->seg.offset + 12, 0x0f);
	turn(copy, r->seg.offset + 13, 0xc0);
	for (i = 16; i < 20; i++)
		turn(copy, r->seg.offset + i, 0xff);
	other = parse_bytes(copy, avail, total);
	must(same(&other, r), "fields that the parser does not use change nothing");
	free(copy);
}

/* The payload is not read, so it need not be available */
static void check_headers_only(const u8 *data, u32 total, const struct result *r)
{
	u32 headers = total - r->seg.len;
	struct result other = parse_bytes(data, headers, total);

	must(same(&other, r), "the headers without the payload are enough");
	other = parse_bytes(data, headers, headers);
	must(other.pkt == TCPFSM_PKT_SEGMENT && !other.seg.len &&
	     other.seg.end + r->seg.len == r->seg.end,
	     "without its payload it is the same segment");
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { .at = data, .left = size };
	u32 cut = input_number(&in, 2);
	u64 total = input_number(&in, 4);
	struct result all, again, some;
	u32 avail;

	if (!in.left || in.left > 0xffff)
		return 0;
	avail = (u32)in.left;
	total = min(total + avail, (u64)0xffffffff);

	all = parse_filled(in.at, avail, (u32)total, 0);
	check_answer(in.at, avail, (u32)total, &all);
	again = parse_filled(in.at, avail, (u32)total, 0xff);
	must(same(&again, &all), "the result depends on the input only");
	if (all.pkt == TCPFSM_PKT_SEGMENT) {
		check_what_does_not_matter(in.at, avail, (u32)total, &all);
		check_headers_only(in.at, (u32)total, &all);
	}

	avail = min(cut, avail);
	some = parse_bytes(in.at, avail, (u32)total);
	check_answer(in.at, avail, (u32)total, &some);
	if (avail && some.pkt != TCPFSM_PKT_SHORT)
		must(same(&some, &all), "more octets do not change a result");
	return 0;
}
