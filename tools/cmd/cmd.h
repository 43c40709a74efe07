/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The commands, each in the file of its name. @argv holds the words after the
 * command, up to a NULL. Each returns a status.
 */
#ifndef _TCPFSM_TOOL_CMD_H
#define _TCPFSM_TOOL_CMD_H

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
int cmd_help(char **argv);

#endif /* _TCPFSM_TOOL_CMD_H */
