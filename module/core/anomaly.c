// SPDX-License-Identifier: GPL-2.0
/* Names and kinds of the anomalies, from TCPFSM_ANOMALIES in defs.h. */
#include "core/anomaly.h"

#define X(id, name, kind, source, meaning) [TCPFSM_ANOMALY_##id] = name,
const char *const tcpfsm_anomaly_names[] = { TCPFSM_ANOMALIES(X) };
#undef X
static_assert(ARRAY_SIZE(tcpfsm_anomaly_names) == TCPFSM_ANOMALY_COUNT,
	      "TCPFSM_ANOMALIES and the specification differ");

/* How many more values a record of the history needs: see pack_note() there */
#define X(id, name, kind, source, meaning) \
	+ (TCPFSM_KIND_##kind == TCPFSM_KIND_BOTH)
static_assert(TCPFSM_ANOMALY_COUNT TCPFSM_ANOMALIES(X) < 63,
	      "a record of the history has six bits for the anomaly");
#undef X

#define X(id, name, kind, source, meaning) \
	[TCPFSM_ANOMALY_##id] = TCPFSM_KIND_##kind,
const u8 tcpfsm_anomaly_kinds[] = { TCPFSM_ANOMALIES(X) };
#undef X

#define X(id, name) [TCPFSM_KIND_##id] = name,
const char *const tcpfsm_kind_names[] = { TCPFSM_KINDS(X) };
#undef X
