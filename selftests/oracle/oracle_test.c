// SPDX-License-Identifier: GPL-2.0
/*
 * Feed random segments to the module and to a naive model, and compare both:
 *
 *	oracle_test [-n SEGMENTS] [-s SEED]	compare
 *	oracle_test [-s SEED] -w WALK		run only this walk, in all modes
 *
 * The walks of a seed are numbered from 1, in each mode.
 */
#include <stdlib.h>
#include <unistd.h>

#include "coverage.h"
#include "failure.h"
#include "unit/ktap.h"
#include "unit/random.h"
#include "pair.h"
#include "pair_step.h"
#include "story.h"
#include "walk.h"

#define FAILURES_MAX	5

struct mode {
	const char	*name;
	enum vantage	vantage;
	bool		noise;
};

static const struct mode modes[] = {
	{ "walks, forwarded", FORWARD, false },
	{ "walks, at the client", AT_CLIENT, false },
	{ "walks, at the server", AT_SERVER, false },
	{ "walks, over loopback", LOOPBACK, false },
	{ "noise, forwarded", FORWARD, true },
	{ "noise, at the client", AT_CLIENT, true },
	{ "noise, at the server", AT_SERVER, true },
	{ "noise, over loopback", LOOPBACK, true },
};

/* What the options ask for */
struct choice {
	unsigned long long	segments;	/* at least so many in each mode */
	uint32_t		seed;
	uint32_t		walk;		/* run only this one; 0: all */
};

static struct pair pair, truth;
static struct story story;

/* Take one more step. Return: false if the models disagree */
static bool go_on(struct walk *walk)
{
	const enum state before[2] = {
		pair.model.end[CLIENT].state, pair.model.end[SERVER].state
	};
	const enum who role[2] = { pair.role[0], pair.role[1] };
	struct step *step = &story.step[story.steps++];

	*step = walk_step(walk, &pair);
	if (!pair_step(&pair, step))
		return false;
	coverage_note(&pair, step, before, role);
	return true;
}

/* Every walk begins with a number of its own, so that it needs no other walk before it */
static bool run_walk(const struct mode *mode, uint32_t seed, uint32_t number)
{
	struct walk walk;
	size_t steps;

	random_seed((uint64_t)seed << 32 | number);
	walk_begin(&walk, &story, &truth, mode->vantage, mode->noise);
	steps = 10 + random_below(random_below(4) ? 40 : STEPS_MAX - 10);
	pair_begin(&pair, &story);
	while (story.steps < steps)
		if (!go_on(&walk))
			return false;
	return true;
}

static void report(const struct mode *mode, uint32_t seed, uint32_t number)
{
	size_t steps = story.steps;

	failure_shrink(&story);
	ktap_note("%s, seed %u, walk %u: the models disagree at step %zu; %zu steps reproduce it:",
		  mode->name, seed, number, steps, story.steps);
	failure_print(&story);
}

static bool run_mode(const struct mode *mode, const struct choice *choice)
{
	unsigned long long segments = 0, fast = 0;
	uint32_t number = choice->walk ? choice->walk : 1;
	unsigned int walks = 0, failures = 0;

	do {
		if (!run_walk(mode, choice->seed, number)) {
			report(mode, choice->seed, number);
			failures++;
		}
		segments += pair.compared;
		fast += pair.fast;
		number++;
		walks++;
	} while (!choice->walk && segments < choice->segments && failures < FAILURES_MAX);
	ktap_note("%s: %llu segments in %u walks, %llu on the fast path", mode->name, segments,
		  walks, fast);
	return !failures;
}

static bool same_step(const struct step *a, const struct step *b)
{
	return a->kind == b->kind && a->host == b->host && a->pause == b->pause &&
	       a->seg.seq == b->seg.seq && a->seg.ackno == b->seg.ackno &&
	       a->seg.len == b->seg.len && a->seg.window == b->seg.window;
}

/* Whether this walk is the same as the one in "want" */
static bool is_walk(const struct story *want, uint32_t seed, uint32_t number)
{
	size_t i;

	run_walk(&modes[0], seed, number);
	if (story.steps != want->steps)
		return false;
	for (i = 0; i < story.steps; i++)
		if (!same_step(&story.step[i], &want->step[i]))
			return false;
	return true;
}

/* Whether seed and number, and nothing else, decide what a walk is */
static bool walks_are_chosen(void)
{
	static struct story want;

	run_walk(&modes[0], 1, 1);
	run_walk(&modes[0], 1, 2);
	want = story;
	if (!is_walk(&want, 1, 2)) {
		ktap_note("walk 2 of seed 1 is another one when it is run again");
		return false;
	}
	if (is_walk(&want, 2, 2) || is_walk(&want, 1, 3)) {
		ktap_note("walk 2 of seed 1 is also one of another seed or number");
		return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	unsigned long long segments = 3000000;
	struct choice choice = { .seed = 1 };
	size_t i;
	int option;

	while ((option = getopt(argc, argv, "n:s:w:")) != -1) {
		if (option == 'n') {
			segments = strtoull(optarg, NULL, 0);
		} else if (option == 's') {
			choice.seed = (uint32_t)strtoul(optarg, NULL, 0);
		} else if (option == 'w') {
			choice.walk = (uint32_t)strtoul(optarg, NULL, 0);
		} else {
			fprintf(stderr, "oracle_test [-n SEGMENTS] [-s SEED] [-w WALK]\n");
			return 2;
		}
	}
	choice.segments = segments / ARRAY_SIZE(modes);
	ktap_plan(ARRAY_SIZE(modes) + (choice.walk ? 0 : 3));
	for (i = 0; i < ARRAY_SIZE(modes); i++)
		ktap_result(run_mode(&modes[i], &choice), modes[i].name);
	coverage_print();
	if (!choice.walk) {
		ktap_result(coverage_is_deep(), "each pair of states met most events");
		ktap_result(coverage_has_claims(), "claims of each kind had each fate");
		ktap_result(walks_are_chosen(), "seed and number decide what a walk is");
	}
	return ktap_exit();
}
