/* SPDX-License-Identifier: GPL-2.0 */
/* What device.py asks of the module: an ioctl a measurement. */
#ifndef _TCPFSM_BENCH_H
#define _TCPFSM_BENCH_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* What is sent for each connection */
enum bench_script {
	BENCH_OPEN,	/* SYN, SYN-ACK, ACK */
	BENCH_DATA,	/* full segments of the client, as many as the burst */
	BENCH_ACK,	/* the server's ACK of all that was sent */
	BENCH_CLOSE,	/* FIN, ACK, FIN, ACK; the client begins */
	BENCH_SYN,	/* SYN, and nothing after it */
	BENCH_SCRIPTS,
};

/* Where the client's segments are seen; the server's go the other way */
enum bench_path {
	BENCH_INPUT,	/* arrive: the server is here */
	BENCH_OUTPUT,	/* are sent: the client is here */
	BENCH_FORWARD,	/* pass through, both ways */
	BENCH_PATHS,
};

/*
 * As many packets at once as a NIC's driver hands on between two of its other
 * duties, and few enough that their headers are still in the nearest cache.
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
 * @repeat: the whole so often; more than once only for BENCH_ACK, which is
 *	then an ACK that says nothing new
 * @shuffled: the connections in random order, not one after the other
 * @sent: octets that each client has sent so far; counts on
 * @ns: how long it took
 * @segments: that were sent
 * @worst: the longest that %BENCH_BATCH of them took; 0: it is not asked for
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
 * @bytes: how much memory, touched once a cache line
 * @steps: pointers to follow
 * @ns: how long it took
 */
struct bench_chase {
	__u64	bytes;
	__u64	steps;
	__u64	ns;
};

#define BENCH_SEND	_IOWR('t', 1, struct bench_job)
#define BENCH_CHASE	_IOWR('t', 2, struct bench_chase)
/* nf_conntrack of the namespace on or off */
#define BENCH_CONNTRACK	_IOW('t', 3, __u32)
/* The clock that all is measured by, nanoseconds */
#define BENCH_CLOCK	_IOR('t', 4, __u64)

#endif /* _TCPFSM_BENCH_H */
