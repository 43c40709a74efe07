// SPDX-License-Identifier: GPL-2.0
/* Noting the anomalies of a segment. */
#include "core/conn_note.h"

/**
 * tcpfsm_conn_note - note an anomaly
 * @out: the outcome that it is added to
 * @anomaly: the anomaly
 * @role: the end that caused it
 *
 * The kind is that of TCPFSM_ANOMALIES. If there are TCPFSM_NOTES_MAX notes
 * already, the last one is overwritten.
 *
 * Return: the note, for the caller to add to.
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
