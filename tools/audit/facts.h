/* SPDX-License-Identifier: GPL-2.0 */
/* What the reasons for differences depend on, of the module and the kernel. */
#ifndef _TCPFSM_TOOL_AUDIT_FACTS_H
#define _TCPFSM_TOOL_AUDIT_FACTS_H

#include "audit/audit.h"
#include "nl/nl.h"

/* Settings, counters and what is left of them to explain. A status. */
int audit_read_facts(struct audit_facts *facts, struct nl *nl);

#endif /* _TCPFSM_TOOL_AUDIT_FACTS_H */
