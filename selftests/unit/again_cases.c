// SPDX-License-Identifier: GPL-2.0
/* The tuple is used again: RFC 6191, RFC 1122 section 4.2.2.13, RFC 5961 section 4. */
#include "conn_case.h"

#define OPEN	"C> S 0 | syn-sent listen",		\
		"S> SA 0 1 | estab? syn-recv",		\
		"C> A 1 1 | estab estab?"
#define CLOSE_C	"C> FA 1 1 | fin-wait-1 close-wait?",	\
		"S> FA 1 2 | time-wait? last-ack",	\
		"C> A 2 2 | time-wait closed?"
#define CLOSE_S	"S> FA 1 1 | close-wait? fin-wait-1",	\
		"C> FA 1 2 | last-ack time-wait?",	\
		"S> A 2 2 | closed? time-wait"
#define REOPEN	"S> SA 200000 100001 | estab? syn-recv | reopen"
#define ANEW	"C> A 100001 200001 | estab estab? | opened=handshake",	\
		"C> FA 100001 200001 | fin-wait-1 close-wait?",		\
		"S> FA 200001 100002 | time-wait? last-ack",		\
		"C> A 100002 200002 | time-wait closed? | closed=fin"

const struct conn_case again_cases[] = {
	CASE("SYN in TIME-WAIT of the server, accepted", OPEN, CLOSE_S,
	     "C> S 100000 | = | ignored",
	     "S> SA 200000 100001 | estab? syn-recv | reopen tw-reopen "
	     "S:syn>closed C:syn>syn-sent S:syn-ack C:syn-ack", ANEW),
	CASE("SYN in TIME-WAIT of its own sender, accepted", OPEN, CLOSE_C,
	     "C> S 100000 | = | ignored", REOPEN, ANEW),
	CASE("SYN in TIME-WAIT, not accepted", OPEN, CLOSE_S,
	     "C> S -1000 | = | tw-reopen-bad ignored",
	     "S> A 2 2 | = |",
	     "C> R 2 | closed closed? | tw-assassinated",
	     "C> S -1000 | syn-sent listen | reopen"),
	CASE("the other end opens in TIME-WAIT: roles change", OPEN, CLOSE_C,
	     "S> S 100000 | = | ignored",
	     "C> SA 200000 100001 | syn-recv estab? | reopen tw-reopen",
	     "S> A 100001 200001 | estab? estab | opened=handshake"),
	CASE("SYN after both ends closed", OPEN, CLOSE_C,
	     "expire | closed closed?",
	     "C> S 100000 | syn-sent listen | reopen C:syn",
	     "S> SA 200000 100001 | estab? syn-recv", ANEW),
	CASE("old duplicate of the SYN after both ends closed", OPEN, CLOSE_C,
	     "expire | closed closed?",
	     "C> S 0 | = | ignored"),
	CASE("old duplicate of the SYN in TIME-WAIT", OPEN, CLOSE_S,
	     "C> S 0 | = | ignored",
	     "S> A 2 2 | ="),
	CASE("SYN after a reset", OPEN,
	     "S> R 1 | closed? closed | abort-rst",
	     "C> S 100000 | syn-sent listen | reopen",
	     "S> SA 200000 100001 | estab? syn-recv", ANEW),
	CASE("SYN in ESTABLISHED moves nothing", OPEN,
	     "S> PA 1 1 +10 | estab estab",
	     "C> S 100000 | = | syn-in-sync/violation ignored",
	     "S> A 11 1 | = | challenge-ack",
	     "C> PA 1 11 +10 | ="),
	CASE("SYN in ESTABLISHED that a SYN-ACK answers", OPEN,
	     "C> S 100000 | = | syn-in-sync/violation ignored", REOPEN, ANEW),
	CASE("SYN in ESTABLISHED, SYN-ACK that does not answer it", OPEN,
	     "C> S 100000 | = | syn-in-sync/violation ignored",
	     "S> SA 200000 100002 | = | synack-bad-ack ignored"),
	CASE("SYN in ESTABLISHED with data that Fast Open takes", OPEN,
	     "C> S 100000 +10 | = | syn-in-sync/violation ignored",
	     "S> SA 200000 100011 | estab? syn-recv | reopen",
	     "C> A 100011 200001 | estab estab? | opened=fast-open"),
	CASE("SYN in FIN-WAIT-2", OPEN,
	     "C> FA 1 1 | fin-wait-1 close-wait?",
	     "S> A 1 2 | fin-wait-2? close-wait",
	     "C> S 100000 | = | syn-in-sync/notable ignored", REOPEN, ANEW),
	CASE("SYN in TIME-WAIT, and another before the first is answered", OPEN,
	     CLOSE_C,
	     "C> S 100000 | = | ignored",
	     "C> S 150000 | = | ignored",
	     "S> SA 200000 100001 | = | ignored",
	     "C> R 100001 win=0 | = | ignored",
	     "S> SA 250000 150001 | estab? syn-recv | reopen",
	     "C> A 150001 250001 | estab estab?"),
	CASE("SYN in TIME-WAIT, and an older one behind it", OPEN, CLOSE_C,
	     "C> S 150000 | = | ignored",
	     "C> S 100000 | = | ignored",
	     "S> A 250001 150001 | = | ignored",
	     "S> SA 250000 150001 | = | ignored",
	     "C> FA 150001 250001 | = | ignored"),
	CASE("simultaneous open, refused at first", "C> S 0 | syn-sent listen",
	     "S> RA 0 1 win=0 | closed? closed | refused",
	     "S> S 10000 | listen syn-sent | reopen",
	     "S> SA 10000 1 | = | ignored",
	     "C> SA 0 10001 | syn-recv estab?",
	     "C> PA 1 10001 +10 | estab estab?"),
	CASE("SYN with Fast Open in ESTABLISHED that a SYN-ACK answers", OPEN,
	     "C> S 100000 cookie | = | syn-in-sync/violation ignored",
	     "S> SA 5000 100001 | estab? syn-recv | reopen",
	     "S> PA 5001 100001 +10 | estab? syn-recv",
	     "C> A 100001 5011 | estab estab?"),
	{ }
};
