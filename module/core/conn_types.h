/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Data of the state machine: a connection and its two ends, how a segment was
 * seen, and its outcome. The functions are in conn.h and conn_life.h.
 */
#ifndef _TCPFSM_CONN_TYPES_H
#define _TCPFSM_CONN_TYPES_H

#include "core/anomaly.h"
#include "core/fsm.h"
#include "core/pkt.h"

/**
 * enum tcpfsm_end_flags - what is known of an end
 * @TCPFSM_END_SEEN: it has sent a segment; nxt is valid
 * @TCPFSM_END_SYN: it has sent a SYN; iss is its ISN
 * @TCPFSM_END_ACK: it has sent an ACK; ack is valid
 * @TCPFSM_END_EDGE: its receive window is known; edge is valid
 * @TCPFSM_END_FIN: it has sent a FIN; fin is valid
 * @TCPFSM_END_FIN_SECOND: its first FIN acknowledged the peer's FIN
 * @TCPFSM_END_OPEN: its segments have proven that its handshake is done
 * @TCPFSM_END_CONFIRMED: its state is proven, not assumed
 * @TCPFSM_END_LOCAL: it is on this host
 * @TCPFSM_END_LOOPED: it sends over loopback, so its segments are seen twice
 * @TCPFSM_END_HOLE: it has received something beyond a hole; far is valid
 * @TCPFSM_END_NO_SACK: its SYN did not permit SACK
 * @TCPFSM_END_SYNACK: it has sent a SYN-ACK
 * @TCPFSM_END_STAMPED: its SYN had the timestamps option; tsval is valid
 * @TCPFSM_END_SUSPICIOUS: it has received a SYN or RST that calls for a
 *	challenge ACK (RFC 5961), and has not sent anything since
 * @TCPFSM_END_FIN_AGAIN: it is in TIME-WAIT and has received a FIN again, which
 *	it has not acknowledged again
 */
enum tcpfsm_end_flags {
	TCPFSM_END_SEEN		= 0x0001,
	TCPFSM_END_SYN		= 0x0002,
	TCPFSM_END_ACK		= 0x0004,
	TCPFSM_END_EDGE		= 0x0008,
	TCPFSM_END_FIN		= 0x0010,
	TCPFSM_END_FIN_SECOND	= 0x0020,
	TCPFSM_END_OPEN		= 0x0040,
	TCPFSM_END_CONFIRMED	= 0x0080,
	TCPFSM_END_LOCAL	= 0x0100,
	TCPFSM_END_LOOPED	= 0x0200,
	TCPFSM_END_HOLE		= 0x0400,
	TCPFSM_END_NO_SACK	= 0x0800,
	TCPFSM_END_SYNACK	= 0x1000,
	TCPFSM_END_STAMPED	= 0x2000,
	TCPFSM_END_SUSPICIOUS	= 0x4000,
	TCPFSM_END_FIN_AGAIN	= 0x8000,
};

/* Kinds of segments that may take the fast path, see conn_fast.c */
enum tcpfsm_fast {
	TCPFSM_FAST_ACK	= 0x1,	/* ACK without payload */
	TCPFSM_FAST_DATA	= 0x2,	/* ACK with payload */
};

/**
 * struct tcpfsm_end - one end of a connection
 * @iss: ISS, initial send sequence number; without %TCPFSM_END_SYN the first
 *	sequence number seen
 * @nxt: SND.NXT, the highest sequence number after a segment that it sent
 * @ack: the highest acknowledgment number that it sent
 * @rcv_nxt: RCV.NXT, assuming that every acceptable segment that passed us
 *	without a hole before it has arrived
 * @far: the highest sequence number after a segment received beyond a hole
 * @edge: right edge of its receive window, the highest one offered so far
 * @fin: sequence number after its FIN
 * @max_window: the largest window that it offered, octets
 * @tsval: its TSval that the peer keeps as TS.Recent (RFC 7323 section 4.3)
 * @retransmits: number of segments that it sent again, all or in part; without
 *	keepalives, window probes, and a SYN-ACK at the number of its SYN
 * @bytes: payload sent, octets, retransmissions included; the octet of a
 *	keepalive is none, and that of a window probe is counted once
 * @packets: number of segments sent that were acceptable, or old and legal
 * @window: window of its SYN, octets; its window until it sends an ACK
 * @syn_len: payload of its SYN, octets, saturated at 65535
 * @flags: enum tcpfsm_end_flags
 * @state: enum tcpfsm_state
 * @wscale: shift count of its windows, %TCPFSM_WSCALE_NONE without scaling
 * @fast: set of enum tcpfsm_fast, the segments that may take the fast path
 * @zeek: what Zeek makes of it, see zeek.c
 * @probing: the octet before @nxt was sent to probe a closed window
 *
 * Sequence and acknowledgment numbers are in host byte order.
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
	u8	zeek;
	bool	probing;
};

/**
 * enum tcpfsm_conn_flags - what is known of a connection
 * @TCPFSM_CONN_MIDSTREAM: its opening was not seen
 * @TCPFSM_CONN_CROSSED_SYN: both ends have sent a SYN without ACK
 * @TCPFSM_CONN_SYN_DATA: the data of the SYN was acknowledged (Fast Open)
 * @TCPFSM_CONN_PENDING: a SYN for the next connection waits for its SYN-ACK
 * @TCPFSM_CONN_RESET: a RST ended it
 * @TCPFSM_CONN_NEW_ISN: SYN-ACKs with different ISNs were sent (SYN cookies)
 * @TCPFSM_CONN_REOPENED: there was another connection on the tuple before
 * @TCPFSM_CONN_FAST_OPEN: the SYN had the Fast Open option
 * @TCPFSM_CONN_CHALLENGED: a SYN was answered with an ACK of the old connection
 *	(RFC 9293 section 3.5.1)
 * @TCPFSM_CONN_RECOVERING: and that ACK with a RST
 * @TCPFSM_CONN_HALF_CLOSE: the anomaly half-close was reported
 * @TCPFSM_CONN_LONG_WAIT: the anomaly close-wait-long was reported
 * @TCPFSM_CONN_BY_SERVER: the server sent the RST of %TCPFSM_CONN_RESET
 * @TCPFSM_CONN_OPEN_TIMED: the duration of the handshake was reported
 * @TCPFSM_CONN_CLOSE_TIMED: the duration of the close was reported, or will not
 *	be because the close was cut short
 */
enum tcpfsm_conn_flags {
	TCPFSM_CONN_MIDSTREAM	= 0x0001,
	TCPFSM_CONN_CROSSED_SYN	= 0x0002,
	TCPFSM_CONN_SYN_DATA	= 0x0004,
	TCPFSM_CONN_PENDING	= 0x0008,
	TCPFSM_CONN_RESET	= 0x0010,
	TCPFSM_CONN_NEW_ISN	= 0x0020,
	TCPFSM_CONN_REOPENED	= 0x0040,
	TCPFSM_CONN_FAST_OPEN	= 0x0080,
	TCPFSM_CONN_CHALLENGED	= 0x0100,
	TCPFSM_CONN_RECOVERING	= 0x0200,
	TCPFSM_CONN_HALF_CLOSE	= 0x0400,
	TCPFSM_CONN_LONG_WAIT	= 0x0800,
	TCPFSM_CONN_BY_SERVER	= 0x1000,
	TCPFSM_CONN_OPEN_TIMED	= 0x2000,
	TCPFSM_CONN_CLOSE_TIMED	= 0x4000,
};

/**
 * struct tcpfsm_syn - a SYN that may open the next connection on the tuple
 * @time: when it was seen, nanoseconds, clock of struct tcpfsm_view
 * @seq: its sequence number, host byte order
 * @tsval: its TSval, host byte order; valid with @stamped
 * @window: its window, octets
 * @len: its payload, octets, saturated at 65535
 * @wscale: shift count of its window scale option, %TCPFSM_WSCALE_NONE without
 * @sack: it permits SACK
 * @cookie: it has the Fast Open option
 * @stamped: it has the timestamps option
 * @second: another SYN, with another ISN, was pending before it and may still
 *	be answered
 * @role: enum tcpfsm_role, the end that sent it
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
 * @restarted: when its 2MSL last started, nanoseconds
 * @ended: when it ended, nanoseconds; 0: not yet
 * @restarts: number of FINs that the peer retransmitted during it
 * @isn_delta: if a new connection ended it: ISN of its SYN minus SND.NXT of the
 *	same end in the old connection
 * @end: enum tcpfsm_tw_end, how it ended; valid if @ended is not 0
 * @source: enum tcpfsm_tw_source
 *
 * Times are of the clock of struct tcpfsm_view.
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
 * struct tcpfsm_conn - one connection, that is one incarnation on its tuple
 * @end: both ends, by enum tcpfsm_role
 * @last: time of the last acceptable segment, nanoseconds
 * @letters: Zeek's history, see zeek.c
 * @flags: enum tcpfsm_conn_flags
 * @opened: enum tcpfsm_opened
 * @closed: enum tcpfsm_closed
 * @start: time of the first segment, nanoseconds
 * @since: when each end entered its state, nanoseconds; 0: not seen
 * @time_wait: TIME-WAIT of each end
 * @rtt: round trip time between us and each end, measured in the handshake from
 *	the last segment before the answer of that end, nanoseconds; 0: unknown
 * @fin_seen: time of the first transition to FIN-WAIT-1, nanoseconds; 0: none
 * @pending: the latest SYN without a SYN-ACK, valid with %TCPFSM_CONN_PENDING
 *
 * Times are of the clock of struct tcpfsm_view.
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

/**
 * tcpfsm_role_index - the index of an end in the key
 * @role: the end
 * @client: index of the client in the key, 0 or 1
 *
 * The key has both endpoints in an order that does not depend on the roles, see
 * tcpfsm_segment_is_second().
 *
 * Return: 0 or 1.
 */
static inline unsigned int tcpfsm_role_index(enum tcpfsm_role role,
					     unsigned int client)
{
	return role == TCPFSM_ROLE_CLIENT ? client : !client;
}

/**
 * tcpfsm_index_role - the role of an end, by its index in the key
 * @index: index of the end, 0 or 1
 * @client: index of the client in the key, 0 or 1
 *
 * Return: the role.
 */
static inline enum tcpfsm_role tcpfsm_index_role(unsigned int index,
						 unsigned int client)
{
	return index == client ? TCPFSM_ROLE_CLIENT : TCPFSM_ROLE_SERVER;
}

/*
 * The two halves of a segment's way. A segment is usually seen once, and both
 * halves are taken together; over loopback it is seen twice, once for each.
 */
#define TCPFSM_SENT		0x1	/* it leaves its sender */
#define TCPFSM_RECEIVED		0x2	/* it reaches its receiver, we assume */

/**
 * struct tcpfsm_view - where and when a segment was seen
 * @now: time in nanoseconds: CLOCK_BOOTTIME, or the clock of the capture
 * @halves: TCPFSM_SENT, TCPFSM_RECEIVED or both
 * @sender_local: the segment is sent from this host
 * @receiver_local: the segment is delivered to this host
 * @genuine: the segment is sent by this host's own TCP, not by a raw socket
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
 * struct tcpfsm_move - a transition of one end
 * @role: enum tcpfsm_role, the end
 * @old: enum tcpfsm_state before it
 * @new: enum tcpfsm_state after it
 * @cause: enum tcpfsm_cause
 * @confirmed: @new is proven, not assumed
 * @measured: @stay is valid: the end was seen entering @old, and did not leave
 *	it only because of a rollback or because the entry was removed
 * @stay: time in @old, nanoseconds
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

/* A segment moves each end at most three times: by a SYN and by both FINs */
#define TCPFSM_MOVES_MAX	8

/* No segment causes more; tcpfsm_conn_note() would overwrite the last one */
#define TCPFSM_NOTES_MAX	4

/**
 * struct tcpfsm_outcome - effect of a segment, or of an event without a segment
 * @count: number of transitions in @move
 * @notes: number of anomalies in @note
 * @used: the segment was acceptable (rule R4 in conn.c)
 * @reopen: the segment opens a new connection on this tuple. The caller has to
 *	call tcpfsm_conn_supersede(), tcpfsm_conn_reopen() and then
 *	tcpfsm_conn_segment() again with the same segment.
 * @restarted: the segment restarted the TIME-WAIT of its receiver
 * @fin_again: it did so as a retransmission of the sender's FIN
 * @handshake: duration of the handshake, from the first SYN until both ends are
 *	through, nanoseconds; 0: not completed by this segment
 * @close: duration of the close, from the first FIN to the last ACK,
 *	nanoseconds; 0: not completed by this segment
 * @move: the transitions, in the order in which they happened
 * @note: the anomalies; the first one explains most and goes into the history
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

/**
 * tcpfsm_outcome_clear - empty an outcome
 * @out: the outcome
 *
 * Hot path: does not clear the arrays.
 */
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

/* What a connection waits for; decides how long it is kept without a segment */
enum tcpfsm_wait {
	TCPFSM_WAIT_HALF_OPEN,	/* the handshake is not done */
	TCPFSM_WAIT_LIVE,	/* an end can still send data */
	TCPFSM_WAIT_CLOSING,	/* a FIN has no ACK yet, or one end is closed */
	TCPFSM_WAIT_TIME_WAIT,	/* 2MSL of an end in TIME-WAIT */
	TCPFSM_WAIT_CLOSED,	/* both ends are closed */
};

/*
 * 2MSL in seconds: the kernel's TCP_TIMEWAIT_LEN. RFC 9293 section 3.4.2 has
 * 4 minutes.
 */
#define TCPFSM_2MSL_SEC		60

#endif /* _TCPFSM_CONN_TYPES_H */
