/* SPDX-License-Identifier: GPL-2.0 */
/* The table of all headers that are known, and of who reads them. */
#ifndef _TCPFSM_TOOL_PROTOCOLS_H
#define _TCPFSM_TOOL_PROTOCOLS_H

#include "engine/walk.h"

struct protocol {
	uint32_t number;
	const char *name;
	enum step (*read)(struct walk *walk);
};

/*
 * NULL: not known. Of UDP @number is two ports, of which one may be known, that of
 * the destination first.
 */
const struct protocol *protocol_find(enum space space, uint32_t number);

/* What is to be done with a number that is not known */
enum step protocol_unknown(enum space space);

/* Whether the data of IP behind such a header are worth to be put together */
bool protocol_is_read(uint8_t ip_protocol);

#endif /* _TCPFSM_TOOL_PROTOCOLS_H */
