// SPDX-License-Identifier: GPL-2.0
/*
 * Writes the seeds: the cases of the unit tests for conn_fuzz, and as captures for
 * replay_fuzz; a packet of each kind for pkt_fuzz.
 *
 *	seeds DIR	writes DIR/FUZZER/seed-NUMBER
 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "unit/case_packet.h"
#include "conn_step.h"
#include "replay_file.h"

static const char *target;

static void die(const char *what)
{
	fprintf(stderr, "seeds: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void write_seed(const char *fuzzer, const struct fuzz_output *out)
{
	static unsigned int number;
	char name[4096];
	FILE *file;

	snprintf(name, sizeof(name), "%s/%s", target, fuzzer);
	if (mkdir(name, 0777) && errno != EEXIST)
		die(name);
	snprintf(name, sizeof(name), "%s/%s/seed-%03u", target, fuzzer, number++);
	file = fopen(name, "w");
	if (!file || fwrite(out->bytes, 1, out->len, file) != out->len ||
	    fclose(file))
		die(name);
}

static void write_case(const struct conn_case *test)
{
	static const u32 isns[] = { 1000, 0x7ffffffd, 0xfffffff0 };
	static unsigned int count;
	struct fuzz_output out = { .len = 0 };
	const char *const *text;

	fuzz_put(&out, isns[count % 3], 4);
	fuzz_put(&out, isns[count / 3 % 3], 4);
	fuzz_put(&out, count, 4);
	fuzz_put(&out, count++ % 13, 1);
	for (text = test->steps; *text; text++) {
		struct step step;

		/* Steps with bad flags are left out: the parser rejects them */
		step_parse(*text, &step);
		fuzz_encode(&out, &step);
	}
	write_seed("conn_fuzz", &out);
}

/* A case as a file of raw IP, a packet a second */
static void write_capture(const struct conn_case *test)
{
	static const u32 head[] = { 0xa1b2c3d4, 2 | 4 << 16, 0, 0, 65535, 101 };
	const struct setup setup = { { 1000, 5000 }, TCPFSM_AF_INET, false };
	struct fuzz_output out = { .len = 0 };
	const char *const *text;
	u32 i, now = 0;

	fuzz_put(&out, FUZZ_WHOLE_FILE, 1);
	for (i = 0; i < ARRAY_SIZE(head); i++)
		fuzz_put(&out, head[i], 4);
	for (text = test->steps; *text; text++) {
		struct packet p;
		struct step step;

		step_parse(*text, &step);
		if (step.verb != VERB_SEGMENT)
			continue;
		case_packet(&step, &setup, &p);
		fuzz_put(&out, ++now, 4);
		fuzz_put(&out, 0, 4);
		fuzz_put(&out, p.len, 4);
		fuzz_put(&out, p.len + step.len, 4);
		for (i = 0; i < p.len; i++)
			fuzz_put(&out, p.bytes[i], 1);
	}
	write_seed("replay_fuzz", &out);
}

/*
 * For each link type: many handshakes over both families, and a close; a refused
 * SYN, and a second one with another ISN.
 */
static void write_crowds(void)
{
	static const u8 packets[] = {
		0x00, 0x0a, 0x40, 0x0a, 0x81, 0x05, 0x01, 0x42, 0x50,
		0x80, 0x03, 0x00, 0x00, 0xc0, 0x03, 0x01, 0x0c, 0x00, 0x20, 9,
		0x80, 0x11, 99, 0x00, 0x01, 0x00, 0x12, 200, 0x00, 0x84, 7,
	};
	struct fuzz_output out;
	u8 link;

	for (link = 0; link < 9; link++) {
		out.len = 0;
		fuzz_put(&out, link, 1);
		for (size_t i = 0; i < sizeof(packets); i++)
			fuzz_put(&out, packets[i], 1);
		write_seed("replay_fuzz", &out);
	}
}

static void write_cases(void)
{
	static const struct conn_case *const tables[] = {
		open_cases, close_cases, rst_cases, again_cases, claim_cases, fault_cases,
		local_cases, zeek_cases, time_cases, time_wait_cases,
		catalogue_open_cases, catalogue_close_cases,
	};
	const struct conn_case *test;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (test = tables[i]; test->name; test++) {
			write_case(test);
			write_capture(test);
		}
}

static void write_packet(const struct packet *p, u32 avail, u32 more)
{
	struct fuzz_output out = { .len = 0 };
	u32 i;

	fuzz_put(&out, avail, 2);
	fuzz_put(&out, more, 4);
	for (i = 0; i < p->len; i++)
		fuzz_put(&out, p->bytes[i], 1);
	write_seed("pkt_fuzz", &out);
}

static void finish_packet(struct packet *p, u8 flags)
{
	static const u8 syn[] = {
		2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 0, 1, 3, 3, 7,
	};
	static const u8 stamps[] = { 1, 1, 8, 10, 0, 0, 0, 9, 0, 0, 0, 8 };
	struct tcpfsm_segment seg = { .seq = 1, .ack = 2, .flags = flags };

	if (flags & TCPFSM_SYN)
		packet_tcp(p, &seg, syn, sizeof(syn));
	else
		packet_tcp(p, &seg, stamps, sizeof(stamps));
	packet_put(p, "data", 4);
	write_packet(p, 0xffff, 0);
	write_packet(p, p->len / 2, 100000);
}

/* Chains of extension headers that end near the limit, TCPFSM_PKT_HEADERS */
static void write_chains(void)
{
	static const u8 zeros[255];
	struct packet p;
	u32 blocks;

	for (blocks = 24; blocks <= 30; blocks++) {
		u8 first[255] = { (u8)(blocks - 1) }, second[255] = { 29 };

		packet_ipv6(&p, 1, 2);
		packet_extension(&p, 60, first, blocks * 8 - 1);
		packet_extension(&p, 60, second, 30 * 8 - 1);
		packet_extension(&p, 60, zeros, 7);
		finish_packet(&p, TCPFSM_SYN);
	}
}

static void write_packets(void)
{
	static const u8 flags[] = {
		TCPFSM_SYN, TCPFSM_SYN | TCPFSM_ACK, TCPFSM_ACK | TCPFSM_PSH,
		TCPFSM_FIN | TCPFSM_ACK, TCPFSM_RST,
	};
	static const u8 protos[] = { 0, 43, 44, 51, 60, 135 };
	static const u8 body[15] = { 1 }, fragment[7];
	struct packet p;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		packet_ipv4(&p, 1, 2, i * 4);
		finish_packet(&p, flags[i]);
		packet_ipv6(&p, 1, 2);
		finish_packet(&p, flags[i]);
	}
	for (i = 0; i < ARRAY_SIZE(protos); i++) {
		packet_ipv6(&p, 1, 2);
		if (protos[i] == 44)
			packet_extension(&p, 44, fragment, sizeof(fragment));
		else
			packet_extension(&p, protos[i], body, protos[i] == 51 ?
					 11 : 15);
		finish_packet(&p, TCPFSM_SYN);
	}
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: seeds DIR\n");
		return 2;
	}
	target = argv[1];
	write_cases();
	write_packets();
	write_chains();
	write_crowds();
	return 0;
}
