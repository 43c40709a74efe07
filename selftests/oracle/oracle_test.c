// SPDX-License-Identifier: GPL-2.0
/*
 * Feed random segments to the module and to a naive model, and compare both:
 *
 *	oracle_test [-n SEGMENTS] [-s SEED]	compare
 *	oracle_test -w WALK			run only this walk, in all modes
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

static struct pair pair;
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

static bool run_walk(const struct mode *mode, uint32_t seed)
{
	struct walk walk;
	size_t steps;

	random_seed(seed);
	walk_begin(&walk, &story, mode->vantage, mode->noise);
	steps = 10 + random_below(random_below(4) ? 40 : STEPS_MAX - 10);
	pair_begin(&pair, &story);
	while (story.steps < steps)
		if (!go_on(&walk))
			return false;
	return true;
}

static void report(const struct mode *mode, uint32_t seed)
{
	size_t steps = story.steps;

	failure_shrink(&story);
	ktap_note("%s, walk %u: the models disagree at step %zu; %zu steps reproduce it:",
		  mode->name, seed, steps, story.steps);
	failure_print(&story);
}

static bool run_mode(const struct mode *mode, uint32_t seed, unsigned long long wanted)
{
	unsigned long long segments = 0, fast = 0;
	unsigned int walks = 0, failures = 0;

	while (segments < wanted && failures < FAILURES_MAX) {
		if (!run_walk(mode, seed)) {
			report(mode, seed);
			failures++;
		}
		segments += pair.compared;
		fast += pair.fast;
		seed++;
		walks++;
	}
	ktap_note("%s: %llu segments in %u walks, %llu on the fast path", mode->name, segments,
		  walks, fast);
	return !failures;
}

int main(int argc, char **argv)
{
	unsigned long long segments = 3000000;
	uint32_t seed = 1;
	bool one = false;
	size_t i;
	int option;

	while ((option = getopt(argc, argv, "n:s:w:")) != -1) {
		if (option == 'n') {
			segments = strtoull(optarg, NULL, 0);
		} else if (option == 's' || option == 'w') {
			seed = (uint32_t)strtoul(optarg, NULL, 0);
			one = option == 'w';
		} else {
			fprintf(stderr, "oracle_test [-n SEGMENTS] [-s SEED] [-w WALK]\n");
			return 2;
		}
	}
	ktap_plan(ARRAY_SIZE(modes) + !one);
	for (i = 0; i < ARRAY_SIZE(modes); i++)
		ktap_result(run_mode(&modes[i], seed, one ? 1 : segments / ARRAY_SIZE(modes)),
			    modes[i].name);
	coverage_print();
	if (!one)
		ktap_result(coverage_is_deep(), "each pair of states met most events");
	return ktap_exit();
}
