/* SPDX-License-Identifier: GPL-2.0 */
/* Read the facts that reasons depend on from the module and from the kernel. */
#ifndef _TCPFSM_TOOL_AUDIT_FACTS_H
#define _TCPFSM_TOOL_AUDIT_FACTS_H

#include "audit/audit.h"
#include "nl/nl.h"

/* All but now, began, tracking and the listeners, which come with the lists. A status. */
int audit_read_facts(struct audit_facts *facts, struct nl *nl);

#endif /* _TCPFSM_TOOL_AUDIT_FACTS_H */
