/* SPDX-License-Identifier: GPL-2.0 */
/* Parses the notation of a step, see README.md. */
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
	VERB_RFC1337,		/* tcp_rfc1337=1: RSTs in TIME-WAIT are ignored */
	VERB_LATER,		/* seconds pass */
	VERB_SOCKET,		/* the kernel has a timewait socket for a host */
	VERB_GONE,		/* the kernel has no socket for a host any more */
};

enum vantage { FORWARD, AT_CLIENT, AT_SERVER, LOOPBACK, VANTAGE_COUNT };

/* An expected transition; NONE: any */
struct expected_move {
	enum host		host;
	enum tcpfsm_cause	cause;
	int			new;
};

/* An expected anomaly, attributed to the sender of the step's segment */
struct expected_note {
	u8			anomaly;
	u8			kind;
	bool			of_peer;	/* not of the sender of the step */
	bool			expects;
	u32			expected;	/* relative; of unseen: how many octets */
	bool			late;		/* about what was sent before the step */
	u32			seq;		/* of that, relative */
	u32			ack;
};

#define NONE	(-1)
#define MOVES	16

/* Expectations of the TIME-WAIT of a host, beside those of enum tcpfsm_tw_end */
#define WAIT_NEVER	(-2)
#define WAIT_LASTS	(-3)

/**
 * struct expected_wait - expected TIME-WAIT of a host
 * @end: enum tcpfsm_tw_end, WAIT_NEVER, WAIT_LASTS; NONE: any
 * @socket: the end was learned from the kernel's socket
 * @duration: milliseconds, or NONE
 * @delta: distance of the ISN that ended it, if @has_delta
 */
struct expected_wait {
	int	end;
	bool	socket;
	int	duration;
	bool	has_delta;
	s32	delta;
};

/* Instead of a number of milliseconds */
#define STAY_UNKNOWN	(-2)
#define TOLD_NOT	(-2)

/**
 * struct step - one step of a case
 * @verb: what happens
 * @vantage: of VERB_VANTAGE
 * @cause: of VERB_END
 * @seconds: of VERB_LATER
 * @from: the sender, or the host whose socket is meant
 * @end: of VERB_GONE
 * @halves: TCPFSM_SENT, TCPFSM_RECEIVED
 * @flags: of TCP
 * @seq: relative to the sender's ISN
 * @ack: relative to the receiver's
 * @len: octets of payload
 * @window: as in the header
 * @wscale: TCPFSM_WSCALE_NONE without the option
 * @sack: of a SYN: SACK is permitted
 * @tsval: the timestamp, if @stamped
 * @stamped: there is one
 * @cookie: there is a Fast Open cookie
 * @forged: sent from this host, but not by its TCP
 * @state: of each host; NONE: as before
 * @confirmed: the state of each host is proven
 * @notes: how many are in @note
 * @note: all anomalies in their order
 * @used: the segment is acceptable
 * @held: it is not, but kept as a claim of its sender
 * @reopen: it opens a new connection
 * @opened: enum tcpfsm_opened, or NONE
 * @closed: enum tcpfsm_closed, or NONE
 * @wait: enum tcpfsm_wait, or NONE
 * @restarts: of the receiver's TIME-WAIT, or NONE
 * @restarted: this step restarted the receiver's TIME-WAIT
 * @wait_of: the TIME-WAIT of each host
 * @stay: how long each host was in the state that it left last; STAY_UNKNOWN: not
 *	known; NONE: any
 * @handshake: milliseconds; TOLD_NOT: not reported in this step; NONE: any
 * @close: the same
 * @conn_state: in Zeek's words, or ""
 * @letters: in Zeek's words, or ""
 * @moves: how many are in @move; 0: any
 * @move: all transitions in their order
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
	bool			held;
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
enum host note_host(const struct step *step, const struct expected_note *note);
enum host note_number_host(const struct step *step, const struct expected_note *note);
void step_parse(const char *text, struct step *step);

#endif /* _TCPFSM_NOTATION_H */
