// SPDX-License-Identifier: GPL-2.0
/*
 * Captures of which one frame is cut off, for each frame and each octet: in the file,
 * or on the wire. What is found must be what is found in the whole capture, and nothing
 * behind the cut may be read.
 *
 *	cut_test FILE...
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/status.h"
#include "core/pkt.h"
#include "engine/capture.h"
#include "engine/decap.h"

#define FRAMES_MAX	64

struct found {
	struct tcpfsm_segment segment;
	uint64_t scope;
};

/* What is found in a capture; a segment for each frame at most */
struct result {
	unsigned int count;
	struct found found[FRAMES_MAX];
};

struct file {
	const char *name;
	unsigned int frames;
	struct frame frame[FRAMES_MAX];
	struct result whole;
};

enum cut {
	CUT_IN_FILE,
	CUT_ON_WIRE,
};

static uint64_t runs;

static void die(const struct file *file, const char *what)
{
	fprintf(stderr, "%s: %s\n", file->name, what);
	exit(1);
}

static uint8_t *copy_of(const uint8_t *bytes, uint32_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	if (len)
		memcpy(copy, bytes, len);
	return copy;
}

static void read_file(struct file *file, const char *name)
{
	struct capture *capture;
	struct frame *frame = file->frame;

	file->name = name;
	file->frames = 0;
	if (capture_open(&capture, name))
		exit(1);
	while (!capture_next(capture, frame)) {
		frame->bytes = copy_of(frame->bytes, frame->avail);
		if (++file->frames == FRAMES_MAX)
			die(file, "it has too many frames");
		frame++;
	}
	capture_close(capture);
}

/* From copies of exactly what may be read, so that ASan reports any access beyond */
static void parse(const struct packet_data *packet, struct result *result)
{
	struct found *found = &result->found[result->count];
	uint8_t *exact = copy_of(packet->bytes, packet->avail);
	enum tcpfsm_reject reject;

	memset(found, 0, sizeof(*found));
	found->scope = packet->scope;
	if (tcpfsm_pkt_parse(exact, packet->avail, packet->total, &found->segment, &reject) ==
	    TCPFSM_PKT_SEGMENT)
		result->count++;
	free(exact);
}

static void take(struct decap *decap, struct frame frame, struct result *result)
{
	uint8_t *exact = copy_of(frame.bytes, frame.avail);
	struct packet_data packet;

	frame.bytes = exact;
	if (decap_frame(decap, &frame, &packet) == DECAP_PACKET)
		parse(&packet, result);
	free(exact);
}

/* All frames, of which the one with the number @which has @len octets */
static void read_all(const struct file *file, unsigned int which, enum cut cut, uint32_t len,
		     struct result *result)
{
	struct decap decap = { .unread.kinds = 0 };
	unsigned int i;

	result->count = 0;
	for (i = 0; i < file->frames; i++) {
		struct frame frame = file->frame[i];

		if (i == which) {
			frame.avail = len;
			frame.wire = cut == CUT_ON_WIRE ? len : frame.wire;
		}
		take(&decap, frame, result);
	}
	decap_end(&decap);
	runs++;
}

/* A packet that is cut off on the wire is shorter. */
static bool same(const struct found *cut, const struct found *whole, enum cut how)
{
	struct found copy = *cut;

	if (how == CUT_ON_WIRE && cut->segment.len <= whole->segment.len) {
		copy.segment.len = whole->segment.len;
		copy.segment.end = whole->segment.end;
	}
	return !memcmp(&copy, whole, sizeof(copy));
}

static bool is_in(const struct result *whole, const struct found *found, enum cut how)
{
	unsigned int i;

	for (i = 0; i < whole->count; i++)
		if (same(found, &whole->found[i], how))
			return true;
	return false;
}

static void check_cut(const struct file *file, unsigned int which, enum cut how, uint32_t len)
{
	static const char *const names[] = { "in the file", "on the wire" };
	struct result result;
	unsigned int i;
	char what[100];

	read_all(file, which, how, len, &result);
	for (i = 0; i < result.count; i++) {
		if (is_in(&file->whole, &result.found[i], how))
			continue;
		snprintf(what, sizeof(what), "frame %u of %u octets %s is another segment",
			 which, len, names[how]);
		die(file, what);
	}
}

static void check_file(const char *name)
{
	static struct file file;
	unsigned int which;
	uint32_t len;

	read_file(&file, name);
	read_all(&file, FRAMES_MAX, CUT_IN_FILE, 0, &file.whole);
	if (!file.whole.count)
		die(&file, "it has no segment");
	for (which = 0; which < file.frames; which++)
		for (len = 0; len <= file.frame[which].avail; len++) {
			check_cut(&file, which, CUT_IN_FILE, len);
			check_cut(&file, which, CUT_ON_WIRE, len);
		}
	for (which = 0; which < file.frames; which++)
		free((void *)file.frame[which].bytes);
}

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		check_file(argv[i]);
	printf("%d files, %" PRIu64 " cuts\n", argc - 1, runs);
	return 0;
}
