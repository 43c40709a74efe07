/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Policy: which segment goes to which entry, when an entry is made, evicted,
 * reopened and removed, and who is told.
 */
#ifndef _TCPFSM_TRACK_H
#define _TCPFSM_TRACK_H

#include "tracker.h"

/**
 * struct tcpfsm_sight - a segment as a hook sees it
 * @view: for the state machine; @view.halves is set by tcpfsm_track_segment()
 * @leaves_looped: goes to this host itself and will be seen again on arrival
 * @arrives_looped: comes from this host itself, and may have been seen leaving
 */
struct tcpfsm_sight {
	struct tcpfsm_view	view;
	bool			leaves_looped;
	bool			arrives_looped;
};

void tcpfsm_track_segment(struct tcpfsm_tracker *tracker,
			  const struct tcpfsm_segment *seg,
			  struct tcpfsm_sight *sight);
void tcpfsm_track_bad_flags(struct tcpfsm_tracker *tracker,
			    const struct tcpfsm_segment *seg,
			    struct tcpfsm_sight *sight);
bool tcpfsm_track_remove(struct tcpfsm_flow *flow, enum tcpfsm_cause cause);
void tcpfsm_track_flush(struct tcpfsm_tracker *tracker);

#endif /* _TCPFSM_TRACK_H */
