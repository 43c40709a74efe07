/* SPDX-License-Identifier: GPL-2.0 */
/* The state machine of one end: RFC 9293 section 3.3.2 as a table. */
#ifndef _TCPFSM_FSM_H
#define _TCPFSM_FSM_H

#include <uapi/linux/tcpfsm.h>

#include "core/defs.h"
#include "core/types.h"

#define TCPFSM_STATE_COUNT	(TCPFSM_STATE_TIME_WAIT + 1)
#define TCPFSM_CAUSE_COUNT	(TCPFSM_CAUSE_EVICT + 1)
#define TCPFSM_ROLE_COUNT	(TCPFSM_ROLE_SERVER + 1)
#define TCPFSM_TW_END_COUNT	(TCPFSM_TW_END_UNCONFIRMED + 1)

/**
 * enum tcpfsm_event - input of the state table, for one end
 *
 * SND: a segment proves the state of its sender (rule R1 in conn.c). RCV: the
 * receiver is assumed to act on a segment (R2). AGAIN: a retransmission proves
 * that an assumption was wrong (R3). UNDO: a RST does.
 *
 * @TCPFSM_SND_SYN: sends a SYN without ACK
 * @TCPFSM_SND_SYNACK: sends a SYN with ACK
 * @TCPFSM_SND_ACK_SYN: acknowledges the peer's SYN
 * @TCPFSM_SND_DATA: sends a segment that proves its handshake to be done
 * @TCPFSM_SND_ACK_FIN: acknowledges the peer's FIN
 * @TCPFSM_SND_FIN: sends its FIN
 * @TCPFSM_SND_RST: sends a RST that closes it
 * @TCPFSM_RCV_SYN: receives a SYN without ACK
 * @TCPFSM_RCV_SYNACK: receives a SYN with ACK, which acknowledges its SYN
 * @TCPFSM_RCV_ACK_SYN: receives an ACK of its SYN
 * @TCPFSM_RCV_ACK_FIN: receives an ACK of its FIN
 * @TCPFSM_RCV_FIN: receives the peer's FIN, with nothing missing before it
 * @TCPFSM_RCV_RST: receives an acceptable RST
 * @TCPFSM_AGAIN_SYN: retransmits its SYN
 * @TCPFSM_AGAIN_SYNACK: retransmits its SYN-ACK
 * @TCPFSM_AGAIN_FIN: sends its FIN without acknowledging the peer's FIN, which
 *	it was assumed to have received; usually a retransmission
 * @TCPFSM_AGAIN_FIN_ACK: retransmits its FIN, acknowledging the peer's FIN
 * @TCPFSM_UNDO_FIN: sends a RST without having acknowledged the peer's FIN,
 *	which it was assumed to have received
 * @TCPFSM_END: its timeout has passed, or the connection is removed
 * @TCPFSM_EVENT_COUNT: number of events
 */
enum tcpfsm_event {
	TCPFSM_SND_SYN,
	TCPFSM_SND_SYNACK,
	TCPFSM_SND_ACK_SYN,
	TCPFSM_SND_DATA,
	TCPFSM_SND_ACK_FIN,
	TCPFSM_SND_FIN,
	TCPFSM_SND_RST,
	TCPFSM_RCV_SYN,
	TCPFSM_RCV_SYNACK,
	TCPFSM_RCV_ACK_SYN,
	TCPFSM_RCV_ACK_FIN,
	TCPFSM_RCV_FIN,
	TCPFSM_RCV_RST,
	TCPFSM_AGAIN_SYN,
	TCPFSM_AGAIN_SYNACK,
	TCPFSM_AGAIN_FIN,
	TCPFSM_AGAIN_FIN_ACK,
	TCPFSM_UNDO_FIN,
	TCPFSM_END,
	TCPFSM_EVENT_COUNT,
};

extern const char *const tcpfsm_state_names[TCPFSM_STATE_COUNT];
extern const char *const tcpfsm_cause_names[TCPFSM_CAUSE_COUNT];
extern const char *const tcpfsm_role_names[TCPFSM_ROLE_COUNT];
extern const char *const tcpfsm_tw_end_names[TCPFSM_TW_END_COUNT];

/*
 * The state table, by state and event. A cell is the next state plus one, or 0
 * if the event does not change the state. Read it with tcpfsm_fsm_next().
 */
extern const u8 tcpfsm_fsm_table[TCPFSM_STATE_COUNT][TCPFSM_EVENT_COUNT];

/**
 * tcpfsm_fsm_next - the state of an end after an event
 * @state: its state before the event
 * @event: the event
 *
 * Pure.
 *
 * Return: its state after the event; @state if the event does not change it.
 */
static inline enum tcpfsm_state tcpfsm_fsm_next(enum tcpfsm_state state,
						enum tcpfsm_event event)
{
	u8 to = tcpfsm_fsm_table[state][event];

	return to ? (enum tcpfsm_state)(to - 1) : state;
}

#endif /* _TCPFSM_FSM_H */
