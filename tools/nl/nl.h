/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The generic netlink socket: requests, dumps, notifications. Only this and msg.c
 * know libmnl; and diag.c, which speaks to inet_diag.
 */
#ifndef _TCPFSM_TOOL_NL_H
#define _TCPFSM_TOOL_NL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nl/msg.h"

struct nl;
struct nlmsghdr;

/* Returns STATUS_OK to get the next message, or what the request shall return. */
typedef int (*nl_cb)(const struct msg *msg, void *data);

/* A status; on STATUS_OK @nl is to be closed. */
int nl_open(struct nl **nl);
void nl_close(struct nl *nl);

/* Begin a request; it is valid up to the next one on @nl. */
struct nlmsghdr *nl_request(struct nl *nl, uint8_t cmd);
struct nlmsghdr *nl_dump(struct nl *nl, uint8_t cmd);

void nl_put(struct nlmsghdr *request, uint16_t type, const void *data, size_t len);
void nl_put_string(struct nlmsghdr *request, uint16_t type, const char *str);
void *nl_nest(struct nlmsghdr *request, uint16_t type);
void nl_nest_end(struct nlmsghdr *request, void *nest);

/*
 * Send @request and hand every message of the answer to @cb. A status; @what
 * goes before the reason of a refusal.
 */
int nl_talk(struct nl *nl, struct nlmsghdr *request, const char *what,
	    nl_cb cb, void *data);

/* Say so on stderr if the connections changed while the last dump listed them. */
void nl_note_interrupted(const struct nl *nl);

/*
 * Join the NULL-terminated @groups: a status; no requests on @nl after it.
 * nl_notifications() waits until there are some and gives them to @cb: STATUS_OK,
 * what @cb returned to stop it, or a status. @lost: others did not reach us.
 */
int nl_join(struct nl *nl, const char *const *groups);
int nl_notifications(struct nl *nl, bool *lost, nl_cb cb, void *data);
int nl_fd(const struct nl *nl);

#endif /* _TCPFSM_TOOL_NL_H */
