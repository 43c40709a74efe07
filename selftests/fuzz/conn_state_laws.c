// SPDX-License-Identifier: GPL-2.0
/* The laws of what is known, at any time. */
#include "conn_laws.h"
#include "core/conn_life.h"

#define BIT(state) (1u << TCPFSM_STATE_##state)

/* The states by what has been said: own FIN, the peer's FIN, the ACK of the own */
#define HAS_SENT_FIN	(BIT(FIN_WAIT_1) | BIT(FIN_WAIT_2) | BIT(CLOSING) | \
			 BIT(LAST_ACK) | BIT(TIME_WAIT))
#define HAS_PEERS_FIN	(BIT(CLOSE_WAIT) | BIT(CLOSING) | BIT(LAST_ACK) | \
			 BIT(TIME_WAIT))
#define HAS_ACK_OF_FIN	(BIT(FIN_WAIT_2) | BIT(TIME_WAIT))
#define IN_HANDSHAKE	(BIT(LISTEN) | BIT(SYN_SENT) | BIT(SYN_RECEIVED))
#define CAN_SEND	(BIT(ESTABLISHED) | BIT(CLOSE_WAIT) | BIT(FIN_WAIT_2))

static u32 states_of(const struct tcpfsm_conn *conn)
{
	return 1u << conn->end[0].state | 1u << conn->end[1].state;
}

static void check_end(const struct tcpfsm_end *e, const struct tcpfsm_end *p)
{
	u32 state;

	must(e->state < TCPFSM_STATE_COUNT, "a state is one of eleven");
	state = 1u << e->state;
	if (state & HAS_SENT_FIN)
		must(e->flags & TCPFSM_END_FIN, "who waits for the ACK of a FIN sent one");
	else if (e->flags & TCPFSM_END_FIN)
		must(state & BIT(CLOSED), "who has sent a FIN is past ESTABLISHED");
	if (state & HAS_PEERS_FIN)
		must(p->flags & TCPFSM_END_FIN && !seq_before(e->rcv_nxt, p->fin),
		     "who has received a FIN has all before it");
	if (state & HAS_ACK_OF_FIN)
		must(p->flags & TCPFSM_END_ACK && !seq_before(p->ack, e->fin),
		     "whose FIN is acknowledged has got the ACK of it");
	if (state & (BIT(SYN_SENT) | BIT(SYN_RECEIVED)))
		must(e->flags & TCPFSM_END_SYN, "whose SYN is not acknowledged sent one");
	if (state & BIT(LISTEN))
		must(!(e->flags & TCPFSM_END_SYN), "who listens has sent no SYN");
}

/* Its socket was gone before it had said how much it takes */
static bool never_took(const struct tcpfsm_end *end)
{
	return end->state == TCPFSM_STATE_CLOSED && !(end->flags & TCPFSM_END_EDGE);
}

/*
 * Of two numbers more than 2^31 apart the later one looks like the earlier. In
 * mid-stream that can be, because no window is known at first.
 */
static void check_order(const struct tcpfsm_end *e, const struct tcpfsm_end *p)
{
	if (!(e->flags & TCPFSM_END_ACK))
		return;
	if (e->flags & TCPFSM_END_EDGE)
		must(!seq_before(e->edge, e->ack), "a window has a left edge");
	if (!(p->flags & TCPFSM_END_SEEN))
		return;
	must(!seq_after(e->ack, p->nxt), "what is acknowledged was sent");
	must(!seq_after(e->rcv_nxt, p->nxt), "what is received was sent");
}

static void check_end_flags(const struct tcpfsm_end *e)
{
	if (e->flags & TCPFSM_END_FIN)
		must(e->nxt == e->fin, "nothing comes behind a FIN");
	if (e->flags & TCPFSM_END_FIN_SECOND)
		must(e->flags & TCPFSM_END_FIN, "the second FIN is one");
	if (e->flags & TCPFSM_END_SYNACK)
		must(e->flags & TCPFSM_END_SYN, "a SYN-ACK is a SYN");
	must(e->packets || !e->bytes, "octets come in packets");
	must(e->wscale <= TCPFSM_WSCALE_MAX || e->wscale == TCPFSM_WSCALE_NONE,
	     "a window is shifted by 14 at most");
	must(e->max_window <= 65535u << TCPFSM_WSCALE_MAX, "so is the largest");
}

static void check_opened(const struct tcpfsm_conn *conn)
{
	bool opening = states_of(conn) & IN_HANDSHAKE;

	switch (conn->opened) {
	case TCPFSM_OPENED_INCOMPLETE:
		must(opening || states_of(conn) & BIT(CLOSED),
		     "past the handshake it is opened");
		break;
	case TCPFSM_OPENED_MIDSTREAM:
		must(conn->flags & TCPFSM_CONN_MIDSTREAM, "opened: midstream");
		break;
	case TCPFSM_OPENED_SIMULTANEOUS:
		must(conn->flags & TCPFSM_CONN_CROSSED_SYN,
		     "opened: simultaneous, the SYNs crossed");
		must(!opening, "what is opened is past the handshake");
		break;
	case TCPFSM_OPENED_FAST_OPEN:
		must(conn->flags & TCPFSM_CONN_SYN_DATA,
		     "opened: fast-open, the SYN had data");
		fallthrough;
	case TCPFSM_OPENED_HANDSHAKE:
		must(!opening, "what is opened is past the handshake");
		break;
	default:
		must(false, "it is opened in one of five ways");
	}
}

static void check_closed(const struct tcpfsm_conn *conn)
{
	u16 both = conn->end[0].flags & conn->end[1].flags;

	switch (conn->closed) {
	case TCPFSM_CLOSED_OPEN:
		must(conn->end[0].state != TCPFSM_STATE_CLOSED ||
		     conn->end[1].state != TCPFSM_STATE_CLOSED ||
		     !(conn->end[0].flags & TCPFSM_END_SEEN),
		     "what is closed did so somehow");
		/* After a rollback the FIN of one end is on its way again, or that end gone */
		must(!(states_of(conn) & BIT(TIME_WAIT)) ||
		     states_of(conn) & (BIT(FIN_WAIT_1) | BIT(CLOSING) |
					BIT(LAST_ACK) | BIT(CLOSED)),
		     "TIME-WAIT comes after the close");
		break;
	case TCPFSM_CLOSED_FIN:
	case TCPFSM_CLOSED_SIMULTANEOUS_FIN:
		must(both & TCPFSM_END_FIN, "closed: fin, both sent one");
		must(states_of(conn) & (BIT(CLOSED) | BIT(TIME_WAIT)),
		     "closed: fin, and one end knows");
		break;
	case TCPFSM_CLOSED_RESET:
	case TCPFSM_CLOSED_REFUSED:
		must(conn->flags & TCPFSM_CONN_RESET, "closed: reset, by a RST");
		fallthrough;
	case TCPFSM_CLOSED_ABORTED:
	case TCPFSM_CLOSED_TIMEOUT:
		must(states_of(conn) & BIT(CLOSED), "closed: reset or gone, one end is");
		break;
	default:
		must(false, "no segment closes for another reason");
	}
}

static void check_wait(const struct tcpfsm_conn *conn)
{
	u32 gone = BIT(CLOSED) | BIT(LISTEN);
	u32 states = states_of(conn);
	bool both_gone = !(states & ~gone);

	switch (tcpfsm_conn_wait(conn)) {
	case TCPFSM_WAIT_CLOSED:
		must(both_gone, "what nobody waits for is gone");
		break;
	case TCPFSM_WAIT_TIME_WAIT:
		must(states & BIT(TIME_WAIT), "2MSL are waited for in TIME-WAIT");
		break;
	case TCPFSM_WAIT_HALF_OPEN:
		must(states & IN_HANDSHAKE || conn->flags & TCPFSM_CONN_MIDSTREAM,
		     "what is half-open is in the handshake");
		break;
	case TCPFSM_WAIT_LIVE:
		must(!(states & ~CAN_SEND), "what is alive can send or receive");
		break;
	case TCPFSM_WAIT_CLOSING:
		must(states & ~CAN_SEND, "what closes has said so");
		break;
	default:
		must(false, "a connection waits for one of five things");
	}
	must(both_gone == (tcpfsm_conn_wait(conn) == TCPFSM_WAIT_CLOSED),
	     "what is gone is not waited for");
	if (states & BIT(TIME_WAIT))
		must(tcpfsm_conn_wait(conn) == TCPFSM_WAIT_TIME_WAIT,
		     "TIME-WAIT is waited for");
}

/**
 * laws_of_state - of a connection between segments
 * @conn: it
 * @now: the time
 */
void laws_of_state(const struct tcpfsm_conn *conn, u64 now)
{
	int role;

	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		check_end(&conn->end[role], &conn->end[!role]);
		check_end_flags(&conn->end[role]);
		if (!(conn->flags & TCPFSM_CONN_MIDSTREAM) &&
		    !never_took(&conn->end[0]) && !never_took(&conn->end[1]))
			check_order(&conn->end[role], &conn->end[!role]);
	}
	check_opened(conn);
	check_closed(conn);
	check_wait(conn);
	laws_of_times(conn, now);
}
