/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ends of this host against the kernel's own sockets, in several passes.
 *
 * Two lists cannot be taken at one moment: the sockets are listed before and
 * after the module's ends, and all is listed again, after a pause, if something
 * differs without a reason. Only what differs in the same way twice in a row is
 * unexplained.
 */
#ifndef _TCPFSM_TOOL_AUDIT_PASSES_H
#define _TCPFSM_TOOL_AUDIT_PASSES_H

#include <stdint.h>

/* Compare, and print what the last pass found. A status. */
int audit_run(uint64_t *unexplained);

#endif /* _TCPFSM_TOOL_AUDIT_PASSES_H */
