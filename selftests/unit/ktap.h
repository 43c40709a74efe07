/* SPDX-License-Identifier: GPL-2.0 */
/* Results in the kernel's Test Anything Protocol: Documentation/dev-tools/ktap.rst */
#ifndef _TCPFSM_KTAP_H
#define _TCPFSM_KTAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static unsigned int ktap_number;
static unsigned int ktap_failed;

static inline void ktap_plan(unsigned int tests)
{
	printf("KTAP version 1\n1..%u\n", tests);
}

__attribute__((format(printf, 1, 2)))
static inline void ktap_note(const char *format, ...)
{
	va_list args;

	fputs("# ", stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	fputc('\n', stdout);
}

static inline void ktap_result(bool ok, const char *name)
{
	printf("%sok %u %s\n", ok ? "" : "not ", ++ktap_number, name);
	fflush(stdout);
	ktap_failed += !ok;
}

/* The exit status of the test */
static inline int ktap_exit(void)
{
	ktap_note("pass:%u fail:%u", ktap_number - ktap_failed, ktap_failed);
	return ktap_failed ? 1 : 0;
}

#endif /* _TCPFSM_KTAP_H */
