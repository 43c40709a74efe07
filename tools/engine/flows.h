/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The connections of a capture: found by their endpoints, read in the order of
 * their ids, and looked after in the order in which they are due. Knows no TCP.
 */
#ifndef _TCPFSM_TOOL_FLOWS_H
#define _TCPFSM_TOOL_FLOWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/history.h"

/* The lower endpoint first. */
struct flow_key {
	union tcpfsm_addr addr[2];
	__be16 port[2];
	uint8_t family;
	uint8_t zero[3];	/* hashed and compared with the rest */
};

/* One incarnation of a connection. */
struct flow {
	struct flow *next;		/* in its bucket */
	uint64_t id;
	struct flow_key key;
	uint64_t deadline;		/* when it ends; armed may be earlier, never later */
	uint64_t armed;			/* when it is to be looked after: flows_arm() */
	uint32_t place;			/* in the heap */
	uint8_t client;			/* index in the key */
	bool told;			/* that it ended was reported */
	struct tcpfsm_conn conn;
	struct tcpfsm_history history;
	struct tcpfsm_tally *tally;	/* NULL before the first anomaly */
};

struct flows {
	uint32_t secret[sizeof(struct flow_key) / sizeof(uint32_t)];
	bool keep;			/* those that have ended, too */
	struct flow **bucket;
	struct flow **heap;		/* the one that is due first is on top */
	uint32_t room;			/* of both; a power of two, or 0 */
	uint32_t count;			/* in the table */
	struct flow **by_id;		/* the first is number 1; NULL: forgotten */
	uint64_t ids;
	uint64_t ids_room;
};

void flows_init(struct flows *flows, bool keep);
void flows_free(struct flows *flows);

struct flow *flows_find(const struct flows *flows, const struct flow_key *key);

/* A new one, armed for the end of time; NULL: no memory, and nothing has changed. */
struct flow *flows_add(struct flows *flows, const struct flow_key *key);

/* A new one takes the place of @old, which leaves the table; NULL as above. */
struct flow *flows_succeed(struct flows *flows, const struct flow *old);

/* Out of the table. */
void flows_remove(struct flows *flows, struct flow *flow);

/* What has left the table and is not to be kept, is freed. */
void flows_release(struct flows *flows, struct flow *flow);

void flows_arm(struct flows *flows, struct flow *flow, uint64_t when);

/* The one that is due first, of several the one with the lowest id; or NULL. */
struct flow *flows_first_due(const struct flows *flows);

/* The one with the lowest id above *@id, which becomes its id; or NULL. */
struct flow *flows_next(const struct flows *flows, uint64_t *id);

#endif /* _TCPFSM_TOOL_FLOWS_H */
