// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "failure.h"
#include "unit/ktap.h"
#include "names.h"
#include "pair.h"
#include "pair_step.h"
#include "translate.h"

static bool disagrees(const struct story *story)
{
	static struct pair pair;
	size_t i;

	pair_begin(&pair, story);
	for (i = 0; i < story->steps; i++)
		if (!pair_step(&pair, &story->step[i]))
			return true;
	return false;
}

static struct story without(const struct story *story, size_t at, size_t count)
{
	struct story shorter = *story;

	memmove(&shorter.step[at], &shorter.step[at + count],
		(story->steps - at - count) * sizeof(story->step[0]));
	shorter.steps -= count;
	return shorter;
}

static bool drop_steps(struct story *story, size_t count)
{
	bool dropped = false;
	size_t at = 0;

	while (at + count <= story->steps) {
		struct story shorter = without(story, at, count);

		if (disagrees(&shorter)) {
			*story = shorter;
			dropped = true;
		} else {
			at++;
		}
	}
	return dropped;
}

/* Remove one special property of a step; they are tried in this order */
static void simplify_step(struct step *step, int what)
{
	switch (what) {
	case 0:
		step->pause = 0;
		break;
	case 1:
		step->seg.stamped = false;
		step->seg.tsval = 0;
		break;
	case 2:
		step->seg.scale = NO_SCALE;
		break;
	case 3:
		step->seg.sack = true;
		step->seg.cookie = false;
		break;
	case 4:
		step->seg.window = 65535;
		break;
	case 5:
		step->seg.len = 0;
		break;
	case 6:
		step->forged = false;
		break;
	case 7:
		step->leaves = true;
		step->arrives = true;
		break;
	default:
		break;
	}
}

/* A loopback segment must be the same where it leaves and where it arrives */
static void simplify_id(struct story *story, size_t at, int what)
{
	const struct step *changed = &story->step[at];
	size_t i;

	simplify_step(&story->step[at], what);
	for (i = at + 1; i < story->steps; i++)
		if (story->step[i].kind == SEGMENT && story->step[i].id == changed->id &&
		    !story->step[i].leaves)
			story->step[i].seg = changed->seg;
}

static bool simplify_steps(struct story *story)
{
	bool changed = false;
	size_t at;
	int what;

	for (at = 0; at < story->steps; at++) {
		for (what = 0; what < 8 && story->step[at].leaves; what++) {
			struct story simpler = *story;

			simplify_id(&simpler, at, what);
			if (!memcmp(&simpler.step[at], &story->step[at],
				    sizeof(simpler.step[at])) || !disagrees(&simpler))
				continue;
			*story = simpler;
			changed = true;
		}
	}
	return changed;
}

static bool simplify_setting(struct story *story)
{
	struct story simpler = *story;

	simpler.rfc1337 = false;
	simpler.vantage = FORWARD;
	if (disagrees(&simpler) && (story->rfc1337 || story->vantage != FORWARD)) {
		*story = simpler;
		return true;
	}
	return false;
}

void failure_shrink(struct story *story)
{
	bool changed = true;

	while (changed) {
		changed = drop_steps(story, 8);
		changed |= drop_steps(story, 3);
		changed |= drop_steps(story, 2);
		changed |= drop_steps(story, 1);
		changed |= simplify_setting(story);
		changed |= simplify_steps(story);
	}
}

/* Numbers are printed relative to the first SYN of a host, or its first segment */
static uint32_t base_of(const struct story *story, unsigned int host)
{
	bool found = false;
	uint32_t base = 0;
	size_t i;

	for (i = 0; i < story->steps; i++) {
		const struct step *step = &story->step[i];

		if (step->kind != SEGMENT)
			continue;
		if (step->host == host && step->seg.syn)
			return step->seg.seq;
		if (found || (step->host != host && !step->seg.ack))
			continue;
		base = (step->host == host ? step->seg.seq : step->seg.ackno) - 1;
		found = true;
	}
	return base;
}

static int print_segment(const struct step *step, const uint32_t *base, char *text,
			 size_t size)
{
	static const char arrows[] = "?^v>";
	const struct segment *seg = &step->seg;
	int at;

	at = snprintf(text, size, "%c%c %s%s%s%s", "CS"[step->host],
		      arrows[step->leaves + 2 * step->arrives], seg->syn ? "S" : "",
		      seg->fin ? "F" : "", seg->rst ? "R" : "", seg->ack ? "A" : "");
	at += snprintf(text + at, size - at, " %d", (int32_t)(seg->seq - base[step->host]));
	if (seg->ack)
		at += snprintf(text + at, size - at, " %d",
			       (int32_t)(seg->ackno - base[!step->host]));
	if (seg->len)
		at += snprintf(text + at, size - at, " +%u", seg->len);
	if (seg->window != 65535)
		at += snprintf(text + at, size - at, " win=%u", seg->window);
	if (seg->syn && seg->scale != NO_SCALE)
		at += snprintf(text + at, size - at, " ws=%d", seg->scale);
	if (seg->stamped)
		at += snprintf(text + at, size - at, " ts=%d", (int32_t)seg->tsval);
	if (seg->syn && !seg->sack)
		at += snprintf(text + at, size - at, " nosack");
	if (seg->syn && seg->cookie)
		at += snprintf(text + at, size - at, " cookie");
	if (step->forged)
		at += snprintf(text + at, size - at, " forged");
	return at;
}

static void print_step(const struct step *step, const struct pair *pair,
		       const uint32_t *base)
{
	const struct end *c = &pair->model.end[pair->role[0]];
	const struct end *s = &pair->model.end[pair->role[1]];
	const struct tcpfsm_end *mc = &pair->conn.end[pair->role[0]];
	const struct tcpfsm_end *ms = &pair->conn.end[pair->role[1]];
	static const char *const kinds[] = {
		[EXPIRE] = "expire", [TIMEOUT] = "timeout", [EVICT] = "evict",
		[FLUSH] = "flush",
	};
	char text[256];

	if (step->kind == SEGMENT)
		print_segment(step, base, text, sizeof(text));
	else if (step->kind == GONE)
		snprintf(text, sizeof(text), "gone %c %s", "CS"[step->host],
			 tcpfsm_tw_end_names[module_tw_end[step->end]]);
	else if (step->kind == WATCH)
		snprintf(text, sizeof(text), "socket %c", "CS"[step->host]);
	else
		snprintf(text, sizeof(text), "%s", kinds[step->kind]);
	if (step->pause)
		ktap_note("    (%llu s later)", (unsigned long long)step->pause / 1000000000);
	ktap_note("    %-32s | %s%s %s%s | %s%s", text, state_names[c->state],
		  c->confirmed ? "" : "?", state_names[s->state], s->confirmed ? "" : "?",
		  pair->verdict.used ? "" : "ignored", pair->verdict.reopen ? " reopen" : "");
	if (pair->difference[0]) {
		ktap_note("    %32s   module: %s%s %s%s", "",
			  tcpfsm_state_names[mc->state],
			  mc->flags & TCPFSM_END_CONFIRMED ? "" : "?",
			  tcpfsm_state_names[ms->state],
			  ms->flags & TCPFSM_END_CONFIRMED ? "" : "?");
		ktap_note("    disagreement: %s", pair->difference);
	}
}

void failure_print(const struct story *story)
{
	static const char *const vantages[VANTAGES] = {
		"@forward", "@client", "@server", "@loopback",
	};
	const uint32_t base[2] = { base_of(story, 0), base_of(story, 1) };
	static struct pair pair;
	size_t i;

	ktap_note("  %s%s, ISNs %u and %u", vantages[story->vantage],
		  story->rfc1337 ? ", rfc1337" : "", base[0], base[1]);
	pair_begin(&pair, story);
	for (i = 0; i < story->steps && !pair.difference[0]; i++) {
		pair_step(&pair, &story->step[i]);
		print_step(&story->step[i], &pair, base);
	}
}
