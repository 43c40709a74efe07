// SPDX-License-Identifier: GPL-2.0
/*
 * What must move nothing, and right beside it what must: RFC 9293 section
 * 3.10.7, RFC 5961 section 5.
 */
#include "conn_case.h"

#define SYN	"C> S 0 | syn-sent listen"
#define HALF	SYN, "S> SA 0 1 win=1000 | estab? syn-recv"
#define OPEN	HALF,						\
		"C> A 1 1 win=1000 | estab estab?",		\
		"S> PA 1 1 +100 win=1000 | estab estab",	\
		"C> A 1 101 win=1000 | ="
#define FIN_C	"C> FA 1 101 win=1000 | fin-wait-1 close-wait?"

const struct conn_case fault_cases[] = {
	CASE("SYN-ACK with a wrong ACK", SYN,
	     "S> SA 0 0 | = | synack-bad-ack ignored",
	     "S> SA 0 2 | = | synack-bad-ack ignored",
	     "S> SA 0 1 | estab? syn-recv"),
	CASE("SYN-ACK acknowledges more than the SYN's data",
	     "C> S 0 +10 | syn-sent listen",
	     "S> SA 0 12 | = | synack-bad-ack ignored",
	     "S> SA 0 11 | estab? syn-recv"),
	CASE("SYN-ACK in the wrong direction", SYN,
	     "C> SA 0 1 | = | synack-wrong-dir ignored",
	     "S> SA 0 1 | estab? syn-recv"),
	CASE("final ACK acknowledges too little or too much", HALF,
	     "C> A 1 0 | = | ack3-bad-ack ignored",
	     "C> A 1 2 | = | ack3-bad-ack ignored",
	     "C> A 1 1 | estab estab?"),
	CASE("final ACK outside the window", HALF,
	     "C> A 1002 1 | = | seq-out-of-window ignored",
	     "C> A 1001 1 | estab estab?"),
	CASE("keepalive in SYN-RECEIVED opens nothing", HALF,
	     "C> A 0 1 | estab? syn-recv | ignored"),
	CASE("ACK before any SYN-ACK", SYN,
	     "C> A 1 1 | = | ack-before-synack ignored"),
	CASE("FIN before any SYN-ACK", SYN,
	     "C> FA 1 1 | = | fin-early ignored"),
	CASE("ACK without a SYN reaches SYN-SENT", SYN,
	     "S> A 1 1 | = | ignored",
	     "S> PA 1 1 +10 | = | ignored",
	     "S> FA 1 1 | = | ignored"),
	CASE("ACK of what was never sent", OPEN,
	     "C> A 1 102 | = | ack-unsent ignored",
	     "C> FA 1 102 | = | ack-unsent ignored",
	     "S> A 101 2 | = | ack-unsent ignored",
	     "C> A 1 101 | ="),
	CASE("too old an ACK", OPEN,
	     "S> A 101 -1001 | = | ignored",
	     "S> FA 101 -1001 | = | ignored"),
	CASE("outside the window on the right", OPEN,
	     "C> PA 1002 101 +10 | = | seq-out-of-window ignored",
	     "C> FA 1002 101 | = | seq-out-of-window ignored",
	     "C> PA 1001 101 +10 | ="),
	CASE("far to the left of what was ever sent", OPEN,
	     "C> PA -100000 101 +10 | = | seq-out-of-window ignored",
	     "C> FA -100000 101 | = | seq-out-of-window ignored",
	     "C> A -2000000000 101 | = | seq-out-of-window ignored"),
	CASE("off-path SYN", OPEN,
	     "C> S 1234567 | = | syn-in-sync ignored",
	     "S> S 1234567 | = | syn-in-sync ignored",
	     "C> A 1 101 | ="),
	CASE("off-path SYN while a SYN waits", SYN,
	     "C> S 1234567 | = | syn-isn-changed ignored",
	     "S> SA 0 1 | estab? syn-recv",
	     "C> A 1 1 | estab estab?"),
	CASE("stale FIN", OPEN,
	     "C> FA -100 101 | = | ignored",
	     "C> PA 1 101 +10 | ="),
	CASE("data after the FIN", OPEN, FIN_C,
	     "C> PA 2 101 +1 | = | data-after-fin ignored",
	     "C> PA 1 101 +2 | = | data-after-fin ignored",
	     "C> A 2 101 | ="),
	CASE("FIN moves", OPEN,
	     "C> FPA 1 101 +100 | fin-wait-1 close-wait?",
	     "C> FPA 1 101 +50 | = | fin-moved ignored",
	     "C> FPA 1 101 +150 | = | data-after-fin ignored",
	     "C> FPA 51 101 +50 | = | fin-rexmit"),
	CASE("ACK beyond the FIN", OPEN, FIN_C,
	     "S> A 101 3 | = | ack-unsent ignored",
	     "S> A 101 1 | fin-wait-1 close-wait?",
	     "S> A 101 2 | fin-wait-2? close-wait"),
	CASE("ACK beyond the FIN in LAST-ACK", OPEN, FIN_C,
	     "S> FA 101 2 | time-wait? last-ack",
	     "C> A 2 103 | = | ack-unsent ignored",
	     "C> A 2 101 | time-wait? last-ack",
	     "C> A 2 102 | time-wait closed?"),
	{ }
};
