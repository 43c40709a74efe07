/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses and ports as text: by name, if the options ask for names. */
#ifndef _TCPFSM_TOOL_RESOLVE_H
#define _TCPFSM_TOOL_RESOLVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/line.h"
#include "nl/msg.h"

/* As in 10.1.0.2:http and [2001:db8::2]:http */
void resolve_endpoint(struct line *line, const struct msg_endpoint *end, uint8_t family);

/* The address without names. @buf has room for INET6_ADDRSTRLEN, and is returned. */
const char *resolve_address(const struct msg_endpoint *end, uint8_t family,
			    char *buf, size_t size);

#endif /* _TCPFSM_TOOL_RESOLVE_H */
