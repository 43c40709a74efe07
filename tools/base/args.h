/* SPDX-License-Identifier: GPL-2.0 */
/* The words behind a command. */
#ifndef _TCPFSM_TOOL_ARGS_H
#define _TCPFSM_TOOL_ARGS_H

#include <stdbool.h>
#include <stdint.h>

/* A status: not STATUS_OK if @argv has words. @command is named in the message. */
int args_none(const char *command, char **argv);

/* Whether @word is decimal digits only, and no more than @max. */
bool args_u64(const char *word, uint64_t max, uint64_t *value);

#endif /* _TCPFSM_TOOL_ARGS_H */
