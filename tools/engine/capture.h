/* SPDX-License-Identifier: GPL-2.0 */
/* The IP packets of a capture file, pcap or pcapng. Only this knows libpcap. */
#ifndef _TCPFSM_TOOL_CAPTURE_H
#define _TCPFSM_TOOL_CAPTURE_H

#include <stdint.h>

struct capture;

struct capture_packet {
	uint64_t time;		/* nanoseconds since 1970 */
	const uint8_t *ip;	/* from the IP header on; valid up to the next packet */
	uint32_t avail;		/* octets there are; 0: it is not IP */
	uint32_t total;		/* octets it had */
};

/* "-" is stdin. A status; on STATUS_OK @capture is to be closed. */
int capture_open(struct capture **capture, const char *name);
void capture_close(struct capture *capture);

/*
 * STATUS_OK: a packet; STATUS_ENOUGH: the end. Any other status: the file is
 * damaged here, and nothing comes any more.
 */
int capture_next(struct capture *capture, struct capture_packet *packet);

#endif /* _TCPFSM_TOOL_CAPTURE_H */
