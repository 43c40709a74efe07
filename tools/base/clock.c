// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/units.h"

static bool of_capture;

static int64_t now(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

uint64_t clock_now(void)
{
	return now(CLOCK_BOOTTIME);
}

/*
 * Time of day minus boot time, in nanoseconds. Each reading is off by a microsecond
 * or so, and two lines with the same boot time must not differ: the first reading
 * is kept, until somebody sets the clock.
 */
static int64_t boot_time_of_day(void)
{
	static int64_t offset;
	int64_t is;

	if (of_capture)
		return 0;
	is = now(CLOCK_REALTIME) - now(CLOCK_BOOTTIME);
	if (llabs(is - offset) > (int64_t)NSEC_PER_MSEC)
		offset = is;
	return offset;
}

void clock_of_capture(void)
{
	of_capture = true;
}

void clock_put(struct line *line, uint64_t boottime)
{
	uint64_t real = boot_time_of_day() + boottime;
	time_t seconds = real / NSEC_PER_SEC;
	char buf[32];
	struct tm tm;

	localtime_r(&seconds, &tm);
	snprintf(buf, sizeof(buf), "%02d:%02d:%02d.%06u",
		 tm.tm_hour, tm.tm_min, tm.tm_sec,
		 (unsigned int)(real % NSEC_PER_SEC / NSEC_PER_USEC));
	line_str(line, buf);
}
