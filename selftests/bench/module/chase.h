/* SPDX-License-Identifier: GPL-2.0 */
/* Measures the latency of loads, each dependent on the one before. */
#ifndef _TCPFSM_BENCH_CHASE_H
#define _TCPFSM_BENCH_CHASE_H

#include "bench.h"

int chase_run(struct bench_chase *chase);

#endif /* _TCPFSM_BENCH_CHASE_H */
