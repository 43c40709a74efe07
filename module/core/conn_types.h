/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is known of a connection and of its two ends, how a segment was seen, and
 * what it did. Data only; conn.h has the functions.
 */
#ifndef _TCPFSM_CONN_TYPES_H
#define _TCPFSM_CONN_TYPES_H

#include "core/anomaly.h"
#include "core/fsm.h"
#include "core/pkt.h"

/* What is known of an endpoint */
enum tcpfsm_end_flags {
	TCPFSM_END_SEEN		= 0x0001, /* has sent: nxt counts */
	TCPFSM_END_SYN		= 0x0002, /* has sent a SYN: iss counts */
	TCPFSM_END_ACK		= 0x0004, /* has acknowledged: ack counts */
	TCPFSM_END_EDGE		= 0x0008, /* its window is known: edge counts */
	TCPFSM_END_FIN		= 0x0010, /* has sent a FIN: fin counts */
	TCPFSM_END_FIN_SECOND	= 0x0020, /* sent it having acknowledged the peer's */
	TCPFSM_END_OPEN		= 0x0040, /* proved that its handshake is done */
	TCPFSM_END_CONFIRMED	= 0x0080, /* its state is proven, not assumed */
	TCPFSM_END_LOCAL	= 0x0100, /* is a socket of this host */
	TCPFSM_END_LOOPED	= 0x0200, /* what it sends is seen again on arrival */
	TCPFSM_END_HOLE		= 0x0400, /* something arrived beyond a hole: far counts */
	TCPFSM_END_NO_SACK	= 0x0800, /* its SYN did not permit SACK */
	TCPFSM_END_SYNACK	= 0x1000, /* has sent a SYN-ACK */
	TCPFSM_END_STAMPED	= 0x2000, /* its SYN had timestamps: tsval counts */
	TCPFSM_END_SUSPICIOUS	= 0x4000, /* has just received a suspect SYN or RST */
	TCPFSM_END_FIN_AGAIN	= 0x8000, /* in TIME-WAIT; received a FIN again */
};

/* See conn_fast.c */
enum tcpfsm_fast {
	TCPFSM_FAST_ACK	= 0x1,
	TCPFSM_FAST_DATA	= 0x2,
};

/**
 * struct tcpfsm_end - what is known of one endpoint
 * @iss: initial send sequence number; without %TCPFSM_END_SYN the first
 *	sequence number that was seen
 * @nxt: SND.NXT, the highest sequence number after what it has sent
 * @ack: the highest acknowledgment number it has sent
 * @rcv_nxt: RCV.NXT, assuming that all which passed without a hole arrived
 * @far: the highest sequence number after what arrived beyond a hole
 * @edge: the right edge of the window it offers, the highest so far
 * @fin: sequence number after its FIN
 * @max_window: the largest window it ever offered, octets
 * @tsval: its timestamp that the peer remembers: TS.Recent of RFC 7323
 * @retransmits: segments which took sequence space that had been sent before
 * @bytes: payload sent
 * @packets: segments sent
 * @window: the window of its SYN, for the time before its first ACK
 * @syn_len: payload of its SYN
 * @flags: enum tcpfsm_end_flags
 * @state: enum tcpfsm_state
 * @wscale: shift of its windows
 * @fast: enum tcpfsm_fast, the segments that may take the fast path
 */
struct tcpfsm_end {
	u32	iss;
	u32	nxt;
	u32	ack;
	u32	rcv_nxt;
	u32	far;
	u32	edge;
	u32	fin;
	u32	max_window;
	u32	tsval;
	u32	retransmits;
	u64	bytes;
	u32	packets;
	u16	window;
	u16	syn_len;
	u16	flags;
	u8	state;
	u8	wscale;
	u8	fast;
};

/* What is known of a connection */
enum tcpfsm_conn_flags {
	TCPFSM_CONN_MIDSTREAM	= 0x0001, /* its opening was not seen */
	TCPFSM_CONN_CROSSED_SYN	= 0x0002, /* simultaneous open */
	TCPFSM_CONN_SYN_DATA	= 0x0004, /* the SYN's data was accepted: Fast Open */
	TCPFSM_CONN_PENDING	= 0x0008, /* a new SYN waits for its SYN-ACK */
	TCPFSM_CONN_RESET	= 0x0010, /* a RST ended it */
	TCPFSM_CONN_NEW_ISN	= 0x0020, /* SYN-ACKs with more than one ISN */
	TCPFSM_CONN_REOPENED	= 0x0040, /* there was one on the tuple before */
	TCPFSM_CONN_FAST_OPEN	= 0x0080, /* the SYN asks for Fast Open */
	TCPFSM_CONN_CHALLENGED	= 0x0100, /* the pending SYN got an old ACK */
	TCPFSM_CONN_RECOVERING	= 0x0200, /* and that ACK a RST */
	TCPFSM_CONN_HALF_CLOSE	= 0x0400, /* data after a FIN was told of */
	TCPFSM_CONN_LONG_WAIT	= 0x0800, /* so was a long CLOSE-WAIT */
	TCPFSM_CONN_BY_SERVER	= 0x1000, /* the RST was the server's */
	TCPFSM_CONN_OPEN_TIMED	= 0x2000, /* how long the handshake took was told */
	TCPFSM_CONN_CLOSE_TIMED	= 0x4000, /* so was the close */
};

/**
 * struct tcpfsm_syn - a SYN that may open the next connection on the tuple
 * @time: when it was seen, nanoseconds
 * @seq: its sequence number
 * @tsval: its timestamp
 * @window: its window
 * @len: its payload
 * @wscale: its window scale option, TCPFSM_WSCALE_NONE without one
 * @sack: it permits SACK
 * @cookie: it has the Fast Open option
 * @stamped: it has a timestamp
 * @second: another SYN waited, which may get its SYN-ACK yet
 * @role: who sent it
 */
struct tcpfsm_syn {
	u64	time;
	u32	seq;
	u32	tsval;
	u16	window;
	u16	len;
	u8	wscale;
	u8	role;
	bool	sack;
	bool	cookie;
	bool	stamped;
	bool	second;
};

/**
 * struct tcpfsm_time_wait - the TIME-WAIT of one end
 * @entered: when it began, nanoseconds; 0: there was none
 * @restarted: when it began or began anew
 * @ended: when it was over; 0: it lasts
 * @restarts: FINs that came again during it
 * @isn_delta: where a new connection ended it: from the sequence number after
 *	all that the sender of the SYN had sent, to the one of the SYN
 * @end: enum tcpfsm_tw_end, with @ended
 * @source: enum tcpfsm_tw_source
 */
struct tcpfsm_time_wait {
	u64	entered;
	u64	restarted;
	u64	ended;
	s32	isn_delta;
	u32	restarts:26;
	u32	end:4;
	u32	source:2;
};

/**
 * struct tcpfsm_conn - one incarnation of a connection
 * @end: both endpoints, by enum tcpfsm_role
 * @last: time of the last segment that counted, nanoseconds
 * @letters: see zeek.c
 * @flags: enum tcpfsm_conn_flags
 * @opened: enum tcpfsm_opened
 * @closed: enum tcpfsm_closed
 * @start: time of the first segment, nanoseconds
 * @since: when each end entered its state, nanoseconds; 0: not seen
 * @time_wait: of each end
 * @rtt: of the handshake, nanoseconds, by the end that answered; 0: unknown.
 *	From us to that end and back, measured from what was sent last.
 * @fin_seen: when the first FIN was sent, nanoseconds
 * @pending: see TCPFSM_CONN_PENDING
 */
struct tcpfsm_conn {
	struct tcpfsm_end	end[TCPFSM_ROLE_COUNT];
	u64			last;
	u64			letters;
	u16			flags;
	u8			opened;
	u8			closed;
	u64			start;
	u64			since[TCPFSM_ROLE_COUNT];
	struct tcpfsm_time_wait	time_wait[TCPFSM_ROLE_COUNT];
	u64			rtt[TCPFSM_ROLE_COUNT];
	u64			fin_seen;
	struct tcpfsm_syn	pending;
};

/*
 * A key holds the two endpoints in an order that does not depend on who opened
 * the connection: the index of the client in it tells which end is which.
 */
static inline unsigned int tcpfsm_role_index(enum tcpfsm_role role,
					     unsigned int client)
{
	return role == TCPFSM_ROLE_CLIENT ? client : !client;
}

static inline enum tcpfsm_role tcpfsm_index_role(unsigned int index,
						 unsigned int client)
{
	return index == client ? TCPFSM_ROLE_CLIENT : TCPFSM_ROLE_SERVER;
}

/* The two halves of a segment's way */
#define TCPFSM_SENT		0x1	/* seen leaving its sender */
#define TCPFSM_RECEIVED		0x2	/* reaches its receiver, as far as we see */

/**
 * struct tcpfsm_view - where a segment was seen
 * @now: CLOCK_BOOTTIME, or the clock of the capture; nanoseconds
 * @halves: TCPFSM_SENT, TCPFSM_RECEIVED or both
 * @sender_local: the sender is a socket of this host
 * @receiver_local: so is the receiver, and the segment is delivered to it
 * @genuine: the sender is known to be the kernel's own TCP, not somebody who
 *	pretends to be it
 * @rfc1337: this host ignores RSTs in TIME-WAIT (net.ipv4.tcp_rfc1337)
 */
struct tcpfsm_view {
	u64	now;
	u8	halves;
	bool	sender_local;
	bool	receiver_local;
	bool	genuine;
	bool	rfc1337;
};

/**
 * struct tcpfsm_move - a transition of one endpoint
 * @role: enum tcpfsm_role, the endpoint
 * @old: enum tcpfsm_state
 * @new: enum tcpfsm_state
 * @cause: enum tcpfsm_cause
 * @confirmed: the new state is proven
 * @measured: the time in @old is known: its beginning was seen, and its end is
 *	not just that of our patience
 * @stay: the time in @old, nanoseconds, where @measured
 */
struct tcpfsm_move {
	u8	role;
	u8	old;
	u8	new;
	u8	cause;
	bool	confirmed;
	bool	measured;
	u64	stay;
};

/* SYN, FIN of the peer and own FIN at once, for both ends */
#define TCPFSM_MOVES_MAX	8

/* The most that one segment can be: new data, a FIN again, and its ACK late */
#define TCPFSM_NOTES_MAX	4

/**
 * struct tcpfsm_outcome - what a segment did
 * @count: transitions in @move
 * @notes: anomalies in @note
 * @used: the segment was acceptable (rule R4)
 * @reopen: the segment opens a new connection on this tuple: the caller closes
 *	the old one with tcpfsm_conn_supersede(), and calls
 *	tcpfsm_conn_reopen() and then tcpfsm_conn_segment() with the same
 *	segment again
 * @restarted: the TIME-WAIT of the receiver began anew
 * @fin_again: because the peer sent its FIN again
 * @handshake: how long it took, nanoseconds; 0: it was not done just now
 * @close: the same of the close, from the first FIN to the last ACK
 * @move: the transitions, in the order they happened
 * @note: the anomalies, the one that explains most first
 */
struct tcpfsm_outcome {
	u8			count;
	u8			notes;
	bool			used;
	bool			reopen;
	bool			restarted;
	bool			fin_again;
	u64			handshake;
	u64			close;
	struct tcpfsm_move	move[TCPFSM_MOVES_MAX];
	struct tcpfsm_note	note[TCPFSM_NOTES_MAX];
};

/* Nothing has happened yet */
static inline void tcpfsm_outcome_clear(struct tcpfsm_outcome *out)
{
	out->count = 0;
	out->notes = 0;
	out->used = false;
	out->reopen = false;
	out->restarted = false;
	out->fin_again = false;
	out->handshake = 0;
	out->close = 0;
}

/* What a connection waits for: it tells how long it is kept */
enum tcpfsm_wait {
	TCPFSM_WAIT_HALF_OPEN,	/* the handshake is not done */
	TCPFSM_WAIT_LIVE,	/* an end can still send data */
	TCPFSM_WAIT_CLOSING,	/* both have said FIN, or one and nobody answers */
	TCPFSM_WAIT_TIME_WAIT,	/* 2MSL */
	TCPFSM_WAIT_CLOSED,	/* both ends are closed */
};

/* The kernel's TCP_TIMEWAIT_LEN; RFC 9293 section 3.4.2 asks for 2MSL = 4 min */
#define TCPFSM_2MSL_SEC		60

#endif /* _TCPFSM_CONN_TYPES_H */
