// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include "base/status.h"
#include "cmd/replay_read.h"
#include "engine/decap.h"

struct reading {
	struct engine *engine;
	struct replay_counts *counts;
	struct decap decap;
};

static int no_memory(const struct reading *reading)
{
	return fail(STATUS_KERNEL, "out of memory after %" PRIu64 " packets",
		    reading->counts->packets);
}

static int take_packet(struct reading *reading, const struct packet_data *packet)
{
	struct unread *unread = &reading->decap.unread;

	switch (engine_packet(reading->engine, packet)) {
	case ENGINE_SEGMENT:
	case ENGINE_REJECT:
		break;
	case ENGINE_OTHER:
		unread_add(unread, SPACE_FAULT, FAULT_MALFORMED, false, 1);
		break;
	case ENGINE_CUT:
		unread_add(unread, SPACE_FAULT, FAULT_CUT, true, 1);
		reading->counts->cut++;
		break;
	case ENGINE_NO_MEMORY:
		return no_memory(reading);
	}
	return STATUS_OK;
}

static int take_frame(struct reading *reading, const struct frame *frame)
{
	struct packet_data packet;

	reading->counts->packets++;
	if (!engine_advance(reading->engine, frame->time))
		return no_memory(reading);
	switch (decap_frame(&reading->decap, frame, &packet)) {
	case DECAP_PACKET:
		return take_packet(reading, &packet);
	case DECAP_NO_MEMORY:
		return no_memory(reading);
	default:
		return STATUS_OK;
	}
}

static void finish(struct reading *reading)
{
	struct replay_counts *counts = reading->counts;
	const struct decap *decap = &reading->decap;

	decap_end(&reading->decap);
	counts->fragments = decap->fragments.counts.used;
	counts->unread = unread_count(&decap->unread, true);
	counts->other = unread_count(&decap->unread, false) - counts->unread;
}

/* The kinds of all packets of a capture in which there is no connection */
static int tell_why_nothing(struct reading *reading)
{
	const struct engine_stats *stats = &reading->engine->stats;
	struct unread *unread = &reading->decap.unread;
	struct line line = { .len = 0 };
	unsigned int i;

	for (i = 0; i < TCPFSM_REJECT_COUNT; i++)
		unread_add(unread, SPACE_REJECT, i, false, stats->reject[i] -
			   (i == TCPFSM_REJECT_TRUNCATED ? reading->counts->cut : 0));
	unread_add(unread, SPACE_FAULT, FAULT_UNTRACKED, false,
		   stats->counter[TCPFSM_COUNTER_PACKETS_UNTRACKED]);
	unread_list(unread, false, &line);
	note("there is no connection in %" PRIu64 " packets: %s", reading->counts->packets,
	     line_string(&line));
	return unread_links(unread) == reading->counts->packets ? STATUS_USAGE : STATUS_OK;
}

/*
 * An answer that is empty, or may not be complete, says so on stderr. What can have no
 * TCP in it is no news if there are connections.
 */
static int tell(struct reading *reading)
{
	const struct replay_counts *counts = reading->counts;
	struct line line = { .len = 0 };

	if (!reading->engine->flows.ids && counts->packets)
		return tell_why_nothing(reading);
	if (!counts->unread)
		return STATUS_OK;
	unread_list(&reading->decap.unread, true, &line);
	note("%" PRIu64 " of %" PRIu64 " packets were not read, and may have TCP in them: %s",
	     counts->unread, counts->packets, line_string(&line));
	return STATUS_OK;
}

int replay_check(const struct capture *capture)
{
	const char *name;
	uint32_t link;

	if (!capture_link(capture, &link) || decap_knows(link))
		return STATUS_OK;
	name = capture_link_name(link);
	return fail(STATUS_USAGE, "packets of link type %u (%s) cannot be read", link,
		    name ? name : "unknown");
}

int replay_read(struct capture *capture, struct engine *engine, struct replay_counts *counts)
{
	struct reading reading = { .engine = engine, .counts = counts };
	struct frame frame;
	int ret, ret2;

	do {
		ret = capture_next(capture, &frame);
		if (!ret)
			ret = take_frame(&reading, &frame);
	} while (!ret);
	finish(&reading);
	ret2 = tell(&reading);
	return ret == STATUS_ENOUGH ? ret2 : ret;
}
