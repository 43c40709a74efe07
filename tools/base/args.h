/* SPDX-License-Identifier: GPL-2.0 */
/* The words behind a command. */
#ifndef _TCPFSM_TOOL_ARGS_H
#define _TCPFSM_TOOL_ARGS_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>

/* The long options of a command; it has no short ones. */
struct args_options {
	const struct option *list;	/* as for getopt_long(), flag is NULL */
	const char *known;		/* the command and its options, for a complaint */
	/* @option is val in the list; @value is NULL if the option takes none. A status. */
	int (*set)(void *data, int option, const char *value);
};

/*
 * Read the options, which may stand anywhere in *@argv; *@argv then is the first
 * of the words that are no option. The name of the command is in front of *@argv.
 * A status.
 */
int args_options(char ***argv, const struct args_options *options, void *data);

/* The option that getopt_long() has just refused, for a complaint: a letter or a word */
const char *args_refused(char **argv);

/* A status: not STATUS_OK if @argv has words. @command is named in the message. */
int args_none(const char *command, char **argv);

/* Whether @word is decimal digits only, and no more than @max. */
bool args_u64(const char *word, uint64_t max, uint64_t *value);

#endif /* _TCPFSM_TOOL_ARGS_H */
