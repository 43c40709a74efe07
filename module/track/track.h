/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where segments enter the tracker: finds, makes or reopens the flow of a
 * segment and lets the segment act on it.
 */
#ifndef _TCPFSM_TRACK_H
#define _TCPFSM_TRACK_H

#include "track/tracker.h"

/**
 * struct tcpfsm_sight - where and how a hook sees a segment
 * @view: for core/; @view.halves and @view.now are filled in by track.c
 * @leaves_looped: sent over loopback; will be seen again when received
 * @arrives_looped: received over loopback; may have been seen when sent
 * @from_socket: the sender is a full or request socket of the kernel's TCP
 * @device: index of the device that this socket is bound to; 0: none
 */
struct tcpfsm_sight {
	struct tcpfsm_view	view;
	bool			leaves_looped;
	bool			arrives_looped;
	bool			from_socket;
	int			device;
};

void tcpfsm_track_segment(struct tcpfsm_tracker *tracker,
			  const struct tcpfsm_segment *seg,
			  struct tcpfsm_sight *sight);
void tcpfsm_track_bad_flags(struct tcpfsm_tracker *tracker,
			    const struct tcpfsm_segment *seg,
			    struct tcpfsm_sight *sight);
void tcpfsm_track_socket_closed(struct tcpfsm_tracker *tracker,
				const struct tcpfsm_segment *seg,
				bool timed_out);

#endif /* _TCPFSM_TRACK_H */
