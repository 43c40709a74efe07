// SPDX-License-Identifier: GPL-2.0
#include "counts.h"
#include "numbers.h"

void count_syn(const struct context *x, bool again)
{
	sender(x)->segments++;
	sender(x)->payload += x->seg->len;
	sender(x)->again += again;
}

static bool everything_is_acked(const struct context *x)
{
	const struct model *m = x->m;

	return has_acked(m, x->to) && acked_up_to(m, x->to) == sent_up_to(m, x->from);
}

/*
 * RFC 9293 section 3.8.4: a keepalive begins right before SND.NXT, when everything is
 * acknowledged, and may have one octet that means nothing. A retransmission of the last
 * octet looks the same. A choice: it is a keepalive after half a second of silence, or if
 * no octet of payload can have its number, since a SYN or FIN has it.
 */
static bool is_keepalive_with_octet(const struct context *x)
{
	const struct model *m = x->m;
	bool has_no_octet = (sender(x)->has_isn && x->start == sender(x)->isn) ||
			    has_sent_fin(m, x->from);

	return x->seg->len == 1 && !x->seg->fin &&
	       x->start + 1 == sent_up_to(m, x->from) && everything_is_acked(x) &&
	       (has_no_octet || x->sight->idle >= 500000000);
}

bool is_window_probe(const struct context *x)
{
	return x->seg->len == 1 && !x->seg->fin && has_window(x->m, x->to) &&
	       x->start == right_edge(x->m, x->to) && x->start >= sent_up_to(x->m, x->from);
}

/* Whether the last that this end has sent is the octet of a window probe */
static bool ends_with_probe(const struct model *m, enum who who)
{
	size_t i;

	for (i = m->records; i > m->end[who].isn_since; i--) {
		const struct record *r = &m->record[i - 1];

		if (r->from == who && r->left && r->end == sent_up_to(m, who) && r->extends)
			return r->probe;
	}
	return false;
}

/*
 * The octet of a window probe is payload, once: as long as it is not acknowledged, it is
 * sent in each probe, and at last with the data that follows it.
 */
void count_data(const struct context *x)
{
	const struct model *m = x->m;
	struct end *e = sender(x);

	e->segments++;
	if (is_keepalive_with_octet(x))
		return;
	e->payload += x->seg->len;
	if (x->end == x->start || x->start >= sent_up_to(m, x->from))
		return;
	if (x->seg->len && x->start + 1 == sent_up_to(m, x->from) && !everything_is_acked(x) &&
	    ends_with_probe(m, x->from))
		e->payload--;
	else
		e->again++;
}

/* A FIN or a number alone is not counted: it may as well be a late duplicate */
void count_old(const struct context *x)
{
	struct end *e = sender(x);

	e->segments++;
	if (!x->seg->len || is_keepalive_with_octet(x))
		return;
	e->payload += x->seg->len;
	if (x->start + 1 == sent_up_to(x->m, x->from) && !everything_is_acked(x) &&
	    ends_with_probe(x->m, x->from))
		e->payload--;
	else
		e->again++;
}
