// SPDX-License-Identifier: GPL-2.0
/*
 * Draws the cases: ladder_test EXPECTED OUT. The pictures are written to OUT; where
 * EXPECTED has one of the same name, both must be equal.
 */
#include "../unit/ktap.h"
#include "../unit/random.h"
#include "ladder_case.h"
#include "ladder/mermaid.h"
#include "ladder/svg.h"
#include "ladder/text.h"
#include "core/conn_hole.h"
#include "core/zeek.h"

#define RANDOM_WALKS	2000

static const char *expected_dir, *out_dir;
static FILE *out;

static void put(struct line *line)
{
	fwrite(line->buf, 1, line->len, out);
	fputc('\n', out);
	line->len = 0;
}

static struct time_wait describe_wait(const struct tcpfsm_conn *conn, unsigned int role)
{
	const struct tcpfsm_time_wait *tw = &conn->time_wait[role];
	bool over = tw->ended;

	return (struct time_wait){
		.known = tw->entered,
		.entered = tw->entered - conn->start,
		.restarts = tw->restarts,
		.duration = over ? tw->ended - tw->entered : 0,
		.end = over ? tcpfsm_tw_end_names[tw->end] : NULL,
		.skipped = over && tw->end == TCPFSM_TW_END_SKIPPED,
		.reopened = over && tw->end == TCPFSM_TW_END_REOPENED,
		.gap = tw->ended - conn->last,
		.isn_delta = tw->isn_delta,
	};
}

static struct ladder describe(const struct ladder_case *test, const struct scene *scene)
{
	const struct tcpfsm_conn *conn = &scene->conn;
	struct ladder ladder = {
		.id = 7,
		.opened = conn->opened,
		.closed = conn->closed,
		.conn_state = tcpfsm_zeek_state(conn),
		.age = test->age * 1000,
		.lost = test->counted ? scene->total - scene->count : 0,
	};
	unsigned int role;

	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		ladder.wait[role] = describe_wait(conn, role);
		ladder.end[role] = (struct ladder_end){
			.name = role == C ? test->client : test->server,
			.local = test->here & 1 << role,
			.packets = conn->end[role].packets,
			.bytes = conn->end[role].bytes,
			.retransmits = conn->end[role].retransmits,
			.unseen = tcpfsm_conn_unseen(conn, role),
			.rtt = conn->rtt[role],
		};
	}
	return ladder;
}

static void draw_text(const struct ladder *ladder, const struct tcpfsm_past *past,
		      unsigned int count, struct ladder_text text)
{
	unsigned int i;

	text.put = put;
	ladder_text_head(&text, ladder);
	for (i = 0; i < count; i++)
		ladder_text_record(&text, ladder, &past[i]);
	ladder_text_foot(&text, ladder);
}

struct format {
	const char *suffix;
	void (*draw)(const struct ladder *ladder, const struct tcpfsm_past *past,
		     unsigned int count);
};

static void draw_80(const struct ladder *ladder, const struct tcpfsm_past *past,
		    unsigned int count)
{
	draw_text(ladder, past, count, (struct ladder_text){ .width = LADDER_WIDTH_MIN });
}

static void draw_wide(const struct ladder *ladder, const struct tcpfsm_past *past,
		      unsigned int count)
{
	draw_text(ladder, past, count, (struct ladder_text){ .width = LADDER_WIDTH_MAX });
}

static void draw_ascii(const struct ladder *ladder, const struct tcpfsm_past *past,
		       unsigned int count)
{
	draw_text(ladder, past, count, (struct ladder_text){
		.width = LADDER_WIDTH_MIN, .ascii = true, .tagged = true,
	});
}

static void draw_mermaid(const struct ladder *ladder, const struct tcpfsm_past *past,
			 unsigned int count)
{
	ladder_mermaid(ladder, past, count, put);
}

static void draw_svg(const struct ladder *ladder, const struct tcpfsm_past *past,
		     unsigned int count)
{
	ladder_svg(ladder, past, count, put);
}

static const struct format formats[] = {
	{ ".txt",	draw_80 },
	{ ".wide.txt",	draw_wide },
	{ ".ascii.txt",	draw_ascii },
	{ ".mmd",	draw_mermaid },
	{ ".svg",	draw_svg },
};

static FILE *open_file(const char *dir, const char *name, const char *mode)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return fopen(path, mode);
}

/* A picture that is not in EXPECTED is not compared. */
static bool as_expected(const char *name)
{
	FILE *expected = open_file(expected_dir, name, "r"), *is;
	char want[1600], line[1600];
	unsigned int number = 0;
	char *more = NULL, *last = NULL;
	bool same;

	if (!expected)
		return true;
	is = open_file(out_dir, name, "r");
	same = fgets(want, sizeof(want), expected) && strstr(want, "SPDX");
	while (same) {
		more = fgets(want, sizeof(want), expected);
		last = fgets(line, sizeof(line), is);
		number++;
		if (!more && !last)
			break;
		same = more && last && !strcmp(want, line);
	}
	if (!same)
		ktap_note("%s:%u: expected %sis %s", name, number, more ? want : "the end, ",
			  last ? line : "the end");
	fclose(expected);
	fclose(is);
	return same;
}

static unsigned int columns(const char *line)
{
	unsigned int count = 0;

	for (; *line && *line != '\n'; line++)
		count += (*line & 0xc0) != 0x80;
	return count;
}

static bool is_ascii(const char *line)
{
	for (; *line; line++)
		if (*line & 0x80)
			return false;
	return true;
}

static bool ends_in_blank(const char *line)
{
	size_t len = strcspn(line, "\n");

	return len && line[len - 1] == ' ';
}

/* No line of any picture is too long or ends in blanks. */
static bool is_neat(const char *name, unsigned int width, bool ascii)
{
	FILE *file = open_file(out_dir, name, "r");
	char line[1600];
	bool neat = true;

	while (neat && fgets(line, sizeof(line), file)) {
		neat = columns(line) <= width && !ends_in_blank(line) &&
		       (!ascii || is_ascii(line));
		if (!neat)
			ktap_note("%s: %s", name, line);
	}
	fclose(file);
	return neat;
}

static void check(const struct format *format, const struct ladder_case *test,
		  const struct scene *scene)
{
	struct ladder ladder = describe(test, scene);
	bool good = true;
	char name[128];

	snprintf(name, sizeof(name), "%s%s", test->name, format->suffix);
	out = open_file(out_dir, name, "w");
	if (!out) {
		ktap_note("cannot write %s/%s", out_dir, name);
		ktap_result(false, name);
		return;
	}
	format->draw(&ladder, scene->past, scene->count);
	fclose(out);
	if (strstr(format->suffix, "txt"))
		good = is_neat(name, format->draw == draw_wide ? LADDER_WIDTH_MAX :
			       LADDER_WIDTH_MIN, format->draw == draw_ascii);
	good = as_expected(name) && good;
	ktap_result(good, name);
}

static struct tcpfsm_past random_past(u64 time)
{
	static const u32 numbers[] = { 0, 1, 2, 100, 0x7fffffff, 0x80000000, 0xffffffff };
	bool wild = !random_below(4);

	return (struct tcpfsm_past){
		.time = time,
		.seq = wild ? random_u32() : numbers[random_below(7)],
		.ack = wild ? random_u32() : numbers[random_below(7)],
		.len = random_below(2) ? 0 : numbers[random_below(5)],
		.flags = random_below(256),
		.from = random_below(2),
		.state = { random_below(14), random_below(14) },
		.anomaly = random_below(2) ? TCPFSM_ANOMALY_NONE :
			   random_below(256),
		.late = !random_below(4),
	};
}

static struct time_wait random_wait(void)
{
	return (struct time_wait){
		.known = random_below(2),
		.entered = random_u32(),
		.restarts = random_u32(),
		.duration = (u64)random_u32() << random_below(32),
		.end = random_below(2) ? "unconfirmed" : NULL,
		.skipped = !random_below(4),
		.reopened = random_below(2),
		.gap = (u64)random_u32() << random_below(32),
		.isn_delta = random_u32(),
	};
}

static void draw_random(void)
{
	struct tcpfsm_past past[80];
	unsigned int i, count = random_below(80);
	struct ladder ladder = {
		.id = random_below(2) ? UINT64_MAX : 1,
		.end[C] = { .name = "[2001:db8::1]:1", .local = random_below(2),
			    .bytes = (u64)random_u32() << random_below(32),
			    .unseen = (u64)random_u32() << random_below(32) },
		.end[S] = { .name = "[2001:db8::2]:2", .local = random_below(2) },
		.opened = random_below(8),
		.closed = random_below(12),
		.wait = { random_wait(), random_wait() },
		.age = (u64)random_u32() << random_below(32),
		.lost = random_below(2) ? 0 : random_u32(),
	};
	u64 time = 0;

	for (i = 0; i < count; i++) {
		time += (u64)random_u32() >> random_below(32);
		past[i] = random_past(time);
	}
	for (i = 0; i < ARRAY_SIZE(formats); i++)
		formats[i].draw(&ladder, past, count);
}

/* Random records: drawing ends, and the sanitizers find nothing. */
static void check_random(void)
{
	const char *const name = "random.ascii.txt";
	unsigned int i;

	random_seed(1);
	out = fopen("/dev/null", "w");
	for (i = 0; i < RANDOM_WALKS; i++)
		draw_random();
	fclose(out);
	out = open_file(out_dir, name, "w");
	for (i = 0; i < 200; i++) {
		struct tcpfsm_past past = random_past(i);
		struct ladder ladder = { .end = { { .name = "a" }, { .name = "b" } } };

		draw_ascii(&ladder, &past, 1);
	}
	fclose(out);
	ktap_result(is_neat(name, LADDER_WIDTH_MIN, true), "random");
}

int main(int argc, char **argv)
{
	unsigned int i, j;

	if (argc != 3)
		return 2;
	expected_dir = argv[1];
	out_dir = argv[2];
	ktap_plan(ladder_case_count * ARRAY_SIZE(formats) + 1);
	for (i = 0; i < ladder_case_count; i++) {
		struct scene scene;

		scene_play(&scene, &ladder_cases[i]);
		for (j = 0; j < ARRAY_SIZE(formats); j++)
			check(&formats[j], &ladder_cases[i], &scene);
	}
	check_random();
	return ktap_exit();
}
