/* SPDX-License-Identifier: GPL-2.0 */
/* Read the IP packets of a capture file, pcap or pcapng. Only capture.c uses libpcap. */
#ifndef _TCPFSM_TOOL_CAPTURE_H
#define _TCPFSM_TOOL_CAPTURE_H

#include <stdint.h>

struct capture;

struct capture_packet {
	uint64_t time;		/* nanoseconds since 1970 */
	const uint8_t *ip;	/* from the IP header on; valid up to the next packet */
	uint32_t avail;		/* octets that the file has; 0: it is not IP */
	uint32_t total;		/* octets that were on the wire */
};

/* @name may be "-", stdin. A status; if it is STATUS_OK the caller has to close @capture. */
int capture_open(struct capture **capture, const char *name);
void capture_close(struct capture *capture);

/*
 * STATUS_OK: there was a packet; STATUS_ENOUGH: the file ends here. Any other
 * status: the rest of the file cannot be read.
 */
int capture_next(struct capture *capture, struct capture_packet *packet);

#endif /* _TCPFSM_TOOL_CAPTURE_H */
