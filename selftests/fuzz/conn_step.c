// SPDX-License-Identifier: GPL-2.0
#include "conn_step.h"

/* The combinations of flags that make a difference, of those that the parser accepts */
const u8 fuzz_flags[FUZZ_FLAGS] = {
	TCPFSM_ACK, TCPFSM_FIN | TCPFSM_ACK, TCPFSM_SYN, TCPFSM_SYN | TCPFSM_ACK,
	TCPFSM_RST, TCPFSM_RST | TCPFSM_ACK, TCPFSM_ACK | TCPFSM_PSH,
	TCPFSM_SYN | TCPFSM_URG, TCPFSM_FIN | TCPFSM_ACK | TCPFSM_URG,
	TCPFSM_FIN | TCPFSM_ACK | TCPFSM_PSH,
};

/* Seconds: around 2MSL, TCP_PAWS_MSL and the 2147 after which PAWS ends */
const u32 fuzz_waits[8] = {
	0, 1, 59, 60, 61, 2146, 2147, 25 * 24 * 3600,
};

static const u32 deltas[16] = {
	0, 1, -1u, 2, -2u, 10, -10u, 100, -100u, 1000, -1000u, 65535, -65536u,
	0x7fffffff, 0x80000000, 0x40000000,
};

static u32 near_seq(const struct tcpfsm_conn *conn, const struct tcpfsm_end *e,
		    const struct tcpfsm_end *p, unsigned int anchor)
{
	switch (anchor) {
	case FUZZ_ISS:
		return e->iss;
	case FUZZ_RCV_NXT:
		return p->rcv_nxt;
	case FUZZ_ACKED:
		return p->ack;
	case FUZZ_FIN:
		return e->fin - 1;
	case FUZZ_EDGE:
		return p->edge;
	case FUZZ_FAR:
		return p->far;
	case FUZZ_PENDING:
		return conn->pending.seq;
	case FUZZ_BEHIND_SYN:
		return e->iss + 1;
	default:
		return e->nxt;
	}
}

static u32 near_ack(const struct tcpfsm_conn *conn, const struct tcpfsm_end *e,
		    const struct tcpfsm_end *p, unsigned int anchor)
{
	switch (anchor) {
	case FUZZ_ISS:
		return p->iss;
	case FUZZ_RCV_NXT:
		return e->rcv_nxt;
	case FUZZ_ACKED:
		return e->ack;
	case FUZZ_FIN:
		return p->fin;
	case FUZZ_EDGE:
		return e->edge;
	case FUZZ_FAR:
		return e->far;
	case FUZZ_PENDING:
		return conn->pending.seq + 1;
	case FUZZ_BEHIND_SYN:
		return p->iss + 1;
	default:
		return p->nxt;
	}
}

static void decode_options(struct input *in, const struct tcpfsm_end *e,
			   struct tcpfsm_segment *seg)
{
	u8 options = input_u8(in);

	seg->len = input_number(in, options & FUZZ_LEN);
	if (options & FUZZ_WINDOW)
		seg->window = (u16)input_number(in, 2);
	if (options & FUZZ_WSCALE)
		seg->wscale = input_u8(in) % (TCPFSM_WSCALE_MAX + 1);
	seg->sack = !(options & FUZZ_NO_SACK);
	seg->stamped = options & FUZZ_STAMPED;
	if (seg->stamped)
		seg->tsval = options & FUZZ_TSVAL ?
			     input_number(in, 4) :
			     e->tsval + (u32)(signed char)input_u8(in);
}

static void decode_segment(struct input *in, const struct tcpfsm_conn *conn,
			   const enum tcpfsm_role *role, const u32 *base,
			   bool options, struct fuzz_step *step)
{
	const struct tcpfsm_end *e = &conn->end[role[step->from]];
	const struct tcpfsm_end *p = &conn->end[!role[step->from]];
	struct tcpfsm_segment *seg = &step->seg;
	u8 near;

	seg->flags = fuzz_flags[step->verb];
	seg->window = 65535;
	seg->wscale = TCPFSM_WSCALE_NONE;
	seg->sack = true;

	near = input_u8(in);
	seg->seq = near >> 4 == FUZZ_RAW ? input_number(in, 4) :
		   near_seq(conn, e, p, near >> 4) + deltas[near % 16] -
		   base[step->from];
	if (seg->flags & TCPFSM_ACK) {
		near = input_u8(in);
		seg->ack = near >> 4 == FUZZ_RAW ? input_number(in, 4) :
			   near_ack(conn, e, p, near >> 4) +
			   deltas[near % 16] - base[!step->from];
	}
	if (options)
		decode_options(in, e, seg);
	/* The parser looks for these options in SYNs only */
	if (!(seg->flags & TCPFSM_SYN)) {
		seg->wscale = TCPFSM_WSCALE_NONE;
		seg->sack = false;
	}
	seg->end = seg->seq + seg->len + !!(seg->flags & TCPFSM_SYN) +
		   !!(seg->flags & TCPFSM_FIN);
}

/**
 * fuzz_decode - the next step of the input
 * @in: the input
 * @conn: the connection, for numbers near those it expects
 * @role: of the hosts in it
 * @base: what the numbers of the hosts are relative to
 *
 * Return: the step; any input is valid.
 */
struct fuzz_step fuzz_decode(struct input *in, const struct tcpfsm_conn *conn,
			     const enum tcpfsm_role *role, const u32 *base)
{
	u8 first = input_u8(in);
	struct fuzz_step step = {
		.verb = (first & FUZZ_VERB) % FUZZ_VERBS,
		.from = first & FUZZ_SERVER ? HOST_S : HOST_C,
		.forged = first & FUZZ_FORGED,
		.sent_only = first & FUZZ_SENT_ONLY,
	};

	if (step.verb < FUZZ_FLAGS)
		decode_segment(in, conn, role, base, first & FUZZ_OPTIONS, &step);
	else if (step.verb != FUZZ_EXPIRE)
		step.argument = input_u8(in);
	return step;
}

void fuzz_put(struct fuzz_output *out, u32 value, unsigned int octets)
{
	unsigned int i;

	for (i = 0; i < octets && out->len < sizeof(out->bytes); i++)
		out->bytes[out->len++] = (u8)(value >> 8 * i);
}

static bool encode_segment(struct fuzz_output *out, const struct step *step)
{
	u8 options = FUZZ_LEN | FUZZ_WINDOW, first;
	unsigned int verb;

	for (verb = 0; verb < FUZZ_FLAGS; verb++)
		if (fuzz_flags[verb] == step->flags)
			break;
	if (verb == FUZZ_FLAGS)
		return false;
	first = (u8)(verb | FUZZ_OPTIONS |
		     (step->from == HOST_S ? FUZZ_SERVER : 0) |
		     (step->forged ? FUZZ_FORGED : 0) |
		     (step->halves == TCPFSM_SENT ? FUZZ_SENT_ONLY : 0));
	if (step->wscale != TCPFSM_WSCALE_NONE)
		options |= FUZZ_WSCALE;
	if (!step->sack)
		options |= FUZZ_NO_SACK;
	if (step->stamped)
		options |= FUZZ_STAMPED | FUZZ_TSVAL;

	fuzz_put(out, first, 1);
	fuzz_put(out, FUZZ_RAW << 4, 1);
	fuzz_put(out, step->seq, 4);
	if (step->flags & TCPFSM_ACK) {
		fuzz_put(out, FUZZ_RAW << 4, 1);
		fuzz_put(out, step->ack, 4);
	}
	fuzz_put(out, options, 1);
	fuzz_put(out, step->len, 3);
	fuzz_put(out, step->window, 2);
	if (options & FUZZ_WSCALE)
		fuzz_put(out, step->wscale, 1);
	if (options & FUZZ_TSVAL)
		fuzz_put(out, step->tsval, 4);
	return true;
}

static bool encode_arrival(struct fuzz_output *out, const struct step *step)
{
	u8 age;

	for (age = 0; age < FUZZ_FLIGHTS && age < out->flights; age++) {
		const struct step *sent =
			&out->flight[(out->flights - 1 - age) % FUZZ_FLIGHTS];

		if (sent->from != step->from || sent->flags != step->flags ||
		    sent->seq != step->seq || sent->ack != step->ack ||
		    sent->len != step->len)
			continue;
		fuzz_put(out, FUZZ_ARRIVE, 1);
		fuzz_put(out, age, 1);
		return true;
	}
	return false;
}

/**
 * fuzz_encode - append a step of a unit test's case to an input
 * @out: the input
 * @step: the step; its expectations are left out
 *
 * Return: false if no input means this step.
 */
bool fuzz_encode(struct fuzz_output *out, const struct step *step)
{
	switch (step->verb) {
	case VERB_SEGMENT:
		if (step->halves == TCPFSM_RECEIVED)
			return encode_arrival(out, step);
		if (out->vantage == LOOPBACK)
			out->flight[out->flights++ % FUZZ_FLIGHTS] = *step;
		return encode_segment(out, step);
	case VERB_EXPIRE:
		fuzz_put(out, FUZZ_EXPIRE, 1);
		return true;
	case VERB_END:
		fuzz_put(out, FUZZ_END, 1);
		fuzz_put(out, step->cause, 1);
		return true;
	case VERB_VANTAGE:
		out->vantage = step->vantage;
		fuzz_put(out, FUZZ_VANTAGE, 1);
		fuzz_put(out, step->vantage, 1);
		return true;
	case VERB_RFC1337:
		fuzz_put(out, FUZZ_VANTAGE, 1);
		fuzz_put(out, FUZZ_RFC1337, 1);
		return true;
	case VERB_SOCKET:
		fuzz_put(out, FUZZ_SOCKET, 1);
		fuzz_put(out, FUZZ_SOCKET_SEEN |
			      (step->from == HOST_S ? FUZZ_SOCKET_OF_S : 0), 1);
		return true;
	case VERB_GONE:
		fuzz_put(out, FUZZ_SOCKET, 1);
		fuzz_put(out, (u32)step->end << 4 |
			      (step->from == HOST_S ? FUZZ_SOCKET_OF_S : 0), 1);
		return true;
	default:
		return false;
	}
}
