/* SPDX-License-Identifier: GPL-2.0 */
/* The clock of the module, CLOCK_BOOTTIME in nanoseconds. */
#ifndef _TCPFSM_TOOL_CLOCK_H
#define _TCPFSM_TOOL_CLOCK_H

#include <stdint.h>

#include "base/line.h"

uint64_t clock_now(void);

/* From here on the times to put are those of a capture, since 1970. */
void clock_of_capture(void);

/* The time of day of @boottime, as in 14:03:05.123456 */
void clock_put(struct line *line, uint64_t boottime);

#endif /* _TCPFSM_TOOL_CLOCK_H */
