// SPDX-License-Identifier: GPL-2.0
/* tcpfsm: show what the module tcpfsm knows about TCP connections */
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/args.h"
#include "base/names.h"
#include "base/netns.h"
#include "base/options.h"
#include "base/out.h"
#include "base/status.h"
#include "cmd/cmd.h"

static int cmd_help(char **argv);

struct command {
	const char *name;
	int (*run)(char **argv);
	bool filtered;		/* -4 and -6 mean something */
};

static const struct command commands[] = {
	{ "show",	cmd_show,	true },
	{ "stats",	cmd_stats,	false },
	{ "timewait",	cmd_timewait,	false },
	{ "monitor",	cmd_monitor,	true },
	{ "ladder",	cmd_ladder,	true },
	{ "replay",	cmd_replay,	true },
	{ "audit",	cmd_audit,	true },
	{ "flush",	cmd_flush,	true },
	{ "settings",	cmd_settings,	false },
	{ "set",	cmd_set,	false },
	{ "help",	cmd_help,	false },
};

#define COMMANDS	(sizeof(commands) / sizeof(commands[0]))

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

static const char usage[] =
	"Usage: tcpfsm [OPTIONS] [COMMAND]\n"
	"COMMAND := { show [FILTER] | stats | timewait |\n"
	"             monitor [count N] [FILTER] |\n"
	"             ladder [--follow] [--ascii] [--format FORMAT] [FILTER] |\n"
	"             replay [--events | --ladder | --stats] FILE [FILTER] |\n"
	"             audit | flush [FILTER] | settings | set NAME VALUE | help }\n"
	"FILTER  := TERM [[and] TERM]...\n"
	"TERM    := { state STATE | client STATE | server STATE |\n"
	"             src PREFIX | dst PREFIX | addr PREFIX |\n"
	"             sport PORT | dport PORT | port PORT |\n"
	"             anomaly NAME | id N }\n"
	"PREFIX  := ADDRESS[/LENGTH]\n"
	"FORMAT  := { text | mermaid | svg }\n"
	"STATE   := {";

static const char usage_options[] =
	" }\n"
	"OPTIONS := { -4 | -6            connections of one family only\n"
	"             -j | --json        JSON\n"
	"             -p | --pretty      JSON, indented\n"
	"             -n | --numeric     no names of services\n"
	"             -r | --resolve     names of hosts\n"
	"             -s | --statistics  more of everything\n"
	"             -N | --netns { NAME | PATH | PID }\n"
	"             -V | --version\n"
	"             -h | --help }\n";

static int cmd_help(char **argv)
{
	unsigned int i;

	if (args_none("help", argv))
		return STATUS_USAGE;
	fputs(usage, stdout);
	for (i = 0; i < names_state.count; i++) {
		if (i)
			fputs(i % 5 ? " |" : " |\n            ", stdout);
		printf(" %s", names_get(&names_state, i));
	}
	fputs(usage_options, stdout);
	return STATUS_OK;
}

static int cmd_version(void)
{
	printf("tcpfsm %s\n", TCPFSM_VERSION);
	return STATUS_OK;
}

/* All of the commands that begin with the @len first characters of @word. */
static const char *list_commands(const char *word, size_t len)
{
	static char list[256];
	unsigned int i;

	list[0] = '\0';
	for (i = 0; i < COMMANDS; i++) {
		if (strncmp(commands[i].name, word, len))
			continue;
		strcat(list, *list ? ", " : "");
		strcat(list, commands[i].name);
	}
	return list;
}

/* A whole name, or the beginning of one only. */
static const struct command *find(const char *word)
{
	const struct command *found = NULL;
	size_t len = strlen(word);
	unsigned int i, count = 0;

	for (i = 0; i < COMMANDS; i++) {
		if (!strcmp(commands[i].name, word))
			return &commands[i];
		if (!strncmp(commands[i].name, word, len)) {
			found = &commands[i];
			count++;
		}
	}
	if (count == 1)
		return found;
	if (count && len)
		fail(STATUS_USAGE, "'%s' may mean %s", word, list_commands(word, len));
	else
		fail(STATUS_USAGE, "'%s' is not a command: %s", word, list_commands("", 0));
	return NULL;
}

static int run(char **argv)
{
	const struct command *command = &commands[0];

	if (*argv) {
		command = find(*argv++);
		if (!command)
			return STATUS_USAGE;
	}
	if (opt.family && !command->filtered)
		return fail(STATUS_USAGE, "'%s' is about IPv4 and IPv6 together: leave out '-%d'",
			    command->name, opt.family == AF_INET ? 4 : 6);
	return command->run(argv);
}

static int set_family(int family)
{
	if (opt.family && opt.family != family)
		return fail(STATUS_USAGE, "'-4' and '-6' exclude each other: leave out both");
	opt.family = family;
	return STATUS_OK;
}

/* Of one letter in a bunch getopt tells the letter, else the word is it. */
static int unknown_option(char **argv)
{
	char letter[3] = { '-', optopt, '\0' };

	return fail(STATUS_USAGE, "'%s' is not an option: -4 -6 -j -p -n -r -s -N NETNS -V -h",
		    optopt ? letter : argv[optind - 1]);
}

/* The function to run instead of a command goes to @instead. */
static int parse_options(int argc, char **argv, const char **netns, int *instead)
{
	int c, ret = STATUS_OK;

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
			*netns = optarg;
			break;
		case 'V':
		case 'h':
			*instead = c;
			break;
		case ':':
			ret = fail(STATUS_USAGE,
				   "'%s' needs a value behind it", argv[optind - 1]);
			break;
		default:
			ret = unknown_option(argv);
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

/* "stats -s" is as good as "-s stats": what stands behind the command is taken out. */
static int parse_late_options(char **words, const char **netns, int *instead)
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
		optind = 0;	/* begin anew */
		ret = parse_options(argc, argv, netns, instead);
	}
	*kept = NULL;
	return ret;
}

/* A socket must not become stdout, or stderr, because that was closed. */
static void fill_standard_fds(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	static char *none[] = { NULL };
	const char *netns = NULL;
	int instead = 0, ret;
	char **words;

	fill_standard_fds();
	signal(SIGPIPE, SIG_IGN);	/* a write then fails with EPIPE */
	ret = parse_options(argc, argv, &netns, &instead);
	words = argv + optind;
	if (!ret)
		ret = parse_late_options(words, &netns, &instead);
	if (ret)
		return ret;
	if (netns && !instead)
		ret = netns_enter(netns);
	if (ret)
		return ret;
	out_init();
	if (instead)
		ret = instead == 'V' ? cmd_version() : cmd_help(none);
	else
		ret = run(words);
	out_close();
	return ret;
}
