// SPDX-License-Identifier: GPL-2.0
/* Laws of a connection between two segments. */
#include "conn_laws.h"
#include "core/conn_life.h"

#define BIT(state) (1u << TCPFSM_STATE_##state)

/* States in which an end has sent its FIN, has received its peer's, and the ACK of its own */
#define HAS_SENT_FIN	(BIT(FIN_WAIT_1) | BIT(FIN_WAIT_2) | BIT(CLOSING) | \
			 BIT(LAST_ACK) | BIT(TIME_WAIT))
#define HAS_PEERS_FIN	(BIT(CLOSE_WAIT) | BIT(CLOSING) | BIT(LAST_ACK) | \
			 BIT(TIME_WAIT))
#define HAS_ACK_OF_FIN	(BIT(FIN_WAIT_2) | BIT(TIME_WAIT))
#define IN_HANDSHAKE	(BIT(LISTEN) | BIT(SYN_SENT) | BIT(SYN_RECEIVED))
/* States that keep a connection alive, see tcpfsm_conn_wait() */
#define IS_LIVE		(BIT(ESTABLISHED) | BIT(CLOSE_WAIT) | BIT(FIN_WAIT_2))

static u32 states_of(const struct tcpfsm_conn *conn)
{
	return 1u << conn->end[0].state | 1u << conn->end[1].state;
}

static void check_end(const struct tcpfsm_end *e, const struct tcpfsm_end *p)
{
	u32 state;

	must(e->state < TCPFSM_STATE_COUNT, "a state is one of the eleven");
	state = 1u << e->state;
	if (state & HAS_SENT_FIN)
		must(e->flags & TCPFSM_END_FIN,
		     "in a state after its FIN an end has sent a FIN");
	else if (e->flags & TCPFSM_END_FIN)
		must(state & BIT(CLOSED),
		     "an end that has sent a FIN is in a state after it, or closed");
	if (state & HAS_PEERS_FIN)
		must(p->flags & TCPFSM_END_FIN && !seq_before(e->rcv_nxt, p->fin),
		     "in a state after the peer's FIN an end has received all before it");
	if (state & HAS_ACK_OF_FIN)
		must(p->flags & TCPFSM_END_ACK && !seq_before(p->ack, e->fin),
		     "in FIN-WAIT-2 and TIME-WAIT the FIN of an end is acknowledged");
	if (state & (BIT(SYN_SENT) | BIT(SYN_RECEIVED)))
		must(e->flags & TCPFSM_END_SYN,
		     "in SYN-SENT and SYN-RECEIVED an end has sent a SYN");
	if (state & BIT(LISTEN))
		must(!(e->flags & TCPFSM_END_SYN), "in LISTEN an end has sent no SYN");
}

/* Its socket was gone before it had offered a window */
static bool never_took(const struct tcpfsm_end *end)
{
	return end->state == TCPFSM_STATE_CLOSED && !(end->flags & TCPFSM_END_EDGE);
}

/*
 * Not in mid-stream: without a known window numbers can be more than 2^31 apart,
 * and then the later one compares as the earlier.
 */
static void check_order(const struct tcpfsm_end *e, const struct tcpfsm_end *p)
{
	if (!(e->flags & TCPFSM_END_ACK))
		return;
	if (e->flags & TCPFSM_END_EDGE)
		must(!seq_before(e->edge, e->ack),
		     "the right edge of the window is not before the left one");
	if (!(p->flags & TCPFSM_END_SEEN))
		return;
	must(!seq_after(e->ack, p->nxt), "no more is acknowledged than was sent");
	must(!seq_after(e->rcv_nxt, p->nxt), "no more is received than was sent");
}

static void check_end_flags(const struct tcpfsm_end *e)
{
	if (e->flags & TCPFSM_END_FIN)
		must(e->nxt == e->fin, "SND.NXT after a FIN is right behind it");
	if (e->flags & TCPFSM_END_FIN_SECOND)
		must(e->flags & TCPFSM_END_FIN,
		     "an end marked as second to send a FIN has sent one");
	if (e->flags & TCPFSM_END_SYNACK)
		must(e->flags & TCPFSM_END_SYN,
		     "an end that has sent a SYN-ACK has sent a SYN");
	must(e->packets || !e->bytes, "octets are counted with packets");
	must(e->wscale <= TCPFSM_WSCALE_MAX || e->wscale == TCPFSM_WSCALE_NONE,
	     "the window scale is 14 at most");
	must(e->max_window <= 65535u << TCPFSM_WSCALE_MAX,
	     "the largest window is 65535 << 14 at most");
}

static void check_opened(const struct tcpfsm_conn *conn)
{
	bool opening = states_of(conn) & IN_HANDSHAKE;

	switch (conn->opened) {
	case TCPFSM_OPENED_INCOMPLETE:
		must(opening || states_of(conn) & BIT(CLOSED),
		     "\"opened\" incomplete: an end is in the handshake, or closed");
		break;
	case TCPFSM_OPENED_MIDSTREAM:
		must(conn->flags & TCPFSM_CONN_MIDSTREAM,
		     "\"opened\" midstream: the connection is marked so");
		break;
	case TCPFSM_OPENED_SIMULTANEOUS:
		must(conn->flags & TCPFSM_CONN_CROSSED_SYN,
		     "\"opened\" simultaneous: the SYNs crossed");
		must(!opening, "\"opened\": no end is in the handshake any more");
		break;
	case TCPFSM_OPENED_FAST_OPEN:
		must(conn->flags & TCPFSM_CONN_SYN_DATA,
		     "\"opened\" fast-open: the SYN's data was accepted");
		fallthrough;
	case TCPFSM_OPENED_HANDSHAKE:
		must(!opening, "\"opened\": no end is in the handshake any more");
		break;
	default:
		must(false, "\"opened\" is one of its five values");
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
		     "\"closed\" is not open when both ends are closed");
		/* A rollback takes "closed" back while the other end is in TIME-WAIT */
		must(!(states_of(conn) & BIT(TIME_WAIT)) ||
		     states_of(conn) & (BIT(FIN_WAIT_1) | BIT(CLOSING) |
					BIT(LAST_ACK) | BIT(CLOSED)),
		     "\"closed\" open in TIME-WAIT: the other end was rolled back or is gone");
		break;
	case TCPFSM_CLOSED_FIN:
	case TCPFSM_CLOSED_SIMULTANEOUS_FIN:
		must(both & TCPFSM_END_FIN, "\"closed\" fin: both ends have sent a FIN");
		must(states_of(conn) & (BIT(CLOSED) | BIT(TIME_WAIT)),
		     "\"closed\" fin: an end is in TIME-WAIT or closed");
		break;
	case TCPFSM_CLOSED_RESET:
	case TCPFSM_CLOSED_REFUSED:
		must(conn->flags & TCPFSM_CONN_RESET,
		     "\"closed\" reset or refused: there was a RST that counted");
		fallthrough;
	case TCPFSM_CLOSED_ABORTED:
	case TCPFSM_CLOSED_TIMEOUT:
		must(states_of(conn) & BIT(CLOSED),
		     "\"closed\" without FINs: an end is closed");
		break;
	default:
		must(false, "\"closed\" has no other value while the connection is kept");
	}
}

static void check_wait(const struct tcpfsm_conn *conn)
{
	u32 gone = BIT(CLOSED) | BIT(LISTEN);
	u32 states = states_of(conn);
	bool both_gone = !(states & ~gone);

	switch (tcpfsm_conn_wait(conn)) {
	case TCPFSM_WAIT_CLOSED:
		must(both_gone, "wait closed: both ends are in CLOSED or LISTEN");
		break;
	case TCPFSM_WAIT_TIME_WAIT:
		must(states & BIT(TIME_WAIT), "wait time-wait: an end is in TIME-WAIT");
		break;
	case TCPFSM_WAIT_HALF_OPEN:
		must(states & IN_HANDSHAKE || conn->flags & TCPFSM_CONN_MIDSTREAM,
		     "wait half-open: an end is in the handshake, or it is mid-stream");
		break;
	case TCPFSM_WAIT_LIVE:
		must(!(states & ~IS_LIVE), "wait live: both ends are in a live state");
		break;
	case TCPFSM_WAIT_CLOSING:
		must(states & ~IS_LIVE, "wait closing: an end is not in a live state");
		break;
	default:
		must(false, "wait is one of its five values");
	}
	must(both_gone == (tcpfsm_conn_wait(conn) == TCPFSM_WAIT_CLOSED),
	     "wait closed: if and only if both ends are in CLOSED or LISTEN");
	if (states & BIT(TIME_WAIT))
		must(tcpfsm_conn_wait(conn) == TCPFSM_WAIT_TIME_WAIT,
		     "an end in TIME-WAIT: wait is time-wait");
}

/**
 * laws_of_state - check a connection between two segments
 * @conn: the connection
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
