// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>

#include "packet.h"

void packet_put(struct packet *p, const void *bytes, u32 len)
{
	assert(p->len + len <= sizeof(p->bytes));
	if (!len)
		return;
	memcpy(p->bytes + p->len, bytes, len);
	p->len += len;
}

void packet_put16(struct packet *p, u16 value)
{
	value = htons(value);
	packet_put(p, &value, sizeof(value));
}

void packet_put32(struct packet *p, u32 value)
{
	value = htonl(value);
	packet_put(p, &value, sizeof(value));
}

/**
 * packet_ipv4 - begin a packet with an IPv4 header
 * @p: the packet
 * @src: last octet of the source, 10.0.0.src
 * @dst: last octet of the destination
 * @options: octets of options, a multiple of four
 */
void packet_ipv4(struct packet *p, u8 src, u8 dst, u32 options)
{
	static const u8 nops[40] = { 1, 1, 1, 1, 1, 1, 1, 1 };
	const u8 head[20] = {
		(u8)(0x45 + options / 4), [8] = 64,
		[12] = 10, [15] = src,
		[16] = 10, [19] = dst,
	};

	p->len = 0;
	p->next = 9;
	packet_put(p, head, sizeof(head));
	packet_put(p, nops, options);
}

/**
 * packet_ipv6 - begin a packet with an IPv6 header
 * @p: the packet
 * @src: last octet of the source, fd00::src
 * @dst: last octet of the destination
 */
void packet_ipv6(struct packet *p, u8 src, u8 dst)
{
	const u8 head[40] = {
		0x60, [7] = 64,
		[8] = 0xfd, [23] = src,
		[24] = 0xfd, [39] = dst,
	};

	p->len = 0;
	p->next = 6;
	packet_put(p, head, sizeof(head));
}

/**
 * packet_extension - add an extension header
 * @p: the packet
 * @proto: its number
 * @body: its octets after the first, which is the number of the next header
 * @len: octets of @body
 */
void packet_extension(struct packet *p, u8 proto, const u8 *body, u32 len)
{
	p->bytes[p->next] = proto;
	p->next = p->len;
	packet_put(p, "", 1);
	packet_put(p, body, len);
}

/**
 * packet_tcp - add the TCP header
 * @p: the packet
 * @seg: ports, numbers, flags and window; its payload is not added
 * @options: the options
 * @options_len: octets of @options, a multiple of four
 */
void packet_tcp(struct packet *p, const struct tcpfsm_segment *seg,
		const u8 *options, u32 options_len)
{
	p->bytes[p->next] = 6;
	packet_put(p, &seg->sport, sizeof(seg->sport));
	packet_put(p, &seg->dport, sizeof(seg->dport));
	packet_put32(p, seg->seq);
	packet_put32(p, seg->ack);
	packet_put16(p, (u16)((20 + options_len) / 4 << 12 | seg->flags));
	packet_put16(p, seg->window);
	packet_put32(p, 0);
	packet_put(p, options, options_len);
}
