/* SPDX-License-Identifier: GPL-2.0 */
/* Makes the packet that a step of a case describes. */
#ifndef _TCPFSM_CASE_PACKET_H
#define _TCPFSM_CASE_PACKET_H

#include "conn_case.h"
#include "packet.h"

void case_packet(const struct step *step, const struct setup *setup,
		 struct packet *p);

#endif /* _TCPFSM_CASE_PACKET_H */
