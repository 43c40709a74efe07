// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/args.h"
#include "base/names.h"
#include "base/options.h"
#include "base/status.h"
#include "nl/filter.h"
#include "nl/nl.h"

struct keyword {
	const char *name;
	enum filter_side side;
	int (*parse)(struct filter *filter, const struct keyword *keyword, const char *word);
};

static int twice(const struct keyword *keyword)
{
	return fail(STATUS_USAGE, "'%s' is given twice; everything in a filter must hold",
		    keyword->name);
}

static int parse_state(struct filter *filter, const struct keyword *keyword, const char *word)
{
	int *state = &filter->state[keyword->side];
	char known[256];

	if (*state >= 0)
		return twice(keyword);
	*state = names_find(&names_state, word);
	if (*state >= 0)
		return STATUS_OK;
	names_list(&names_state, known, sizeof(known));
	return fail(STATUS_USAGE, "'%s' is not a state: %s", word, known);
}

static bool parse_address(struct filter_prefix *prefix, const char *word, size_t len)
{
	char buf[INET6_ADDRSTRLEN];

	/* in brackets, as we print them */
	if (len > 2 && word[0] == '[' && word[len - 1] == ']') {
		word++;
		len -= 2;
	}
	if (len >= sizeof(buf))
		return false;
	memcpy(buf, word, len);
	buf[len] = '\0';
	if (inet_pton(AF_INET, buf, prefix->address) == 1)
		prefix->family = AF_INET;
	else if (inet_pton(AF_INET6, buf, prefix->address) == 1)
		prefix->family = AF_INET6;
	return prefix->family;
}

static int parse_prefix(struct filter *filter, const struct keyword *keyword, const char *word)
{
	struct filter_prefix *prefix = &filter->prefix[keyword->side];
	const char *slash = strchr(word, '/');
	uint64_t bits, max;

	if (prefix->family)
		return twice(keyword);
	if (!parse_address(prefix, word, slash ? (size_t)(slash - word) : strlen(word)))
		return fail(STATUS_USAGE, "'%s' is not an ADDRESS[/LENGTH] for '%s'",
			    word, keyword->name);
	max = prefix->family == AF_INET ? 32 : 128;
	bits = max;
	if (slash && !args_u64(slash + 1, max, &bits))
		return fail(STATUS_USAGE, "'%s': the prefix length is 0 to %u",
			    word, (unsigned int)max);
	prefix->length = bits;
	return STATUS_OK;
}

static int parse_port(struct filter *filter, const struct keyword *keyword, const char *word)
{
	int *port = &filter->port[keyword->side];
	const struct servent *service;
	uint64_t value;

	if (*port >= 0)
		return twice(keyword);
	if (args_u64(word, 65535, &value) && value) {
		*port = value;
		return STATUS_OK;
	}
	service = getservbyname(word, "tcp");
	if (!service)
		return fail(STATUS_USAGE,
			    "'%s' is not a port: 1 to 65535, or the name of a TCP service",
			    word);
	*port = ntohs(service->s_port);
	return STATUS_OK;
}

static int parse_id(struct filter *filter, const struct keyword *keyword, const char *word)
{
	if (filter->has_id)
		return twice(keyword);
	if (!args_u64(word, UINT64_MAX, &filter->id) || !filter->id)
		return fail(STATUS_USAGE, "'%s' is not the id of a connection: 1 or more", word);
	filter->has_id = true;
	return STATUS_OK;
}

static int parse_anomaly(struct filter *filter, const struct keyword *keyword, const char *word)
{
	if (filter->anomaly >= 0)
		return twice(keyword);
	filter->anomaly = names_find(&names_anomaly, word);
	if (filter->anomaly >= 0)
		return STATUS_OK;
	return fail(STATUS_USAGE, "'%s' is not an anomaly: 'tcpfsm stats' lists them", word);
}

static const struct keyword keywords[] = {
	{ "state",	FILTER_EITHER,	parse_state },
	{ "client",	FILTER_CLIENT,	parse_state },
	{ "server",	FILTER_SERVER,	parse_state },
	{ "src",	FILTER_CLIENT,	parse_prefix },
	{ "dst",	FILTER_SERVER,	parse_prefix },
	{ "addr",	FILTER_EITHER,	parse_prefix },
	{ "sport",	FILTER_CLIENT,	parse_port },
	{ "dport",	FILTER_SERVER,	parse_port },
	{ "port",	FILTER_EITHER,	parse_port },
	{ "anomaly",	FILTER_EITHER,	parse_anomaly },
	{ "id",		FILTER_EITHER,	parse_id },
};

#define KEYWORDS	(sizeof(keywords) / sizeof(keywords[0]))

static const struct keyword *find(const char *word)
{
	unsigned int i;

	for (i = 0; i < KEYWORDS; i++)
		if (!strcmp(keywords[i].name, word))
			return &keywords[i];
	return NULL;
}

static int unknown(const char *word)
{
	char known[128] = "";
	unsigned int i;

	for (i = 0; i < KEYWORDS; i++) {
		strcat(known, " ");
		strcat(known, keywords[i].name);
	}
	if (word[0] == '-')
		return fail(STATUS_USAGE, "'%s' is not an option of this command", word);
	return fail(STATUS_USAGE, "'%s' is not part of a filter:%s, joined by 'and'",
		    word, known);
}

/* Addresses of both families at once cannot be meant: no connection has them. */
static int check_families(const struct filter *filter)
{
	uint8_t family = filter->family;
	unsigned int i;

	for (i = 0; i < FILTER_SIDES; i++) {
		const struct filter_prefix *prefix = &filter->prefix[i];

		if (!prefix->family)
			continue;
		if (family && prefix->family != family)
			return fail(STATUS_USAGE,
				    "the filter asks for IPv4 and IPv6 at once: nothing matches");
		family = prefix->family;
	}
	return STATUS_OK;
}

void filter_init(struct filter *filter)
{
	unsigned int i;

	memset(filter, 0, sizeof(*filter));
	filter->family = opt.family;
	filter->anomaly = -1;
	for (i = 0; i < FILTER_SIDES; i++) {
		filter->state[i] = -1;
		filter->port[i] = -1;
	}
}

int filter_parse(struct filter *filter, char **argv)
{
	const struct keyword *keyword;
	char **first = argv;
	int ret;

	filter_init(filter);
	for (; *argv; argv += 2) {
		if (argv != first && !strcmp(*argv, "and") && !*++argv)
			return fail(STATUS_USAGE, "the filter ends in 'and'");
		keyword = find(*argv);
		if (!keyword)
			return unknown(*argv);
		if (!argv[1])
			return fail(STATUS_USAGE, "'%s' needs a value behind it", *argv);
		ret = keyword->parse(filter, keyword, argv[1]);
		if (ret)
			return ret;
	}
	return check_families(filter);
}

static void put_u8(struct nlmsghdr *request, uint16_t type, uint8_t value)
{
	nl_put(request, type, &value, sizeof(value));
}

static void put_prefix(struct nlmsghdr *request, uint16_t type, const struct filter_prefix *prefix)
{
	void *nest = nl_nest(request, type);

	if (prefix->family == AF_INET)
		nl_put(request, TCPFSM_A_PREFIX_ADDRESS4, prefix->address, 4);
	else
		nl_put(request, TCPFSM_A_PREFIX_ADDRESS6, prefix->address, 16);
	put_u8(request, TCPFSM_A_PREFIX_LENGTH, prefix->length);
	nl_nest_end(request, nest);
}

bool filter_empty(const struct filter *filter)
{
	unsigned int i;

	for (i = 0; i < FILTER_SIDES; i++)
		if (filter->state[i] >= 0 || filter->port[i] >= 0 || filter->prefix[i].family)
			return false;
	return !filter->family && !filter->has_id && filter->anomaly < 0;
}

void filter_put(const struct filter *filter, struct nlmsghdr *request)
{
	static const uint16_t state[] = {
		[FILTER_CLIENT] = TCPFSM_A_FILTER_CLIENT_STATE,
		[FILTER_SERVER] = TCPFSM_A_FILTER_SERVER_STATE,
		[FILTER_EITHER] = TCPFSM_A_FILTER_STATE,
	};
	static const uint16_t address[] = {
		[FILTER_CLIENT] = TCPFSM_A_FILTER_SRC,
		[FILTER_SERVER] = TCPFSM_A_FILTER_DST,
		[FILTER_EITHER] = TCPFSM_A_FILTER_ADDR,
	};
	static const uint16_t port[] = {
		[FILTER_CLIENT] = TCPFSM_A_FILTER_SPORT,
		[FILTER_SERVER] = TCPFSM_A_FILTER_DPORT,
		[FILTER_EITHER] = TCPFSM_A_FILTER_PORT,
	};
	unsigned int i;
	void *nest;

	if (filter_empty(filter))
		return;
	nest = nl_nest(request, TCPFSM_A_FILTER);
	if (filter->family)
		put_u8(request, TCPFSM_A_FILTER_FAMILY, filter->family);
	if (filter->has_id)
		nl_put(request, TCPFSM_A_FILTER_ID, &filter->id, sizeof(filter->id));
	if (filter->anomaly >= 0)
		put_u8(request, TCPFSM_A_FILTER_ANOMALY, filter->anomaly);
	for (i = 0; i < FILTER_SIDES; i++) {
		uint16_t be = htons(filter->port[i]);

		if (filter->state[i] >= 0)
			put_u8(request, state[i], filter->state[i]);
		if (filter->prefix[i].family)
			put_prefix(request, address[i], &filter->prefix[i]);
		if (filter->port[i] >= 0)
			nl_put(request, port[i], &be, sizeof(be));
	}
	nl_nest_end(request, nest);
}

static bool within(const struct filter_prefix *prefix, const struct msg *msg, int role)
{
	const uint8_t *address = msg->end[role].address;
	unsigned int bytes = prefix->length / 8, bits = prefix->length % 8;

	if (msg->family != prefix->family || memcmp(address, prefix->address, bytes))
		return false;
	return !bits || !((address[bytes] ^ prefix->address[bytes]) >> (8 - bits));
}

static bool in_state(int state, const struct msg *msg, int role)
{
	if (msg->cmd == TCPFSM_CMD_ANOMALY_NTF)
		return false;
	if (msg->cmd == TCPFSM_CMD_TRANSITION_NTF)
		return msg->endpoint == role && (msg->old == state || msg->new == state);
	return msg->end[role].state == state;
}

/* A notification is one anomaly; a connection passes if it has had the anomaly. */
static bool match_anomaly(const struct filter *filter, const struct msg *msg)
{
	if (filter->anomaly < 0)
		return true;
	if (msg->cmd == TCPFSM_CMD_ANOMALY_NTF)
		return msg->anomaly == filter->anomaly;
	return msg->anomalies[filter->anomaly];
}

/* 'addr', 'port' and 'state' each have to hold for one end, not all for the same one. */
static bool match_side(const struct filter *filter, enum filter_side side,
		       const struct msg *msg)
{
	const struct filter_prefix *prefix = &filter->prefix[side];
	bool address = !prefix->family, port = filter->port[side] < 0;
	bool state = filter->state[side] < 0;
	int role;

	for (role = TCPFSM_ROLE_CLIENT; role <= TCPFSM_ROLE_SERVER; role++) {
		if (side == FILTER_CLIENT && role != TCPFSM_ROLE_CLIENT)
			continue;
		if (side == FILTER_SERVER && role != TCPFSM_ROLE_SERVER)
			continue;
		address = address || within(prefix, msg, role);
		port = port || filter->port[side] == ntohs(msg->end[role].port);
		state = state || in_state(filter->state[side], msg, role);
	}
	return address && port && state;
}

bool filter_match(const struct filter *filter, const struct msg *msg)
{
	unsigned int side;

	if (filter->family && filter->family != msg->family)
		return false;
	if (filter->has_id && filter->id != msg->id)
		return false;
	if (!match_anomaly(filter, msg))
		return false;
	for (side = 0; side < FILTER_SIDES; side++)
		if (!match_side(filter, side, msg))
			return false;
	return true;
}
