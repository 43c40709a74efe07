// SPDX-License-Identifier: GPL-2.0
#include "core/conn_note.h"

/**
 * tcpfsm_conn_note - note an anomaly
 * @out: where
 * @anomaly: which
 * @role: which end did it
 *
 * Return: the note, for more to be said; of the kind that the catalogue gives.
 */
struct tcpfsm_note *tcpfsm_conn_note(struct tcpfsm_outcome *out,
				     enum tcpfsm_anomaly anomaly,
				     enum tcpfsm_role role)
{
	struct tcpfsm_note *note;

	if (out->notes < TCPFSM_NOTES_MAX)
		out->notes++;
	note = &out->note[out->notes - 1];
	*note = (struct tcpfsm_note){
		.anomaly = anomaly,
		.kind = tcpfsm_anomaly_kinds[anomaly],
		.role = role,
	};
	return note;
}
