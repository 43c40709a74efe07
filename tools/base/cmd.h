/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every command shares: options, exit statuses, complaints.
 *
 * A function that returns "a status" returns STATUS_OK, or the exit status of
 * the tool after it has said on stderr what is wrong: nobody above adds a word.
 */
#ifndef _TCPFSM_TOOL_CMD_H
#define _TCPFSM_TOOL_CMD_H

#include <stdbool.h>
#include <stdint.h>

#define TCPFSM_VERSION	"0.1"

enum status {
	STATUS_OK	= 0,
	STATUS_USAGE	= 1,	/* usage or bad input */
	STATUS_KERNEL	= 2,	/* the kernel refused, or the module is missing */
	STATUS_ENOUGH	= 3,	/* from a callback: stop, all is well; no exit status */
};

struct options {
	int family;		/* AF_INET, AF_INET6, or 0 for both */
	bool json;
	bool pretty;
	bool numeric;		/* no names of services */
	bool resolve;		/* names of hosts */
	bool details;
};

extern struct options opt;

/* Print one line on stderr; fail() returns @status. */
int fail(int status, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void note(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

/* A status that is not STATUS_OK if there are words in @argv. */
int no_more_words(const char *command, char **argv);

/* Nothing but decimal digits, up to @max. */
bool parse_u64(const char *word, uint64_t max, uint64_t *value);

/* The commands; @argv holds the words after the command, up to a NULL. */
int cmd_show(char **argv);
int cmd_stats(char **argv);
int cmd_timewait(char **argv);
int cmd_monitor(char **argv);
int cmd_ladder(char **argv);
int cmd_audit(char **argv);
int cmd_flush(char **argv);
int cmd_replay(char **argv);
int cmd_settings(char **argv);
int cmd_set(char **argv);

#endif /* _TCPFSM_TOOL_CMD_H */
