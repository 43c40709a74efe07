// SPDX-License-Identifier: GPL-2.0
/* The parser on mutated packets: properties that hold for any input. */
#include "exact.h"
#include "ktap.h"
#include "random.h"

#define MUTATIONS	200000

static void random_packet(struct packet *p)
{
	static const u8 protos[] = { 0, 43, 44, 51, 60, 135 };
	static const u8 zeros[100];
	static const u8 options[12] = { 2, 4, 5, 180, 4, 2, 1, 3, 3, 7 };
	struct tcpfsm_segment seg = { .seq = 0xfffffff0, .window = 4711 };
	u32 i, count = random_below(10);
	u8 body[63] = { 0 };

	seg.flags = (u8)(random_below(2) ? TCPFSM_SYN : random_below(64));
	if (random_below(2))
		packet_ipv4(p, 1, 2, 4 * random_below(11));
	else
		packet_ipv6(p, 1, 2);
	for (i = 0; p->bytes[0] >> 4 == 6 && i < count; i++) {
		body[0] = (u8)random_below(8);
		packet_extension(p, protos[random_below(ARRAY_SIZE(protos))],
				 body, 8 * (body[0] + 1u) - 1);
	}
	packet_tcp(p, &seg, options, 4 * random_below(4));
	packet_put(p, zeros, random_below(sizeof(zeros)));
	for (i = random_below(6); i; i--)
		p->bytes[random_below(min(p->len, 100u))] ^=
			(u8)(1u << random_below(8));
}

/* Properties of any result for any packet */
static bool sane(const struct packet *p, u32 avail, u32 total)
{
	struct result r = parse(p, avail, total);

	switch (r.pkt) {
	case TCPFSM_PKT_SEGMENT:
		return r.seg.offset + 20 <= avail && r.seg.len < total &&
		       r.seg.offset + 20 + r.seg.len <= total &&
		       flags_are_sent(r.seg.flags) &&
		       (r.seg.wscale <= TCPFSM_WSCALE_MAX ||
			r.seg.wscale == TCPFSM_WSCALE_NONE);
	case TCPFSM_PKT_SHORT:
		return avail < TCPFSM_PKT_HEADERS && avail < total;
	case TCPFSM_PKT_REJECT:
		return r.reject < TCPFSM_REJECT_COUNT;
	case TCPFSM_PKT_OTHER:
		return true;
	}
	return false;
}

static bool mutations(void)
{
	u32 i, avail, total;
	struct packet p;

	random_seed(1);
	for (i = 0; i < MUTATIONS; i++) {
		random_packet(&p);
		avail = random_below(2) ? p.len : random_below(p.len + 1);
		total = random_below(2) ? p.len : avail + random_below(3000);
		if (total < avail)
			total = avail;
		if (sane(&p, avail, total))
			continue;
		ktap_note("mutation %u: %u of %u octets", i, avail, total);
		return false;
	}
	return true;
}

/* How much of a packet is there changes nothing, unless the parser asks for more */
static bool answers_agree(void)
{
	struct packet p;
	u32 i, avail;

	random_seed(2);
	for (i = 0; i < MUTATIONS / 10; i++) {
		struct result all, some;

		random_packet(&p);
		avail = random_below(p.len) + 1;
		all = parse(&p, p.len, p.len);
		some = parse(&p, avail, p.len);
		if (some.pkt != TCPFSM_PKT_SHORT &&
		    (some.pkt != all.pkt || some.reject != all.reject))
			return false;
	}
	return true;
}

int main(void)
{
	ktap_plan(2);
	ktap_result(mutations(), "mutations");
	ktap_result(answers_agree(), "more octets do not change the answer");
	return ktap_exit();
}
