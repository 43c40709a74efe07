// SPDX-License-Identifier: GPL-2.0
/* Print the state machine as the list in Documentation/fsm.rst. */
#include <stdio.h>
#include <string.h>

#include "core/fsm.h"

static const struct {
	const char	*title;
	const char	*event[TCPFSM_EVENT_COUNT];
} groups[] = {
	{ "Sent by the endpoint itself: proof (R1)", {
		[TCPFSM_SND_SYN]	= "sends SYN",
		[TCPFSM_SND_SYNACK]	= "sends SYN,ACK",
		[TCPFSM_SND_ACK_SYN]	= "acknowledges the peer's SYN",
		[TCPFSM_SND_DATA]	= "sends what needs a finished handshake",
		[TCPFSM_SND_ACK_FIN]	= "acknowledges the peer's FIN",
		[TCPFSM_SND_FIN]	= "sends FIN",
		[TCPFSM_SND_RST]	= "sends RST",
	} },
	{ "Received: assumed, or proven by delivery (R2)", {
		[TCPFSM_RCV_SYN]	= "receives SYN",
		[TCPFSM_RCV_SYNACK]	= "receives SYN,ACK",
		[TCPFSM_RCV_ACK_SYN]	= "its SYN is acknowledged",
		[TCPFSM_RCV_ACK_FIN]	= "its FIN is acknowledged",
		[TCPFSM_RCV_FIN]	= "receives FIN",
		[TCPFSM_RCV_RST]	= "receives RST",
	} },
	{ "Sent again: what was assumed is taken back (R3)", {
		[TCPFSM_AGAIN_SYN]	= "sends SYN again",
		[TCPFSM_AGAIN_SYNACK]	= "sends SYN,ACK again",
		[TCPFSM_AGAIN_FIN]	= "sends FIN, without having the peer's",
		[TCPFSM_AGAIN_FIN_ACK]	= "sends FIN again, having the peer's",
		[TCPFSM_UNDO_FIN]	= "sends RST, not having the peer's FIN",
	} },
	{ "Time", {
		[TCPFSM_END]		= "the wait is over",
	} },
};

static void print_event(enum tcpfsm_event event, const char *name)
{
	enum tcpfsm_state state;

	for (state = 0; state < TCPFSM_STATE_COUNT; state++) {
		enum tcpfsm_state next = tcpfsm_fsm_next(state, event);

		if (next == state)
			continue;
		printf("%-38s  %-12s  %s\n", name, tcpfsm_state_names[state],
		       tcpfsm_state_names[next]);
		name = "..";
	}
}

static void rule(void)
{
	printf("%.38s  %.12s  %.12s\n",
	       "======================================", "============",
	       "============");
}

int main(void)
{
	unsigned int i;
	int event;

	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		printf("\n%s\n\n", groups[i].title);
		rule();
		printf("%-38s  %-12s  %s\n", "The endpoint", "in", "goes to");
		rule();
		for (event = 0; event < TCPFSM_EVENT_COUNT; event++)
			if (groups[i].event[event])
				print_event(event, groups[i].event[event]);
		rule();
	}
	return 0;
}
