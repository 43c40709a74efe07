/* SPDX-License-Identifier: GPL-2.0 */
/* Walk through IPv4 and IPv6. */
#ifndef _TCPFSM_TOOL_IP_HEADERS_H
#define _TCPFSM_TOOL_IP_HEADERS_H

#include "engine/walk.h"

enum step read_ipv4(struct walk *walk);
enum step read_ipv6(struct walk *walk);
enum step read_ip(struct walk *walk);		/* one of the two, as it says itself */
enum step read_ah(struct walk *walk);		/* authentication header of IPv4 */
enum step read_udp(struct walk *walk);

#endif /* _TCPFSM_TOOL_IP_HEADERS_H */
