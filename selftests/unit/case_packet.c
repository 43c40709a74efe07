// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>

#include "case_packet.h"

static u32 put(u8 *options, u32 len, const u8 *option, u32 option_len)
{
	memcpy(options + len, option, option_len);
	return len + option_len;
}

/**
 * case_packet - the packet that a step describes, without its payload
 * @step: the step
 * @setup: the addresses and ISNs
 * @p: filled
 */
void case_packet(const struct step *step, const struct setup *setup,
		 struct packet *p)
{
	const u8 wscale[4] = { 1, 3, 3, step->wscale };
	const u8 sack[4] = { 1, 1, 4, 2 };
	const u8 cookie[12] = { 1, 1, 34, 10, 1, 2, 3, 4, 5, 6, 7, 8 };
	const u8 stamps[12] = {
		1, 1, 8, 10, (u8)(step->tsval >> 24), (u8)(step->tsval >> 16),
		(u8)(step->tsval >> 8), (u8)step->tsval,
	};
	u8 options[sizeof(wscale) + sizeof(sack) + sizeof(stamps) +
		   sizeof(cookie)];
	u32 options_len = 0;
	const u8 src = step->from == HOST_C ? 1 : 2, dst = 3 - src;
	const u32 *isn = setup->isn;
	const struct tcpfsm_segment want = {
		.sport = htons(src), .dport = htons(dst),
		.flags = step->flags, .window = step->window,
		.seq = isn[step->from] + step->seq,
		.ack = step->flags & TCPFSM_ACK ?
			isn[!step->from] + step->ack : 0,
	};

	if (setup->family == TCPFSM_AF_INET6)
		packet_ipv6(p, src, dst);
	else if (setup->swapped)
		packet_ipv4(p, dst, src, 0);
	else
		packet_ipv4(p, src, dst, 0);
	if (step->flags & TCPFSM_SYN && step->wscale != TCPFSM_WSCALE_NONE)
		options_len = put(options, options_len, wscale, sizeof(wscale));
	if (step->flags & TCPFSM_SYN && step->sack)
		options_len = put(options, options_len, sack, sizeof(sack));
	if (step->stamped)
		options_len = put(options, options_len, stamps, sizeof(stamps));
	if (step->flags & TCPFSM_SYN && step->cookie)
		options_len = put(options, options_len, cookie, sizeof(cookie));
	packet_tcp(p, &want, options, options_len);
}
