// SPDX-License-Identifier: GPL-2.0
#include "ladder_case.h"

#define SYN	TCPFSM_SYN
#define ACK	TCPFSM_ACK
#define FIN	TCPFSM_FIN
#define RST	TCPFSM_RST

#define SEG(time, who, f, ...)	{ .at = time, .from = who, .flags = f, __VA_ARGS__ }
#define NUM(s, a)		.seq = s, .ack = a

#define MS	1000
#define SEC	1000000

#define IPV4	.client = "10.1.0.1:40000", .server = "10.1.0.2:80"
#define HERE_C	1	/* 1 << C */
#define HERE_S	2

#define OPEN							\
	SEG(0, C, SYN, NUM(0, 0)),				\
	SEG(10 * MS, S, SYN | ACK, NUM(0, 1)),			\
	SEG(10 * MS + 213, C, ACK, NUM(1, 1))

/* A request of 100 octets and an answer of n */
#define TALK(n)							\
	SEG(11 * MS, C, ACK, NUM(1, 1), .len = 100),		\
	SEG(22 * MS, S, ACK, NUM(1, 101), .len = n),		\
	SEG(23 * MS, C, ACK, NUM(101, (n) + 1))

#define FOUR_WAY(n)						\
	SEG(250 * MS, C, FIN | ACK, NUM(101, (n) + 1)),		\
	SEG(261 * MS, S, ACK, NUM((n) + 1, 102)),		\
	SEG(262 * MS, S, FIN | ACK, NUM((n) + 1, 102)),		\
	SEG(262 * MS + 90, C, ACK, NUM(102, (n) + 2))

#define EXPIRE(time)	{ .at = time, .kind = STEP_EXPIRE }
#define GONE(time, who, how)	{ .at = time, .from = who, .kind = STEP_GONE,	\
				  .tw_end = TCPFSM_TW_END_##how }
#define REOPEN(time, who, isn)	{ .at = time, .from = who, .flags = SYN, .seq = isn, \
				  .kind = STEP_REOPEN }
#define END(time, why)	{ .at = time, .kind = STEP_END, .cause = TCPFSM_CAUSE_##why }

const struct ladder_case ladder_cases[] = {
	{
		.name = "plain", IPV4, .here = HERE_C, .history = 12,
		.age = 70 * SEC,
		.step = { OPEN, TALK(8000), FOUR_WAY(8000), EXPIRE(60 * SEC + 473 * MS + 90) },
	}, {
		.name = "running", IPV4, .here = HERE_C, .history = 12,
		.age = 3 * SEC + 462 * MS,
		.step = { OPEN, TALK(8000), FOUR_WAY(8000) },
	}, {
		.name = "final-ack-lost", IPV4, .here = HERE_C, .history = 12,
		.age = 70 * SEC,
		.step = {
			OPEN, TALK(120), FOUR_WAY(120),
			SEG(473 * MS, S, FIN | ACK, NUM(121, 102)),
			SEG(473 * MS + 80, C, ACK, NUM(102, 122)),
			EXPIRE(60 * SEC + 673 * MS),
		},
	}, {
		.name = "server-waits", IPV4, .here = HERE_S, .history = 20,
		.age = 70 * SEC,
		.step = {
			OPEN, TALK(120),
			SEG(30 * MS, S, FIN | ACK, NUM(121, 101)),
			SEG(40 * MS, C, FIN | ACK, NUM(101, 122)),
			SEG(40 * MS + 50, S, ACK, NUM(122, 102)),
			SEG(250 * MS, C, FIN | ACK, NUM(101, 122)),
			SEG(250 * MS + 50, S, ACK, NUM(122, 102)),
			SEG(650 * MS, C, FIN | ACK, NUM(101, 122)),
			SEG(1450 * MS, C, FIN | ACK, NUM(101, 122)),
			EXPIRE(61 * SEC + 160 * MS),
		},
	}, {
		.name = "both-wait", IPV4, .history = 16,
		.age = 70 * SEC,
		.step = {
			OPEN,
			SEG(300 * MS, C, FIN | ACK, NUM(1, 1)),
			SEG(301 * MS, S, FIN | ACK, NUM(1, 1)),
			SEG(311 * MS, S, ACK, NUM(2, 2)),
			SEG(312 * MS, C, ACK, NUM(2, 2)),
			SEG(512 * MS, C, FIN | ACK, NUM(1, 2)),
			SEG(522 * MS, S, ACK, NUM(2, 2)),
			EXPIRE(60 * SEC + 522 * MS),
		},
	}, {
		.name = "simultaneous-close", IPV4, .history = 12,
		.age = 70 * SEC,
		.step = {
			OPEN, TALK(500),
			SEG(300 * MS, C, FIN | ACK, NUM(101, 501)),
			SEG(301 * MS, S, FIN | ACK, NUM(501, 101)),
			SEG(311 * MS, S, ACK, NUM(502, 102)),
			SEG(312 * MS, C, ACK, NUM(102, 502)),
			EXPIRE(60 * SEC + 312 * MS),
		},
	}, {
		.name = "reopened", IPV4, .here = HERE_S, .history = 12, .age = 5 * SEC,
		.step = {
			OPEN, TALK(500),
			SEG(300 * MS, S, FIN | ACK, NUM(501, 101)),
			SEG(301 * MS, C, FIN | ACK, NUM(101, 502)),
			SEG(301 * MS + 40, S, ACK, NUM(502, 102)),
			REOPEN(4 * SEC + 301 * MS, C, 64102),
		},
	}, {
		.name = "skipped", IPV4, .here = HERE_C, .history = 12, .age = 5 * SEC,
		.step = {
			OPEN, TALK(500), FOUR_WAY(500),
			GONE(264 * MS, C, SKIPPED),
		},
	}, {
		.name = "aborted", IPV4, .here = HERE_C, .history = 12, .age = 50 * SEC,
		.step = {
			OPEN, TALK(500), FOUR_WAY(500),
			GONE(30 * SEC + 264 * MS, C, ABORTED),
		},
	}, {
		.name = "assassinated", IPV4, .here = HERE_C, .history = 12, .age = 50 * SEC,
		.step = {
			OPEN, TALK(500), FOUR_WAY(500),
			SEG(3 * SEC, S, RST, NUM(502, 0)),
		},
	}, {
		.name = "refused", IPV4, .here = HERE_C, .history = 12, .age = SEC,
		.step = {
			SEG(0, C, SYN, NUM(0, 0)),
			SEG(213, S, RST | ACK, NUM(-4000, 1)),
		},
	}, {
		.name = "half-close", IPV4, .here = HERE_S, .history = 12, .age = 9 * SEC,
		.step = {
			OPEN,
			SEG(12 * MS, C, FIN | ACK, NUM(1, 1), .len = 100),
			SEG(23 * MS, S, ACK, NUM(1, 102)),
			SEG(200 * MS, S, ACK, NUM(1, 102), .len = 60000),
			SEG(300 * MS, C, ACK, NUM(102, 60001)),
			SEG(350 * MS, S, ACK, NUM(60001, 102), .len = 480000),
			SEG(400 * MS, C, ACK, NUM(102, 540001)),
			SEG(450 * MS, S, ACK, NUM(540001, 102), .len = 460000),
			SEG(500 * MS, C, ACK, NUM(102, 1000001)),
			SEG(5 * SEC, S, FIN | ACK, NUM(1000001, 102)),
			SEG(5 * SEC + 10 * MS, C, ACK, NUM(102, 1000002)),
		},
	}, {
		.name = "reset", IPV4, .here = HERE_C | HERE_S, .history = 12, .age = SEC,
		.step = {
			OPEN, TALK(48000),
			SEG(100 * MS, S, ACK, NUM(48001, 101), .len = 4000),
			SEG(120 * MS, C, RST | ACK, NUM(101, 48001)),
			SEG(121 * MS, S, ACK, NUM(52001, 101), .len = 1000),
		},
	}, {
		.name = "refused-again", IPV4, .history = 12, .age = 2 * SEC,
		.step = {
			SEG(0, C, SYN, NUM(0, 0)),
			SEG(MS, S, RST | ACK, NUM(0, 1)),
			SEG(501 * MS, C, SYN, NUM(0, 0)),
			SEG(502 * MS, S, RST | ACK, NUM(0, 1)),
			SEG(1002 * MS, C, SYN, NUM(0, 0)),
			SEG(1003 * MS, S, SYN | ACK, NUM(0, 1)),
			SEG(1004 * MS, C, ACK, NUM(1, 1)),
		},
	}, {
		.name = "simultaneous-open", .client = "192.0.2.1:5000", .server = "192.0.2.2:5000",
		.history = 12, .age = SEC,
		.step = {
			SEG(0, C, SYN, NUM(0, 0)),
			SEG(400, S, SYN, NUM(0, 0)),
			SEG(10 * MS, C, SYN | ACK, NUM(0, 1)),
			SEG(10 * MS + 400, S, SYN | ACK, NUM(0, 1)),
			SEG(20 * MS, C, ACK, NUM(1, 1)),
			SEG(21 * MS, S, ACK, NUM(1, 1)),
		},
	}, {
		.name = "midstream", IPV4, .history = 12, .age = 3 * SEC,
		.step = {
			SEG(0, C, ACK, NUM(500, 700), .len = 100),
			SEG(10 * MS, S, ACK, NUM(700, 600), .len = 60000),
			SEG(11 * MS, C, ACK, NUM(600, 60700)),
			SEG(20 * MS, C, FIN | ACK, NUM(600, 60700)),
			SEG(30 * MS, S, FIN | ACK, NUM(60700, 601)),
			SEG(31 * MS, C, ACK, NUM(601, 60701)),
		},
	}, {
		.name = "violations", IPV4, .here = HERE_S, .history = 16, .age = 20 * SEC,
		.step = {
			SEG(0, C, SYN, NUM(0, 0)),
			SEG(1 * MS, S, SYN | ACK, NUM(0, 7)),
			SEG(2 * MS, S, SYN | ACK, NUM(0, 1)),
			SEG(3 * MS, C, ACK, NUM(1, 1)),
			SEG(4 * MS, C, ACK, NUM(-500, 1), .len = 10),
			SEG(5 * MS, C, ACK, NUM(1, 90000)),
			{ .at = 6 * MS, .from = C, .flags = SYN | FIN, NUM(1, 0),
			  .kind = STEP_BAD_FLAGS },
			{ .at = 7 * MS, .from = C, NUM(1, 0), .kind = STEP_BAD_FLAGS },
			SEG(8 * MS, C, SYN, NUM(300000, 0)),
			SEG(9 * MS, S, ACK, NUM(1, 1)),
			SEG(10 * MS, C, RST, NUM(2000000000, 0)),
			SEG(20 * MS, S, FIN | ACK, NUM(1, 1)),
			SEG(30 * MS, S, FIN | ACK, NUM(50, 1)),
			SEG(40 * MS, C, ACK, NUM(1, 2)),
			{ .at = 61 * SEC, .kind = STEP_LONG_WAIT },
		},
	}, {
		.name = "closed-then-data", IPV4, .history = 12, .age = 30 * SEC,
		.step = {
			OPEN, TALK(80),
			SEG(250 * MS, C, FIN | ACK, NUM(101, 81)),
			SEG(261 * MS, S, ACK, NUM(81, 102)),
			SEG(20 * SEC, S, ACK, NUM(81, 102), .len = 24),
			SEG(20 * SEC + MS, S, FIN | ACK, NUM(105, 102)),
			SEG(20 * SEC + 2 * MS, C, RST, NUM(102, 0)),
		},
	}, {
		.name = "two-isns", IPV4, .history = 12, .age = SEC,
		.step = {
			SEG(0, C, SYN, NUM(0, 0)),
			SEG(10 * MS, S, SYN | ACK, NUM(0, 1)),
			SEG(11 * MS, C, ACK, NUM(1, 1)),
			SEG(12 * MS, S, SYN | ACK, NUM(70000, 1)),
			SEG(20 * MS, S, ACK, NUM(1, 1), .len = 100),
			SEG(30 * MS, C, FIN | ACK, NUM(1, 101)),
			SEG(31 * MS, S, ACK, NUM(101, 2)),
			SEG(32 * MS, C, SYN, NUM(300000, 0)),
		},
	}, {
		.name = "isn-changed", IPV4, .history = 12, .age = SEC,
		.step = {
			SEG(0, C, SYN, NUM(0, 0)),
			SEG(10 * MS, S, SYN | ACK, NUM(0, 1)),
			SEG(11 * MS, C, ACK, NUM(1, 1)),
			SEG(20 * MS, S, ACK, NUM(1, 1), .len = 100),
			SEG(22 * MS, S, SYN | ACK, NUM(70000, 1)),
			SEG(32 * MS, C, SYN, NUM(300000, 0)),
		},
	}, {
		.name = "handshake-lossy", IPV4, .history = 12, .age = 9 * SEC,
		.step = {
			SEG(0, C, SYN, NUM(0, 0)),
			SEG(1 * SEC, C, SYN, NUM(0, 0)),
			SEG(1 * SEC + 10 * MS, S, SYN | ACK, NUM(0, 1)),
			SEG(2 * SEC + 20 * MS, S, SYN | ACK, NUM(0, 1)),
			SEG(2 * SEC + 21 * MS, C, ACK, NUM(1, 1)),
			SEG(3 * SEC + 20 * MS, S, SYN | ACK, NUM(0, 1)),
			SEG(3 * SEC + 21 * MS, C, ACK, NUM(1, 1)),
			SEG(4 * SEC, C, ACK, NUM(1, 1), .len = 3000),
			SEG(4 * SEC + 9 * MS, S, ACK, NUM(1, 3001), .len = 12),
		},
	}, {
		.name = "handshake-timeout", IPV4, .here = HERE_C, .history = 12,
		.age = 130 * SEC,
		.step = {
			SEG(0, C, SYN, NUM(0, 0)),
			SEG(1 * SEC, C, SYN, NUM(0, 0)),
			SEG(3 * SEC, C, SYN, NUM(0, 0)),
			END(133 * SEC, TIMEOUT),
		},
	}, {
		.name = "evicted", IPV4, .here = HERE_C, .history = 12, .age = 130 * SEC,
		.step = { OPEN, TALK(80), END(13 * SEC, FLUSH) },
	}, {
		.name = "ipv6", .here = HERE_C, .history = 12, .age = 3 * SEC,
		.client = "[2001:db8:1234:5678:9abc:def0:1234:5678]:40000",
		.server = "[2001:db8:8765:4321:cba9:0fed:8765:4321]:https",
		.step = { OPEN, TALK(8000), FOUR_WAY(8000) },
	}, {
		.name = "ring", IPV4, .here = HERE_C, .history = 4, .counted = true,
		.age = 3 * SEC,
		.step = { OPEN, TALK(8000), FOUR_WAY(8000) },
	}, {
		.name = "ring-unknown", IPV4, .here = HERE_C, .history = 4, .age = 3 * SEC,
		.step = { OPEN, TALK(8000), FOUR_WAY(8000) },
	}, {
		.name = "no-history", IPV4, .here = HERE_C, .age = 3 * SEC,
		.step = { OPEN, TALK(8000) },
	}, {
		.name = "loopback", .client = "127.0.0.1:40000", .server = "127.0.0.1:80",
		.here = HERE_C | HERE_S, .history = 16, .age = 70 * SEC,
		.step = {
			SEG(0, C, SYN, NUM(0, 0), .halves = TCPFSM_SENT),
			SEG(4, C, SYN, NUM(0, 0), .halves = TCPFSM_RECEIVED),
			SEG(9, S, SYN | ACK, NUM(0, 1), .halves = TCPFSM_SENT),
			SEG(12, S, SYN | ACK, NUM(0, 1), .halves = TCPFSM_RECEIVED),
			SEG(20, C, ACK, NUM(1, 1), .halves = TCPFSM_SENT),
			SEG(22, C, ACK, NUM(1, 1), .halves = TCPFSM_RECEIVED),
			SEG(100, C, FIN | ACK, NUM(1, 1), .halves = TCPFSM_SENT),
			SEG(101, S, FIN | ACK, NUM(1, 1), .halves = TCPFSM_SENT),
			SEG(102, C, FIN | ACK, NUM(1, 1), .halves = TCPFSM_RECEIVED),
			SEG(103, S, FIN | ACK, NUM(1, 1), .halves = TCPFSM_RECEIVED),
			SEG(110, S, ACK, NUM(2, 2), .halves = TCPFSM_SENT),
			SEG(111, S, ACK, NUM(2, 2), .halves = TCPFSM_RECEIVED),
			SEG(112, C, ACK, NUM(2, 2), .halves = TCPFSM_SENT),
			SEG(113, C, ACK, NUM(2, 2), .halves = TCPFSM_RECEIVED),
		},
	}, {
		.name = "fast-open", IPV4, .here = HERE_C, .history = 12, .age = SEC,
		.step = {
			SEG(0, C, SYN, NUM(0, 0), .len = 700),
			SEG(10 * MS, S, SYN | ACK, NUM(0, 701)),
			SEG(10 * MS + 300, C, ACK, NUM(701, 1)),
			SEG(11 * MS, S, ACK, NUM(1, 701), .len = 400),
		},
	}, {
		.name = "long-numbers", IPV4, .here = HERE_C, .history = 12, .age = 500000ull * SEC,
		.step = {
			OPEN,
#define PUSH(n)	SEG(20 * MS, C, ACK, NUM((n) * 250000u + 1, 1), .len = 250000), \
		SEG(21 * MS, S, ACK, NUM(1, (n) * 250000u + 250001))
			PUSH(0), PUSH(1), PUSH(2), PUSH(3), PUSH(4), PUSH(5), PUSH(6), PUSH(7),
			SEG(400000ull * SEC, C, FIN | ACK, NUM(2000001, 1), .len = 1448),
			SEG(400000ull * SEC + 9, S, FIN | ACK, NUM(1, 2001450), .len = 100000),
			SEG(400000ull * SEC + 99, C, ACK, NUM(2001450, 100002)),
		},
	}, {
		.name = "many", IPV4, .here = HERE_C, .history = 64, .age = 200 * SEC,
		.step = {
#define ROUND(n)	SEG(60 * MS * (n), C, SYN, NUM(0, 0)),			\
			SEG(60 * MS * (n) + 10 * MS, S, SYN | ACK, NUM(0, 1)),	\
			SEG(60 * MS * (n) + 20 * MS, C, ACK, NUM(1, 1))
#define AGAIN(n)	SEG(60 * MS * (n) + 30 * MS, S, SYN | ACK, NUM(0, 1)),	\
			SEG(60 * MS * (n) + 40 * MS, C, ACK, NUM(1, 1))
			ROUND(0), AGAIN(0), AGAIN(1), AGAIN(2), AGAIN(3), AGAIN(4), AGAIN(5),
			AGAIN(6), AGAIN(7), AGAIN(8), AGAIN(9), AGAIN(10), AGAIN(11), AGAIN(12),
			AGAIN(13), AGAIN(14), AGAIN(15), AGAIN(16), AGAIN(17), AGAIN(18),
			AGAIN(19), AGAIN(20), AGAIN(21), AGAIN(22), AGAIN(23), AGAIN(24),
			AGAIN(25), AGAIN(26), AGAIN(27), AGAIN(28),
		},
	},
};

const unsigned int ladder_case_count = ARRAY_SIZE(ladder_cases);
