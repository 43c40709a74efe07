// SPDX-License-Identifier: GPL-2.0
#include "random.h"
#include "talk.h"

#define MSS		100u
#define RTO		60
#define DELAY		2	/* ticks, on each half of the way */

/* From the sender to the observer, or from there to the receiver */
static void launch(struct talk *t, const struct packet_in_flight *packet)
{
	u32 copies = random_below(100) < t->loss ? random_below(2) * 2 : 1;
	int i;

	for (i = 0; i < TALK_PACKETS && copies; i++) {
		if (t->packet[i].there)
			continue;
		t->packet[i] = *packet;
		t->packet[i].there = true;
		t->packet[i].number = t->launched++;
		t->packet[i].at = t->now + DELAY;
		if (!t->in_order)
			t->packet[i].at += (int)random_below(random_below(4) ? 4 : 40);
		t->flying++;
		copies--;
	}
}

static void emit(struct talk *t, int from, u8 flags, u32 seq, u32 len)
{
	struct packet_in_flight packet = {
		.from = from,
		.seg = {
			.flags = flags, .seq = seq, .len = len, .window = TALK_WINDOW,
			.wscale = TCPFSM_WSCALE_NONE, .sack = true,
			.ack = flags & TCPFSM_ACK ? t->tcp[from].rcv : 0,
		},
	};

	packet.seg.end = seq + len + !!(flags & TCPFSM_SYN) + !!(flags & TCPFSM_FIN);
	packet.seen = talk_local(t) == from;
	if (packet.seen)	/* a local end and the observer are the same host */
		t->see(t, from, &packet.seg);
	launch(t, &packet);
}

static bool can_send(const struct tcp *tcp)
{
	return tcp->state == TCPFSM_STATE_ESTABLISHED ||
	       tcp->state == TCPFSM_STATE_CLOSE_WAIT;
}

static void send_fin(struct talk *t, int who)
{
	struct tcp *tcp = &t->tcp[who];

	tcp->second = tcp->state == TCPFSM_STATE_CLOSE_WAIT;
	tcp->state = tcp->second ? TCPFSM_STATE_LAST_ACK : TCPFSM_STATE_FIN_WAIT_1;
	emit(t, who, TCPFSM_FIN | TCPFSM_ACK, tcp->nxt, 0);
	tcp->nxt++;
}

static void output(struct talk *t, int who)
{
	struct tcp *tcp = &t->tcp[who];

	while (can_send(tcp) && tcp->nxt != tcp->last &&
	       tcp->nxt + MSS - tcp->una <= TALK_WINDOW) {
		emit(t, who, TCPFSM_ACK | TCPFSM_PSH, tcp->nxt, MSS);
		tcp->nxt += MSS;
	}
	if (can_send(tcp) && tcp->nxt == tcp->last && t->now >= tcp->close_at &&
	    tcp->nxt - tcp->una <= TALK_WINDOW - 1)
		send_fin(t, who);
}

static void resend(struct talk *t, int who)
{
	struct tcp *tcp = &t->tcp[who];

	if (t->now < tcp->resend_at)
		return;
	tcp->resend_at = t->now + RTO;
	if (tcp->state == TCPFSM_STATE_SYN_SENT)
		emit(t, who, TCPFSM_SYN, tcp->iss, 0);
	else if (tcp->state == TCPFSM_STATE_SYN_RECEIVED)
		emit(t, who, TCPFSM_SYN | TCPFSM_ACK, tcp->iss, 0);
	else if (tcp->una == tcp->nxt || tcp->state == TCPFSM_STATE_CLOSED ||
		 tcp->state == TCPFSM_STATE_LISTEN)
		return;
	else if (tcp->una == tcp->last)
		emit(t, who, TCPFSM_FIN | TCPFSM_ACK, tcp->una, 0);
	else
		emit(t, who, TCPFSM_ACK | TCPFSM_PSH, tcp->una, MSS);
}

static void take_data(struct tcp *tcp, const struct tcpfsm_segment *seg)
{
	u32 i;

	if (seg->flags & TCPFSM_FIN) {
		tcp->fin = seg->end - 1;
		tcp->fin_known = true;
	}
	if (seg->len && tcp->pieces < TALK_PIECES) {
		tcp->got[tcp->pieces][0] = seg->seq;
		tcp->got[tcp->pieces++][1] = seg->seq + seg->len;
	}
	for (i = 0; i < tcp->pieces; i++) {
		if (seq_after(tcp->got[i][0], tcp->rcv))
			continue;
		tcp->rcv = seq_max(tcp->rcv, tcp->got[i][1]);
		memcpy(tcp->got[i], tcp->got[--tcp->pieces], sizeof(tcp->got[i]));
		i = -1u;
	}
}

static void take_fin(struct tcp *tcp)
{
	if (!tcp->fin_known || tcp->rcv != tcp->fin)
		return;
	tcp->rcv++;
	if (tcp->state == TCPFSM_STATE_ESTABLISHED)
		tcp->state = TCPFSM_STATE_CLOSE_WAIT;
	else if (tcp->state == TCPFSM_STATE_FIN_WAIT_1)
		tcp->state = TCPFSM_STATE_CLOSING;
	else if (tcp->state == TCPFSM_STATE_FIN_WAIT_2)
		tcp->state = TCPFSM_STATE_TIME_WAIT;
}

static void take_ack(struct talk *t, struct tcp *tcp, u32 ack)
{
	if (!seq_after(ack, tcp->una) || seq_after(ack, tcp->nxt))
		return;
	tcp->una = ack;
	tcp->resend_at = t->now + RTO;
	if (ack != tcp->last + 1)
		return;
	if (tcp->state == TCPFSM_STATE_FIN_WAIT_1)
		tcp->state = TCPFSM_STATE_FIN_WAIT_2;
	else if (tcp->state == TCPFSM_STATE_CLOSING)
		tcp->state = TCPFSM_STATE_TIME_WAIT;
	else if (tcp->state == TCPFSM_STATE_LAST_ACK)
		tcp->state = TCPFSM_STATE_CLOSED;
}

static void input_synchronized(struct talk *t, int who,
			       const struct tcpfsm_segment *seg)
{
	struct tcp *tcp = &t->tcp[who];

	if (seg->flags & TCPFSM_SYN || seq_before(seg->end, tcp->rcv)) {
		emit(t, who, TCPFSM_ACK, tcp->nxt, 0);
		return;
	}
	/* RFC 5961 section 5.2, as in tcp_ack() */
	if (seq_before(seg->ack, tcp->una - TALK_WINDOW))
		return;
	take_ack(t, tcp, seg->ack);
	if (seg->end == seg->seq || tcp->state == TCPFSM_STATE_CLOSED)
		return;
	take_data(tcp, seg);
	take_fin(tcp);
	emit(t, who, TCPFSM_ACK, tcp->nxt, 0);
}

static void open_up(struct talk *t, struct tcp *tcp)
{
	tcp->state = TCPFSM_STATE_ESTABLISHED;
	tcp->una = tcp->iss + 1;
	tcp->resend_at = t->now + RTO;
}

static void input(struct talk *t, int who, const struct tcpfsm_segment *seg)
{
	const u8 synack = TCPFSM_SYN | TCPFSM_ACK;
	struct tcp *tcp = &t->tcp[who];

	switch (tcp->state) {
	case TCPFSM_STATE_CLOSED:
		return;
	case TCPFSM_STATE_LISTEN:
	case TCPFSM_STATE_SYN_RECEIVED:
		if (seg->flags == TCPFSM_SYN) {
			tcp->rcv = seg->seq + 1;
			tcp->state = TCPFSM_STATE_SYN_RECEIVED;
			tcp->nxt = tcp->iss + 1;
			tcp->resend_at = t->now + RTO;
			emit(t, who, synack, tcp->iss, 0);
		} else if (tcp->state == TCPFSM_STATE_SYN_RECEIVED &&
			   seg->ack == tcp->nxt && !seq_before(seg->seq, tcp->rcv)) {
			open_up(t, tcp);
			input_synchronized(t, who, seg);
		}
		return;
	case TCPFSM_STATE_SYN_SENT:
		if ((seg->flags & synack) == synack) {
			open_up(t, tcp);
			tcp->rcv = seg->seq + 1;
			emit(t, who, TCPFSM_ACK, tcp->nxt, 0);
		}
		return;
	default:
		input_synchronized(t, who, seg);
	}
}

static void travel(struct talk *t, struct packet_in_flight *packet)
{
	struct packet_in_flight it = *packet;

	packet->there = false;
	t->flying--;
	if (!it.seen) {
		it.seen = true;
		t->see(t, it.from, &it.seg);
		if (talk_local(t) != !it.from) {
			launch(t, &it);
			return;
		}
	}
	input(t, !it.from, &it.seg);
}

/**
 * talk_begin - two endpoints that have not sent anything yet
 * @t: the talk; @see and @watcher are left alone
 * @vantage: where the observer is
 * @loss: see struct talk
 * @in_order: see struct talk
 *
 * How much they have to say, and when each closes, is random.
 */
void talk_begin(struct talk *t, enum talk_vantage vantage, u32 loss, bool in_order)
{
	int i;

	memset(t->tcp, 0, sizeof(t->tcp));
	memset(t->packet, 0, sizeof(t->packet));
	t->vantage = vantage;
	t->now = 0;
	t->flying = 0;
	t->launched = 0;
	t->loss = loss;
	t->in_order = in_order;
	for (i = 0; i < 2; i++) {
		struct tcp *tcp = &t->tcp[i];

		tcp->iss = random_below(2) ? -random_below(3000) : random_u32();
		tcp->una = tcp->iss;
		tcp->last = tcp->iss + 1 + MSS * random_below(40);
		tcp->close_at = (int)random_below(1000);
		tcp->state = i ? TCPFSM_STATE_LISTEN : TCPFSM_STATE_SYN_SENT;
	}
	t->tcp[0].nxt = t->tcp[0].iss + 1;
}

/* Of those that have arrived the one that was sent first */
static struct packet_in_flight *next_arrival(struct talk *t)
{
	struct packet_in_flight *next = NULL;
	int i;

	for (i = 0; i < TALK_PACKETS; i++) {
		struct packet_in_flight *packet = &t->packet[i];

		if (packet->there && packet->at <= t->now &&
		    (!next || packet->number < next->number))
			next = packet;
	}
	return next;
}

/**
 * talk_tick - let a tick pass
 * @t: the talk
 */
void talk_tick(struct talk *t)
{
	struct packet_in_flight *packet;
	int i;

	t->now++;
	for (i = 0; i < 2; i++) {
		resend(t, i);
		output(t, i);
	}
	while ((packet = next_arrival(t)))
		travel(t, packet);
}

/**
 * talk_is_over - whether both have closed, and nothing is on its way
 * @t: the talk
 */
bool talk_is_over(const struct talk *t)
{
	int i, over = 0;

	for (i = 0; i < 2; i++)
		over += t->tcp[i].state == TCPFSM_STATE_CLOSED ||
			t->tcp[i].state == TCPFSM_STATE_TIME_WAIT;
	return over == 2 && !t->flying;
}
