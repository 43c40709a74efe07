/* SPDX-License-Identifier: GPL-2.0 */
/* The counters of a capture: tcpfsm replay --stats */
#ifndef _TCPFSM_TOOL_REPLAY_STATS_H
#define _TCPFSM_TOOL_REPLAY_STATS_H

#include "cmd/replay_read.h"

/* Print all counters, under the names that the module has for them. A status. */
int replay_stats(const struct engine *engine, const struct replay_counts *counts);

#endif /* _TCPFSM_TOOL_REPLAY_STATS_H */
