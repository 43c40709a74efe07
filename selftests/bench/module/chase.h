/* SPDX-License-Identifier: GPL-2.0 */
/* How long a load takes that has to wait for the one before it. */
#ifndef _TCPFSM_BENCH_CHASE_H
#define _TCPFSM_BENCH_CHASE_H

#include "bench.h"

int chase_run(struct bench_chase *chase);

#endif /* _TCPFSM_BENCH_CHASE_H */
