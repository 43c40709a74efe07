/* SPDX-License-Identifier: GPL-2.0 */
/* The clock of the module, CLOCK_BOOTTIME in nanoseconds. */
#ifndef _TCPFSM_TOOL_CLOCK_H
#define _TCPFSM_TOOL_CLOCK_H

#include <stdint.h>

#include "base/line.h"

uint64_t clock_now(void);

/* From now on clock_put() gets the times of a capture: nanoseconds since 1970. */
void clock_of_capture(void);

/* @boottime as local time of day, as in 14:03:05.123456 */
void clock_put(struct line *line, uint64_t boottime);

#endif /* _TCPFSM_TOOL_CLOCK_H */
