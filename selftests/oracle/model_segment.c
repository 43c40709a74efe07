// SPDX-License-Identifier: GPL-2.0
/* Dispatch a segment to the rule for its flags. */
#include "context.h"
#include "model_segment.h"
#include "numbers.h"
#include "paws.h"
#include "rule_ack.h"
#include "rule_rst.h"
#include "rule_syn.h"
#include "rule_synack.h"
#include "times.h"
#include "zeek.h"

/*
 * RFC 9293 section 3.10.7.4 restarts TIME-WAIT for a retransmitted FIN. Linux restarts it
 * for every segment with an ACK, acceptable or not, and for a SYN that PAWS rejects:
 * tcp_timewait_state_process().
 */
static bool restarts_time_wait(const struct context *x)
{
	return x->sight->arrives && receiver(x)->state == TIME_WAIT && !x->seg->rst &&
	       (x->seg->ack || is_old_by_clock(x));
}

static void restart_time_wait(const struct context *x)
{
	bool again = x->seg->fin && x->end == after_fin(x->m, x->from);

	write_restart(x->m, x->to, again, x->sight->now);
}

static void apply_rules(struct context *x)
{
	if (x->seg->rst)
		rule_rst(x);
	else if (x->seg->syn && x->seg->ack)
		rule_synack(x);
	else if (x->seg->syn)
		rule_syn(x);
	else
		rule_ack(x);
}

void model_segment(struct model *m, enum who from, const struct segment *seg,
		   const struct sight *sight, struct verdict *verdict)
{
	struct context x = {
		.m = m, .from = from, .to = peer_of(from), .seg = seg, .sight = sight,
		.verdict = verdict,
	};
	bool restarts;

	*verdict = (struct verdict){ 0 };
	unwrap_segment(&x);
	restarts = restarts_time_wait(&x);
	/*
	 * A segment that only arrives was seen to leave. If its sender has not sent that
	 * far, it left in the previous connection.
	 */
	if (sight->leaves || seg->rst ||
	    (m->end[from].numbered && x.end <= sent_up_to(m, from)))
		apply_rules(&x);
	if (sight->leaves && !verdict->reopen)
		zeek_sees(&x, verdict->used);
	/* A segment of the next connection does not restart the TIME-WAIT of this one */
	if (restarts && !verdict->reopen)
		restart_time_wait(&x);
}

enum who model_reopen(struct model *m, enum who from, const struct segment *seg,
		      const struct sight *sight, struct verdict *verdict)
{
	struct segment syn = m->pending_syn;
	const struct sight before = {
		.now = seg->ack ? m->pending_time : sight->now,
		.leaves = true, .arrives = true,
	};

	*verdict = (struct verdict){ 0 };
	model_begin(m, before.now);
	m->follows = true;
	(void)from;
	if (!seg->ack)
		return CLIENT;
	model_segment(m, CLIENT, &syn, &before, verdict);
	return SERVER;
}
