/* SPDX-License-Identifier: GPL-2.0 */
/* Read a capture file, pcap or pcapng. Only capture.c uses libpcap. */
#ifndef _TCPFSM_TOOL_CAPTURE_H
#define _TCPFSM_TOOL_CAPTURE_H

#include "engine/frame.h"

struct capture;

/* @name may be "-", stdin. A status; if it is STATUS_OK the caller has to close @capture. */
int capture_open(struct capture **capture, const char *name);
void capture_close(struct capture *capture);

/*
 * STATUS_OK: there was a frame; STATUS_ENOUGH: the file ends here. Any other
 * status: the rest of the file cannot be read.
 */
int capture_next(struct capture *capture, struct frame *frame);

/* Whether all frames are of one link type, and which */
bool capture_link(const struct capture *capture, uint32_t *link);

/* The name of a link type, or NULL */
const char *capture_link_name(uint32_t link);

#endif /* _TCPFSM_TOOL_CAPTURE_H */
