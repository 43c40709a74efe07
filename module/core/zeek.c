// SPDX-License-Identifier: GPL-2.0
/*
 * The words of Zeek's conn.log, as Zeek finds them (TCPSessionAdapter.cc, and
 * conn_state() in base/protocols/conn/main.zeek). Each segment that an end sends
 * counts, acceptable or not; but a RST only if it did something, or if it is for
 * a peer of which nothing was seen.
 *
 * Zeek's history is kept in conn->letters. Bits 0 to 51 hold the letters in the
 * order of their first occurrence, four bits each; bits 52 to 63 are a set of
 * the letters that occurred, for a quick test.
 */
#include "core/zeek.h"

enum letter { LETTER_S, LETTER_H, LETTER_A, LETTER_D, LETTER_F, LETTER_R, LETTERS };

/* The four bits of a letter; 0 ends the list */
#define CODE(letter, role)	((letter) + (role) * LETTERS + 1)
#define CODE_SWAPPED		(2 * LETTERS + 1)
#define SEEN(letter, role)	((u64)1 << (52 + CODE(letter, role) - 1))
#define CODES_MAX		13

static void append(struct tcpfsm_conn *conn, u64 code)
{
	unsigned int shift = 0;

	while (shift < 4 * CODES_MAX && conn->letters >> shift & 0xf)
		shift += 4;
	if (shift < 4 * CODES_MAX)
		conn->letters |= code << shift;
}

static void add(struct tcpfsm_conn *conn, enum letter letter,
		enum tcpfsm_role role)
{
	if (conn->letters & SEEN(letter, role))
		return;
	append(conn, CODE(letter, role));
	conn->letters |= SEEN(letter, role);
}

/**
 * tcpfsm_zeek_swapped - note that the first segment came from the server ("^")
 * @conn: the connection, which the caller has to itself
 */
void tcpfsm_zeek_swapped(struct tcpfsm_conn *conn)
{
	append(conn, CODE_SWAPPED);
}

/* Zeek's EndpointState */
enum zeek_state {
	ZEEK_INACTIVE,		/* has sent nothing */
	ZEEK_SYN_SENT,
	ZEEK_SYN_ACK_SENT,	/* a client that has sent a SYN-ACK */
	ZEEK_PARTIAL,		/* has sent something, but no SYN */
	ZEEK_ESTABLISHED,
	ZEEK_CLOSED,		/* has sent a FIN */
	ZEEK_RESET,		/* has sent a RST, */
	ZEEK_RESET_CLOSED,	/* or a FIN, and then a RST */
};

static bool is_partial(const struct tcpfsm_end *end)
{
	return end->zeek == ZEEK_INACTIVE || end->zeek == ZEEK_PARTIAL;
}

static bool is_reset(const struct tcpfsm_end *end)
{
	return end->zeek == ZEEK_RESET || end->zeek == ZEEK_RESET_CLOSED;
}

/*
 * A SYN or SYN-ACK is the first that an end sends. If it is the server's, Zeek
 * takes both ends for established. A SYN behind its own SYN-ACK came out of
 * order.
 */
static void begin(struct tcpfsm_end *e, struct tcpfsm_end *p,
		  enum tcpfsm_role role, const struct tcpfsm_segment *seg)
{
	if (role == TCPFSM_ROLE_CLIENT) {
		if (p->zeek == ZEEK_ESTABLISHED && seg->seq == e->iss)
			e->zeek = ZEEK_ESTABLISHED;
		else
			e->zeek = seg->flags & TCPFSM_ACK ? ZEEK_SYN_ACK_SENT :
							    ZEEK_SYN_SENT;
		return;
	}
	e->zeek = ZEEK_ESTABLISHED;
	if (p->zeek == ZEEK_SYN_SENT)
		p->zeek = ZEEK_ESTABLISHED;
}

/* An end sends data or an ACK, and has sent nothing before */
static void pick_up(struct tcpfsm_end *e, const struct tcpfsm_end *p,
		    enum tcpfsm_role role, const struct tcpfsm_segment *seg)
{
	/* Some acknowledge a SYN before they send their own */
	if (role == TCPFSM_ROLE_SERVER && !seg->len &&
	    p->zeek == ZEEK_SYN_SENT)
		return;
	e->zeek = p->zeek == ZEEK_ESTABLISHED ? ZEEK_ESTABLISHED : ZEEK_PARTIAL;
}

static void close_by_fin(struct tcpfsm_end *e, struct tcpfsm_end *p)
{
	/* A FIN and a RST of p, and now this FIN: closed normally after all */
	if ((e->zeek == ZEEK_PARTIAL || e->zeek == ZEEK_ESTABLISHED) &&
	    p->zeek == ZEEK_RESET_CLOSED)
		p->zeek = ZEEK_CLOSED;
	e->zeek = ZEEK_CLOSED;
}

static void close_by_rst(struct tcpfsm_end *e, const struct tcpfsm_end *p)
{
	/* Both have sent a FIN: whatever follows, that was a normal close */
	if (e->zeek == ZEEK_CLOSED && p->zeek == ZEEK_CLOSED)
		return;
	e->zeek = e->zeek == ZEEK_CLOSED ? ZEEK_RESET_CLOSED : ZEEK_RESET;
}

/* Zeek's state of an end after a segment; @counts: see tcpfsm_zeek_segment() */
static void follow(struct tcpfsm_conn *conn, enum tcpfsm_role role,
		   const struct tcpfsm_segment *seg, bool counts)
{
	struct tcpfsm_end *e = &conn->end[role], *p = &conn->end[!role];

	if (is_reset(e))
		return;
	if (seg->flags & TCPFSM_RST) {
		/* Of a peer that was not seen nobody knows what it accepts */
		if (counts || (p->zeek == ZEEK_INACTIVE && seg->seq == e->nxt))
			close_by_rst(e, p);
	} else if (seg->flags & TCPFSM_FIN) {
		if (e->zeek != ZEEK_CLOSED)
			close_by_fin(e, p);
	} else if (seg->flags & TCPFSM_SYN) {
		if (e->zeek == ZEEK_INACTIVE)
			begin(e, p, role, seg);
		else if (e->zeek == ZEEK_PARTIAL && p->zeek == ZEEK_INACTIVE &&
			 !(seg->flags & TCPFSM_ACK))
			e->zeek = ZEEK_SYN_SENT;
	} else if (e->zeek == ZEEK_INACTIVE) {
		pick_up(e, p, role, seg);
	}
}

/**
 * tcpfsm_zeek_segment - note what Zeek makes of a segment
 * @conn: its connection, which the caller has to itself
 * @role: the end that sent it
 * @seg: the segment
 * @counts: it is acceptable, or else closes its sender; only looked at for a RST
 */
void tcpfsm_zeek_segment(struct tcpfsm_conn *conn, enum tcpfsm_role role,
			 const struct tcpfsm_segment *seg, bool counts)
{
	if (seg->flags & TCPFSM_SYN)
		add(conn, seg->flags & TCPFSM_ACK ? LETTER_H : LETTER_S, role);
	else if (seg->flags & TCPFSM_FIN)
		add(conn, LETTER_F, role);
	else if (seg->flags & TCPFSM_RST)
		add(conn, LETTER_R, role);
	else
		add(conn, seg->len ? LETTER_D : LETTER_A, role);
	follow(conn, role, seg, counts);
}

/**
 * tcpfsm_zeek_undo_reset - forget that a RST has ended a connection
 * @conn: the connection, which the caller has to itself; a SYN or SYN-ACK opens
 *	it again
 *
 * To Zeek this is another connection.
 */
void tcpfsm_zeek_undo_reset(struct tcpfsm_conn *conn)
{
	int role;

	for (role = 0; role < TCPFSM_ROLE_COUNT; role++)
		if (is_reset(&conn->end[role]))
			conn->end[role].zeek = ZEEK_INACTIVE;
}

static bool has_letter(const struct tcpfsm_conn *conn, enum letter letter,
		       enum tcpfsm_role role)
{
	return conn->letters & SEEN(letter, role);
}

/**
 * tcpfsm_zeek_fast - which segments of an end add no letter any more
 * @conn: the connection
 * @role: the end
 *
 * Return: a set of enum tcpfsm_fast.
 */
u8 tcpfsm_zeek_fast(const struct tcpfsm_conn *conn, enum tcpfsm_role role)
{
	/* And that do not change Zeek's state of the end */
	if (conn->end[role].zeek == ZEEK_INACTIVE)
		return 0;
	return (has_letter(conn, LETTER_A, role) ? TCPFSM_FAST_ACK : 0) |
	       (has_letter(conn, LETTER_D, role) ? TCPFSM_FAST_DATA : 0);
}

/**
 * tcpfsm_zeek_has_reset - whether an end has sent a RST
 * @conn: the connection
 * @role: the end
 *
 * Return: true if it has sent one, acceptable or not.
 */
bool tcpfsm_zeek_has_reset(const struct tcpfsm_conn *conn,
			   enum tcpfsm_role role)
{
	return has_letter(conn, LETTER_R, role);
}

/* Whether the client has sent a SYN and then a RST, and no H, A or F between */
static bool is_syn_then_rst(const struct tcpfsm_conn *conn)
{
	const u32 others = 1u << CODE(LETTER_H, TCPFSM_ROLE_CLIENT) |
			   1u << CODE(LETTER_A, TCPFSM_ROLE_CLIENT) |
			   1u << CODE(LETTER_F, TCPFSM_ROLE_CLIENT);
	u64 letters = conn->letters;

	if ((letters & 0xf) == CODE_SWAPPED)
		letters >>= 4;
	if ((letters & 0xf) != CODE(LETTER_S, TCPFSM_ROLE_CLIENT))
		return false;
	while ((letters & 0xf) != CODE(LETTER_R, TCPFSM_ROLE_CLIENT)) {
		if (!letters || others & 1u << (letters & 0xf))
			return false;
		letters >>= 4;
	}
	return true;
}

static const char *state_of_reset(const struct tcpfsm_conn *conn)
{
	const struct tcpfsm_end *c = &conn->end[TCPFSM_ROLE_CLIENT];
	const struct tcpfsm_end *s = &conn->end[TCPFSM_ROLE_SERVER];

	if (!is_reset(s)) {
		if (!is_partial(s))
			return "RSTO";
		return is_syn_then_rst(conn) ? "RSTOS0" : "OTH";
	}
	if (c->zeek == ZEEK_SYN_SENT || c->zeek == ZEEK_SYN_ACK_SENT ||
	    (is_reset(c) && !c->bytes && !s->bytes))
		return "REJ";
	return is_partial(c) ? "RSTRH" : "RSTR";
}

/**
 * tcpfsm_zeek_state - Zeek's conn_state of a connection
 * @conn: the connection
 *
 * Return: one of S0 S1 S2 S3 SF REJ RSTO RSTR RSTOS0 RSTRH SH SHR OTH.
 */
const char *tcpfsm_zeek_state(const struct tcpfsm_conn *conn)
{
	const struct tcpfsm_end *c = &conn->end[TCPFSM_ROLE_CLIENT];
	const struct tcpfsm_end *s = &conn->end[TCPFSM_ROLE_SERVER];

	if (is_reset(c) || is_reset(s))
		return state_of_reset(conn);
	if (c->zeek == ZEEK_CLOSED && s->zeek == ZEEK_CLOSED)
		return "SF";
	if (c->zeek == ZEEK_CLOSED)
		return is_partial(s) ? "SH" : "S2";
	if (s->zeek == ZEEK_CLOSED)
		return is_partial(c) ? "SHR" : "S3";
	if (c->zeek == ZEEK_SYN_SENT && s->zeek == ZEEK_INACTIVE)
		return "S0";
	return c->zeek == ZEEK_ESTABLISHED && s->zeek == ZEEK_ESTABLISHED ?
	       "S1" : "OTH";
}

/**
 * tcpfsm_zeek_history - Zeek's history of a connection
 * @conn: the connection
 * @text: filled with the letters, upper case for the client, lower case for the
 *	server, and a NUL
 */
void tcpfsm_zeek_history(const struct tcpfsm_conn *conn,
			 char text[TCPFSM_ZEEK_HISTORY])
{
	static const char letters[] = "?SHADFRshadfr^";
	unsigned int i;

	for (i = 0; i < CODES_MAX && conn->letters >> 4 * i & 0xf; i++)
		text[i] = letters[conn->letters >> 4 * i & 0xf];
	text[i] = '\0';
}
