/* SPDX-License-Identifier: GPL-2.0 */
/* A connection in the terms of Zeek's conn.log. */
#ifndef _ORACLE_ZEEK_H
#define _ORACLE_ZEEK_H

#include "context.h"

/* Note a segment that has left. The rules have acted on it: "taken" if it was acceptable */
void zeek_sees(const struct context *x, bool taken);
/* A SYN or SYN-ACK revives what a RST had ended: to Zeek that is the next connection */
void zeek_revives(struct model *m);
/* Zeek's conn_state */
const char *zeek_state(const struct model *m);

#endif /* _ORACLE_ZEEK_H */
