/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two small TCPs that talk over a network which loses, duplicates and reorders.
 * They comply with the RFC. On half of the way somebody looks at each segment.
 */
#ifndef _TCPFSM_TALK_H
#define _TCPFSM_TALK_H

#include "core/fsm.h"
#include "core/pkt.h"

#define TALK_PACKETS	256
#define TALK_PIECES	64
#define TALK_WINDOW	1000u
#define TALK_END	6000	/* ticks: so long a talk may last */

enum talk_vantage { FORWARD, AT_CLIENT, AT_SERVER, VANTAGE_COUNT };

/**
 * struct tcp - a minimal TCP endpoint
 * @state: enum tcpfsm_state
 * @iss: initial sequence number
 * @una: SND.UNA
 * @nxt: SND.NXT
 * @last: sequence number of the FIN, after all data
 * @rcv: RCV.NXT
 * @got: the octets received out of order, as ranges: from, to
 * @pieces: how many ranges @got has
 * @fin: sequence number of the peer's FIN
 * @fin_known: @fin counts
 * @second: its FIN acknowledges the peer's FIN
 * @close_at: when the user closes
 * @resend_at: when to send again
 */
struct tcp {
	u8	state;
	u32	iss;
	u32	una;
	u32	nxt;
	u32	last;
	u32	rcv;
	u32	got[TALK_PIECES][2];
	u32	pieces;
	u32	fin;
	bool	fin_known;
	bool	second;
	int	close_at;
	int	resend_at;
};

/**
 * struct packet_in_flight - on its way to the observer, then to its receiver
 * @seg: the segment
 * @from: who sent it
 * @at: when it arrives
 * @number: how many were sent before it
 * @seen: it has passed the observer
 * @there: this slot is used
 */
struct packet_in_flight {
	struct tcpfsm_segment	seg;
	int			from;
	int			at;
	u32			number;
	bool			seen;
	bool			there;
};

/**
 * struct talk - two endpoints and the network between them
 * @tcp: the endpoints, by enum tcpfsm_role
 * @packet: on their way
 * @vantage: where the observer is
 * @now: ticks
 * @flying: how many slots of @packet are used
 * @launched: how many packets were sent, copies included
 * @loss: percentage lost, and duplicated, on each half of the way
 * @in_order: nothing overtakes on the way
 * @see: called for each segment that passes the observer
 * @watcher: for @see
 */
struct talk {
	struct tcp		tcp[2];
	struct packet_in_flight	packet[TALK_PACKETS];
	enum talk_vantage	vantage;
	int			now;
	int			flying;
	u32			launched;
	u32			loss;
	bool			in_order;
	void			(*see)(struct talk *t, int from,
				       const struct tcpfsm_segment *seg);
	void			*watcher;
};

void talk_begin(struct talk *t, enum talk_vantage vantage, u32 loss, bool in_order);
void talk_tick(struct talk *t);
bool talk_is_over(const struct talk *t);

/* The end that is the observer's host, -1: none */
static inline int talk_local(const struct talk *t)
{
	return (int)t->vantage - AT_CLIENT;
}

#endif /* _TCPFSM_TALK_H */
