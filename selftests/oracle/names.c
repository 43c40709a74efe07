// SPDX-License-Identifier: GPL-2.0
#include "names.h"

const char *const state_names[STATES] = {
	[CLOSED]	= "closed",
	[LISTEN]	= "listen",
	[SYN_SENT]	= "syn-sent",
	[SYN_RECEIVED]	= "syn-recv",
	[ESTABLISHED]	= "estab",
	[FIN_WAIT_1]	= "fin-wait-1",
	[FIN_WAIT_2]	= "fin-wait-2",
	[CLOSE_WAIT]	= "close-wait",
	[CLOSING]	= "closing",
	[LAST_ACK]	= "last-ack",
	[TIME_WAIT]	= "time-wait",
};

const char *const cause_names[] = {
	[BY_SYN]	= "syn",
	[BY_SYNACK]	= "syn-ack",
	[BY_ACK]	= "ack",
	[BY_DATA]	= "data",
	[BY_FIN]	= "fin",
	[BY_RST]	= "rst",
	[BY_TIME]	= "timeout",
	[BY_ROLLBACK]	= "rollback",
	[BY_FLUSH]	= "flush",
	[BY_EVICT]	= "evict",
};
