// SPDX-License-Identifier: GPL-2.0
/* The fields conn_state and history of Zeek's conn.log. */
#include "conn_case.h"

#define SYN	"C> S 0 win=1000 | syn-sent listen"
#define SYNACK	"S> SA 0 1 win=1000 | estab? syn-recv"
#define ACK	"C> A 1 1 win=1000 | estab estab?"
#define FIN_C	"C> FA 1 1 win=1000 | fin-wait-1 close-wait?"
#define FIN_S	"S> FA 1 2 | time-wait? last-ack"

const struct conn_case zeek_cases[] = {
	CASE("S0: no answer", SYN, "C> S 0 | = | syn-rexmit state=S0 letters=S"),
	CASE("OTH: the handshake is not done", SYN, SYNACK,
	     "S> SA 0 1 | = | synack-rexmit state=OTH letters=Sh"),
	CASE("S1: established", SYN, SYNACK,
	     "C> A 1 1 | estab estab? | state=S1 letters=ShA"),
	CASE("letters once for each end, data before the FIN", SYN, SYNACK, ACK,
	     "C> PA 1 1 +10 | = | letters=ShAD",
	     "S> A 1 11 | estab estab | letters=ShADa",
	     "S> PA 1 11 +5 | = | letters=ShADad",
	     "C> PA 11 6 +5 | = | letters=ShADad",
	     "C> FPA 16 6 +5 | fin-wait-1 close-wait? | state=S2 letters=ShADadF"),
	CASE("S2: the client has closed", SYN, SYNACK, ACK,
	     "C> FA 1 1 | fin-wait-1 close-wait? | state=S2 letters=ShAF"),
	CASE("S3: the server has closed", SYN, SYNACK, ACK,
	     "S> FA 1 1 | close-wait? fin-wait-1 | state=S3 letters=ShAf"),
	CASE("SF: both have", SYN, SYNACK, ACK, FIN_C,
	     "S> FA 1 2 | time-wait? last-ack | state=SF letters=ShAFf",
	     "C> A 2 2 | time-wait closed? | state=SF letters=ShAFf"),
	CASE("REJ: refused", SYN,
	     "S> RA 0 1 | closed? closed | refused state=REJ letters=Sr"),
	CASE("RSTO: the client aborts", SYN, SYNACK, ACK,
	     "C> R 1 | closed closed? | abort-rst state=RSTO letters=ShAR"),
	CASE("RSTO: in the place of the final ACK", SYN, SYNACK,
	     "C> R 1 | closed closed? | half-open-abort state=RSTO letters=ShR"),
	CASE("RSTR: the server aborts", SYN, SYNACK, ACK,
	     "S> R 1 | closed? closed | abort-rst state=RSTR letters=ShAr"),
	CASE("RST that does not count", SYN, SYNACK, ACK,
	     "S> R 70000 | = | rst-out-of-window ignored state=S1 letters=ShAr"),
	CASE("RSTRH: SYN-ACK, then RST, of the server",
	     "S> SA 0 1 | estab? syn-recv | synack-unsolicited",
	     "S> R 1 | closed? closed | abort-rst state=RSTRH letters=^hr"),
	CASE("SH: SYN, then FIN, of the client", SYN,
	     "C> FA 1 1 | = | held state=SH letters=SF"),
	CASE("SHR: SYN-ACK, then FIN, of the server",
	     "S> SA 0 1 | estab? syn-recv | synack-unsolicited",
	     "S> FA 1 1 | close-wait? fin-wait-1 | state=SHR letters=^hf"),
	CASE("OTH: mid-stream",
	     "C> A 1 1 +5 | estab estab? | state=OTH letters=D",
	     "S> A 1 6 | estab estab | state=OTH letters=Da"),
	CASE("simultaneous open", SYN,
	     "S> S 0 | syn-recv? syn-sent | letters=Ss",
	     "C> SA 0 1 | syn-recv estab?",
	     "S> SA 0 1 | estab? estab? | simultaneous-open letters=SsHh",
	     "C> A 1 1 | = | state=S1 letters=SsHhA"),
	{ }
};
