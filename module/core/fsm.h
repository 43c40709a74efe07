/* SPDX-License-Identifier: GPL-2.0 */
/* The state machine of one endpoint: RFC 9293 section 3.3.2 as a table. */
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
 * enum tcpfsm_event - what moves an endpoint
 *
 * What the endpoint sends proves its state (rule R1); what it receives it is
 * assumed to act upon (R2); what it sends again proves that an assumption was
 * wrong (R3).
 *
 * @TCPFSM_SND_SYN: sends a SYN without ACK
 * @TCPFSM_SND_SYNACK: sends a SYN with ACK
 * @TCPFSM_SND_ACK_SYN: acknowledges the peer's SYN
 * @TCPFSM_SND_DATA: sends what only a finished handshake lets it send
 * @TCPFSM_SND_ACK_FIN: acknowledges the peer's FIN
 * @TCPFSM_SND_FIN: sends its FIN
 * @TCPFSM_SND_RST: sends a RST that counts
 * @TCPFSM_RCV_SYN: receives a SYN without ACK
 * @TCPFSM_RCV_SYNACK: receives a SYN with an exact ACK
 * @TCPFSM_RCV_ACK_SYN: its SYN is acknowledged
 * @TCPFSM_RCV_ACK_FIN: its FIN is acknowledged
 * @TCPFSM_RCV_FIN: receives the peer's FIN, with nothing missing before it
 * @TCPFSM_RCV_RST: receives a RST that counts
 * @TCPFSM_AGAIN_SYN: sends its SYN again
 * @TCPFSM_AGAIN_SYNACK: sends its SYN-ACK again
 * @TCPFSM_AGAIN_FIN: sends its FIN again, without having the peer's
 * @TCPFSM_AGAIN_FIN_ACK: sends its FIN again, acknowledging the peer's
 * @TCPFSM_END: the wait is over, or the connection is forgotten
 * @TCPFSM_EVENT_COUNT: how many there are
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
	TCPFSM_END,
	TCPFSM_EVENT_COUNT,
};

extern const char *const tcpfsm_state_names[TCPFSM_STATE_COUNT];
extern const char *const tcpfsm_cause_names[TCPFSM_CAUSE_COUNT];
extern const char *const tcpfsm_role_names[TCPFSM_ROLE_COUNT];
extern const char *const tcpfsm_tw_end_names[TCPFSM_TW_END_COUNT];

/* By state and event: one more than the state after it, 0 where it stays */
extern const u8 tcpfsm_fsm_table[TCPFSM_STATE_COUNT][TCPFSM_EVENT_COUNT];

/**
 * tcpfsm_fsm_next - the state after an event
 * @state: the state before it
 * @event: what the endpoint did, received or was proven not to have received
 *
 * Return: the state after it, @state if the event does not move it.
 */
static inline enum tcpfsm_state tcpfsm_fsm_next(enum tcpfsm_state state,
						enum tcpfsm_event event)
{
	u8 to = tcpfsm_fsm_table[state][event];

	return to ? (enum tcpfsm_state)(to - 1) : state;
}

#endif /* _TCPFSM_FSM_H */
