// SPDX-License-Identifier: GPL-2.0
/*
 * Two small TCPs talk over a network that loses, duplicates and reorders. They
 * comply with the RFC, so nothing may be reported as a violation; and the state
 * kept for an end on this host must be the one that the small TCP is in.
 */
#include "core/conn.h"
#include "core/conn_life.h"
#include "ktap.h"
#include "random.h"

#define TALKS		5000
#define PACKETS		256
#define PIECES		64
#define MSS		100u
#define WINDOW		1000u
#define RTO		60
#define END		6000

enum vantage { FORWARD, AT_CLIENT, AT_SERVER, VANTAGE_COUNT };

/**
 * struct tcp - a minimal TCP endpoint
 * @state: enum tcpfsm_state
 * @iss: initial sequence number
 * @una: SND.UNA
 * @nxt: SND.NXT
 * @last: sequence number of the FIN, after all data
 * @rcv: RCV.NXT
 * @got: the octets received out of order, as ranges: from, to
 * @pieces: how many ranges @got has
 * @fin: sequence number of the peer's FIN
 * @fin_known: @fin counts
 * @close_at: when the user closes
 * @resend_at: when to send again
 */
struct tcp {
	u8	state;
	u32	iss;
	u32	una;
	u32	nxt;
	u32	last;
	u32	rcv;
	u32	got[PIECES][2];
	u32	pieces;
	u32	fin;
	bool	fin_known;
	int	close_at;
	int	resend_at;
	u32	deferred;
};

/**
 * struct packet_in_flight - on its way to the observer, then to its receiver
 * @seg: the segment
 * @from: who sent it
 * @at: when it arrives
 * @seen: it has passed the observer
 * @there: this slot is used
 */
struct packet_in_flight {
	struct tcpfsm_segment	seg;
	int			from;
	int			at;
	bool			seen;
	bool			there;
};

/**
 * struct talk - two endpoints, the network between them, and the observer
 * @tcp: the endpoints, by enum tcpfsm_role
 * @packet: on their way
 * @conn: what the module knows
 * @vantage: where the observer is
 * @begun: it has seen a packet
 * @now: ticks
 * @flying: how many slots of @packet are used
 * @loss: percentage lost, and duplicated, on each half of the way
 * @broken: what went wrong
 */
struct talk {
	struct tcp		tcp[2];
	struct packet_in_flight	packet[PACKETS];
	struct tcpfsm_conn	conn;
	enum vantage		vantage;
	bool			begun;
	int			now;
	int			flying;
	u32			loss;
	const char		*broken;
};

/* From the sender to the observer, or from there to the receiver */
static void launch(struct talk *t, const struct packet_in_flight *packet)
{
	u32 copies = random_below(100) < t->loss ? random_below(2) * 2 : 1;
	int i;

	for (i = 0; i < PACKETS && copies; i++) {
		if (t->packet[i].there)
			continue;
		t->packet[i] = *packet;
		t->packet[i].there = true;
		t->packet[i].at = t->now + 2 +
				  (int)random_below(random_below(4) ? 4 : 40);
		t->flying++;
		copies--;
	}
}

static void observe(struct talk *t, const struct packet_in_flight *packet)
{
	const int local = (int)t->vantage - AT_CLIENT;
	const struct tcpfsm_view view = {
		.now = (u64)t->now, .halves = TCPFSM_SENT | TCPFSM_RECEIVED,
		.sender_local = local == packet->from,
		.receiver_local = local == !packet->from,
		.genuine = local == packet->from,
	};
	struct tcpfsm_outcome out;
	unsigned int i;

	if (!t->begun) {
		if (!tcpfsm_conn_opens(&packet->seg))
			return;
		tcpfsm_conn_init(&t->conn, (u64)t->now);
		t->begun = true;
	}
	tcpfsm_conn_segment(&t->conn, (enum tcpfsm_role)packet->from, &packet->seg,
			    &view, &out);
	if (out.reopen)
		t->broken = "a new connection out of nowhere";
	for (i = 0; i < out.notes; i++)
		if (out.note[i].kind == TCPFSM_KIND_VIOLATION)
			t->broken = tcpfsm_anomaly_names[out.note[i].anomaly];
}

static void emit(struct talk *t, int from, u8 flags, u32 seq, u32 len)
{
	struct packet_in_flight packet = {
		.from = from,
		.seg = {
			.flags = flags, .seq = seq, .len = len, .window = WINDOW,
			.wscale = TCPFSM_WSCALE_NONE, .sack = true,
			.ack = flags & TCPFSM_ACK ? t->tcp[from].rcv : 0,
		},
	};

	packet.seg.end = seq + len + !!(flags & TCPFSM_SYN) + !!(flags & TCPFSM_FIN);
	packet.seen = (int)t->vantage - AT_CLIENT == from;
	if (packet.seen)	/* a local end and the observer are the same host */
		observe(t, &packet);
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

	tcp->state = tcp->state == TCPFSM_STATE_CLOSE_WAIT ?
		     TCPFSM_STATE_LAST_ACK : TCPFSM_STATE_FIN_WAIT_1;
	emit(t, who, TCPFSM_FIN | TCPFSM_ACK, tcp->nxt, 0);
	tcp->nxt++;
}

static void output(struct talk *t, int who)
{
	struct tcp *tcp = &t->tcp[who];

	while (can_send(tcp) && tcp->nxt != tcp->last &&
	       tcp->nxt + MSS - tcp->una <= WINDOW) {
		emit(t, who, TCPFSM_ACK | TCPFSM_PSH, tcp->nxt, MSS);
		tcp->nxt += MSS;
	}
	if (can_send(tcp) && tcp->nxt == tcp->last && t->now >= tcp->close_at &&
	    tcp->nxt - tcp->una <= WINDOW - 1)
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
	if (seg->len && tcp->pieces < PIECES) {
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
	if (seq_before(seg->ack, tcp->una - WINDOW))
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
	const int local = (int)t->vantage - AT_CLIENT;
	struct packet_in_flight it = *packet;

	packet->there = false;
	t->flying--;
	if (!it.seen) {
		it.seen = true;
		observe(t, &it);
		if (local != !it.from) {
			launch(t, &it);
			return;
		}
	}
	input(t, !it.from, &it.seg);
}

static void check_local(struct talk *t)
{
	const int local = (int)t->vantage - AT_CLIENT;

	if (t->begun && local >= 0 && t->conn.end[local].state != t->tcp[local].state)
		t->broken = "the local state differs";
}

static void tick(struct talk *t)
{
	bool moved = true;
	int i;

	for (i = 0; i < 2; i++) {
		resend(t, i);
		output(t, i);
	}
	while (moved && t->flying && !t->broken) {
		moved = false;
		for (i = 0; i < PACKETS && !t->broken; i++)
			if (t->packet[i].there && t->packet[i].at <= t->now) {
				travel(t, &t->packet[i]);
				moved = true;
			}
	}
	check_local(t);
}

static bool is_over(const struct talk *t)
{
	int i, over = 0;

	for (i = 0; i < 2; i++)
		over += t->tcp[i].state == TCPFSM_STATE_CLOSED ||
			t->tcp[i].state == TCPFSM_STATE_TIME_WAIT;
	return over == 2 && !t->flying;
}

static bool run(enum vantage vantage, u32 seed)
{
	static struct talk t;
	int i;

	random_seed(seed);
	memset(&t, 0, sizeof(t));
	t.vantage = vantage;
	t.loss = random_below(4) * 10;
	for (i = 0; i < 2; i++) {
		struct tcp *tcp = &t.tcp[i];

		tcp->iss = random_below(2) ? -random_below(3000) : random_u32();
		tcp->una = tcp->iss;
		tcp->last = tcp->iss + 1 + MSS * random_below(40);
		tcp->close_at = (int)random_below(1000);
		tcp->state = i ? TCPFSM_STATE_LISTEN : TCPFSM_STATE_SYN_SENT;
	}
	t.tcp[0].nxt = t.tcp[0].iss + 1;
	while (t.now < END && !t.broken && !is_over(&t)) {
		t.now++;
		tick(&t);
	}
	if (t.broken)
		ktap_note("seed %u, tick %d: %s: C %s, S %s; we: %s %s", seed, t.now,
			  t.broken, tcpfsm_state_names[t.tcp[0].state],
			  tcpfsm_state_names[t.tcp[1].state],
			  tcpfsm_state_names[t.conn.end[0].state],
			  tcpfsm_state_names[t.conn.end[1].state]);
	return !t.broken;
}

int main(void)
{
	static const char *const names[VANTAGE_COUNT] = {
		"forwarded", "at the client", "at the server",
	};
	enum vantage vantage;
	char name[64];
	u32 seed;

	ktap_plan(VANTAGE_COUNT);
	for (vantage = FORWARD; vantage < VANTAGE_COUNT; vantage++) {
		u32 failed = 0;

		for (seed = 1; seed <= TALKS && failed < 5; seed++)
			failed += !run(vantage, seed);
		snprintf(name, sizeof(name), "no violation, %s", names[vantage]);
		ktap_result(!failed, name);
	}
	return ktap_exit();
}
