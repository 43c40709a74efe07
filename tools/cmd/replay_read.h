/* SPDX-License-Identifier: GPL-2.0 */
/* Read a capture into the engine, and say on stderr what was not read. */
#ifndef _TCPFSM_TOOL_REPLAY_READ_H
#define _TCPFSM_TOOL_REPLAY_READ_H

#include "engine/capture.h"
#include "engine/engine.h"

/* Of the capture; the engine counts segments only */
struct replay_counts {
	uint64_t packets;
	uint64_t fragments;	/* that were put together, but for the last of each packet */
	uint64_t other;		/* no TCP in it */
	uint64_t unread;	/* perhaps with TCP in it */
	uint64_t cut;		/* TCP, but the capture does not have all of the header */
};

/* A status: whether its link is known, before a capture without an end is read in vain */
int replay_check(const struct capture *capture);

/*
 * All frames of the file, or all in front of the place where it is damaged. A status;
 * whatever it is, the engine has what was read.
 */
int replay_read(struct capture *capture, struct engine *engine, struct replay_counts *counts);

#endif /* _TCPFSM_TOOL_REPLAY_READ_H */
