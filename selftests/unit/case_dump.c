// SPDX-License-Identifier: GPL-2.0
/*
 * The cases of the catalogue as JSON, for net/catalogue.py: one line for each
 * case, pair of ISNs, family and order of the addresses, with complete packets.
 *
 *	case_dump CLIENT-ISN SERVER-ISN...
 *
 * Each case has ports of its own. The host with the lower address is in
 * 10.1.0.0/16 or fd00:1::/64, the other in 10.2.0.0/16 or fd00:2::/64.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "case_packet.h"
#include "catalogue.h"

#define PORT_C	10000
#define PORT_S	30000
#define HOSTS	"CS"

static const struct setup families[] = {
	{ .family = TCPFSM_AF_INET },
	{ .family = TCPFSM_AF_INET, .swapped = true },
	{ .family = TCPFSM_AF_INET6 },
};

/**
 * struct dump - a case that is being written
 * @setup: how it is run
 * @number: of the case
 * @state: of each host before the step, NONE: not known yet
 * @confirmed: the state is proven; NONE: it may have been proven since
 */
struct dump {
	const struct setup	*setup;
	u32			number;
	int			state[HOST_COUNT];
	int			confirmed[HOST_COUNT];
};

static u16 port_of(const struct dump *dump, enum host host)
{
	return (u16)((host == HOST_C ? PORT_C : PORT_S) + dump->number);
}

/* The number of the subnet of a host: 1 or 2 */
static u8 place_of(const struct dump *dump, enum host host)
{
	return (u8)(1 + ((host == HOST_S) != dump->setup->swapped));
}

static void put16(u8 *p, u32 value)
{
	p[0] = (u8)(value >> 8);
	p[1] = (u8)value;
}

static u32 sum16(u32 sum, const u8 *p, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		sum += i % 2 ? p[i] : (u32)p[i] << 8;
	return sum;
}

static u16 fold(u32 sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (u16)~sum;
}

/*
 * case_packet() tells the hosts apart by the last octet. In the guest they are in
 * two subnets, so the octet that a prefix covers has to differ.
 */
static void complete_ipv4(struct packet *p)
{
	u8 *ip = p->bytes;

	put16(ip + 2, p->len);
	ip[13] = ip[15];
	ip[17] = ip[19];
	ip[15] = 1;
	ip[19] = 1;
	put16(ip + 10, fold(sum16(0, ip, 20)));
}

static void complete_ipv6(struct packet *p)
{
	u8 *ip = p->bytes;

	put16(ip + 4, p->len - 40);
	ip[8 + 3] = ip[23];
	ip[24 + 3] = ip[39];
	ip[23] = 1;
	ip[39] = 1;
}

/* Fill in what the parser does not look at: payload, lengths, checksums, ports */
static void complete(const struct dump *dump, const struct step *step,
		     struct packet *p)
{
	const bool v4 = dump->setup->family == TCPFSM_AF_INET;
	const u32 header = v4 ? 20 : 40, addrs = v4 ? 12 : 8;
	u8 *tcp = p->bytes + header;
	u32 i, sum;

	for (i = 0; i < step->len; i++)
		packet_put(p, "", 1);
	put16(tcp, port_of(dump, step->from));
	put16(tcp + 2, port_of(dump, !step->from));
	if (v4)
		complete_ipv4(p);
	else
		complete_ipv6(p);
	sum = sum16(6 + p->len - header, p->bytes + addrs, header - addrs);
	put16(tcp + 16, fold(sum16(sum, tcp, p->len - header)));
}

static void print_packet(const struct dump *dump, const struct step *step)
{
	const u32 *isn = dump->setup->isn;
	struct packet p;
	u32 i;

	case_packet(step, dump->setup, &p);
	complete(dump, step, &p);
	printf(", \"from\": \"%c\", \"seq\": %u, \"ack\": %u, \"packet\": \"",
	       HOSTS[step->from], isn[step->from] + step->seq,
	       step->flags & TCPFSM_ACK ? isn[!step->from] + step->ack : 0);
	for (i = 0; i < p.len; i++)
		printf("%02x", p.bytes[i]);
	printf("\"");
}

static void print_verb(const struct dump *dump, const struct step *step)
{
	switch (step->verb) {
	case VERB_SEGMENT:
		printf("\"verb\": \"segment\"");
		print_packet(dump, step);
		break;
	case VERB_LATER:
		printf("\"verb\": \"later\", \"seconds\": %u", step->seconds);
		break;
	case VERB_EXPIRE:
		printf("\"verb\": \"expire\"");
		break;
	case VERB_END:
		printf("\"verb\": \"%s\"", tcpfsm_cause_names[step->cause]);
		break;
	default:
		fprintf(stderr, "a verb that nothing on the wire can do\n");
		exit(2);
	}
}

static int in_state(const struct dump *dump, int state, int or_state)
{
	int host;

	for (host = 0; host < HOST_COUNT; host++)
		if (dump->state[host] == state || dump->state[host] == or_state)
			return host;
	return NONE;
}

/*
 * The host that an anomaly is attributed to: the sender of the segment. An answer
 * that does not come is missing from the other host.
 */
static int culprit(const struct dump *dump, const struct step *step,
		   const struct expected_note *note)
{
	switch (note->anomaly) {
	case TCPFSM_ANOMALY_TW_NO_REACK:
		return in_state(dump, TCPFSM_STATE_TIME_WAIT, NONE);
	case TCPFSM_ANOMALY_CLOSE_WAIT_LONG:
		return in_state(dump, TCPFSM_STATE_CLOSE_WAIT, NONE);
	case TCPFSM_ANOMALY_HANDSHAKE_TIMEOUT:
		return in_state(dump, TCPFSM_STATE_SYN_SENT,
				TCPFSM_STATE_SYN_RECEIVED);
	default:
		return (int)note_host(step, note);
	}
}

static void print_notes(const struct dump *dump, const struct step *step)
{
	const u32 *isn = dump->setup->isn;
	unsigned int i;

	printf(", \"notes\": [");
	for (i = 0; i < step->notes; i++) {
		const struct expected_note *note = &step->note[i];
		int host = culprit(dump, step, note);

		printf("%s{\"name\": \"%s\", \"kind\": \"%s\", \"host\": \"%c\"",
		       i ? ", " : "", tcpfsm_anomaly_names[note->anomaly],
		       tcpfsm_kind_names[note->kind],
		       host == NONE ? '?' : HOSTS[host]);
		if (note->anomaly == TCPFSM_ANOMALY_UNSEEN)
			printf(", \"octets\": %u", note->expected);
		else if (note->expects)
			printf(", \"expected\": %u", note->expected +
			       isn[note_number_host(step, note)]);
		if (note->late)
			printf(", \"seq\": %u", note->seq + isn[note_host(step, note)]);
		if (note->late && note->anomaly != TCPFSM_ANOMALY_UNSEEN)
			printf(", \"ack\": %u", note->ack + isn[!note_host(step, note)]);
		printf("}");
	}
	printf("]");
}

static void print_states(struct dump *dump, const struct step *step)
{
	static const char *const words[] = { "null", "false", "true" };
	int host;

	for (host = 0; host < HOST_COUNT; host++) {
		if (step->state[host] != NONE) {
			dump->state[host] = step->state[host];
			dump->confirmed[host] = step->confirmed[host];
		} else if (!dump->confirmed[host]) {
			dump->confirmed[host] = NONE;
		}
		if (dump->state[host] != NONE)
			printf(", \"%c\": [\"%s\", %s]", HOSTS[host],
			       tcpfsm_state_names[dump->state[host]],
			       words[dump->confirmed[host] - NONE]);
	}
}

static void print_word(const char *name, const char *word)
{
	printf(", \"%s\": \"%s\"", name, word);
}

static void print_words(const struct step *step)
{
	if (step->opened != NONE)
		print_word("opened", opened_words[step->opened]);
	if (step->closed != NONE)
		print_word("closed", closed_words[step->closed]);
	if (*step->conn_state)
		print_word("conn_state", step->conn_state);
	if (*step->letters)
		print_word("history", step->letters);
	if (step->restarts != NONE)
		printf(", \"restarts\": %d", step->restarts);
	if (step->reopen)
		printf(", \"reopen\": true");
}

static void print_host(const struct dump *dump, enum host host)
{
	const char *prefix = dump->setup->family == TCPFSM_AF_INET ?
			     "10.%u.0.1" : "fd00:%u::1";

	printf(", \"%c\": {\"address\": \"", HOSTS[host]);
	printf(prefix, place_of(dump, host));
	printf("\", \"port\": %u}", port_of(dump, host));
}

static void print_case(const struct conn_case *test, const struct setup *setup,
		       u32 number)
{
	struct dump dump = {
		.setup = setup, .number = number, .state = { NONE, NONE },
	};
	const char *const *text;
	struct step step;

	printf("{\"name\": \"%s\"", test->name);
	print_host(&dump, HOST_C);
	print_host(&dump, HOST_S);
	printf(", \"steps\": [");
	for (text = test->steps; *text; text++) {
		step_parse(*text, &step);
		printf("%s{\"text\": \"%s\", ", text == test->steps ? "" : ", ",
		       *text);
		print_verb(&dump, &step);
		print_notes(&dump, &step);
		print_states(&dump, &step);
		print_words(&step);
		printf("}");
	}
	printf("]}\n");
}

static void print_all(const struct setup *setup)
{
	const struct conn_case *test;
	unsigned int i;
	u32 number = 0;

	for (i = 0; i < catalogue_tables_count; i++)
		for (test = catalogue_tables[i]; test->name; test++)
			print_case(test, setup, ++number);
}

int main(int argc, char **argv)
{
	int i;
	u32 j;

	if (argc < 3 || argc % 2 == 0) {
		fprintf(stderr, "usage: case_dump CLIENT-ISN SERVER-ISN...\n");
		return 1;
	}
	for (i = 1; i + 1 < argc; i += 2) {
		for (j = 0; j < ARRAY_SIZE(families); j++) {
			struct setup setup = families[j];

			setup.isn[HOST_C] = (u32)strtoul(argv[i], NULL, 0);
			setup.isn[HOST_S] = (u32)strtoul(argv[i + 1], NULL, 0);
			print_all(&setup);
		}
	}
	return 0;
}
