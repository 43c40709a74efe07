// SPDX-License-Identifier: GPL-2.0
#include "event.h"
#include "unit/random.h"

uint64_t event_pause(bool slow)
{
	/*
	 * Milliseconds: around the silence before a keepalive (a step is one of them),
	 * around 2MSL, and the idle times after which PAWS ends
	 */
	static const uint64_t pauses[] = {
		498, 499, 500, 1000, 59000, 60000, 61000, 2146998, 2146999, 2147000,
	};

	if (random_below(slow ? 5 : 200))
		return 0;
	return pauses[random_below(10)] * 1000000;
}

/* WAIT_SKIPPED is only possible in TIME-WAIT */
static enum wait_end some_end(bool waits)
{
	static const enum wait_end ends[] = { WAIT_EXPIRED, WAIT_ABORTED, WAIT_SKIPPED };

	return ends[random_below(waits ? 3 : 2)];
}

struct step event_step(bool slow, const struct pair *pair, unsigned int host)
{
	struct step step = { .host = host, .pause = event_pause(slow) };

	switch (random_below(16)) {
	case 0:
		step.kind = TIMEOUT;
		break;
	case 1:
		step.kind = EVICT;
		break;
	case 2:
		step.kind = FLUSH;
		break;
	case 3 ... 5:
		step.kind = GONE;
		step.end = some_end(pair->model.end[pair->role[host]].state == TIME_WAIT);
		break;
	case 6 ... 9:
		step.kind = WATCH;
		break;
	default:
		step.kind = EXPIRE;
		break;
	}
	return step;
}
