// SPDX-License-Identifier: GPL-2.0
#include "base/names.h"
#include "base/units.h"
#include "nl/msg.h"
#include "print/time_wait.h"

void time_wait_of(struct time_wait *wait, const struct msg *msg, int role, uint64_t now)
{
	const struct msg_time_wait *from = &msg->time_wait[role];
	uint64_t entered = msg->start + from->entered;
	bool over = MSG_HAS(from, TCPFSM_A_TIME_WAIT_END);

	*wait = (struct time_wait){
		.known = from->have,
		.entered = from->entered,
		.restarts = from->restarts,
		.duration = from->duration,
		.end = over ? names_get(&names_tw_end, from->end) : NULL,
		.skipped = over && from->end == TCPFSM_TW_END_SKIPPED,
		.reopened = MSG_HAS(from, TCPFSM_A_TIME_WAIT_GAP) &&
			    MSG_HAS(from, TCPFSM_A_TIME_WAIT_ISN_DELTA),
		.gap = from->gap,
		.isn_delta = from->isn_delta,
	};
	if (!over && now > entered)
		wait->duration = now - entered;
}

static void put_seconds(struct line *line, uint64_t ns)
{
	line_seconds(line, ns + NSEC_PER_MSEC / 2, 3);
	line_str(line, " s");
}

static void put_restarts(struct line *line, uint32_t restarts)
{
	if (!restarts)
		return;
	line_str(line, ", restarted ");
	if (restarts > 2) {
		line_u64(line, restarts);
		line_str(line, " times");
	} else {
		line_str(line, restarts == 1 ? "once" : "twice");
	}
}

static void put_held(struct line *line, const struct time_wait *wait)
{
	if (wait->skipped) {
		line_str(line, "skipped, no socket was kept for it");
		return;
	}
	line_str(line, "held ");
	put_seconds(line, wait->duration);
	put_restarts(line, wait->restarts);
	if (wait->end) {
		line_str(line, ", ");
		line_str(line, wait->end);
	}
}

void time_wait_put_held(struct line *line, const struct time_wait *wait)
{
	line_str(line, "TIME-WAIT ");
	put_held(line, wait);
}

void time_wait_put_running(struct line *line, const struct time_wait *wait, uint64_t left)
{
	line_str(line, "TIME-WAIT since ");
	line_span(line, wait->duration, false);
	put_restarts(line, wait->restarts);
	if (!left)
		return;
	line_str(line, ", ");
	line_span(line, left, false);
	line_str(line, " to go");
}

void time_wait_put(struct line *line, const struct time_wait *wait)
{
	if (wait->end) {
		put_held(line, wait);
		return;
	}
	line_str(line, "for ");
	put_seconds(line, wait->duration);
	line_str(line, " now");
	put_restarts(line, wait->restarts);
}

void time_wait_put_reopened(struct line *line, const struct time_wait *wait, bool ascii)
{
	line_str(line, "a new SYN ");
	line_span(line, wait->gap, ascii);
	line_str(line, " after the last segment, ISN ");
	line_u64(line, wait->isn_delta < 0 ? -(int64_t)wait->isn_delta : wait->isn_delta);
	line_str(line, wait->isn_delta < 0 ? " further back" : " further on");
}
