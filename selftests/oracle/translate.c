// SPDX-License-Identifier: GPL-2.0
#include "translate.h"

const enum tcpfsm_state module_state[STATES] = {
	[CLOSED]	= TCPFSM_STATE_CLOSED,
	[LISTEN]	= TCPFSM_STATE_LISTEN,
	[SYN_SENT]	= TCPFSM_STATE_SYN_SENT,
	[SYN_RECEIVED]	= TCPFSM_STATE_SYN_RECEIVED,
	[ESTABLISHED]	= TCPFSM_STATE_ESTABLISHED,
	[FIN_WAIT_1]	= TCPFSM_STATE_FIN_WAIT_1,
	[FIN_WAIT_2]	= TCPFSM_STATE_FIN_WAIT_2,
	[CLOSE_WAIT]	= TCPFSM_STATE_CLOSE_WAIT,
	[CLOSING]	= TCPFSM_STATE_CLOSING,
	[LAST_ACK]	= TCPFSM_STATE_LAST_ACK,
	[TIME_WAIT]	= TCPFSM_STATE_TIME_WAIT,
};

const enum tcpfsm_cause module_cause[] = {
	[BY_SYN]	= TCPFSM_CAUSE_SYN,
	[BY_SYNACK]	= TCPFSM_CAUSE_SYN_ACK,
	[BY_ACK]	= TCPFSM_CAUSE_ACK,
	[BY_DATA]	= TCPFSM_CAUSE_DATA,
	[BY_FIN]	= TCPFSM_CAUSE_FIN,
	[BY_RST]	= TCPFSM_CAUSE_RST,
	[BY_TIME]	= TCPFSM_CAUSE_TIMEOUT,
	[BY_ROLLBACK]	= TCPFSM_CAUSE_ROLLBACK,
	[BY_FLUSH]	= TCPFSM_CAUSE_FLUSH,
	[BY_EVICT]	= TCPFSM_CAUSE_EVICT,
};

const enum tcpfsm_opened module_opened[] = {
	[INCOMPLETE]	= TCPFSM_OPENED_INCOMPLETE,
	[HANDSHAKE]	= TCPFSM_OPENED_HANDSHAKE,
	[FAST_OPEN]	= TCPFSM_OPENED_FAST_OPEN,
	[SIMULTANEOUS]	= TCPFSM_OPENED_SIMULTANEOUS,
	[MIDSTREAM]	= TCPFSM_OPENED_MIDSTREAM,
};

const enum tcpfsm_closed module_closed[] = {
	[OPEN]		= TCPFSM_CLOSED_OPEN,
	[FINS]		= TCPFSM_CLOSED_FIN,
	[CROSSED_FINS]	= TCPFSM_CLOSED_SIMULTANEOUS_FIN,
	[RESET]		= TCPFSM_CLOSED_RESET,
	[REFUSED]	= TCPFSM_CLOSED_REFUSED,
	[ABORTED]	= TCPFSM_CLOSED_ABORTED,
	[TIMED_OUT]	= TCPFSM_CLOSED_TIMEOUT,
	[REOPENED]	= TCPFSM_CLOSED_REOPENED,
	[FORGOTTEN]	= TCPFSM_CLOSED_EVICTED,
};

const enum tcpfsm_role module_role[] = {
	[CLIENT] = TCPFSM_ROLE_CLIENT,
	[SERVER] = TCPFSM_ROLE_SERVER,
};

const enum tcpfsm_tw_end module_tw_end[] = {
	[WAIT_EXPIRED]		= TCPFSM_TW_END_EXPIRED,
	[WAIT_REOPENED]		= TCPFSM_TW_END_REOPENED,
	[WAIT_RESET]		= TCPFSM_TW_END_RESET,
	[WAIT_SKIPPED]		= TCPFSM_TW_END_SKIPPED,
	[WAIT_ABORTED]		= TCPFSM_TW_END_ABORTED,
	[WAIT_EVICTED]		= TCPFSM_TW_END_EVICTED,
	[WAIT_FLUSHED]		= TCPFSM_TW_END_FLUSHED,
	[WAIT_UNCONFIRMED]	= TCPFSM_TW_END_UNCONFIRMED,
};

struct tcpfsm_segment translate_segment(const struct segment *seg)
{
	return (struct tcpfsm_segment){
		.family = TCPFSM_AF_INET,
		.flags = (seg->syn ? TCPFSM_SYN : 0) | (seg->ack ? TCPFSM_ACK : 0) |
			 (seg->fin ? TCPFSM_FIN : 0) | (seg->rst ? TCPFSM_RST : 0),
		.wscale = seg->syn && seg->scale != NO_SCALE ? (u8)seg->scale :
							       TCPFSM_WSCALE_NONE,
		.sack = seg->syn && seg->sack,
		.cookie = seg->syn && seg->cookie,
		.stamped = seg->stamped,
		.tsval = seg->tsval,
		.window = seg->window,
		.seq = seg->seq,
		.ack = seg->ackno,
		.len = seg->len,
		.end = seg->seq + seg->len + seg->syn + seg->fin,
	};
}

struct tcpfsm_view translate_sight(const struct sight *sight)
{
	return (struct tcpfsm_view){
		.now = sight->now,
		.halves = (sight->leaves ? TCPFSM_SENT : 0) |
			  (sight->arrives ? TCPFSM_RECEIVED : 0),
		.sender_local = sight->sender_here,
		.receiver_local = sight->receiver_here,
		.genuine = sight->genuine,
		.rfc1337 = sight->rfc1337,
	};
}
