/* SPDX-License-Identifier: GPL-2.0 */
/* An IP packet of a capture, without what was around it. */
#ifndef _TCPFSM_TOOL_PACKET_H
#define _TCPFSM_TOOL_PACKET_H

#include <stdint.h>

struct packet_data {
	const uint8_t *bytes;	/* from the IP header on */
	uint32_t avail;		/* octets that the file has */
	uint32_t total;		/* octets that were on the wire */
	uint64_t scope;		/* the network that it is of; 0: the only one */
};

#endif /* _TCPFSM_TOOL_PACKET_H */
