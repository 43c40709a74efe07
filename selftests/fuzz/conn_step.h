/* SPDX-License-Identifier: GPL-2.0 */
/* The input of conn_fuzz: bytes that mean steps, and the way back for seeds.c */
#ifndef _TCPFSM_CONN_STEP_H
#define _TCPFSM_CONN_STEP_H

#include "fuzz.h"
#include "unit/notation.h"

/*
 * The first octet of a step: what happens, in the lower four bits, and whose
 * it is. Below FUZZ_FLAGS it is a segment with these flags.
 */
enum fuzz_verb {
	FUZZ_FLAGS	= 10,
	FUZZ_ARRIVE	= FUZZ_FLAGS, /* loopback: one arrives, 0: that sent last */
	FUZZ_EXPIRE,		/* 2MSL have passed */
	FUZZ_END,		/* timeout, evict, flush */
	FUZZ_VANTAGE,		/* where we look from here on */
	FUZZ_WAIT,		/* nothing happens for a while */
	FUZZ_SOCKET,		/* what the kernel says of a host's socket */
	FUZZ_VERBS,
};

#define FUZZ_VERB	0x0f
#define FUZZ_SERVER	0x10	/* host S sends */
#define FUZZ_FORGED	0x20	/* the host does, but not its TCP */
#define FUZZ_SENT_ONLY	0x40	/* loopback: it does not arrive for now */
#define FUZZ_OPTIONS	0x80	/* an octet of enum fuzz_options follows the numbers */

/*
 * The numbers of a segment, seq and then ack, are each an octet: what it is
 * near to, in the upper four bits, and how near, in the lower ones.
 */
enum fuzz_anchor {
	FUZZ_NXT,
	FUZZ_ISS,
	FUZZ_RCV_NXT,
	FUZZ_ACKED,
	FUZZ_FIN,
	FUZZ_EDGE,
	FUZZ_FAR,
	FUZZ_PENDING,
	FUZZ_BEHIND_SYN,
	FUZZ_ANCHORS,
	FUZZ_RAW	= 15,	/* four octets follow: relative to the base */
};

enum fuzz_options {
	FUZZ_LEN	= 0x03,	/* octets of the payload's length that follow */
	FUZZ_WINDOW	= 0x04,	/* two octets */
	FUZZ_WSCALE	= 0x08,	/* one */
	FUZZ_NO_SACK	= 0x10,
	FUZZ_STAMPED	= 0x20,	/* one, added to the stamp that the peer has */
	FUZZ_TSVAL	= 0x40,	/* with FUZZ_STAMPED: four, the stamp itself */
};

/* The argument of FUZZ_VANTAGE is enum vantage or: RSTs in TIME-WAIT are ignored */
#define FUZZ_RFC1337	0x80

/*
 * The argument of FUZZ_SOCKET: whose it is; and whether it is seen in TIME-WAIT, or is
 * gone, with enum tcpfsm_tw_end in the upper four bits.
 */
#define FUZZ_SOCKET_OF_S	0x01
#define FUZZ_SOCKET_SEEN	0x02

/* So many that were sent over loopback can still arrive, or arrive again */
#define FUZZ_FLIGHTS	8

/**
 * struct fuzz_step - a step, decoded
 * @verb: enum fuzz_verb; FUZZ_FLAGS - 1 or less: a segment
 * @from: the host that sends
 * @forged: see FUZZ_FORGED
 * @sent_only: see FUZZ_SENT_ONLY
 * @argument: of the other verbs
 * @seg: the segment; its numbers are relative to the bases of the hosts
 */
struct fuzz_step {
	unsigned int		verb;
	enum host		from;
	bool			forged;
	bool			sent_only;
	u8			argument;
	struct tcpfsm_segment	seg;
};

/**
 * struct fuzz_output - where steps are encoded to
 * @bytes: the input for the fuzzer
 * @len: octets so far
 * @vantage: where we look
 * @flight: what was sent over loopback
 * @flights: how many were
 */
struct fuzz_output {
	u8		bytes[4096];
	size_t		len;
	enum vantage	vantage;
	struct step	flight[FUZZ_FLIGHTS];
	unsigned int	flights;
};

extern const u8 fuzz_flags[FUZZ_FLAGS];
extern const u32 fuzz_waits[8];

struct fuzz_step fuzz_decode(struct input *in, const struct tcpfsm_conn *conn,
			     const enum tcpfsm_role *role, const u32 *base);
bool fuzz_encode(struct fuzz_output *out, const struct step *step);
void fuzz_put(struct fuzz_output *out, u32 value, unsigned int octets);

#endif /* _TCPFSM_CONN_STEP_H */
