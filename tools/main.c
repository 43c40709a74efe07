// SPDX-License-Identifier: GPL-2.0
/* tcpfsm: show what the module tcpfsm knows about TCP connections */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/netns.h"
#include "base/options.h"
#include "base/out.h"
#include "base/status.h"
#include "cmd/cmd.h"
#include "core/version.h"

struct command {
	const char *name;
	int (*run)(char **argv);
	bool filtered;		/* it has a use for -4 and -6 */
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

static int cmd_version(void)
{
	printf("tcpfsm %s\n", TCPFSM_VERSION);
	return STATUS_OK;
}

/* The names of all commands that begin with the first @len octets of @word */
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

/* By its name, or by the beginning of its name if no other command begins so */
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

/* If stdout or stderr is closed, the first socket must not get its number. */
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
	char **words;
	int ret;

	fill_standard_fds();
	signal(SIGPIPE, SIG_IGN);	/* a write then fails with EPIPE */
	ret = options_parse(argc, argv, &words);
	if (!ret && opt.netns && !opt.instead)
		ret = netns_enter(opt.netns);
	if (ret)
		return ret;
	out_init();
	if (opt.instead)
		ret = opt.instead == 'V' ? cmd_version() : cmd_help(none);
	else
		ret = run(words);
	out_close();
	return ret;
}
