/* SPDX-License-Identifier: GPL-2.0 */
/* What a capture file holds: frames of a link. */
#ifndef _TCPFSM_TOOL_FRAME_H
#define _TCPFSM_TOOL_FRAME_H

#include <stdbool.h>
#include <stdint.h>

struct frame {
	uint64_t time;		/* nanoseconds since 1970 */
	uint32_t link;		/* a number of https://www.tcpdump.org/linktypes.html */
	bool big_endian;	/* the order of headers that have that of the host */
	const uint8_t *bytes;	/* valid up to the next frame */
	uint32_t avail;		/* octets that the file has */
	uint32_t wire;		/* octets that were on the wire; not less than avail */
};

#endif /* _TCPFSM_TOOL_FRAME_H */
