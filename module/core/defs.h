/* SPDX-License-Identifier: GPL-2.0 OR BSD-3-Clause */
/*
 * Names of states, causes, rejects, counters, anomalies and settings, each list
 * written once (X macros).
 *
 * Most of the enums are uapi, generated from
 * Documentation/netlink/specs/tcpfsm.yaml. The lists here give names to their
 * values; static_assert() in fsm.c and anomaly.c compares list and enum.
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

#define TCPFSM_TW_ENDS(X)			\
	X(EXPIRED,	"expired")		\
	X(REOPENED,	"reopened")		\
	X(RESET,	"reset")		\
	X(SKIPPED,	"skipped")		\
	X(ABORTED,	"aborted")		\
	X(EVICTED,	"evicted")		\
	X(FLUSHED,	"flushed")		\
	X(UNCONFIRMED,	"unconfirmed")

/* Reasons why a packet is not used, most of them found by pkt.c */
#define TCPFSM_REJECTS(X)			\
	X(TRUNCATED,	"truncated")		\
	X(FRAGMENT,	"fragment")		\
	X(EXTENSIONS,	"extensions")		\
	X(DATA_OFFSET,	"data-offset")		\
	X(CHECKSUM,	"checksum")		\
	X(FLAGS,	"flags")		\
	X(SELF,		"self-connect")

/* Counters of packets and connections, with their names in all output */
#define TCPFSM_COUNTERS(X)				\
	X(PACKETS_SEEN,		"packets.seen")		\
	X(PACKETS_USED,		"packets.used")		\
	X(PACKETS_IGNORED,	"packets.ignored")	\
	X(PACKETS_UNTRACKED,	"packets.untracked")	\
	X(VIOLATIONS,		"anomalies.violation")	\
	X(NOTABLES,		"anomalies.notable")	\
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
 * The anomalies: everything that departs from the plain handshake and close.
 *
 * Columns: identifier, name, kind, source, meaning. VIOLATION: against the RFC.
 * NOTABLE: legal and worth knowing. BOTH: depends on the case, each struct
 * tcpfsm_note has its own kind. A source without "RFC" is a section of RFC
 * 9293. C is the client and S the server, x and y their ISNs, u the sequence
 * number of the FIN. A meaning without a subject is about the sender of the
 * segment.
 *
 * RST_INEXACT is legal: a TCP that aborts sends its SND.NXT as the sequence
 * number, and segments before it may have been lost.
 */
#define TCPFSM_ANOMALIES(X)						\
	X(SYNACK_BAD_ACK, "synack-bad-ack", VIOLATION, "3.10.7.3",	\
	  "SYN-ACK that does not acknowledge the SYN: ack is not x+1")	\
	X(SYNACK_WRONG_DIR, "synack-wrong-dir", VIOLATION, "3.10.7.3",	\
	  "SYN-ACK from C, though S sent no SYN")			\
	X(SYNACK_UNSOLICITED, "synack-unsolicited", NOTABLE, "3.10.7.1", \
	  "SYN-ACK on a tuple where no SYN was seen")			\
	X(SYNACK_ISN_CHANGED, "synack-isn-changed", BOTH, "3.4.1",	\
	  "SYN-ACK with another y; a violation once S goes on with one") \
	X(SYNACK_REXMIT, "synack-rexmit", NOTABLE, "3.8.1",		\
	  "the same SYN-ACK, sent again before the final ACK")		\
	X(SYNACK_AFTER_ACK, "synack-after-ack", NOTABLE, "3.8.1",	\
	  "the same SYN-ACK, sent again: the final ACK had not arrived") \
	X(ACK3_BAD_ACK, "ack3-bad-ack", VIOLATION, "3.10.7.4",		\
	  "final ACK of the handshake with a wrong acknowledgment number") \
	X(ACK3_BAD_SEQ, "ack3-bad-seq", VIOLATION, "3.10.7.4",		\
	  "final ACK of the handshake outside the window of S")		\
	X(ACK_BEFORE_SYNACK, "ack-before-synack", VIOLATION, "3.10.7.2", \
	  "ACK of C, though S has sent nothing")			\
	X(DATA_BEFORE_ESTABLISHED, "data-before-established", VIOLATION, \
	  "3.10.2", "data of S before the final ACK, without Fast Open") \
	X(SYN_DATA, "syn-data", NOTABLE, "RFC 7413",			\
	  "SYN with data")						\
	X(TFO_DATA_UNACKED, "tfo-data-unacked", NOTABLE, "RFC 7413",	\
	  "SYN-ACK that does not acknowledge the data of the SYN")	\
	X(SYN_REXMIT, "syn-rexmit", NOTABLE, "3.4.1",			\
	  "the same SYN, sent again")					\
	X(SYN_ISN_CHANGED, "syn-isn-changed", NOTABLE, "3.4.1",		\
	  "SYN with another x, before the handshake is done")		\
	X(SIMULTANEOUS_OPEN, "simultaneous-open", NOTABLE, "3.5",	\
	  "the SYNs crossed, and a SYN-ACK shows that both ends know it") \
	X(SPLIT_HANDSHAKE, "split-handshake", NOTABLE, "3.5",		\
	  "S answered the SYN with a SYN of its own, without ACK")	\
	X(REFUSED, "refused", NOTABLE, "3.5.2",				\
	  "RST that acknowledges the SYN")				\
	X(SYN_RST_BAD, "syn-rst-bad", VIOLATION, "3.10.7.3",		\
	  "RST in SYN-SENT that does not acknowledge the SYN")		\
	X(HALF_OPEN_ABORT, "half-open-abort", NOTABLE, "3.5.3",		\
	  "RST of C instead of the final ACK")				\
	X(HANDSHAKE_TIMEOUT, "handshake-timeout", NOTABLE, "3.10.8",	\
	  "the handshake was not done in time")				\
	X(SYN_IN_SYNC, "syn-in-sync", BOTH, "RFC 5961 4",		\
	  "SYN in a synchronized state; notable if its sender has closed") \
	X(CHALLENGE_ACK, "challenge-ack", NOTABLE, "RFC 5961",		\
	  "ACK that answers a suspect SYN or RST")			\
	X(HALF_OPEN_RECOVERY, "half-open-recovery", NOTABLE, "3.5.1",	\
	  "SYN, ACK of the old connection, RST, SYN: it begins anew")	\
	X(RST_OUT_OF_WINDOW, "rst-out-of-window", VIOLATION, "3.10.7.4", \
	  "RST outside the window")					\
	X(RST_INEXACT, "rst-inexact", NOTABLE, "RFC 5961 3",		\
	  "RST in the window, but not at RCV.NXT")			\
	X(ABORT_RST, "abort-rst", NOTABLE, "3.5.3",			\
	  "RST that ends the connection")				\
	X(AFTER_RST, "after-rst", NOTABLE, "3.5.3",			\
	  "segment from an end that was reset")				\
	X(ACK_UNSENT, "ack-unsent", VIOLATION, "3.10.7.4",		\
	  "acknowledges what the peer has not sent")			\
	X(SEQ_OUT_OF_WINDOW, "seq-out-of-window", VIOLATION, "3.10.7.4", \
	  "outside the window, and neither old data nor a probe")	\
	X(BAD_FLAGS, "bad-flags", VIOLATION, "3.10.7",			\
	  "flags that no TCP sends together")				\
	X(FIN_EARLY, "fin-early", VIOLATION, "3.10.4",			\
	  "FIN from SYN-SENT")						\
	X(FIN_GAP, "fin-gap", NOTABLE, "3.10.7.4",			\
	  "FIN with data missing before it")				\
	X(FIN_MOVED, "fin-moved", VIOLATION, "3.6",			\
	  "FIN again, at another sequence number")			\
	X(DATA_AFTER_FIN, "data-after-fin", VIOLATION, "3.6",		\
	  "sequence numbers beyond the sender's own FIN")		\
	X(FIN_BAD_ACK, "fin-bad-ack", VIOLATION, "3.10.7.4",		\
	  "acknowledges more than the peer's FIN: ack > u+1")		\
	X(HALF_CLOSE, "half-close", NOTABLE, "3.6.1",			\
	  "data after the peer's FIN; reported once")			\
	X(CLOSE_WAIT_LONG, "close-wait-long", NOTABLE, "-",		\
	  "longer in CLOSE-WAIT than the setting close_wait_long")	\
	X(SIMULTANEOUS_CLOSE, "simultaneous-close", NOTABLE, "3.6",	\
	  "the FINs crossed")						\
	X(FIN_REXMIT, "fin-rexmit", NOTABLE, "3.8.1",			\
	  "the same FIN, sent again")					\
	X(LAST_ACK_BAD, "last-ack-bad", VIOLATION, "3.10.7.4",		\
	  "acknowledges more than the FIN of an end in LAST-ACK")	\
	X(TW_REACK, "tw-reack", NOTABLE, "3.10.7.4",			\
	  "TIME-WAIT acknowledges a FIN that came again")		\
	X(TW_NO_REACK, "tw-no-reack", NOTABLE, "3.10.7.4",		\
	  "TIME-WAIT did not acknowledge a FIN that came again")	\
	X(TW_REOPEN, "tw-reopen", NOTABLE, "RFC 6191",			\
	  "SYN-ACK from TIME-WAIT: a new SYN was accepted")		\
	X(TW_REOPEN_BAD, "tw-reopen-bad", NOTABLE, "RFC 1122 4.2.2.13",	\
	  "SYN to TIME-WAIT; neither its number nor its timestamp is newer") \
	X(TW_ASSASSINATED, "tw-assassinated", NOTABLE, "RFC 1337",	\
	  "RST that ends TIME-WAIT")

#define TCPFSM_KINDS(X)				\
	X(VIOLATION,	"violation")		\
	X(NOTABLE,	"notable")		\
	X(BOTH,		"both")

/*
 * The settings of a network namespace, in /proc/sys/net/tcpfsm/ and in netlink.
 * Columns: name, minimum, maximum, default, meaning.
 */
#define TCPFSM_SETTINGS(X)						\
	X(enabled, 0, 1, 1,						\
	  "1: track; 0: unregister the hooks and forget everything")	\
	X(limit, 1, 16777216, 262144,					\
	  "the most connections to track")				\
	X(checksum, 0, 1, 1,						\
	  "1: ignore incoming segments with a bad checksum")		\
	X(timeout_half_open, 1, 86400, 130,				\
	  "seconds without a segment before the handshake is done")	\
	X(timeout_established, 1, 2147483, 432000,			\
	  "seconds without a segment while an end can still send")	\
	X(timeout_closing, 1, 86400, 300,				\
	  "seconds without a segment while a FIN is not acknowledged")	\
	X(timeout_closed, 1, 3600, 10,					\
	  "seconds that a connection is kept after both ends closed")	\
	X(history, 0, 64, 12,						\
	  "segments to remember of each new connection; 0: none")	\
	X(close_wait_long, 0, 86400, 60,				\
	  "seconds in CLOSE-WAIT until that is an anomaly; 0: never")	\
	X(socket_truth, 0, 1, 1,					\
	  "1: ask the kernel's own sockets how local ends end; 0: do not")

#endif /* _TCPFSM_DEFS_H */
