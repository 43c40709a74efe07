// SPDX-License-Identifier: GPL-2.0
/*
 * The table of fsm.c against a second list of transitions, written from RFC 9293:
 * figure 5, and section 3.10 for what the figure leaves out.
 */
#include "core/fsm.h"
#include "ktap.h"

#define S(name) TCPFSM_STATE_##name

/**
 * struct allowed - a transition that the table must have
 * @event: what happens
 * @old: the state before it
 * @new: the state after it
 */
struct allowed {
	enum tcpfsm_event	event;
	enum tcpfsm_state	old;
	enum tcpfsm_state	new;
};

static const struct allowed figure5[] = {
	/* OPEN, active; and SEND in LISTEN */
	{ TCPFSM_SND_SYN,	S(CLOSED),	 S(SYN_SENT) },
	{ TCPFSM_SND_SYN,	S(LISTEN),	 S(SYN_SENT) },
	/* rcv SYN, snd SYN,ACK */
	{ TCPFSM_SND_SYNACK,	S(LISTEN),	 S(SYN_RECEIVED) },
	{ TCPFSM_SND_SYNACK,	S(SYN_SENT),	 S(SYN_RECEIVED) },
	{ TCPFSM_RCV_SYN,	S(SYN_SENT),	 S(SYN_RECEIVED) },
	/* rcv SYN,ACK, snd ACK */
	{ TCPFSM_RCV_SYNACK,	S(SYN_SENT),	 S(ESTABLISHED) },
	{ TCPFSM_SND_ACK_SYN,	S(SYN_SENT),	 S(ESTABLISHED) },
	/* rcv ACK of SYN; figure 8 has it on a SYN,ACK too */
	{ TCPFSM_RCV_ACK_SYN,	S(SYN_RECEIVED), S(ESTABLISHED) },
	{ TCPFSM_RCV_SYNACK,	S(SYN_RECEIVED), S(ESTABLISHED) },
	{ TCPFSM_SND_DATA,	S(SYN_RECEIVED), S(ESTABLISHED) },
	/* CLOSE, snd FIN */
	{ TCPFSM_SND_FIN,	S(SYN_RECEIVED), S(FIN_WAIT_1) },
	{ TCPFSM_SND_FIN,	S(ESTABLISHED),	 S(FIN_WAIT_1) },
	{ TCPFSM_SND_FIN,	S(CLOSE_WAIT),	 S(LAST_ACK) },
	/* rcv FIN, snd ACK; in SYN-RECEIVED by section 3.10.7.4, eighth */
	{ TCPFSM_RCV_FIN,	S(SYN_RECEIVED), S(CLOSE_WAIT) },
	{ TCPFSM_RCV_FIN,	S(ESTABLISHED),	 S(CLOSE_WAIT) },
	{ TCPFSM_RCV_FIN,	S(FIN_WAIT_1),	 S(CLOSING) },
	{ TCPFSM_RCV_FIN,	S(FIN_WAIT_2),	 S(TIME_WAIT) },
	{ TCPFSM_SND_ACK_FIN,	S(SYN_RECEIVED), S(CLOSE_WAIT) },
	{ TCPFSM_SND_ACK_FIN,	S(ESTABLISHED),	 S(CLOSE_WAIT) },
	{ TCPFSM_SND_ACK_FIN,	S(FIN_WAIT_1),	 S(CLOSING) },
	{ TCPFSM_SND_ACK_FIN,	S(FIN_WAIT_2),	 S(TIME_WAIT) },
	/* rcv ACK of FIN */
	{ TCPFSM_RCV_ACK_FIN,	S(FIN_WAIT_1),	 S(FIN_WAIT_2) },
	{ TCPFSM_RCV_ACK_FIN,	S(CLOSING),	 S(TIME_WAIT) },
	{ TCPFSM_RCV_ACK_FIN,	S(LAST_ACK),	 S(CLOSED) },
	/* The request timed out, and the listener answers the SYN again */
	{ TCPFSM_SND_SYNACK,	S(CLOSED),	 S(SYN_RECEIVED) },
	/* Rollback: a retransmission proves that less had arrived */
	{ TCPFSM_AGAIN_SYN,	S(SYN_RECEIVED), S(SYN_SENT) },
	{ TCPFSM_AGAIN_SYN,	S(ESTABLISHED),	 S(SYN_SENT) },
	{ TCPFSM_AGAIN_SYN,	S(CLOSE_WAIT),	 S(SYN_SENT) },
	{ TCPFSM_AGAIN_SYNACK,	S(ESTABLISHED),	 S(SYN_RECEIVED) },
	{ TCPFSM_AGAIN_SYNACK,	S(CLOSE_WAIT),	 S(SYN_RECEIVED) },
	{ TCPFSM_AGAIN_FIN,	S(CLOSE_WAIT),	 S(FIN_WAIT_1) },
	{ TCPFSM_AGAIN_FIN,	S(FIN_WAIT_2),	 S(FIN_WAIT_1) },
	{ TCPFSM_AGAIN_FIN,	S(CLOSING),	 S(FIN_WAIT_1) },
	{ TCPFSM_AGAIN_FIN,	S(TIME_WAIT),	 S(FIN_WAIT_1) },
	{ TCPFSM_AGAIN_FIN_ACK,	S(FIN_WAIT_1),	 S(CLOSING) },
	{ TCPFSM_AGAIN_FIN_ACK,	S(FIN_WAIT_2),	 S(CLOSING) },
	{ TCPFSM_AGAIN_FIN_ACK,	S(TIME_WAIT),	 S(CLOSING) },
	{ TCPFSM_AGAIN_FIN_ACK,	S(CLOSED),	 S(LAST_ACK) },
	/* Rollback: a RST proves that the peer's FIN had not been taken */
	{ TCPFSM_UNDO_FIN,	S(TIME_WAIT),	 S(FIN_WAIT_2) },
};

/* The events that close from nearly every state: sections 3.10.5 (ABORT), 3.10.7 */
static bool closes(enum tcpfsm_state state, enum tcpfsm_event event)
{
	switch (event) {
	case TCPFSM_END:
		return true;
	case TCPFSM_RCV_RST:	/* LISTEN ignores it: 3.10.7.2 */
		return state != S(LISTEN);
	case TCPFSM_SND_RST:	/* SYN-SENT only answers with it: 3.10.7.3 */
		return state != S(SYN_SENT);
	default:
		return false;
	}
}

static enum tcpfsm_state expected(enum tcpfsm_state state,
				  enum tcpfsm_event event)
{
	size_t i;

	if (closes(state, event))
		return S(CLOSED);
	for (i = 0; i < ARRAY_SIZE(figure5); i++)
		if (figure5[i].event == event && figure5[i].old == state)
			return figure5[i].new;
	return state;
}

static bool check_event(enum tcpfsm_event event)
{
	bool ok = true;
	int state;

	for (state = 0; state < TCPFSM_STATE_COUNT; state++) {
		enum tcpfsm_state want = expected(state, event);
		enum tcpfsm_state got = tcpfsm_fsm_next(state, event);

		if (got == want)
			continue;
		ktap_note("%s, event %d: %s, not %s", tcpfsm_state_names[state],
			  event, tcpfsm_state_names[got],
			  tcpfsm_state_names[want]);
		ok = false;
	}
	return ok;
}

/* Which states can be reached by all events but those in "without"? */
static u32 reachable(enum tcpfsm_state from, u32 without)
{
	u32 met = 1u << from, before;
	int state, event;

	do {
		before = met;
		for (state = 0; state < TCPFSM_STATE_COUNT; state++)
			for (event = 0; event < TCPFSM_EVENT_COUNT; event++)
				if (met & 1u << state && !(without & 1u << event))
					met |= 1u << tcpfsm_fsm_next(state, event);
	} while (met != before);
	return met;
}

static bool stays_in_range(void)
{
	return !((reachable(S(CLOSED), 0) | reachable(S(LISTEN), 0)) >>
		 TCPFSM_STATE_COUNT);
}

/* All but LISTEN: only a passive OPEN leads there, which sends no segment */
static bool meets_all_states(void)
{
	const u32 all = (1u << TCPFSM_STATE_COUNT) - 1;
	const u32 again = 1u << TCPFSM_AGAIN_SYN | 1u << TCPFSM_AGAIN_SYNACK |
			  1u << TCPFSM_AGAIN_FIN | 1u << TCPFSM_AGAIN_FIN_ACK |
			  1u << TCPFSM_UNDO_FIN;

	return reachable(S(CLOSED), again) == (all & ~(1u << S(LISTEN))) &&
	       reachable(S(LISTEN), again) == all;
}

/* TIME-WAIT takes both FINs: the own one and the peer's */
static bool time_wait_needs_both_fins(void)
{
	const u32 own = 1u << TCPFSM_SND_FIN | 1u << TCPFSM_AGAIN_FIN |
			1u << TCPFSM_AGAIN_FIN_ACK;
	const u32 peers = 1u << TCPFSM_RCV_FIN | 1u << TCPFSM_SND_ACK_FIN |
			  1u << TCPFSM_AGAIN_FIN_ACK;
	const u32 time_wait = 1u << S(TIME_WAIT);

	return !(reachable(S(LISTEN), own) & time_wait) &&
	       !(reachable(S(LISTEN), peers) & time_wait);
}

/* An arriving segment does not move an end in CLOSED or LISTEN */
static bool unconnected_ignore_arrivals(void)
{
	int event;

	for (event = TCPFSM_RCV_SYN; event <= TCPFSM_RCV_RST; event++)
		if (tcpfsm_fsm_next(S(CLOSED), event) != S(CLOSED) ||
		    tcpfsm_fsm_next(S(LISTEN), event) != S(LISTEN))
			return false;
	return true;
}

static bool names_are_there(void)
{
	int i;

	for (i = 0; i < TCPFSM_STATE_COUNT; i++)
		if (!tcpfsm_state_names[i])
			return false;
	for (i = 0; i < TCPFSM_CAUSE_COUNT; i++)
		if (!tcpfsm_cause_names[i])
			return false;
	return true;
}

int main(void)
{
	char name[64];
	int event;

	ktap_plan(TCPFSM_EVENT_COUNT + 5);
	for (event = 0; event < TCPFSM_EVENT_COUNT; event++) {
		snprintf(name, sizeof(name), "event %d in all states", event);
		ktap_result(check_event(event), name);
	}
	ktap_result(stays_in_range(), "no transition leaves the 11 states");
	ktap_result(meets_all_states(), "every state is met");
	ktap_result(time_wait_needs_both_fins(), "TIME-WAIT needs both FINs");
	ktap_result(unconnected_ignore_arrivals(),
		    "CLOSED and LISTEN ignore what arrives");
	ktap_result(names_are_there(), "every state and cause has a name");
	return ktap_exit();
}
