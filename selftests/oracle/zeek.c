// SPDX-License-Identifier: GPL-2.0
/*
 * Zeek's own state machine, as in its TCPSessionAdapter.cc: each end has a state, and
 * remembers the one before. A choice: Zeek believes every RST, this model only those that
 * the rules let act, and those for an end of which nothing was seen.
 */
#include <ctype.h>
#include <string.h>

#include "numbers.h"
#include "zeek.h"

static void enter(struct zeek *z, enum zeek_state state)
{
	if (z->state == state)
		return;
	z->before = z->state;
	z->state = state;
}

/* update_history(): a letter, once for each end; capital for the client */
static void update_history(const struct context *x)
{
	const struct segment *seg = x->seg;
	char *letters = x->m->letters;
	int letter = seg->syn ? (seg->ack ? 'H' : 'S') : seg->fin ? 'F' : seg->rst ? 'R' :
		     seg->len ? 'D' : 'A';

	if (x->from == SERVER)
		letter = tolower(letter);
	if (!strchr(letters, letter))
		letters[strlen(letters)] = (char)letter;
}

/* UpdateInactiveState() */
static void act_inactive(const struct context *x, struct zeek *e, struct zeek *p)
{
	const struct segment *seg = x->seg;

	if (seg->rst) {
		enter(e, ZEEK_RESET);
	} else if (seg->fin) {
		enter(e, ZEEK_CLOSED);
	} else if (seg->syn && x->from == CLIENT) {
		/* The SYN was seen after its SYN-ACK: Zeek swaps the ends, and goes on */
		if (p->state == ZEEK_ESTABLISHED && has_this_isn(x))
			enter(e, ZEEK_ESTABLISHED);
		else
			enter(e, seg->ack ? ZEEK_SYN_ACK_SENT : ZEEK_SYN_SENT);
	} else if (seg->syn) {
		if (p->state == ZEEK_SYN_SENT)
			enter(p, ZEEK_ESTABLISHED);
		enter(e, ZEEK_ESTABLISHED);
	} else if (p->state == ZEEK_ESTABLISHED) {
		enter(e, ZEEK_ESTABLISHED);
	} else if (x->from == CLIENT || seg->len || p->state != ZEEK_SYN_SENT) {
		enter(e, ZEEK_PARTIAL);
	}
}

/* UpdateEstablishedState(), also for ends that were seen in mid-stream */
static void act_established(const struct context *x, struct zeek *e, struct zeek *p)
{
	const struct segment *seg = x->seg;

	if (seg->syn && !seg->ack && e->state == ZEEK_PARTIAL && p->state == ZEEK_INACTIVE)
		enter(e, ZEEK_SYN_SENT);
	if (seg->rst)
		enter(e, ZEEK_RESET);
	if (!seg->fin)
		return;
	enter(e, ZEEK_CLOSED);
	if (p->state == ZEEK_RESET && p->before == ZEEK_CLOSED)
		enter(p, ZEEK_CLOSED);
}

/* Whether nothing was seen of the receiver that could tell whether it takes the RST */
static bool nobody_knows(const struct context *x)
{
	return receiver(x)->zeek.state == ZEEK_INACTIVE &&
	       x->start == sent_up_to(x->m, x->from);
}

void zeek_sees(const struct context *x, bool taken)
{
	struct zeek *e = &sender(x)->zeek, *p = &receiver(x)->zeek;

	update_history(x);
	if (x->seg->rst && !taken && !nobody_knows(x))
		return;
	switch (e->state) {
	case ZEEK_INACTIVE:
		act_inactive(x, e, p);
		break;
	case ZEEK_SYN_SENT:
	case ZEEK_SYN_ACK_SENT:
		if (x->seg->fin)
			enter(e, ZEEK_CLOSED);
		if (x->seg->rst)
			enter(e, ZEEK_RESET);
		break;
	case ZEEK_PARTIAL:
	case ZEEK_ESTABLISHED:
		act_established(x, e, p);
		break;
	case ZEEK_CLOSED:
		if (x->seg->rst && p->state != ZEEK_CLOSED)
			enter(e, ZEEK_RESET);
		break;
	case ZEEK_RESET:
		break;
	}
}

void zeek_revives(struct model *m)
{
	int who;

	for (who = CLIENT; who <= SERVER; who++)
		if (m->end[who].zeek.state == ZEEK_RESET)
			m->end[who].zeek = (struct zeek){ ZEEK_INACTIVE, ZEEK_INACTIVE };
}

/* The pattern of main.zeek: ^?S[^HAFGIQ]*R */
static bool is_syn_then_rst(const char *letters)
{
	size_t between;

	letters += *letters == '^';
	if (*letters != 'S')
		return false;
	between = strcspn(letters, "HAFR");
	return letters[between] == 'R';
}

/* conn_state() of main.zeek */
const char *zeek_state(const struct model *m)
{
	enum zeek_state os = m->end[CLIENT].zeek.state, rs = m->end[SERVER].zeek.state;
	bool o_inactive = os == ZEEK_INACTIVE || os == ZEEK_PARTIAL;
	bool r_inactive = rs == ZEEK_INACTIVE || rs == ZEEK_PARTIAL;

	if (rs == ZEEK_RESET) {
		if (os == ZEEK_SYN_SENT || os == ZEEK_SYN_ACK_SENT ||
		    (os == ZEEK_RESET && !m->end[CLIENT].payload && !m->end[SERVER].payload))
			return "REJ";
		return o_inactive ? "RSTRH" : "RSTR";
	}
	if (os == ZEEK_RESET) {
		if (!r_inactive)
			return "RSTO";
		return is_syn_then_rst(m->letters) ? "RSTOS0" : "OTH";
	}
	if (rs == ZEEK_CLOSED && os == ZEEK_CLOSED)
		return "SF";
	if (os == ZEEK_CLOSED)
		return r_inactive ? "SH" : "S2";
	if (rs == ZEEK_CLOSED)
		return o_inactive ? "SHR" : "S3";
	if (os == ZEEK_SYN_SENT && rs == ZEEK_INACTIVE)
		return "S0";
	return os == ZEEK_ESTABLISHED && rs == ZEEK_ESTABLISHED ? "S1" : "OTH";
}
