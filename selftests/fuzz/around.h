/* SPDX-License-Identifier: GPL-2.0 */
/* Puts packets into tunnels, and cuts them into fragments, for replay_fuzz. */
#ifndef _TCPFSM_AROUND_H
#define _TCPFSM_AROUND_H

#include "unit/packet.h"

#define TUNNELS		20

/* Put the packet into the tunnel of this number; one that has no room stays as it is. */
void around_put(struct packet *p, unsigned int tunnel, bool v6);

/*
 * The fragment of a packet with @size octets of its data, a multiple of 8, from @from
 * on. False: there is none, or the packet is not IP.
 */
bool around_fragment(const struct packet *p, u32 from, u32 size, u16 id, struct packet *fragment);

#endif /* _TCPFSM_AROUND_H */
