/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * The names of states, causes, rejects and anomalies, each list written once.
 *
 * The enums of states, roles, causes and outcomes are uapi and generated from
 * Documentation/netlink/specs/tcpfsm.yaml; the lists here give them their
 * names and are checked against the enums where the names are defined.
 */
#ifndef _TCPFSM_DEFS_H
#define _TCPFSM_DEFS_H

/* RFC 9293 section 3.3.2, in the order of enum tcpfsm_state */
#define TCPFSM_STATES(X)			\
	X(CLOSED,	"closed")		\
	X(LISTEN,	"listen")		\
	X(SYN_SENT,	"syn-sent")		\
	X(SYN_RECEIVED,	"syn-received")		\
	X(ESTABLISHED,	"established")		\
	X(FIN_WAIT_1,	"fin-wait-1")		\
	X(FIN_WAIT_2,	"fin-wait-2")		\
	X(CLOSE_WAIT,	"close-wait")		\
	X(CLOSING,	"closing")		\
	X(LAST_ACK,	"last-ack")		\
	X(TIME_WAIT,	"time-wait")

#define TCPFSM_ROLES(X)				\
	X(CLIENT,	"client")		\
	X(SERVER,	"server")

#define TCPFSM_CAUSES(X)			\
	X(SYN,		"syn")			\
	X(SYN_ACK,	"syn-ack")		\
	X(ACK,		"ack")			\
	X(FIN,		"fin")			\
	X(RST,		"rst")			\
	X(DATA,		"data")			\
	X(TIMEOUT,	"timeout")		\
	X(ROLLBACK,	"rollback")		\
	X(FLUSH,	"flush")		\
	X(EVICT,	"evict")

#define TCPFSM_OPENEDS(X)			\
	X(INCOMPLETE,	"incomplete")		\
	X(HANDSHAKE,	"handshake")		\
	X(FAST_OPEN,	"fast-open")		\
	X(SIMULTANEOUS,	"simultaneous")		\
	X(MIDSTREAM,	"midstream")

#define TCPFSM_CLOSEDS(X)			\
	X(OPEN,		"open")			\
	X(FIN,		"fin")			\
	X(SIMULTANEOUS_FIN, "simultaneous-fin")	\
	X(RESET,	"reset")		\
	X(REFUSED,	"refused")		\
	X(ABORTED,	"aborted")		\
	X(TIMEOUT,	"timeout")		\
	X(REOPENED,	"reopened")		\
	X(EVICTED,	"evicted")

#define TCPFSM_TW_SOURCES(X)			\
	X(WIRE,		"wire")			\
	X(SOCKET,	"socket")

/* Why bytes did not become a segment (pkt.c), or the segment was not used */
#define TCPFSM_REJECTS(X)			\
	X(TRUNCATED,	"truncated")		\
	X(FRAGMENT,	"fragment")		\
	X(EXTENSIONS,	"extensions")		\
	X(DATA_OFFSET,	"data-offset")		\
	X(CHECKSUM,	"checksum")		\
	X(FLAGS,	"flags")		\
	X(SELF,		"self-connect")

/* What is counted of packets and connections; names as users read them */
#define TCPFSM_COUNTERS(X)				\
	X(PACKETS_SEEN,		"packets.seen")		\
	X(PACKETS_USED,		"packets.used")		\
	X(PACKETS_IGNORED,	"packets.ignored")	\
	X(PACKETS_UNTRACKED,	"packets.untracked")	\
	X(CONN_SEEN,		"connections.seen")	\
	X(CONN_TRACKED,		"connections.tracked")	\
	X(CONN_REFUSED,		"connections.refused")	\
	X(REFUSED_LIMIT,	"refused.limit")	\
	X(REFUSED_MEMORY,	"refused.memory")	\
	X(REMOVED_CLOSED,	"removed.closed")	\
	X(REMOVED_TIMEOUT,	"removed.timeout")	\
	X(REMOVED_REOPENED,	"removed.reopened")	\
	X(REMOVED_EVICTED_HALF_OPEN, "removed.evicted-half-open") \
	X(REMOVED_EVICTED_CLOSED, "removed.evicted-closed") \
	X(REMOVED_FLUSHED,	"removed.flushed")

/*
 * What departs from the plain handshake and close, as far as it is told now.
 * The third column is what RFC 9293 says of it: a violation, or legal but
 * worth knowing (notable). An inexact RST is legal: a TCP that aborts sends its
 * SND.NXT, and what was sent before it may have been lost.
 */
#define TCPFSM_ANOMALIES(X)						\
	X(SYNACK_BAD_ACK,	"synack-bad-ack",	VIOLATION)	\
	X(SYNACK_WRONG_DIR,	"synack-wrong-dir",	VIOLATION)	\
	X(SYNACK_UNSOLICITED,	"synack-unsolicited",	NOTABLE)	\
	X(SYNACK_REXMIT,	"synack-rexmit",	NOTABLE)	\
	X(ACK3_BAD_ACK,		"ack3-bad-ack",		VIOLATION)	\
	X(ACK_BEFORE_SYNACK,	"ack-before-synack",	VIOLATION)	\
	X(SYN_REXMIT,		"syn-rexmit",		NOTABLE)	\
	X(SYN_ISN_CHANGED,	"syn-isn-changed",	NOTABLE)	\
	X(SIMULTANEOUS_OPEN,	"simultaneous-open",	NOTABLE)	\
	X(REFUSED,		"refused",		NOTABLE)	\
	X(SYN_RST_BAD,		"syn-rst-bad",		VIOLATION)	\
	X(SYN_IN_SYNC,		"syn-in-sync",		VIOLATION)	\
	X(RST_OUT_OF_WINDOW,	"rst-out-of-window",	VIOLATION)	\
	X(RST_INEXACT,		"rst-inexact",		NOTABLE)	\
	X(ABORT_RST,		"abort-rst",		NOTABLE)	\
	X(AFTER_RST,		"after-rst",		NOTABLE)	\
	X(ACK_UNSENT,		"ack-unsent",		VIOLATION)	\
	X(SEQ_OUT_OF_WINDOW,	"seq-out-of-window",	VIOLATION)	\
	X(BAD_FLAGS,		"bad-flags",		VIOLATION)	\
	X(FIN_EARLY,		"fin-early",		VIOLATION)	\
	X(FIN_GAP,		"fin-gap",		NOTABLE)	\
	X(FIN_MOVED,		"fin-moved",		VIOLATION)	\
	X(DATA_AFTER_FIN,	"data-after-fin",	VIOLATION)	\
	X(SIMULTANEOUS_CLOSE,	"simultaneous-close",	NOTABLE)	\
	X(FIN_REXMIT,		"fin-rexmit",		NOTABLE)	\
	X(TW_REOPEN,		"tw-reopen",		NOTABLE)	\
	X(TW_ASSASSINATED,	"tw-assassinated",	NOTABLE)

/*
 * The settings of a namespace, in /proc/sys/net/tcpfsm/ and over netlink:
 * name, minimum, maximum, default, meaning.
 */
#define TCPFSM_SETTINGS(X)						\
	X(enabled, 0, 1, 1,						\
	  "1: track; 0: unregister the hooks and forget everything")	\
	X(limit, 1, 16777216, 262144,					\
	  "connections at most")					\
	X(checksum, 0, 1, 1,						\
	  "1: ignore incoming segments with a bad checksum")		\
	X(timeout_half_open, 1, 86400, 130,				\
	  "seconds without a segment before the handshake is done")	\
	X(timeout_established, 1, 2147483, 432000,			\
	  "seconds without a segment while an end can still send")	\
	X(timeout_closing, 1, 86400, 300,				\
	  "seconds without a segment while a FIN is not acknowledged")	\
	X(timeout_closed, 1, 3600, 10,					\
	  "seconds that a connection is kept after both ends closed")

#endif /* _TCPFSM_DEFS_H */
