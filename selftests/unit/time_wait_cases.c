// SPDX-License-Identifier: GPL-2.0
/*
 * TIME-WAIT of each end: when it begins, restarts and ends, and why. Segments are
 * a millisecond apart.
 */
#include "conn_case.h"

#define OPEN	"C> S 0 | syn-sent listen",		\
		"S> SA 0 1 | estab? syn-recv",		\
		"C> A 1 1 | estab estab?"
#define FINS_C	"C> FA 1 1 | fin-wait-1 close-wait?",	\
		"S> FA 1 2 | time-wait? last-ack | tw=C:lasts tw=S:never"
#define CLOSE_C	FINS_C, "C> A 2 2 | time-wait closed? | tw=C:lasts tw=S:never"
#define CLOSE_S	"S> FA 1 1 | close-wait? fin-wait-1",	\
		"C> FA 1 2 | last-ack time-wait?",	\
		"S> A 2 2 | closed? time-wait | tw=S:lasts tw=C:never"
#define CROSS	"C> FA 1 1 | fin-wait-1 close-wait?",	\
		"S> FA 1 1 | closing? closing? | simultaneous-close",	\
		"C> A 2 2 | closing time-wait? | tw=S:lasts tw=C:never",	\
		"S> A 2 2 | time-wait? time-wait | tw=S:lasts tw=C:lasts"
#define HERE	"@client", "C> S 0 | syn-sent listen",	\
		"S> SA 0 1 | estab syn-recv",		\
		"C> A 1 1 | estab estab?",		\
		"C> FA 1 1 | fin-wait-1 close-wait?",	\
		"S> FA 1 2 | time-wait last-ack",	\
		"C> A 2 2 | time-wait closed?"
#define LOOP	"@loopback", "C> S 0 | syn-sent listen",	\
		"S> SA 0 1 | estab syn-recv",		\
		"C> A 1 1 | estab estab"

const struct conn_case time_wait_cases[] = {
	/* Each reason for its end */
	CASE("TIME-WAIT: of the client, expires", OPEN, CLOSE_C,
	     "expire | closed closed? | tw=C:expired/60000 tw=S:never stay=C:60000"),
	CASE("TIME-WAIT: of the server, expires", OPEN, CLOSE_S,
	     "expire | closed? closed | tw=S:expired/60000 tw=C:never stay=S:60000"),
	CASE("TIME-WAIT: only assumed", OPEN, FINS_C,
	     "expire | closed? last-ack | tw=C:unconfirmed/60000 stay=C:-"),
	CASE("TIME-WAIT: the entry's time is over", OPEN, CLOSE_C, "later 100",
	     "timeout | closed? closed? | tw=C:expired/100002 stay=C:100002"),
	CASE("TIME-WAIT: only assumed, the entry's time is over", OPEN, FINS_C, "later 100",
	     "timeout | closed? closed? | tw=C:unconfirmed/100001 stay=C:-"),
	CASE("TIME-WAIT: evicted", OPEN, CLOSE_C,
	     "evict | closed? closed? | tw=C:evicted/2 stay=C:-"),
	CASE("TIME-WAIT: flushed", OPEN, CLOSE_C,
	     "flush | closed? closed? | tw=C:flushed/2 stay=C:-"),
	CASE("TIME-WAIT: reset", OPEN, CLOSE_C, "later 1",
	     "S> R 2 | closed? closed | tw-assassinated tw=C:reset/1002 stay=C:1002"),
	CASE("TIME-WAIT: evicted when it was over already", OPEN, CLOSE_C,
	     "expire | closed closed?",
	     "evict | = | tw=C:expired/60000"),

	CASE("TIME-WAIT: evicted while the FIN that came again waits for its ACK", OPEN, CLOSE_C,
	     "S> FA 1 2 | time-wait last-ack | fin-rexmit restarts=1 restarted",
	     "evict | closed? closed? | tw=C:evicted/3"),

	/* Restarts */
	CASE("TIME-WAIT: restarted", OPEN, CLOSE_C, "later 30",
	     "S> FA 1 2 | time-wait last-ack | fin-rexmit restarts=1 restarted tw=C:lasts",
	     "C> A 2 2 | time-wait closed? | tw-reack",
	     "expire | closed closed? | tw=C:expired/90002 stay=C:90002"),
	CASE("TIME-WAIT: restarted by what is no FIN", OPEN, CLOSE_C, "later 30",
	     "S> A 2 2 | = | restarts=0 restarted",
	     "expire | closed closed? | tw=C:expired/90002"),
	CASE("TIME-WAIT: the second one has not been restarted", OPEN, FINS_C,
	     "S> FA 1 2 | = | fin-rexmit restarts=1 restarted",
	     "C> FA 1 1 | fin-wait-1 last-ack | fin-rexmit tw=C:never",
	     "S> FA 1 2 | time-wait? last-ack | fin-rexmit restarts=0 restarted tw=C:lasts"),

	CASE("TIME-WAIT: restarted by a SYN with an old timestamp", "@server",
	     "C> S 0 ts=1000 | syn-sent listen",
	     "S> SA 0 1 ts=5 | estab? syn-recv",
	     "C> A 1 1 ts=1000 | estab estab",
	     "S> FA 1 1 ts=6 | close-wait? fin-wait-1",
	     "C> FA 1 2 ts=1001 | last-ack time-wait",
	     "S> A 2 2 ts=7 | closed? time-wait", "later 30",
	     "C> S 100000 ts=900 | = | ignored restarts=0 restarted", "later 30",
	     "C> S -70000 ts=900 | = | tw-reopen-bad=3 ignored restarts=0 restarted"),

	/* A new connection takes the tuple: TIME-WAIT ends with its SYN */
	CASE("TIME-WAIT: of who opens again", OPEN, CLOSE_C,
	     "C> S 100000 | = | ignored tw=C:lasts", "later 1",
	     "S> SA 200000 100001 | estab? syn-recv | reopen "
	     "tw=C:reopened/2/99998 tw=S:never stay=C:2 restarts=0"),
	CASE("TIME-WAIT: of who is opened to again", OPEN, CLOSE_S,
	     "C> S 100000 | = | ignored tw=S:lasts", "later 1",
	     "S> SA 200000 100001 | estab? syn-recv | reopen tw-reopen "
	     "tw=S:reopened/2/99998 tw=C:never stay=S:2"),
	CASE("TIME-WAIT: the other end opens again", OPEN, CLOSE_C,
	     "S> S 100000 | = | ignored",
	     "C> SA 200000 100001 | syn-recv estab? | reopen tw-reopen "
	     "tw=C:reopened/2/99998"),
	CASE("TIME-WAIT: reopened with an ISN that is older", OPEN, CLOSE_S,
	     "C> S -1000 | = | tw-reopen-bad ignored",
	     "S> SA 200000 -999 | estab? syn-recv | reopen tw-reopen "
	     "tw=S:reopened/2/-1002"),
	CASE("TIME-WAIT: reopened with the farthest ISN there is", OPEN, CLOSE_S,
	     "C> S 2147483649 | = | ignored",
	     "S> SA 200000 2147483650 | estab? syn-recv | reopen tw-reopen "
	     "tw=S:reopened/2/2147483647"),
	CASE("TIME-WAIT: reopened with one a step further", OPEN, CLOSE_S,
	     "C> S 2147483650 | = | ignored",
	     "S> SA 200000 2147483651 | estab? syn-recv | reopen tw-reopen "
	     "tw=S:reopened/2/-2147483648"),
	CASE("TIME-WAIT: reopened with the next number", OPEN, CLOSE_S,
	     "C> S 2 | = | tw-reopen-bad ignored",
	     "S> SA 200000 3 | estab? syn-recv | reopen tw-reopen tw=S:reopened/2/0"),
	CASE("TIME-WAIT: reopened by this host, at once", HERE, "later 1",
	     "C> S 100000 | syn-sent listen | reopen tw=C:reopened/1002/99998 stay=C:1002"),
	CASE("TIME-WAIT: what comes between the SYN and its answer restarts nothing",
	     OPEN, CLOSE_C,
	     "C> S 100000 | = | ignored",
	     "S> A 2 2 | = | restarted",
	     "S> SA 200000 100001 | estab? syn-recv | reopen tw=C:reopened/2/99998"),
	CASE("TIME-WAIT: entered between the SYN and its answer", OPEN,
	     "C> FA 1 1 | fin-wait-1 close-wait?",
	     "S> A 1 2 | fin-wait-2? close-wait",
	     "C> S 100000 | = | syn-in-sync/notable ignored",
	     "S> FA 1 2 | time-wait? last-ack",
	     "C> A 2 2 | time-wait closed?",
	     "S> SA 200000 100001 | estab? syn-recv | reopen tw=C:reopened/0/99998 "
	     "stay=C:0"),
	CASE("what moves between the SYN and its answer moved then", OPEN,
	     "C> S 100000 | = | syn-in-sync/violation ignored",
	     "C> FA 1 1 | fin-wait-1 close-wait?",
	     "S> SA 200000 100001 | estab? syn-recv | reopen stay=C:0 stay=S:0"),

	/* Both ends are in TIME-WAIT */
	CASE("TIME-WAIT: of both ends", OPEN, CROSS,
	     "expire | closed? closed | tw=S:expired/60001 tw=C:unconfirmed/60000 "
	     "stay=S:60001 stay=C:-"),
	CASE("TIME-WAIT: of both ends, one restarted", OPEN, CROSS, "later 10",
	     "S> FA 1 2 | time-wait? closing | fin-rexmit restarts=1 tw=C:lasts tw=S:never",
	     "C> A 2 2 | time-wait time-wait? | tw=C:lasts tw=S:lasts",
	     "expire | closed closed? | tw=C:expired/70002 tw=S:unconfirmed/60000"),
	CASE("TIME-WAIT: of both ends, one reset", OPEN, CROSS,
	     "C> R 2 | closed closed? | tw-assassinated tw=C:reset/1 tw=S:reset/2"),
	CASE("TIME-WAIT: of both ends, reopened", OPEN, CROSS,
	     "C> S 100000 | = | ignored",
	     "S> SA 200000 100001 | estab? syn-recv | reopen tw-reopen "
	     "tw=C:reopened/1/99998 tw=S:reopened/2/99998"),

	/* R3: it is rolled back, as if it had never been */
	CASE("TIME-WAIT: taken back", OPEN, FINS_C, "later 10",
	     "C> FA 1 1 | fin-wait-1 last-ack | fin-rexmit tw=C:never tw=S:never stay=C:-",
	     "S> FA 1 2 | time-wait? last-ack | fin-rexmit tw=C:lasts stay=C:0",
	     "C> A 2 2 | time-wait closed?",
	     "expire | closed closed? | tw=C:expired/60000"),
	CASE("TIME-WAIT: taken back to CLOSING", OPEN, CROSS,
	     "C> FA 1 2 | closing time-wait | fin-rexmit tw=C:never tw=S:lasts stay=C:-",
	     "S> A 2 2 | time-wait? time-wait | tw-reack tw=C:lasts tw=S:lasts"),

	/* Ends on this host, and what their sockets tell */
	CASE("TIME-WAIT: the socket tells", HERE, "socket C",
	     "expire | = | tw=C:lasts@socket", "later 1",
	     "gone C expired | closed closed? | C:timeout tw=C:expired@socket/61001 "
	     "stay=C:61001 closed=fin"),
	CASE("TIME-WAIT: the socket is destroyed", HERE, "socket C", "later 1",
	     "gone C aborted | closed closed? | tw=C:aborted@socket/1002 stay=C:1002"),
	CASE("TIME-WAIT: there is no socket", HERE,
	     "gone C skipped | closed closed? | tw=C:skipped@socket/0 stay=C:- closed=fin"),
	CASE("TIME-WAIT: there is no socket, and a FIN has come again", HERE,
	     "S> FA 1 2 | time-wait last-ack | fin-rexmit restarts=1",
	     "gone C skipped | closed last-ack | tw-no-reack tw=C:skipped@socket/0 stay=C:-"),
	CASE("TIME-WAIT: the socket, but a RST ends it", HERE, "socket C",
	     "S> R 2 | closed closed | tw-assassinated tw=C:reset@socket/2"),
	CASE("TIME-WAIT: the socket, but the entry is evicted", HERE, "socket C",
	     "evict | closed? closed? | tw=C:evicted@socket/2 stay=C:-"),
	CASE("TIME-WAIT: of both ends, and one has its socket watched", LOOP,
	     "C^ FA 1 1 | fin-wait-1 estab",
	     "S^ FA 1 1 | fin-wait-1 fin-wait-1 | simultaneous-close",
	     "Cv FA 1 1 | fin-wait-1 closing",
	     "Sv FA 1 1 | closing closing",
	     "C> A 2 2 | closing time-wait",
	     "S> A 2 2 | time-wait time-wait | close=5",
	     "socket S",
	     "expire | closed time-wait | tw=C:expired/60000 tw=S:lasts@socket",
	     "gone S expired | closed closed | tw=S:expired@socket/60002"),
	{ }
};
