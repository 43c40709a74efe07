/* SPDX-License-Identifier: GPL-2.0 */
/* Builds packets for the parser. */
#ifndef _TCPFSM_PACKET_H
#define _TCPFSM_PACKET_H

#include "core/pkt.h"

#define PACKET_MAX	2048

/**
 * struct packet - a packet under construction
 * @bytes: from the IP header on
 * @len: octets in @bytes
 * @next: offset of the octet for the number of the next header
 */
struct packet {
	u8	bytes[PACKET_MAX];
	u32	len;
	u32	next;
};

void packet_put(struct packet *p, const void *bytes, u32 len);
void packet_put16(struct packet *p, u16 value);
void packet_put32(struct packet *p, u32 value);

void packet_ipv4(struct packet *p, u8 src, u8 dst, u32 options);
void packet_ipv6(struct packet *p, u8 src, u8 dst);
void packet_extension(struct packet *p, u8 proto, const u8 *body, u32 len);
void packet_tcp(struct packet *p, const struct tcpfsm_segment *seg,
		const u8 *options, u32 options_len);

#endif /* _TCPFSM_PACKET_H */
