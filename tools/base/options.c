// SPDX-License-Identifier: GPL-2.0
#include <getopt.h>
#include <string.h>
#include <sys/socket.h>

#include "base/args.h"
#include "base/options.h"
#include "base/status.h"

struct options opt;

static const char short_options[] = "+:46jpnrsN:Vh";

static const struct option long_options[] = {
	{ "ipv4",	no_argument,		NULL, '4' },
	{ "ipv6",	no_argument,		NULL, '6' },
	{ "json",	no_argument,		NULL, 'j' },
	{ "pretty",	no_argument,		NULL, 'p' },
	{ "numeric",	no_argument,		NULL, 'n' },
	{ "resolve",	no_argument,		NULL, 'r' },
	{ "statistics",	no_argument,		NULL, 's' },
	{ "netns",	required_argument,	NULL, 'N' },
	{ "version",	no_argument,		NULL, 'V' },
	{ "help",	no_argument,		NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int set_family(int family)
{
	if (opt.family && opt.family != family)
		return fail(STATUS_USAGE, "'-4' and '-6' exclude each other: leave out both");
	opt.family = family;
	return STATUS_OK;
}

static int parse(int argc, char **argv)
{
	int c, ret = STATUS_OK;

	optind = 0;	/* a new scan */
	opterr = 0;
	while (!ret && (c = getopt_long(argc, argv, short_options, long_options, NULL)) != -1) {
		switch (c) {
		case '4':
			ret = set_family(AF_INET);
			break;
		case '6':
			ret = set_family(AF_INET6);
			break;
		case 'j':
			opt.json = true;
			break;
		case 'p':
			opt.pretty = true;
			break;
		case 'n':
			opt.numeric = true;
			break;
		case 'r':
			opt.resolve = true;
			break;
		case 's':
			opt.details = true;
			break;
		case 'N':
			opt.netns = optarg;
			break;
		case 'V':
		case 'h':
			opt.instead = c;
			break;
		case ':':
			ret = fail(STATUS_USAGE,
				   "'%s' needs a value behind it", argv[optind - 1]);
			break;
		default:
			ret = fail(STATUS_USAGE,
				   "'%s' is not an option: -4 -6 -j -p -n -r -s -N NETNS -V -h",
				   args_refused(argv));
		}
	}
	return ret;
}

static bool is_option(const char *word)
{
	static const char letters[] = "46jpnrs";

	if (word[0] != '-' || !word[1])
		return false;
	return !strcmp(word, "-N") || strspn(word + 1, letters) == strlen(word + 1);
}

/* "stats -s" means "-s stats": take the options behind the command out of @words. */
static int parse_late(char **words)
{
	char **kept = words, **word;
	int ret = STATUS_OK;

	for (word = words; !ret && *word; word++) {
		char *argv[] = { NULL, *word, NULL, NULL };
		int argc = 2;

		if (word == words || !is_option(*word)) {
			*kept++ = *word;
			continue;
		}
		if (!strcmp(*word, "-N") && word[1])
			argv[argc++] = *++word;
		ret = parse(argc, argv);
	}
	*kept = NULL;
	return ret;
}

int options_parse(int argc, char **argv, char ***words)
{
	int ret;

	ret = parse(argc, argv);
	*words = argv + optind;
	return ret ? ret : parse_late(*words);
}
