/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How it went: exit statuses, and complaints on stderr.
 *
 * A function that returns "a status" returns STATUS_OK, or the exit status of
 * the tool after it has said on stderr what is wrong: its callers print no
 * message of their own.
 */
#ifndef _TCPFSM_TOOL_STATUS_H
#define _TCPFSM_TOOL_STATUS_H

enum status {
	STATUS_OK	= 0,
	STATUS_USAGE	= 1,	/* usage or bad input */
	STATUS_KERNEL	= 2,	/* the kernel refused, or the module is missing */
	STATUS_ENOUGH	= 3,	/* from a callback: stop, without an error; no exit status */
};

/* Print one line on stderr; fail() returns @status. */
int fail(int status, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void note(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

#endif /* _TCPFSM_TOOL_STATUS_H */
