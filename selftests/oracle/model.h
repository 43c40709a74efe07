/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The data of a naive model of both ends of a TCP connection, against which the module
 * is checked. The model shares no code with the module and trades speed for simplicity:
 * it records every acceptable segment, and reads all records again for each question.
 */
#ifndef _ORACLE_MODEL_H
#define _ORACLE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The two ends, by their role in the connection */
enum who { CLIENT, SERVER };

/* RFC 9293 section 3.3.2 */
enum state {
	CLOSED, LISTEN, SYN_SENT, SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1,
	FIN_WAIT_2, CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT, STATES
};

/* The cause of a move, that is, of a state transition */
enum cause {
	BY_SYN, BY_SYNACK, BY_ACK, BY_DATA, BY_FIN, BY_RST, BY_TIME, BY_ROLLBACK,
	BY_FLUSH, BY_EVICT
};

/* How the connection was opened */
enum opened {
	INCOMPLETE, HANDSHAKE, FAST_OPEN, SIMULTANEOUS, MIDSTREAM
};

/* How the connection ended; FORGOTTEN: evicted or flushed while it was still open */
enum ended {
	OPEN, FINS, CROSSED_FINS, RESET, REFUSED, ABORTED, TIMED_OUT, REOPENED, FORGOTTEN
};

/* How the TIME-WAIT of an end is over */
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
	int		scale;		/* window scale option, or NO_SCALE */
	bool		sack;		/* SACK-permitted option */
	bool		cookie;		/* Fast Open option */
	bool		stamped;	/* timestamps option, with tsval */
	uint32_t	tsval;
};

/*
 * One sighting of a segment. A forwarded segment is seen once, and leaves and arrives
 * at once. A loopback segment is seen twice: when it leaves and when it arrives.
 */
struct sight {
	uint64_t	now;		/* nanoseconds */
	uint64_t	idle;		/* since the connection last showed life */
	bool		leaves, arrives;
	bool		receiver_here;	/* it is delivered to a socket of this host */
	bool		sender_here;	/* it comes from this host */
	bool		genuine;	/* it was sent by this host's own TCP, not forged */
	bool		rfc1337;	/* sysctl net.ipv4.tcp_rfc1337 */
};

#define UNKNOWN		(-1)

/* A segment that was acceptable. Numbers are unwrapped: see unwrap(). */
struct record {
	struct segment	seg;
	enum who	from;
	bool		left, arrived;
	bool		again;		/* a retransmitted SYN */
	bool		decided;	/* retransmitted after a SYN-ACK: too late for options */
	bool		fin;		/* it left with a FIN */
	int64_t		start, end, ackno;
	int64_t		window;		/* scaled, in octets */
	bool		took;		/* it arrived with no hole before it, */
	int64_t		taken;		/* so the receiver has everything before this number */
	int64_t		beyond;		/* it arrived behind a hole: its end, else INT64_MIN */
	bool		set_clock;	/* its timestamp became TS.Recent of the receiver */
	bool		disproves;	/* its sender has received no more than it acknowledges */
	bool		chooses;	/* its ACK decides which ISN of the peer counts */
	bool		extends;	/* its end had not been reached before */
	bool		probe;		/* a window probe: its octet is beyond the window */
	uint64_t	time;
};

/* An entry of the log from which all times are read: a move, or TIME-WAIT restarted */
struct entry {
	uint64_t	time;
	enum who	who;
	enum { MOVED, RESTARTED, FIN_REPEATED } kind;
	enum state	state;		/* the new state */
	enum cause	cause;
	enum wait_end	wait_end;	/* if the old state was TIME-WAIT */
};

/* Zeek's state of an end */
enum zeek_state {
	ZEEK_INACTIVE, ZEEK_SYN_SENT, ZEEK_SYN_ACK_SENT, ZEEK_PARTIAL, ZEEK_ESTABLISHED,
	ZEEK_CLOSED, ZEEK_RESET
};

struct zeek {
	enum zeek_state	state, before;
};

/*
 * One end. The first group is what the model believes, proven or assumed; state_of()
 * derives the state from it.
 */
struct end {
	bool		listens;	/* passive open */
	bool		sent_syn, has_syn, syn_acked;
	bool		sent_fin, has_fin, fin_acked;
	bool		fin_second;	/* it had the peer's FIN before it sent its own */
	bool		gone;		/* closed by RST, by time, or by removal of the flow */

	enum state	state;		/* of its last move */
	bool		confirmed;	/* the state is proven, not assumed */

	bool		overtook;	/* Fast Open: it sent something before its SYN-ACK, */
	uint32_t	early;		/* up to this number on the wire */

	bool		numbered;	/* "zero" is set */
	uint32_t	zero;		/* the number on the wire that is unwrapped to 0 */
	bool		has_isn;
	int64_t		isn;
	size_t		isn_since;	/* index of the first record with this ISN */
	bool		other_isn;	/* it had another ISN before (SYN cookies) */

	bool		waited;		/* it was in TIME-WAIT until that was over */
	bool		watched;	/* the kernel's timewait socket tells when it is over */
	int32_t		isn_delta;	/* next connection: ISN minus SND.NXT of its opener */

	uint32_t	segments, again;	/* that it has sent, that it has sent again */
	uint64_t	payload;	/* octets */
	struct zeek	zeek;
};

#define RECORDS		512
#define ENTRIES		2048

struct model {
	struct end	end[2];
	bool		midstream;	/* the first segment was not the SYN */
	bool		follows;	/* there was a connection on this tuple before */
	bool		crossed_late;	/* the server's crossed SYN was seen after its SYN-ACK */
	bool		rst_seen;	/* a RST closed an end */
	bool		pending;	/* a SYN that opens the next connection if answered */
	struct segment	pending_syn;
	enum who	pending_from;
	uint64_t	pending_time;
	uint64_t	began;
	char		letters[16];	/* Zeek's history */
	bool		told_open;	/* the duration of the handshake was reported */
	bool		told_close;	/* the duration of the close was reported */
	bool		cut_short;	/* by a RST or a lost socket: the close has no duration */
	enum opened	opened;
	enum ended	ended;
	bool		replaced;	/* by the next connection on the same tuple */
	size_t		records;
	size_t		entries;
	struct record	record[RECORDS];	/* last: model_begin() leaves both arrays alone */
	struct entry	entry[ENTRIES];
};

/* A state transition of one end */
struct move {
	enum who	who;
	enum state	old, new;
	enum cause	cause;
	bool		confirmed;
	bool		known_stay;	/* "stay" is valid: */
	uint64_t	stay;		/* time spent in the old state */
};

#define MOVES_MAX	12

/* What one step did */
struct verdict {
	bool		used;		/* the segment was acceptable */
	bool		reopen;		/* the segment opens the next connection */
	size_t		moves;
	struct move	move[MOVES_MAX];
	uint64_t	handshake;	/* its duration, if this step completed it */
	uint64_t	close;		/* its duration, if this step completed it */
};

static inline enum who peer_of(enum who who)
{
	return who == CLIENT ? SERVER : CLIENT;
}

static inline bool in_handshake(const struct end *end)
{
	return end->state == LISTEN || end->state == SYN_SENT || end->state == SYN_RECEIVED;
}

/* This end has no connection */
static inline bool is_nowhere(const struct end *end)
{
	return end->state == CLOSED || end->state == LISTEN;
}

/* The state that follows from what is believed of the end */
enum state state_of(const struct end *end);
/* A new connection: the server listens, nothing is recorded */
void model_begin(struct model *m, uint64_t now);

#endif /* _ORACLE_MODEL_H */
