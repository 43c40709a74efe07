/* SPDX-License-Identifier: GPL-2.0 */
/* The ioctls of device.py: one for each measurement. */
#ifndef _TCPFSM_BENCH_H
#define _TCPFSM_BENCH_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* The segments that are sent for each connection */
enum bench_script {
	BENCH_OPEN,	/* SYN, SYN-ACK, ACK */
	BENCH_DATA,	/* full segments of the client, as many as the burst */
	BENCH_ACK,	/* the server's ACK of all that was sent */
	BENCH_CLOSE,	/* FIN, ACK, FIN, ACK; the client begins */
	BENCH_SYN,	/* SYN, and nothing after it */
	BENCH_SCRIPTS,
};

/* Which hooks the client's segments pass; the server's go the other way */
enum bench_path {
	BENCH_INPUT,	/* input: the server is on this host */
	BENCH_OUTPUT,	/* output: the client is on this host */
	BENCH_FORWARD,	/* forward, in both directions */
	BENCH_PATHS,
};

/*
 * Packets that are built before they are sent together: about as many as a driver
 * passes on in one poll, and few enough for their headers to stay in the L1 cache.
 */
#define BENCH_BATCH	32

/**
 * struct bench_job - send a script for each of many connections
 * @script: enum bench_script
 * @path: enum bench_path
 * @family: 4 or 6
 * @first: number of the first connection
 * @connections: how many
 * @burst: data segments of a connection in a row
 * @repeat: how often the whole is repeated; only BENCH_ACK can be, whose copies
 *	acknowledge nothing new
 * @shuffled: the connections in random order, not by number
 * @sent: octets that each client has sent so far; updated
 * @ns: how long it took
 * @segments: how many were sent
 * @worst: the longest time of %BENCH_BATCH segments; 0: do not measure it
 */
struct bench_job {
	__u32	script;
	__u32	path;
	__u32	family;
	__u32	first;
	__u32	connections;
	__u32	burst;
	__u32	repeat;
	__u32	shuffled;
	__u64	sent;
	__u64	ns;
	__u64	segments;
	__u64	worst;
};

/**
 * struct bench_chase - follow pointers in random order over some memory
 * @bytes: how much memory; each cache line has one pointer
 * @steps: how many pointers to follow
 * @ns: how long it took
 */
struct bench_chase {
	__u64	bytes;
	__u64	steps;
	__u64	ns;
};

#define BENCH_SEND	_IOWR('t', 1, struct bench_job)
#define BENCH_CHASE	_IOWR('t', 2, struct bench_chase)
/* Switch nf_conntrack of the namespace on or off */
#define BENCH_CONNTRACK	_IOW('t', 3, __u32)
/* Read the clock of all measurements, nanoseconds */
#define BENCH_CLOCK	_IOR('t', 4, __u64)

#endif /* _TCPFSM_BENCH_H */
