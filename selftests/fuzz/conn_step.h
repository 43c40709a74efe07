/* SPDX-License-Identifier: GPL-2.0 */
/* The input of conn_fuzz: decodes steps, and encodes them for seeds.c. */
#ifndef _TCPFSM_CONN_STEP_H
#define _TCPFSM_CONN_STEP_H

#include "fuzz.h"
#include "unit/notation.h"

/*
 * The lower four bits of the first octet of a step: the verb. Below FUZZ_FLAGS it
 * is a segment, and the verb is the index of its flags in fuzz_flags[].
 */
enum fuzz_verb {
	FUZZ_FLAGS	= 10,
	FUZZ_ARRIVE	= FUZZ_FLAGS, /* loopback: a segment arrives, 0: the last one sent */
	FUZZ_EXPIRE,		/* 2MSL have passed */
	FUZZ_END,		/* timeout, evict, flush */
	FUZZ_VANTAGE,		/* the observer moves */
	FUZZ_WAIT,		/* time passes */
	FUZZ_SOCKET,		/* the socket of a host is found or gone */
	FUZZ_VERBS,
};

#define FUZZ_VERB	0x0f
#define FUZZ_SERVER	0x10	/* host S sends */
#define FUZZ_FORGED	0x20	/* not sent by the TCP of the host */
#define FUZZ_SENT_ONLY	0x40	/* loopback: it does not arrive yet */
#define FUZZ_OPTIONS	0x80	/* an octet of enum fuzz_options follows the numbers */

/*
 * Seq and ack of a segment are an octet each: a number that it is near to in the
 * upper four bits, and the index of a distance from that in the lower ones.
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
	FUZZ_LEN	= 0x03,	/* how many octets of the payload length follow */
	FUZZ_WINDOW	= 0x04,	/* two octets follow */
	FUZZ_WSCALE	= 0x08,	/* one follows */
	FUZZ_NO_SACK	= 0x10,
	FUZZ_STAMPED	= 0x20,	/* one follows, relative to the last timestamp */
	FUZZ_TSVAL	= 0x40,	/* with FUZZ_STAMPED: four, the timestamp itself */
};

/* The argument of FUZZ_VANTAGE: enum vantage, or this for tcp_rfc1337=1 */
#define FUZZ_RFC1337	0x80

/*
 * The argument of FUZZ_SOCKET: the host; and either FUZZ_SOCKET_SEEN, its socket is
 * found in TIME-WAIT, or enum tcpfsm_tw_end in the upper four bits, it is gone.
 */
#define FUZZ_SOCKET_OF_S	0x01
#define FUZZ_SOCKET_SEEN	0x02

/* How many of the last segments over loopback can still arrive, or arrive again */
#define FUZZ_FLIGHTS	8

/**
 * struct fuzz_step - a step, decoded
 * @verb: enum fuzz_verb; FUZZ_FLAGS - 1 or less: a segment
 * @from: the sender
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
 * struct fuzz_output - an input that is being made of steps
 * @bytes: the input for the fuzzer
 * @len: octets so far
 * @vantage: where the observer is
 * @flight: the last segments sent over loopback
 * @flights: how many were sent
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
