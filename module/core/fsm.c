// SPDX-License-Identifier: GPL-2.0
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
 * The states, in the words of RFC 9293 section 3.3.2:
 *
 * CLOSED	no connection at all
 * LISTEN	waits for a connection request. The server stays here until it
 *		*sends* its SYN-ACK: that a SYN arrived proves nothing.
 * SYN-SENT	has sent its SYN, waits for the matching one
 * SYN-RECEIVED	has sent and received a SYN, waits for the ACK of its own
 * ESTABLISHED	open: data can flow both ways
 * FIN-WAIT-1	has sent its FIN, waits for the ACK of it or for the peer's FIN
 * FIN-WAIT-2	its FIN is acknowledged, waits for the peer's
 * CLOSE-WAIT	has received the peer's FIN, waits for its own user to close
 * CLOSING	the FINs crossed: has the peer's FIN, waits for the ACK of its own
 * LAST-ACK	has the peer's FIN and has sent its own, waits for the ACK of it
 * TIME-WAIT	both FINs are acknowledged; waits 2MSL, because its last ACK may
 *		be lost and the peer will then send its FIN again
 *
 * An empty cell means: stays. TO() is one more than the state, so that an
 * empty cell is not CLOSED.
 */
#define TO(state) (TCPFSM_STATE_##state + 1)

const u8 tcpfsm_fsm_table[TCPFSM_STATE_COUNT][TCPFSM_EVENT_COUNT] = {
	[TCPFSM_STATE_CLOSED] = {
		[TCPFSM_SND_SYN]	= TO(SYN_SENT),
		/* Its request was given up; to the listener the SYN is new */
		[TCPFSM_SND_SYNACK]	= TO(SYN_RECEIVED),
		/* The last ACK never arrived: its sender assumed too much */
		[TCPFSM_AGAIN_FIN_ACK]	= TO(LAST_ACK),
	},
	[TCPFSM_STATE_LISTEN] = {
		/* Its own SYN crosses the peer's: simultaneous open */
		[TCPFSM_SND_SYN]	= TO(SYN_SENT),
		[TCPFSM_SND_SYNACK]	= TO(SYN_RECEIVED),
		/* Nobody listens: refused */
		[TCPFSM_SND_RST]	= TO(CLOSED),
		[TCPFSM_END]		= TO(CLOSED),
	},
	[TCPFSM_STATE_SYN_SENT] = {
		/* Simultaneous open: answers the peer's SYN with a SYN-ACK */
		[TCPFSM_SND_SYNACK]	= TO(SYN_RECEIVED),
		[TCPFSM_RCV_SYN]	= TO(SYN_RECEIVED),
		[TCPFSM_SND_ACK_SYN]	= TO(ESTABLISHED),
		[TCPFSM_RCV_SYNACK]	= TO(ESTABLISHED),
		/*
		 * No SND_RST: the RST that answers a wrong ACK leaves its
		 * sender here (section 3.10.7.3), and so half-open
		 * connections recover.
		 */
		[TCPFSM_RCV_RST]	= TO(CLOSED),
		[TCPFSM_END]		= TO(CLOSED),
	},
	[TCPFSM_STATE_SYN_RECEIVED] = {
		[TCPFSM_SND_DATA]	= TO(ESTABLISHED),
		[TCPFSM_RCV_ACK_SYN]	= TO(ESTABLISHED),
		/* Simultaneous open: the peer's SYN comes again, with its ACK */
		[TCPFSM_RCV_SYNACK]	= TO(ESTABLISHED),
		/* Section 3.10.4: a CLOSE call may come this early */
		[TCPFSM_SND_FIN]	= TO(FIN_WAIT_1),
		[TCPFSM_SND_ACK_FIN]	= TO(CLOSE_WAIT),
		[TCPFSM_RCV_FIN]	= TO(CLOSE_WAIT),
		[TCPFSM_SND_RST]	= TO(CLOSED),
		[TCPFSM_RCV_RST]	= TO(CLOSED),
		/* Simultaneous open: it never got the peer's SYN */
		[TCPFSM_AGAIN_SYN]	= TO(SYN_SENT),
		[TCPFSM_END]		= TO(CLOSED),
	},
	[TCPFSM_STATE_ESTABLISHED] = {
		[TCPFSM_SND_FIN]	= TO(FIN_WAIT_1),
		[TCPFSM_SND_ACK_FIN]	= TO(CLOSE_WAIT),
		[TCPFSM_RCV_FIN]	= TO(CLOSE_WAIT),
		[TCPFSM_SND_RST]	= TO(CLOSED),
		[TCPFSM_RCV_RST]	= TO(CLOSED),
		/* It never got the SYN-ACK, or the last ACK of the handshake */
		[TCPFSM_AGAIN_SYN]	= TO(SYN_SENT),
		[TCPFSM_AGAIN_SYNACK]	= TO(SYN_RECEIVED),
		[TCPFSM_END]		= TO(CLOSED),
	},
	[TCPFSM_STATE_FIN_WAIT_1] = {
		[TCPFSM_RCV_ACK_FIN]	= TO(FIN_WAIT_2),
		[TCPFSM_SND_ACK_FIN]	= TO(CLOSING),
		[TCPFSM_RCV_FIN]	= TO(CLOSING),
		[TCPFSM_SND_RST]	= TO(CLOSED),
		[TCPFSM_RCV_RST]	= TO(CLOSED),
		[TCPFSM_AGAIN_FIN_ACK]	= TO(CLOSING),
		[TCPFSM_END]		= TO(CLOSED),
	},
	[TCPFSM_STATE_FIN_WAIT_2] = {
		[TCPFSM_SND_ACK_FIN]	= TO(TIME_WAIT),
		[TCPFSM_RCV_FIN]	= TO(TIME_WAIT),
		[TCPFSM_SND_RST]	= TO(CLOSED),
		[TCPFSM_RCV_RST]	= TO(CLOSED),
		/* The ACK of its FIN never arrived */
		[TCPFSM_AGAIN_FIN]	= TO(FIN_WAIT_1),
		[TCPFSM_AGAIN_FIN_ACK]	= TO(CLOSING),
		[TCPFSM_END]		= TO(CLOSED),
	},
	[TCPFSM_STATE_CLOSE_WAIT] = {
		[TCPFSM_SND_FIN]	= TO(LAST_ACK),
		[TCPFSM_SND_RST]	= TO(CLOSED),
		[TCPFSM_RCV_RST]	= TO(CLOSED),
		[TCPFSM_AGAIN_SYN]	= TO(SYN_SENT),
		[TCPFSM_AGAIN_SYNACK]	= TO(SYN_RECEIVED),
		/* Its first FIN, and it did not have the peer's: they cross */
		[TCPFSM_AGAIN_FIN]	= TO(FIN_WAIT_1),
		[TCPFSM_END]		= TO(CLOSED),
	},
	[TCPFSM_STATE_CLOSING] = {
		[TCPFSM_RCV_ACK_FIN]	= TO(TIME_WAIT),
		[TCPFSM_SND_RST]	= TO(CLOSED),
		[TCPFSM_RCV_RST]	= TO(CLOSED),
		/* The peer's FIN never arrived */
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
		/* Neither the ACK of its FIN nor the peer's FIN arrived */
		[TCPFSM_AGAIN_FIN]	= TO(FIN_WAIT_1),
		/* The ACK of its FIN never arrived */
		[TCPFSM_AGAIN_FIN_ACK]	= TO(CLOSING),
		[TCPFSM_END]		= TO(CLOSED),
	},
};
