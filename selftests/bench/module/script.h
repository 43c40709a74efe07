/* SPDX-License-Identifier: GPL-2.0 */
/* Sends scripts on many connections, and measures the time in the hooks. */
#ifndef _TCPFSM_BENCH_SCRIPT_H
#define _TCPFSM_BENCH_SCRIPT_H

#include "bench.h"
#include "packet.h"

/**
 * struct script_runner - state of a run
 * @host: where the packets are seen
 * @skb: the packets
 * @way: the hooks of each packet that is built and not yet sent
 * @pending: how many are built and not yet sent
 * @segments: how many were sent
 * @watching: measure the longest batch
 * @worst: the longest batch, nanoseconds
 * @order: the connections in random order
 * @ordered: how many are in @order
 */
struct script_runner {
	struct packet_host	host;
	struct sk_buff		*skb[BENCH_BATCH];
	enum packet_way		way[BENCH_BATCH];
	unsigned int		pending;
	u64			segments;
	bool			watching;
	u64			worst;
	u32			*order;
	u32			ordered;
};

int script_init(struct script_runner *runner);
void script_exit(struct script_runner *runner);
int script_run(struct script_runner *runner, struct bench_job *job);

#endif /* _TCPFSM_BENCH_SCRIPT_H */
