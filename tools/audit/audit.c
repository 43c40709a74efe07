// SPDX-License-Identifier: GPL-2.0
/*
 * Which state of the socket may go with which of ours, and why. Each reason is checked
 * against what both sides tell of this end: that such a thing can happen is no reason.
 */
#include <ctype.h>
#include <string.h>
#include <sys/socket.h>

#include "audit/audit.h"
#include "base/units.h"
#include "core/fsm.h"

/* Times of two clocks may differ by so much: a jiffy is not longer. */
#define SLACK_MSEC	20

#define S(state)	(1u << TCPFSM_STATE_##state)
/* Bits for states: there is no socket, or no end */
#define NONE		S(COUNT)
#define OVER		(NONE | S(CLOSED))
#define UNSYNCHRONIZED	(S(SYN_SENT) | S(SYN_RECEIVED))
#define ANY		(NONE - 1)

static unsigned int kernel_bit(const struct audit_case *c)
{
	return c->sock ? 1u << c->sock->state : NONE;
}

static unsigned int our_bit(const struct audit_case *c)
{
	return c->end ? 1u << c->end->state : NONE;
}

static bool use_up(const struct audit_case *c, enum audit_count count)
{
	if (!c->facts->left[count])
		return false;
	c->facts->left[count]--;
	return true;
}

/* Milliseconds since the last segment that we saw */
static uint64_t silent_ms(const struct audit_case *c)
{
	const struct audit_facts *facts = c->facts;

	return facts->now > c->end->last ? (facts->now - c->end->last) / NSEC_PER_MSEC : 0;
}

/* --- the socket is ahead of the wire --------------------------------------- */

static bool fin_waits(const struct audit_case *c)
{
	return c->sock->unsent;
}

/* The FIN of the end waited behind data when that of its peer passed. */
static bool peer_fin_was_first(const struct audit_case *c)
{
	return c->end->peer_fin_first;
}

static bool time_wait_for_crossed(const struct audit_case *c)
{
	return c->sock->kind == DIAG_TIMEWAIT && c->end->peer_fin_first &&
	       c->end->closed == TCPFSM_CLOSED_FIN;
}

static bool syn_waits(const struct audit_case *c)
{
	return c->sock->deferred;
}

/* --- the socket is behind: it dropped what was delivered to it -------------- */

static bool listens_for(const struct diag_socket *listener, const struct diag_key *key)
{
	static const uint8_t any[16];
	const struct diag_key *own = &listener->key;

	if (own->port[0] != key->port[0])
		return false;
	return !memcmp(own->address[0], any, sizeof(any)) ||
	       (own->family == key->family &&
		!memcmp(own->address[0], key->address[0], sizeof(any)));
}

static bool has_full_queue(const struct diag_socket *listener)
{
	return listener->received > listener->backlog;
}

/* As long as there is only a request sock, nothing but SYN-ACKs was sent. */
static bool is_request(const struct audit_case *c)
{
	return c->sock->kind == DIAG_REQUEST && c->end->only_syn;
}

static bool queue_is_full(const struct audit_case *c)
{
	size_t i;

	if (!is_request(c))
		return false;
	for (i = 0; i < c->facts->listeners; i++)
		if (listens_for(&c->facts->listener[i], &c->sock->key) &&
		    has_full_queue(&c->facts->listener[i]))
			return true;
	return false;
}

/*
 * After the last ACK has come, a request of TCP_DEFER_ACCEPT does not send its SYN-ACK
 * again: it is silent for longer than any other request.
 */
static bool accept_waits(const struct audit_case *c)
{
	uint64_t patience = MSEC_PER_SEC << c->sock->retransmits;

	return is_request(c) && !c->end->peer_data &&
	       (c->sock->expires > patience || silent_ms(c) > patience + SLACK_MSEC);
}

static bool queue_was_full(const struct audit_case *c)
{
	return is_request(c) && use_up(c, AUDIT_OVERFLOWS);
}

/* --- no such socket --------------------------------------------------------- */

static bool answered_by_cookie(const struct audit_case *c)
{
	return c->end->role == TCPFSM_ROLE_SERVER && use_up(c, AUDIT_COOKIES);
}

/* The last ACK brought the cookie back, but there was no room for a new socket. */
static bool cookie_was_dropped(const struct audit_case *c)
{
	return c->end->role == TCPFSM_ROLE_SERVER && c->end->only_syn &&
	       c->facts->left[AUDIT_OVERFLOWS] && use_up(c, AUDIT_COOKIES) &&
	       use_up(c, AUDIT_OVERFLOWS);
}

static bool may_vanish(const struct audit_case *c)
{
	return !c->facts->truth;
}

/* If its listener was closed, a request sock goes when the SYN-ACK is to be sent again. */
static bool listener_was_closed(const struct audit_case *c)
{
	return c->end->role == TCPFSM_ROLE_SERVER && !c->end->resent &&
	       silent_ms(c) + SLACK_MSEC >= MSEC_PER_SEC;
}

static bool gave_up(const struct audit_case *c)
{
	return may_vanish(c) && c->end->resent;
}

static bool orphan_is_over(const struct audit_case *c)
{
	return may_vanish(c) && silent_ms(c) + SLACK_MSEC >= c->facts->fin_timeout;
}

static bool no_room_for_time_wait(const struct audit_case *c)
{
	return may_vanish(c) && use_up(c, AUDIT_NO_TIME_WAIT);
}

static bool time_wait_is_over(const struct audit_case *c)
{
	return silent_ms(c) + SLACK_MSEC >= 60 * MSEC_PER_SEC;
}

/* --- unknown to us ----------------------------------------------------------- */

static bool connects_to_itself(const struct audit_case *c)
{
	const struct diag_key *key = &c->sock->key;

	return key->port[0] == key->port[1] &&
	       !memcmp(key->address[0], key->address[1], sizeof(key->address[0]));
}

static bool is_off(const struct audit_case *c)
{
	return !c->facts->enabled;
}

/* The socket has neither sent nor received since @then, when it would have been seen. */
static bool silent_since(const struct audit_case *c, uint64_t then)
{
	const struct audit_facts *facts = c->facts;
	uint64_t ms = facts->now > then ? (facts->now - then) / NSEC_PER_MSEC : 0;

	return c->sock->idle + SLACK_MSEC >= ms;
}

static bool is_older(const struct audit_case *c)
{
	return silent_since(c, c->facts->tracking);
}

/* While the table is full, even a connection that is not silent stays unknown. */
static bool was_refused(const struct audit_case *c)
{
	return (c->facts->full || silent_since(c, c->facts->began)) && use_up(c, AUDIT_REFUSED);
}

static bool was_evicted(const struct audit_case *c)
{
	return silent_since(c, c->facts->began) &&
	       use_up(c, kernel_bit(c) & UNSYNCHRONIZED ? AUDIT_EVICTED_HALF_OPEN :
							  AUDIT_EVICTED_CLOSED);
}

static bool was_flushed(const struct audit_case *c)
{
	return silent_since(c, c->facts->began) && use_up(c, AUDIT_FLUSHED);
}

static bool timed_out(const struct audit_case *c)
{
	const struct audit_facts *facts = c->facts;
	uint64_t seconds = facts->timeout_closing;

	if (kernel_bit(c) & UNSYNCHRONIZED)
		seconds = facts->timeout_half_open;
	else if (kernel_bit(c) & (S(ESTABLISHED) | S(CLOSE_WAIT)))
		seconds = facts->timeout_established;
	return c->sock->idle >= seconds * MSEC_PER_SEC && use_up(c, AUDIT_TIMED_OUT);
}

/* The kernel's timers may fire late, by an eighth of the time they were set to. */
static bool timer_is_late(const struct audit_case *c)
{
	return c->sock->kind == DIAG_TIMEWAIT && !c->sock->expires;
}

/* --- one side knows more ----------------------------------------------------- */

/* FINs that lead to a state: the end's own, its peer's */
#define OWN	1u
#define PEER	2u

static unsigned int fins(unsigned int bit)
{
	switch (bit) {
	case S(ESTABLISHED):
		return 0;
	case S(FIN_WAIT_1):
	case S(FIN_WAIT_2):
		return OWN;
	case S(CLOSE_WAIT):
		return PEER;
	default:
		return OWN | PEER;
	}
}

/* The FINs that the socket knows of, and we do not, passed before we were tracking. */
static bool fin_was_before(const struct audit_case *c)
{
	unsigned int ours, missing;

	if (c->end->opened != TCPFSM_OPENED_MIDSTREAM)
		return false;
	ours = fins(our_bit(c));
	missing = fins(kernel_bit(c)) & ~ours;
	if (!missing || ours & ~fins(kernel_bit(c)))
		return false;
	if (!c->sock && missing == (OWN | PEER) && c->end->confirmed)
		return false;
	return !(missing & OWN && c->end->own_fin) && !(missing & PEER && c->end->peer_fin);
}

/* One segment that the socket should have received leads from its state to ours. */
static bool is_assumed(const struct audit_case *c)
{
	unsigned int event;

	if (c->end->confirmed)
		return false;
	for (event = TCPFSM_RCV_SYN; event <= TCPFSM_RCV_RST; event++)
		if (tcpfsm_fsm_next(c->sock->state, event) == c->end->state)
			return true;
	return false;
}

static const struct rule {
	unsigned int kernel;	/* states of the socket, or NONE */
	unsigned int ours;
	bool (*holds)(const struct audit_case *c);
	enum audit_difference difference;
	const char *reason;
} rules[] = {
	/* close() moves the socket, its FIN has to wait for the window */
	{ S(FIN_WAIT_1), S(ESTABLISHED), fin_waits, AUDIT_AHEAD,
	  "its FIN waits behind data" },
	{ S(LAST_ACK), S(CLOSE_WAIT), fin_waits, AUDIT_AHEAD,
	  "its FIN waits behind data" },
	{ S(CLOSING), S(CLOSE_WAIT), fin_waits, AUDIT_AHEAD,
	  "its FIN waits behind data, the peer's has come" },
	{ S(CLOSING), S(LAST_ACK), peer_fin_was_first, AUDIT_AHEAD,
	  "its FIN waited behind data, the peer's was the first to be sent" },
	{ S(TIME_WAIT), S(CLOSED), time_wait_for_crossed, AUDIT_AHEAD,
	  "its FIN waited behind data, the peer's was the first to be sent" },
	{ S(SYN_SENT), OVER, syn_waits, AUDIT_AHEAD,
	  "its SYN waits for data (TCP_FASTOPEN_CONNECT)" },

	/* tcp_check_req() drops the last ACK of the handshake on purpose */
	{ S(SYN_RECEIVED), S(ESTABLISHED) | S(CLOSE_WAIT), queue_is_full, AUDIT_BEHIND,
	  "the accept queue is full, so the last ACK was dropped" },
	{ S(SYN_RECEIVED), S(ESTABLISHED), accept_waits, AUDIT_BEHIND,
	  "it has the last ACK and waits for data (TCP_DEFER_ACCEPT)" },
	{ S(SYN_RECEIVED), S(ESTABLISHED) | S(CLOSE_WAIT), queue_was_full, AUDIT_BEHIND,
	  "the accept queue was full (ListenOverflows), so the last ACK was dropped" },

	/* There is no socket, though no segment told of its end */
	{ NONE, S(SYN_RECEIVED), answered_by_cookie, AUDIT_NO_SOCKET,
	  "a SYN cookie keeps none (SyncookiesSent)" },
	{ NONE, S(ESTABLISHED) | S(CLOSE_WAIT), cookie_was_dropped, AUDIT_NO_SOCKET,
	  "its SYN cookie came back when the accept queue was full (ListenOverflows)" },
	{ NONE, S(SYN_SENT), may_vanish, AUDIT_NO_SOCKET,
	  "who gives up connecting sends nothing" },
	{ NONE, S(SYN_RECEIVED), listener_was_closed, AUDIT_NO_SOCKET,
	  "its listener was closed before the SYN-ACK was due again" },
	{ NONE, UNSYNCHRONIZED | S(ESTABLISHED) | S(CLOSE_WAIT) | S(FIN_WAIT_1) |
		S(CLOSING) | S(LAST_ACK), gave_up, AUDIT_NO_SOCKET,
	  "it retransmitted and gave up" },
	{ NONE, S(FIN_WAIT_2), orphan_is_over, AUDIT_NO_SOCKET,
	  "tcp_fin_timeout is over" },
	{ NONE, S(TIME_WAIT), no_room_for_time_wait, AUDIT_NO_SOCKET,
	  "tcp_max_tw_buckets (TCPTimeWaitOverflow)" },
	{ NONE, S(TIME_WAIT), time_wait_is_over, AUDIT_NO_SOCKET,
	  "2MSL is over" },

	/* There is a socket, and the module knows no such end */
	{ ANY, NONE, connects_to_itself, AUDIT_UNKNOWN,
	  "it is connected to itself" },
	{ ANY, NONE, is_off, AUDIT_UNKNOWN,
	  "tracking is off" },
	{ S(TIME_WAIT) | S(FIN_WAIT_2), OVER, timer_is_late, AUDIT_UNKNOWN,
	  "its wait is over, the kernel's timer is late" },
	{ UNSYNCHRONIZED | S(TIME_WAIT), NONE, was_evicted, AUDIT_UNKNOWN,
	  "it was evicted, and is silent" },
	{ ANY, NONE, was_flushed, AUDIT_UNKNOWN,
	  "it was flushed, and is silent" },
	{ ANY, NONE, timed_out, AUDIT_UNKNOWN,
	  "it has been silent for longer than a timeout" },
	{ ANY, NONE, was_refused, AUDIT_UNKNOWN,
	  "the table was full (refused)" },
	{ ANY, NONE, is_older, AUDIT_UNKNOWN,
	  "it is older than tracking, and silent" },

	/* The connection was found in mid-stream, or its state is assumed */
	{ S(FIN_WAIT_1) | S(FIN_WAIT_2) | S(CLOSE_WAIT) | S(CLOSING) | S(LAST_ACK) |
	  S(TIME_WAIT) | NONE, S(ESTABLISHED) | S(FIN_WAIT_1) | S(FIN_WAIT_2) |
	  S(CLOSE_WAIT), fin_was_before, AUDIT_AHEAD,
	  "a FIN was sent before tracking began" },
	{ ANY, ANY, is_assumed, AUDIT_BEHIND,
	  "our state is assumed, and not proven" },
};

/* The letter in Zeek's history; NULL: this end has sent no such segment */
static const char *has_sent(const struct msg *msg, int role, char letter)
{
	return strchr(msg->letters, role == TCPFSM_ROLE_CLIENT ? letter : tolower(letter));
}

static void put_key(struct diag_key *key, const struct msg *msg, int role)
{
	int i;

	for (i = 0; i < 2; i++) {
		const struct msg_endpoint *end = &msg->end[i ? !role : role];

		memcpy(key->address[i], end->address, sizeof(key->address[i]));
		key->port[i] = end->port;
	}
	key->family = msg->family;
}

bool audit_end_of(struct audit_end *end, const struct msg *msg, int role)
{
	const struct msg_endpoint *own = &msg->end[role];
	const char *own_fin = has_sent(msg, role, 'F'), *peer_fin = has_sent(msg, !role, 'F');

	if (!MSG_HAS(own, TCPFSM_A_ENDPOINT_LOCAL))
		return false;
	memset(end, 0, sizeof(*end));
	put_key(&end->key, msg, role);
	end->state = own->state;
	end->role = role;
	end->opened = msg->opened;
	end->closed = msg->closed;
	end->confirmed = MSG_HAS(own, TCPFSM_A_ENDPOINT_CONFIRMED);
	end->own_fin = own_fin;
	end->peer_fin = peer_fin;
	end->peer_fin_first = own_fin && peer_fin && peer_fin < own_fin;
	end->resent = own->retransmits;
	end->only_syn = !has_sent(msg, role, 'A') && !has_sent(msg, role, 'D') && !end->own_fin;
	end->peer_data = msg->end[!role].bytes;
	end->id = msg->id;
	end->start = msg->start;
	end->last = msg->start + msg->duration;
	return true;
}

bool audit_equal(const struct audit_end *end, const struct diag_socket *sock)
{
	if (sock)
		return end && end->state == sock->state;
	return end->state == TCPFSM_STATE_CLOSED || end->state == TCPFSM_STATE_LISTEN;
}

static enum audit_difference difference(const struct audit_case *c)
{
	if (!c->sock)
		return AUDIT_NO_SOCKET;
	return c->end ? AUDIT_OTHER_STATE : AUDIT_UNKNOWN;
}

static bool applies(const struct rule *rule, const struct audit_case *c)
{
	if (!(rule->kernel & kernel_bit(c)) || !(rule->ours & our_bit(c)))
		return false;
	return rule->holds(c);
}

struct audit_verdict audit_judge(const struct audit_case *c)
{
	struct audit_verdict verdict = { AUDIT_EQUAL, NULL };
	size_t i;

	if (audit_equal(c->end, c->sock))
		return verdict;
	verdict.difference = difference(c);
	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (applies(&rules[i], c)) {
			verdict.difference = rules[i].difference;
			verdict.reason = rules[i].reason;
			break;
		}
	}
	return verdict;
}

const char *audit_difference_name(enum audit_difference difference)
{
	static const char *const names[] = {
		[AUDIT_EQUAL]		= "equal",
		[AUDIT_AHEAD]		= "socket ahead of wire",
		[AUDIT_BEHIND]		= "socket behind wire",
		[AUDIT_NO_SOCKET]	= "no such socket",
		[AUDIT_UNKNOWN]		= "unknown to us",
		[AUDIT_OTHER_STATE]	= "another state",
		[AUDIT_CHANGING]	= "changing",
	};

	return names[difference];
}
