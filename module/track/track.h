/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Policy: which segment goes to which entry, when an entry is made and
 * reopened, and who is told.
 */
#ifndef _TCPFSM_TRACK_H
#define _TCPFSM_TRACK_H

#include "track/tracker.h"

/**
 * struct tcpfsm_sight - a segment as a hook sees it
 * @view: for the state machine; @view.halves and @view.now are set by
 *	tcpfsm_track_segment()
 * @leaves_looped: goes to this host itself and will be seen again on arrival
 * @arrives_looped: comes from this host itself, and may have been seen leaving
 * @from_socket: its sender is a socket of the kernel's TCP
 * @device: that this socket is bound to, its index; 0: none
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
