// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/args.h"
#include "base/status.h"

const char *args_refused(char **argv)
{
	static char letter[] = "-?";
	const char *word = argv[optind - 1];

	/* optopt is also set for "--json=1", a long option that takes no value */
	if (!optopt || strchr(word, '='))
		return word;
	letter[1] = optopt;
	return letter;
}

static int take_option(const struct args_options *options, void *data, int option,
		       char **words)
{
	switch (option) {
	case ':':
		return fail(STATUS_USAGE, "'%s' needs a value behind it", words[optind - 1]);
	case '?':
		return fail(STATUS_USAGE, "'%s' is not an option of %s", args_refused(words),
			    options->known);
	default:
		return options->set(data, option, optarg);
	}
}

int args_options(char ***argv, const struct args_options *options, void *data)
{
	/* getopt_long() begins behind the first word */
	char **words = *argv - 1;
	int argc = 0, option, ret;

	while (words[argc])
		argc++;
	optind = 0;	/* a new scan */
	opterr = 0;
	while ((option = getopt_long(argc, words, ":", options->list, NULL)) != -1) {
		ret = take_option(options, data, option, words);
		if (ret)
			return ret;
	}
	*argv = words + optind;
	return STATUS_OK;
}

int args_none(const char *command, char **argv)
{
	if (!*argv)
		return STATUS_OK;
	if (**argv == '-')
		return fail(STATUS_USAGE, "'%s' is not an option of this command", *argv);
	return fail(STATUS_USAGE, "unexpected '%s' behind '%s'", *argv, command);
}

bool args_u64(const char *word, uint64_t max, uint64_t *value)
{
	char *end;

	if (*word < '0' || *word > '9')
		return false;
	errno = 0;
	*value = strtoull(word, &end, 10);
	return !errno && !*end && *value <= max;
}
