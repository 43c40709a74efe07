/* SPDX-License-Identifier: GPL-2.0 */
/* The notation of a step, from text to struct: see README.md. */
#ifndef _TCPFSM_NOTATION_H
#define _TCPFSM_NOTATION_H

#include "conn.h"

enum host { HOST_C, HOST_S, HOST_COUNT };

enum verb {
	VERB_SEGMENT,		/* C> S> C^ S^ Cv Sv */
	VERB_VANTAGE,		/* @forward and so on */
	VERB_EXPIRE,		/* 2MSL have passed */
	VERB_END,		/* timeout, evict, flush */
	VERB_RFC1337,		/* this host ignores RSTs in TIME-WAIT */
};

enum vantage { FORWARD, AT_CLIENT, AT_SERVER, LOOPBACK, VANTAGE_COUNT };

/* What a transition is expected to be; NONE: do not care */
struct expected_move {
	enum host		host;
	enum tcpfsm_cause	cause;
	int			new;
};

#define NONE	(-1)
#define MOVES	16

/**
 * struct step - one step of a case
 * @verb: what happens
 * @vantage: of VERB_VANTAGE
 * @cause: of VERB_END
 * @from: who sends
 * @halves: TCPFSM_SENT, TCPFSM_RECEIVED
 * @flags: of TCP
 * @seq: relative to the sender's ISN
 * @ack: relative to the receiver's
 * @len: octets of payload
 * @window: as in the header
 * @wscale: TCPFSM_WSCALE_NONE without the option
 * @sack: a SYN says that SACK is permitted
 * @tsval: the timestamp, if @stamped
 * @stamped: there is one
 * @forged: this host sends it, but not its TCP
 * @state: of each host; NONE: as before
 * @confirmed: of each host
 * @anomaly: TCPFSM_ANOMALY_NONE if there is none
 * @used: it is acceptable
 * @reopen: it opens a new connection
 * @opened: enum tcpfsm_opened, or NONE
 * @closed: enum tcpfsm_closed, or NONE
 * @wait: enum tcpfsm_wait, or NONE
 * @restarts: of TIME-WAIT, or NONE
 * @restarted: the wait in TIME-WAIT began anew with this step
 * @moves: in @move
 * @move: all transitions in their order, if any is given
 */
struct step {
	enum verb		verb;
	enum vantage		vantage;
	enum tcpfsm_cause	cause;
	enum host		from;
	u8			halves;
	u8			flags;
	u32			seq;
	u32			ack;
	u32			len;
	u16			window;
	u8			wscale;
	u32			tsval;
	bool			stamped;
	bool			sack;
	bool			forged;

	int			state[HOST_COUNT];
	bool			confirmed[HOST_COUNT];
	unsigned int		anomaly;
	bool			used;
	bool			reopen;
	int			opened;
	int			closed;
	int			wait;
	int			restarts;
	bool			restarted;
	unsigned int		moves;
	struct expected_move	move[MOVES];
};

extern const char *const state_words[TCPFSM_STATE_COUNT];
extern const char *const opened_words[TCPFSM_OPENED_MIDSTREAM + 1];
extern const char *const closed_words[TCPFSM_CLOSED_EVICTED + 1];
extern const char *const wait_words[TCPFSM_WAIT_CLOSED + 1];

void step_parse(const char *text, struct step *step);

#endif /* _TCPFSM_NOTATION_H */
