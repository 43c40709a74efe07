/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From a frame to the IP packet around TCP, through all headers that are known, and
 * through fragments. What is not found is counted by its kind.
 */
#ifndef _TCPFSM_TOOL_DECAP_H
#define _TCPFSM_TOOL_DECAP_H

#include "engine/fragments.h"
#include "engine/frame.h"
#include "engine/packet.h"
#include "engine/unread.h"

/* All zero at the beginning */
struct decap {
	struct fragments fragments;
	struct unread unread;
};

enum decap_result {
	DECAP_PACKET,
	DECAP_NONE,		/* it is counted, or a fragment that waits for others */
	DECAP_NO_MEMORY,
};

/* @packet is valid up to the next frame. */
enum decap_result decap_frame(struct decap *decap, const struct frame *frame,
			      struct packet_data *packet);

/* No further frame comes: free all, and count the fragments that are left. */
void decap_end(struct decap *decap);

/* Whether frames of such a link can be read */
bool decap_knows(uint32_t link);

#endif /* _TCPFSM_TOOL_DECAP_H */
