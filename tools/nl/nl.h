/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The generic netlink socket: requests, dumps, notifications. Only nl.c, msg.c and
 * diag.c, which asks inet_diag, use libmnl.
 */
#ifndef _TCPFSM_TOOL_NL_H
#define _TCPFSM_TOOL_NL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nl/msg.h"

struct nl;
struct nlmsghdr;

/* Returns STATUS_OK to get the next message; anything else ends the request, which returns it. */
typedef int (*nl_cb)(const struct msg *msg, void *data);

/* A status; if it is STATUS_OK the caller has to close @nl. */
int nl_open(struct nl **nl);
void nl_close(struct nl *nl);

/*
 * Begin a request, or one for a list. It lies in @nl and is valid until the next one
 * is begun.
 */
struct nlmsghdr *nl_request(struct nl *nl, uint8_t cmd);
struct nlmsghdr *nl_dump(struct nl *nl, uint8_t cmd);

/* Add an attribute; nl_nest() returns what nl_nest_end() needs. */
void nl_put(struct nlmsghdr *request, uint16_t type, const void *data, size_t len);
void nl_put_string(struct nlmsghdr *request, uint16_t type, const char *str);
void *nl_nest(struct nlmsghdr *request, uint16_t type);
void nl_nest_end(struct nlmsghdr *request, void *nest);

/*
 * Send @request and give every message of the answer to @cb, which may be NULL. A
 * status; STATUS_OK also if @cb returned STATUS_ENOUGH. @what begins the message on
 * stderr if the kernel refuses.
 */
int nl_talk(struct nl *nl, struct nlmsghdr *request, const char *what,
	    nl_cb cb, void *data);

/* A line on stderr if the table changed while the last dump listed it. */
void nl_note_interrupted(const struct nl *nl);

/* Join the NULL-terminated @groups; after that no request may be sent on @nl. A status. */
int nl_join(struct nl *nl, const char *const *groups);

/*
 * Wait for notifications, and give each that has come to @cb. Returns a status, or
 * what @cb returned. @lost: instead, the kernel says that it had to drop some.
 */
int nl_notifications(struct nl *nl, bool *lost, nl_cb cb, void *data);

/* To wait for them with poll() */
int nl_fd(const struct nl *nl);

#endif /* _TCPFSM_TOOL_NL_H */
