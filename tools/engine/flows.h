/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The flows of a capture. They are found by their endpoints, read in the order of
 * their ids, and come up in the order in which they are due. Knows no TCP.
 */
#ifndef _TCPFSM_TOOL_FLOWS_H
#define _TCPFSM_TOOL_FLOWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/history.h"

/* The two endpoints, the lower one first */
struct flow_key {
	union tcpfsm_addr addr[2];
	__be16 port[2];
	uint8_t family;
	uint8_t zero[3];	/* instead of padding, for memcmp() and the hash */
};

/* The entry of one connection */
struct flow {
	struct flow *next;		/* in its bucket */
	uint64_t id;
	struct flow_key key;
	uint64_t deadline;		/* when it ends, unless segments put that off */
	uint64_t armed;			/* when it is due: flows_arm(); not after deadline */
	uint32_t place;			/* its index in the heap */
	uint8_t client;			/* index in the key */
	bool told;			/* its end was reported */
	struct tcpfsm_conn conn;
	struct tcpfsm_history history;
	uint64_t unseen;		/* octets of both ends that are counted */
	struct tcpfsm_tally *tally;	/* NULL before the first anomaly */
};

struct flows {
	uint32_t secret[sizeof(struct flow_key) / sizeof(uint32_t)];
	bool keep;			/* also those that have left the table */
	struct flow **bucket;
	struct flow **heap;		/* those in the table; the first is due first */
	uint32_t room;			/* size of both; a power of two, or 0 */
	uint32_t count;			/* in the table */
	struct flow **by_id;		/* by id - 1; NULL: was freed */
	uint64_t ids;
	uint64_t ids_room;
};

void flows_init(struct flows *flows, bool keep);
void flows_free(struct flows *flows);

struct flow *flows_find(const struct flows *flows, const struct flow_key *key);

/* A new one, which is never due; NULL: no memory, and nothing has changed. */
struct flow *flows_add(struct flows *flows, const struct flow_key *key);

/* A new one in the place of @old, which leaves the table; NULL as above. */
struct flow *flows_succeed(struct flows *flows, const struct flow *old);

/* Take it out of the table; then flows_release() it. */
void flows_remove(struct flows *flows, struct flow *flow);

/* Free one that has left the table, unless those are kept. */
void flows_release(struct flows *flows, struct flow *flow);

/* It is due at @when. */
void flows_arm(struct flows *flows, struct flow *flow, uint64_t when);

/* The one that is due first, with the lowest id if there are several; or NULL. */
struct flow *flows_first_due(const struct flows *flows);

/* The next one after the id *@id, which becomes its id; NULL: there is none. */
struct flow *flows_next(const struct flows *flows, uint64_t *id);

#endif /* _TCPFSM_TOOL_FLOWS_H */
