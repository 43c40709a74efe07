// SPDX-License-Identifier: GPL-2.0
/* How the state of an end follows from what is believed of it. */
#include <string.h>

#include "model.h"

/* RFC 9293 section 3.3.2; the quotations continue its "represents waiting for" */
enum state state_of(const struct end *end)
{
	if (end->gone)
		return CLOSED;
	if (!end->sent_syn)
		return end->listens ? LISTEN : CLOSED;

	if (end->sent_fin && end->has_fin) {
		if (end->fin_second)	/* "... an acknowledgment of the FIN" */
			return end->fin_acked ? CLOSED : LAST_ACK;
		return end->fin_acked ? TIME_WAIT : CLOSING;
	}
	if (end->sent_fin)		/* "... a termination request from the remote" */
		return end->fin_acked ? FIN_WAIT_2 : FIN_WAIT_1;
	if (end->has_fin)		/* "... from the local user" */
		return CLOSE_WAIT;

	if (!end->has_syn)		/* "... a matching connection request" */
		return SYN_SENT;
	if (!end->syn_acked)		/* "... a confirming acknowledgment" */
		return SYN_RECEIVED;
	return ESTABLISHED;
}

void model_begin(struct model *m, uint64_t now)
{
	memset(m, 0, offsetof(struct model, record));
	m->began = now;
	m->end[SERVER].listens = true;
	m->end[SERVER].state = LISTEN;
}
