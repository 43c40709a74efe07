/* SPDX-License-Identifier: GPL-2.0 */
/* Walk through the headers of tunnels, which go over IP or UDP. */
#ifndef _TCPFSM_TOOL_TUNNEL_HEADERS_H
#define _TCPFSM_TOOL_TUNNEL_HEADERS_H

#include "engine/walk.h"

enum step read_gre(struct walk *walk);		/* also that of PPTP */
enum step read_erspan2(struct walk *walk);
enum step read_erspan3(struct walk *walk);
enum step read_wccp(struct walk *walk);
enum step read_etherip(struct walk *walk);

/* Over UDP. What does not look like it is another use of the port: STEP_NO_TCP */
enum step read_vxlan(struct walk *walk);	/* also VXLAN-GPE */
enum step read_geneve(struct walk *walk);
enum step read_gtp(struct walk *walk);
enum step read_l2tp(struct walk *walk);		/* version 2 */
enum step read_nat_traversal(struct walk *walk);	/* of IPsec, RFC 3948 */

#endif /* _TCPFSM_TOOL_TUNNEL_HEADERS_H */
