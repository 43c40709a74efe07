/* SPDX-License-Identifier: GPL-2.0 */
/* A connection as JSON: members of an object that the caller has opened. */
#ifndef _TCPFSM_TOOL_CONN_JSON_H
#define _TCPFSM_TOOL_CONN_JSON_H

struct msg;

/* All that @msg tells of it; the segments only if opt.details is set */
void conn_json(const struct msg *msg);

/* Only what tells which one it is: id, family, addresses and ports */
void conn_json_pair(const struct msg *msg);

#endif /* _TCPFSM_TOOL_CONN_JSON_H */
