// SPDX-License-Identifier: GPL-2.0
/*
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

/**
 * tcpfsm_zeek_segment - note the letters of a segment
 * @conn: its connection, which the caller has to itself
 * @role: the end that sent it
 * @seg: the segment; only flags and len are read
 */
void tcpfsm_zeek_segment(struct tcpfsm_conn *conn, enum tcpfsm_role role,
			 const struct tcpfsm_segment *seg)
{
	const u8 marks = TCPFSM_SYN | TCPFSM_FIN | TCPFSM_RST;

	if (seg->flags & TCPFSM_SYN)
		add(conn, seg->flags & TCPFSM_ACK ? LETTER_H : LETTER_S, role);
	else if (!(seg->flags & marks) && !seg->len)
		add(conn, LETTER_A, role);
	if (seg->len)
		add(conn, LETTER_D, role);
	if (seg->flags & TCPFSM_FIN)
		add(conn, LETTER_F, role);
	if (seg->flags & TCPFSM_RST)
		add(conn, LETTER_R, role);
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

/**
 * tcpfsm_zeek_state - Zeek's conn_state of a connection
 * @conn: the connection
 *
 * Derived as in Zeek from the segments that each end has sent, except that a
 * RST that was not acceptable is ignored.
 *
 * Return: one of S0 S1 S2 S3 SF REJ RSTO RSTR RSTOS0 RSTRH SH SHR OTH.
 */
const char *tcpfsm_zeek_state(const struct tcpfsm_conn *conn)
{
	const enum tcpfsm_role c = TCPFSM_ROLE_CLIENT, s = TCPFSM_ROLE_SERVER;
	bool syn = has_letter(conn, LETTER_S, c);
	bool synack = has_letter(conn, LETTER_H, s) ||
		      has_letter(conn, LETTER_S, s);

	if (!syn && !synack)
		return "OTH";
	if (conn->flags & TCPFSM_CONN_RESET && has_letter(conn, LETTER_R, s))
		return !syn ? "RSTRH" : synack ? "RSTR" : "REJ";
	if (conn->flags & TCPFSM_CONN_RESET && has_letter(conn, LETTER_R, c))
		return synack ? "RSTO" : "RSTOS0";
	if (has_letter(conn, LETTER_F, c) && has_letter(conn, LETTER_F, s))
		return "SF";
	if (has_letter(conn, LETTER_F, c))
		return synack ? "S2" : "SH";
	if (has_letter(conn, LETTER_F, s))
		return syn ? "S3" : "SHR";
	if (!synack)
		return "S0";
	return conn->opened == TCPFSM_OPENED_INCOMPLETE ? "OTH" : "S1";
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
