// SPDX-License-Identifier: GPL-2.0
/*
 * Any capture through the reader and the engine of "tcpfsm replay". Input: see
 * replay_file.h.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "engine/capture.h"
#include "engine/decap.h"
#include "base/status.h"
#include "replay_file.h"
#include "replay_laws.h"

void broken(const char *law, const char *file, int line)
{
	fprintf(stderr, "broken: %s (%s:%d)\n", law, file, line);
	abort();
}

/* In place of the tool's fail(), which prints what is wrong with a capture */
int fail(int status, const char *fmt, ...)
{
	must(fmt && status, "fail() has a message and a status");
	return status;
}

static const char *write_file(const struct replay_file *file)
{
	static char name[32];
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("capture", 0);
		must(fd >= 0, "memfd_create()");
		snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	}
	must(!ftruncate(fd, 0) &&
	     pwrite(fd, file->bytes, file->len, 0) == (ssize_t)file->len,
	     "the capture can be written");
	return name;
}

/* From copies of exactly the captured octets, so that ASan reports any access beyond */
static u8 *exact_copy(const u8 *bytes, u32 len)
{
	u8 *exact = malloc(len ? len : 1);

	must(exact, "a copy can be made");
	if (len)
		memcpy(exact, bytes, len);
	return exact;
}

static enum engine_result feed(struct engine *engine, struct packet_data packet)
{
	u8 *exact = exact_copy(packet.bytes, packet.avail);
	enum engine_result result;

	packet.bytes = exact;
	result = engine_packet(engine, &packet);
	free(exact);
	return result;
}

static void check_packet(const struct packet_data *packet)
{
	u8 version = packet->avail ? packet->bytes[0] >> 4 : 0;

	must(packet->avail <= packet->total,
	     "no more octets were captured than the packet has");
	must(version == 4 || version == 6, "only IPv4 and IPv6 are passed on");
}

static void take_packet(const struct packet_data *packet, struct engine *a, struct engine *b)
{
	enum engine_result result = feed(a, *packet);

	check_packet(packet);
	must(feed(b, *packet) == result, "two engines have the same result for a packet");
	must(result <= ENGINE_CUT, "the engine does not run out of memory");
	must(result != ENGINE_OTHER, "only TCP is passed on");
}

/* Returns whether there was a packet in the frame. */
static bool take_frame(struct decap *decap, struct frame frame, struct engine *a,
		       struct engine *b)
{
	u8 *exact = exact_copy(frame.bytes, frame.avail);
	struct packet_data packet;
	bool there;

	must(frame.avail <= frame.wire, "no more octets were captured than the frame has");
	frame.bytes = exact;
	must(engine_advance(a, frame.time) && engine_advance(b, frame.time),
	     "the engine does not run out of memory");
	there = decap_frame(decap, &frame, &packet) == DECAP_PACKET;
	if (there)
		take_packet(&packet, a, b);
	free(exact);
	return there;
}

static void replay(struct capture *capture, struct engine *a, struct engine *b)
{
	struct decap decap = { .unread.kinds = 0 };
	u64 frames = 0, packets = 0, now = a->now;
	struct line line = { .len = 0 };
	struct frame frame;

	while (!capture_next(capture, &frame)) {
		frames++;
		packets += take_frame(&decap, frame, a, b);
		must(a->now >= now, "the time of the engine does not go back");
		now = a->now;
	}
	decap_end(&decap);
	must(frames == packets + unread_count(&decap.unread, false) +
		       decap.fragments.counts.used,
	     "each frame is a packet, or a part of one, or counted as unread");
	must(unread_count(&decap.unread, true) <= unread_count(&decap.unread, false),
	     "what may be TCP is a part of what is unread");
	unread_list(&decap.unread, false, &line);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct replay_file file;
	static struct witness witness;
	struct input in = { .at = data, .left = size };
	struct capture *capture;
	struct engine *a, *b;

	replay_file_make(&file, &in);
	if (capture_open(&capture, write_file(&file)))
		return 0;
	memset(&witness, 0, sizeof(witness));
	a = engine_new(&witness_observer, &witness, true);
	b = engine_new(NULL, NULL, false);
	must(a && b, "the engine does not run out of memory");
	replay(capture, a, b);
	capture_close(capture);
	laws_of_engine(a, &witness);
	laws_of_flows(a, &witness);
	laws_of_engines(a, b);
	engine_free(a);
	engine_free(b);
	return 0;
}
