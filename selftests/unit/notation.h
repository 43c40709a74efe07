/* SPDX-License-Identifier: GPL-2.0 */
/* The notation of a step, from text to struct: see README.md. */
#ifndef _TCPFSM_NOTATION_H
#define _TCPFSM_NOTATION_H

#include "core/conn_types.h"
#include "core/zeek.h"

enum host { HOST_C, HOST_S, HOST_COUNT };

enum verb {
	VERB_SEGMENT,		/* C> S> C^ S^ Cv Sv */
	VERB_VANTAGE,		/* @forward and so on */
	VERB_EXPIRE,		/* 2MSL have passed */
	VERB_END,		/* timeout, evict, flush */
	VERB_RFC1337,		/* this host ignores RSTs in TIME-WAIT */
	VERB_LATER,		/* seconds pass */
	VERB_SOCKET,		/* the kernel has a timewait socket for a host */
	VERB_GONE,		/* the kernel has no socket any more for a host */
};

enum vantage { FORWARD, AT_CLIENT, AT_SERVER, LOOPBACK, VANTAGE_COUNT };

/* What a transition is expected to be; NONE: do not care */
struct expected_move {
	enum host		host;
	enum tcpfsm_cause	cause;
	int			new;
};

/* What an anomaly is expected to be; it is the sender's if there is one */
struct expected_note {
	u8			anomaly;
	u8			kind;
	bool			expects;
	u32			expected;	/* relative */
};

#define NONE	(-1)
#define MOVES	16

/* What is expected of the TIME-WAIT of a host, beside enum tcpfsm_tw_end */
#define WAIT_NEVER	(-2)
#define WAIT_LASTS	(-3)

/**
 * struct expected_wait - what the TIME-WAIT of a host is expected to be
 * @end: enum tcpfsm_tw_end, WAIT_NEVER, WAIT_LASTS; NONE: do not care
 * @socket: the kernel's socket told the end
 * @duration: milliseconds, or NONE
 * @delta: of the ISN that ended it, if @has_delta
 */
struct expected_wait {
	int	end;
	bool	socket;
	int	duration;
	bool	has_delta;
	s32	delta;
};

/* What an end's last stay in a state is expected to be, in milliseconds */
#define STAY_UNKNOWN	(-2)
#define TOLD_NOT	(-2)

/**
 * struct step - one step of a case
 * @verb: what happens
 * @vantage: of VERB_VANTAGE
 * @cause: of VERB_END
 * @seconds: of VERB_LATER
 * @from: who sends, or whose socket it is about
 * @end: of VERB_GONE
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
 * @cookie: there is a Fast Open cookie
 * @forged: this host sends it, but not its TCP
 * @state: of each host; NONE: as before
 * @confirmed: of each host
 * @notes: in @note
 * @note: all anomalies in their order
 * @used: it is acceptable
 * @reopen: it opens a new connection
 * @opened: enum tcpfsm_opened, or NONE
 * @closed: enum tcpfsm_closed, or NONE
 * @wait: enum tcpfsm_wait, or NONE
 * @restarts: of the receiver's TIME-WAIT, or NONE
 * @restarted: the receiver's TIME-WAIT began anew with this step
 * @wait_of: what is expected of the TIME-WAIT of each host
 * @stay: how long each host was in the state that it left last; STAY_UNKNOWN: not
 *	known; NONE: do not care
 * @handshake: milliseconds; TOLD_NOT: not told in this step; NONE: do not care
 * @close: the same
 * @conn_state: in Zeek's words, or ""
 * @letters: in Zeek's words, or ""
 * @moves: in @move
 * @move: all transitions in their order, if any is given
 */
struct step {
	enum verb		verb;
	enum vantage		vantage;
	enum tcpfsm_cause	cause;
	u32			seconds;
	enum host		from;
	enum tcpfsm_tw_end	end;
	u8			halves;
	u8			flags;
	u32			seq;
	u32			ack;
	u32			len;
	u16			window;
	u8			wscale;
	u32			tsval;
	bool			stamped;
	bool			cookie;
	bool			sack;
	bool			forged;

	int			state[HOST_COUNT];
	bool			confirmed[HOST_COUNT];
	unsigned int		notes;
	struct expected_note	note[TCPFSM_NOTES_MAX];
	bool			used;
	bool			reopen;
	int			opened;
	int			closed;
	int			wait;
	int			restarts;
	bool			restarted;
	struct expected_wait	wait_of[HOST_COUNT];
	int			stay[HOST_COUNT];
	int			handshake;
	int			close;
	char			conn_state[8];
	char			letters[TCPFSM_ZEEK_HISTORY];
	unsigned int		moves;
	struct expected_move	move[MOVES];
};

extern const char *const state_words[TCPFSM_STATE_COUNT];
extern const char *const opened_words[TCPFSM_OPENED_MIDSTREAM + 1];
extern const char *const closed_words[TCPFSM_CLOSED_EVICTED + 1];
extern const char *const wait_words[TCPFSM_WAIT_CLOSED + 1];

bool expects_ack(u8 anomaly);
void step_parse(const char *text, struct step *step);

#endif /* _TCPFSM_NOTATION_H */
