/* SPDX-License-Identifier: GPL-2.0 */
/* Print what an audit found, as a table or as JSON. */
#ifndef _TCPFSM_TOOL_AUDIT_OUT_H
#define _TCPFSM_TOOL_AUDIT_OUT_H

#include "audit/audit.h"

struct audit_finding {
	const struct audit_end *end;
	const struct diag_socket *sock;
	struct audit_verdict verdict;
};

struct audit_sums {
	uint64_t passes;
	uint64_t compared;	/* ends, in the last pass; the sum of the next three */
	uint64_t equal;
	uint64_t explained;
	uint64_t unexplained;
};

void audit_print(const struct audit_finding *finding, size_t count,
		 const struct audit_sums *sums);

#endif /* _TCPFSM_TOOL_AUDIT_OUT_H */
