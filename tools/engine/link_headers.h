/* SPDX-License-Identifier: GPL-2.0 */
/* Walk through the headers of a link: Ethernet and its tags, LLC, PPP, MPLS, captures. */
#ifndef _TCPFSM_TOOL_LINK_HEADERS_H
#define _TCPFSM_TOOL_LINK_HEADERS_H

#include "engine/walk.h"

enum step read_ethernet(struct walk *walk);
enum step read_vlan(struct walk *walk);
enum step read_backbone(struct walk *walk);	/* I-tag of IEEE 802.1ah */
enum step read_etag(struct walk *walk);		/* E-tag of IEEE 802.1BR */
enum step read_tag(struct walk *walk);		/* any other of four octets */
enum step read_llc(struct walk *walk);
enum step read_snap(struct walk *walk);
enum step read_mpls(struct walk *walk);

enum step read_ppp(struct walk *walk);
enum step read_pppoe(struct walk *walk);	/* a session */
enum step read_hdlc(struct walk *walk);		/* PPP, or as Cisco has it */
enum step read_ppp_direction(struct walk *walk);

enum step read_cooked(struct walk *walk);	/* of Linux, 1 and 2 */
enum step read_cooked2(struct walk *walk);
enum step read_loopback(struct walk *walk);	/* of BSD */
enum step read_nflog(struct walk *walk);

#endif /* _TCPFSM_TOOL_LINK_HEADERS_H */
