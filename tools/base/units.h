/* SPDX-License-Identifier: GPL-2.0 */
/* Units of time. */
#ifndef _TCPFSM_TOOL_UNITS_H
#define _TCPFSM_TOOL_UNITS_H

#define MSEC_PER_SEC	1000ull
#define NSEC_PER_USEC	1000ull
#define NSEC_PER_MSEC	1000000ull
#define NSEC_PER_SEC	1000000000ull

#endif /* _TCPFSM_TOOL_UNITS_H */
