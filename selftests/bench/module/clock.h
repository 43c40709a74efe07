/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The clock of the measurements. User Mode Linux is a thread of a host that runs
 * other threads, too: there it is the CPU time of this thread.
 */
#ifndef _TCPFSM_BENCH_CLOCK_H
#define _TCPFSM_BENCH_CLOCK_H

#include <linux/ktime.h>

#ifdef CONFIG_UML

#define HOST_CLOCK_GETTIME	228
#define HOST_THREAD_CPUTIME	3

static inline u64 clock_ns(void)
{
	struct { s64 sec, nsec; } time;
	long result;

	/* clock_gettime() of the host */
	asm volatile("syscall"
		     : "=a" (result)
		     : "0" (HOST_CLOCK_GETTIME), "D" (HOST_THREAD_CPUTIME),
		       "S" (&time)
		     : "rcx", "r11", "memory");
	return result ? 0 : time.sec * NSEC_PER_SEC + time.nsec;
}

#else

static inline u64 clock_ns(void)
{
	return ktime_get_ns();
}

#endif /* CONFIG_UML */

#endif /* _TCPFSM_BENCH_CLOCK_H */
