// SPDX-License-Identifier: GPL-2.0
/* Names of the counters, from TCPFSM_COUNTERS in defs.h. */
#include "core/counter.h"

#define X(id, name) [TCPFSM_COUNTER_##id] = name,
const char *const tcpfsm_counter_names[TCPFSM_COUNTER_COUNT] = {
	TCPFSM_COUNTERS(X)
};
#undef X
