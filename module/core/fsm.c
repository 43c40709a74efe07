// SPDX-License-Identifier: GPL-2.0
/* The state table: RFC 9293 section 3.3.2 for one end, with rollbacks (R3). */
#include "core/fsm.h"

#define X(id, name) [TCPFSM_STATE_##id] = name,
const char *const tcpfsm_state_names[] = { TCPFSM_STATES(X) };
#undef X
static_assert(ARRAY_SIZE(tcpfsm_state_names) == TCPFSM_STATE_COUNT,
	      "TCPFSM_STATES and the specification differ");

#define X(id, name) [TCPFSM_CAUSE_##id] = name,
const char *const tcpfsm_cause_names[] = { TCPFSM_CAUSES(X) };
#undef X
static_assert(ARRAY_SIZE(tcpfsm_cause_names) == TCPFSM_CAUSE_COUNT,
	      "TCPFSM_CAUSES and the specification differ");

#define X(id, name) [TCPFSM_ROLE_##id] = name,
const char *const tcpfsm_role_names[] = { TCPFSM_ROLES(X) };
#undef X
static_assert(ARRAY_SIZE(tcpfsm_role_names) == TCPFSM_ROLE_COUNT,
	      "TCPFSM_ROLES and the specification differ");

#define X(id, name) [TCPFSM_TW_END_##id] = name,
const char *const tcpfsm_tw_end_names[] = { TCPFSM_TW_ENDS(X) };
#undef X
static_assert(ARRAY_SIZE(tcpfsm_tw_end_names) == TCPFSM_TW_END_COUNT,
	      "TCPFSM_TW_ENDS and the specification differ");

/*
 * The states of an end (RFC 9293 section 3.3.2):
 *
 * CLOSED	There is no connection.
 * LISTEN	Waits for a connection request. The server stays in LISTEN until
 *		it sends its SYN-ACK: a SYN on its way to it proves nothing.
 * SYN-SENT	Has sent its SYN, waits for the matching SYN of the peer.
 * SYN-RECEIVED	Has sent and received a SYN, waits for the ACK of its SYN.
 * ESTABLISHED	The connection is open, data can be sent both ways.
 * FIN-WAIT-1	Has sent its FIN, waits for the ACK of it or for the peer's FIN.
 * FIN-WAIT-2	Its FIN is acknowledged, waits for the peer's FIN.
 * CLOSE-WAIT	Has received the peer's FIN, waits for its own user to close.
 * CLOSING	The FINs crossed: has sent its FIN and received the peer's,
 *		waits for the ACK of its FIN.
 * LAST-ACK	Has received the peer's FIN and then sent its own, waits for the
 *		ACK of its FIN.
 * TIME-WAIT	Both FINs are acknowledged. Waits 2MSL: if its last ACK is lost,
 *		the peer retransmits its FIN, and that needs an ACK again.
 *
 * An event without a cell does not change the state. TO() is the state plus
 * one, because CLOSED is 0 and so is an empty cell.
 *
 * The comments at the cells give the reasons that are not obvious.
 */
#define TO(state) (TCPFSM_STATE_##state + 1)

const u8 tcpfsm_fsm_table[TCPFSM_STATE_COUNT][TCPFSM_EVENT_COUNT] = {
	[TCPFSM_STATE_CLOSED] = {
		[TCPFSM_SND_SYN]	= TO(SYN_SENT),
		/*
		 * Its request was dropped. A retransmission of the client's SYN
		 * is a new SYN to the listener, which answers it.
		 */
		[TCPFSM_SND_SYNACK]	= TO(SYN_RECEIVED),
		/* R3: the last ACK did not arrive: it is still in LAST-ACK */
		[TCPFSM_AGAIN_FIN_ACK]	= TO(LAST_ACK),
	},
	[TCPFSM_STATE_LISTEN] = {
		/* Simultaneous open: its SYN crosses the peer's SYN */
		[TCPFSM_SND_SYN]	= TO(SYN_SENT),
		[TCPFSM_SND_SYNACK]	= TO(SYN_RECEIVED),
		/* Connection refused: nothing listens on the port */
		[TCPFSM_SND_RST]	= TO(CLOSED),
		[TCPFSM_END]		= TO(CLOSED),
	},
	[TCPFSM_STATE_SYN_SENT] = {
		/* Simultaneous open: the peer's SYN gets a SYN-ACK */
		[TCPFSM_SND_SYNACK]	= TO(SYN_RECEIVED),
		[TCPFSM_RCV_SYN]	= TO(SYN_RECEIVED),
		[TCPFSM_SND_ACK_SYN]	= TO(ESTABLISHED),
		[TCPFSM_RCV_SYNACK]	= TO(ESTABLISHED),
		/*
		 * No SND_RST: the RST that answers an unacceptable ACK leaves
		 * its sender in SYN-SENT (section 3.10.7.3). Recovery from a
		 * half-open connection depends on it (section 3.5.1).
		 */
		[TCPFSM_RCV_RST]	= TO(CLOSED),
		[TCPFSM_END]		= TO(CLOSED),
	},
	[TCPFSM_STATE_SYN_RECEIVED] = {
		[TCPFSM_SND_DATA]	= TO(ESTABLISHED),
		[TCPFSM_RCV_ACK_SYN]	= TO(ESTABLISHED),
		/* Simultaneous open: the SYN-ACK acknowledges its SYN */
		[TCPFSM_RCV_SYNACK]	= TO(ESTABLISHED),
		/* The user may close in SYN-RECEIVED: section 3.10.4 */
		[TCPFSM_SND_FIN]	= TO(FIN_WAIT_1),
		[TCPFSM_SND_ACK_FIN]	= TO(CLOSE_WAIT),
		[TCPFSM_RCV_FIN]	= TO(CLOSE_WAIT),
		[TCPFSM_SND_RST]	= TO(CLOSED),
		[TCPFSM_RCV_RST]	= TO(CLOSED),
		/* R3, simultaneous open: the peer's SYN did not arrive */
		[TCPFSM_AGAIN_SYN]	= TO(SYN_SENT),
		[TCPFSM_END]		= TO(CLOSED),
	},
	[TCPFSM_STATE_ESTABLISHED] = {
		[TCPFSM_SND_FIN]	= TO(FIN_WAIT_1),
		[TCPFSM_SND_ACK_FIN]	= TO(CLOSE_WAIT),
		[TCPFSM_RCV_FIN]	= TO(CLOSE_WAIT),
		[TCPFSM_SND_RST]	= TO(CLOSED),
		[TCPFSM_RCV_RST]	= TO(CLOSED),
		/* R3: the peer's SYN-ACK did not arrive */
		[TCPFSM_AGAIN_SYN]	= TO(SYN_SENT),
		/* R3: the ACK of its SYN-ACK did not arrive, or was ignored */
		[TCPFSM_AGAIN_SYNACK]	= TO(SYN_RECEIVED),
		[TCPFSM_END]		= TO(CLOSED),
	},
	[TCPFSM_STATE_FIN_WAIT_1] = {
		[TCPFSM_RCV_ACK_FIN]	= TO(FIN_WAIT_2),
		[TCPFSM_SND_ACK_FIN]	= TO(CLOSING),
		[TCPFSM_RCV_FIN]	= TO(CLOSING),
		[TCPFSM_SND_RST]	= TO(CLOSED),
		[TCPFSM_RCV_RST]	= TO(CLOSED),
		/* The retransmission acknowledges the peer's FIN, too */
		[TCPFSM_AGAIN_FIN_ACK]	= TO(CLOSING),
		[TCPFSM_END]		= TO(CLOSED),
	},
	[TCPFSM_STATE_FIN_WAIT_2] = {
		[TCPFSM_SND_ACK_FIN]	= TO(TIME_WAIT),
		[TCPFSM_RCV_FIN]	= TO(TIME_WAIT),
		[TCPFSM_SND_RST]	= TO(CLOSED),
		[TCPFSM_RCV_RST]	= TO(CLOSED),
		/* R3: the ACK of its FIN did not arrive */
		[TCPFSM_AGAIN_FIN]	= TO(FIN_WAIT_1),
		/* R3: likewise, but the peer's FIN did arrive */
		[TCPFSM_AGAIN_FIN_ACK]	= TO(CLOSING),
		[TCPFSM_END]		= TO(CLOSED),
	},
	[TCPFSM_STATE_CLOSE_WAIT] = {
		[TCPFSM_SND_FIN]	= TO(LAST_ACK),
		[TCPFSM_SND_RST]	= TO(CLOSED),
		[TCPFSM_RCV_RST]	= TO(CLOSED),
		/* R3: as in ESTABLISHED; nor did the peer's FIN arrive */
		[TCPFSM_AGAIN_SYN]	= TO(SYN_SENT),
		[TCPFSM_AGAIN_SYNACK]	= TO(SYN_RECEIVED),
		/*
		 * R3: its first FIN does not acknowledge the peer's FIN, which
		 * had not arrived: the FINs cross.
		 */
		[TCPFSM_AGAIN_FIN]	= TO(FIN_WAIT_1),
		[TCPFSM_END]		= TO(CLOSED),
	},
	[TCPFSM_STATE_CLOSING] = {
		[TCPFSM_RCV_ACK_FIN]	= TO(TIME_WAIT),
		[TCPFSM_SND_RST]	= TO(CLOSED),
		[TCPFSM_RCV_RST]	= TO(CLOSED),
		/* R3: the peer's FIN did not arrive */
		[TCPFSM_AGAIN_FIN]	= TO(FIN_WAIT_1),
		[TCPFSM_END]		= TO(CLOSED),
	},
	[TCPFSM_STATE_LAST_ACK] = {
		[TCPFSM_RCV_ACK_FIN]	= TO(CLOSED),
		[TCPFSM_SND_RST]	= TO(CLOSED),
		[TCPFSM_RCV_RST]	= TO(CLOSED),
		[TCPFSM_END]		= TO(CLOSED),
	},
	[TCPFSM_STATE_TIME_WAIT] = {
		/* RFC 1337: TIME-WAIT assassination */
		[TCPFSM_SND_RST]	= TO(CLOSED),
		[TCPFSM_RCV_RST]	= TO(CLOSED),
		/* R3: neither the ACK of its FIN nor the peer's FIN arrived */
		[TCPFSM_AGAIN_FIN]	= TO(FIN_WAIT_1),
		/* R3: the ACK of its FIN did not arrive */
		[TCPFSM_AGAIN_FIN_ACK]	= TO(CLOSING),
		/*
		 * R3: it did not take the peer's FIN. Its user had closed, so
		 * data before the FIN is answered with a RST: RFC 1122 4.2.2.13
		 */
		[TCPFSM_UNDO_FIN]	= TO(FIN_WAIT_2),
		[TCPFSM_END]		= TO(CLOSED),
	},
};
