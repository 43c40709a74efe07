// SPDX-License-Identifier: GPL-2.0
/*
 * Any capture through the reader and the engine of "tcpfsm replay". Input: see
 * replay_file.h.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "engine/capture.h"
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

/* From a copy of exactly the captured octets, so that ASan reports any access beyond */
static enum engine_result feed(struct engine *engine,
			       const struct capture_packet *packet)
{
	u8 *exact = malloc(packet->avail ? packet->avail : 1);
	enum engine_result result;

	if (packet->avail)
		memcpy(exact, packet->ip, packet->avail);
	result = engine_packet(engine, exact, packet->avail, packet->total,
			       packet->time);
	free(exact);
	return result;
}

static void check_packet(const struct capture_packet *packet)
{
	u8 version = packet->avail ? packet->ip[0] >> 4 : 0;

	must(packet->avail <= packet->total,
	     "no more octets were captured than the packet has");
	must(!packet->avail || version == 4 || version == 6,
	     "the capture reader passes on only IPv4 and IPv6");
}

static void replay(struct capture *capture, struct engine *a, struct engine *b)
{
	struct capture_packet packet;
	enum engine_result result;
	u64 now = a->now;

	while (!capture_next(capture, &packet)) {
		check_packet(&packet);
		result = feed(a, &packet);
		must(feed(b, &packet) == result,
		     "two engines have the same result for a packet");
		must(result <= ENGINE_CUT, "the engine does not run out of memory");
		must(result == ENGINE_OTHER || packet.avail,
		     "an empty packet is not TCP");
		must(a->now >= now, "the time of the engine does not go back");
		now = a->now;
	}
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
