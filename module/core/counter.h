/* SPDX-License-Identifier: GPL-2.0 */
/* Counters of packets and connections. */
#ifndef _TCPFSM_COUNTER_H
#define _TCPFSM_COUNTER_H

#include "core/anomaly.h"

#define X(id, name) TCPFSM_COUNTER_##id,
enum tcpfsm_counter { TCPFSM_COUNTERS(X) TCPFSM_COUNTER_COUNT };
#undef X

extern const char *const tcpfsm_counter_names[TCPFSM_COUNTER_COUNT];

#endif /* _TCPFSM_COUNTER_H */
