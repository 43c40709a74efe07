/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parse a packet from a heap buffer of exactly the octets that may be read, so
 * that ASan reports any access beyond them.
 */
#ifndef _TCPFSM_EXACT_H
#define _TCPFSM_EXACT_H

#include <stdlib.h>

#include "packet.h"

/* What the parser made of a packet */
struct result {
	enum tcpfsm_pkt		pkt;
	enum tcpfsm_reject	reject;
	struct tcpfsm_segment	seg;
};

static inline struct result parse(const struct packet *p, u32 avail, u32 total)
{
	struct result result = { .reject = TCPFSM_REJECT_COUNT };
	u8 *exact = malloc(avail ? avail : 1);

	memcpy(exact, p->bytes, avail);
	result.pkt = tcpfsm_pkt_parse(exact, avail, total, &result.seg,
				      &result.reject);
	free(exact);
	return result;
}

/* The combinations of flags that a TCP can send, from RFC 9293 section 3.10.7 */
static inline bool flags_are_sent(u8 flags)
{
	switch (flags & ~TCPFSM_PSH) {
	case TCPFSM_SYN:
	case TCPFSM_SYN | TCPFSM_URG:
	case TCPFSM_SYN | TCPFSM_ACK:
	case TCPFSM_ACK:
	case TCPFSM_ACK | TCPFSM_URG:
	case TCPFSM_FIN | TCPFSM_ACK:
	case TCPFSM_FIN | TCPFSM_ACK | TCPFSM_URG:
	case TCPFSM_RST:
	case TCPFSM_RST | TCPFSM_ACK:
		return true;
	default:
		return false;
	}
}

#endif /* _TCPFSM_EXACT_H */
