/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A second model of both ends of a TCP connection, for the first to be held
 * against. It shares nothing with it, and it is slow: it remembers every
 * segment, and looks all of them through for whatever it wants to know.
 */
#ifndef _ORACLE_MODEL_H
#define _ORACLE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum who { CLIENT, SERVER };

/* RFC 9293 section 3.3.2 */
enum state {
	CLOSED, LISTEN, SYN_SENT, SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1,
	FIN_WAIT_2, CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT, STATES
};

enum cause {
	BY_SYN, BY_SYNACK, BY_ACK, BY_DATA, BY_FIN, BY_RST, BY_TIME, BY_ROLLBACK,
	BY_FLUSH, BY_EVICT
};

enum opened {
	INCOMPLETE, HANDSHAKE, FAST_OPEN, SIMULTANEOUS, MIDSTREAM
};

enum ended {
	OPEN, FINS, CROSSED_FINS, RESET, REFUSED, ABORTED, TIMED_OUT, REOPENED, FORGOTTEN
};

/* How a TIME-WAIT ends */
enum wait_end {
	WAIT_EXPIRED, WAIT_REOPENED, WAIT_RESET, WAIT_SKIPPED, WAIT_ABORTED, WAIT_EVICTED,
	WAIT_FLUSHED, WAIT_UNCONFIRMED
};

#define NO_SCALE	(-1)

/* A segment as it is on the wire */
struct segment {
	bool		syn, ack, fin, rst;
	uint32_t	seq, ackno, len;
	uint16_t	window;
	int		scale;		/* the option, or NO_SCALE */
	bool		sack;
	bool		cookie;		/* for Fast Open */
	bool		stamped;
	uint32_t	tsval;
};

/* How it is seen: which halves of its way, and what is known of its ends */
struct sight {
	uint64_t	now;		/* nanoseconds */
	uint64_t	idle;		/* for so long nothing came that showed life */
	bool		leaves, arrives;
	bool		receiver_here;	/* it is delivered to a socket of this host */
	bool		sender_here;
	bool		genuine;	/* the sender is this host's own TCP */
	bool		rfc1337;
};

#define UNKNOWN		(-1)

/* A segment that counted. Numbers are unwrapped: see unwrap(). */
struct record {
	struct segment	seg;
	enum who	from;
	bool		left, arrived;
	bool		again;		/* a SYN that was sent before */
	bool		decided;	/* and so was its SYN-ACK: its options come late */
	bool		fin;		/* it has a FIN, and the FIN counts */
	int64_t		start, end, ackno;
	int64_t		window;		/* octets that it offers */
	bool		took;		/* it arrived with no hole before it: */
	int64_t		taken;		/* the receiver has all before here */
	int64_t		beyond;		/* it arrived behind a hole: up to here */
	bool		set_clock;	/* its timestamp is remembered */
	bool		disproves;	/* only what its ACK says was received */
	bool		chooses;	/* its ACK says which ISN counts */
	uint64_t	time;
};

/* What happened when: the times of all that are read from here */
struct entry {
	uint64_t	time;
	enum who	who;
	enum { MOVED, RESTARTED, FIN_REPEATED } kind;
	enum state	state;		/* that it moved to */
	enum cause	cause;
	enum wait_end	wait_end;	/* if it moved out of TIME-WAIT */
	bool		known_stay;	/* what it moved out of began and ended there */
};

/* What is believed of an end: its state follows from this */
struct end {
	bool		listens;	/* its peer opens */
	bool		sent_syn, has_syn, syn_acked;
	bool		sent_fin, has_fin, fin_acked;
	bool		fin_second;	/* it had the peer's FIN before it sent its own */
	bool		gone;		/* by a RST, or because time was over */

	enum state	state;		/* as last told */
	bool		confirmed;

	bool		overtook;	/* what it sent came before its SYN-ACK: */
	uint32_t	early;		/* up to here, on the wire */

	bool		numbered;	/* zero counts */
	uint32_t	zero;		/* this on the wire is number 0 */
	bool		has_isn;
	int64_t		isn;
	size_t		isn_since;	/* of the records, the first with this ISN */
	bool		other_isn;	/* it had another one before */

	bool		waited;		/* 2MSL, to the end */
	bool		watched;	/* the kernel's timewait socket will tell the end */
	int32_t		isn_delta;	/* of the SYN that ended its TIME-WAIT */
};

#define RECORDS		512
#define ENTRIES		2048

struct model {
	struct end	end[2];
	bool		midstream;	/* the first segment was no SYN */
	bool		crossed_late;	/* a SYN that crossed came behind its SYN-ACK */
	bool		rst_seen;		/* there was a RST */
	bool		pending;	/* a SYN waits for its SYN-ACK: */
	struct segment	pending_syn;
	enum who	pending_from;
	uint64_t	pending_time;
	uint64_t	began;
	bool		told_open, told_close;	/* how long that took */
	bool		cut_short;	/* an end has ended without closing */
	enum opened	opened;
	enum ended	ended;
	bool		replaced;	/* by the next connection */
	size_t		records;
	size_t		entries;
	struct record	record[RECORDS];	/* the last two members */
	struct entry	entry[ENTRIES];
};

struct move {
	enum who	who;
	enum state	old, new;
	enum cause	cause;
	bool		confirmed;
	bool		known_stay;	/* how long it was where it was: */
	uint64_t	stay;
};

#define MOVES_MAX	12

struct verdict {
	bool		used;		/* it was acceptable */
	bool		reopen;		/* it opens the next connection */
	size_t		moves;
	struct move	move[MOVES_MAX];
	uint64_t	handshake, close;	/* took so long, and are done now */
};

static inline enum who peer_of(enum who who)
{
	return who == CLIENT ? SERVER : CLIENT;
}

static inline bool in_handshake(const struct end *end)
{
	return end->state == LISTEN || end->state == SYN_SENT || end->state == SYN_RECEIVED;
}

/* There is no connection at this end */
static inline bool is_nowhere(const struct end *end)
{
	return end->state == CLOSED || end->state == LISTEN;
}

enum state state_of(const struct end *end);
void model_begin(struct model *m, uint64_t now);

#endif /* _ORACLE_MODEL_H */
