/* SPDX-License-Identifier: GPL-2.0 */
/* Properties of a connection, for any segments. */
#ifndef _TCPFSM_CONN_LAWS_H
#define _TCPFSM_CONN_LAWS_H

#include "fuzz.h"
#include "core/history.h"

/**
 * struct passage - one call of tcpfsm_conn_segment()
 * @before: the connection before the call
 * @after: and after it
 * @role: of the sender
 * @seg: the segment
 * @view: where it was seen
 * @out: what it did
 * @fresh: it is the first segment of the connection
 */
struct passage {
	const struct tcpfsm_conn	*before;
	const struct tcpfsm_conn	*after;
	enum tcpfsm_role		role;
	const struct tcpfsm_segment	*seg;
	const struct tcpfsm_view	*view;
	const struct tcpfsm_outcome	*out;
	bool				fresh;
};

void laws_of_passage(const struct passage *x);
void laws_of_acceptance(const struct passage *x);
void laws_of_notes(const struct tcpfsm_outcome *out);
void laws_of_zeek(const struct tcpfsm_conn *before,
		  const struct tcpfsm_conn *after);
void laws_of_history(const struct tcpfsm_history *history,
		     const struct tcpfsm_conn *conn, u64 now);
void laws_of_moves(const struct tcpfsm_conn *before,
		   const struct tcpfsm_conn *after,
		   const struct tcpfsm_outcome *out);
void laws_of_state(const struct tcpfsm_conn *conn, u64 now);
void laws_of_times(const struct tcpfsm_conn *conn, u64 now);
void laws_of_stays(const struct tcpfsm_conn *before,
		   const struct tcpfsm_conn *after,
		   const struct tcpfsm_outcome *out);
void laws_of_durations(const struct tcpfsm_conn *before,
		       const struct tcpfsm_conn *after,
		       const struct tcpfsm_outcome *out, u64 now);
void laws_of_time_in_state(const struct tcpfsm_history *history,
			   const struct tcpfsm_conn *conn, u64 now);
void laws_of_whole_time(const struct tcpfsm_history *history,
			const struct tcpfsm_conn *conn, enum tcpfsm_role role, u64 now);
void laws_of_expiry(const struct tcpfsm_conn *before,
		    const struct tcpfsm_conn *after,
		    const struct tcpfsm_outcome *out);
void laws_of_socket_gone(const struct tcpfsm_conn *before,
			 const struct tcpfsm_conn *after, enum tcpfsm_role role,
			 enum tcpfsm_tw_end end,
			 const struct tcpfsm_outcome *out);
void laws_of_end(const struct tcpfsm_conn *before,
		 const struct tcpfsm_conn *after, enum tcpfsm_cause cause,
		 const struct tcpfsm_outcome *out);
void laws_of_reopening(const struct tcpfsm_conn *after, enum tcpfsm_role role,
		       const struct tcpfsm_segment *seg, u64 now,
		       const struct tcpfsm_outcome *out);

#endif /* _TCPFSM_CONN_LAWS_H */
