// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cmd.h"

struct options opt;

/* In one piece, so that the lines of several processes do not mix. */
static void complain(const char *fmt, va_list ap)
{
	char buf[1024];

	vsnprintf(buf, sizeof(buf), fmt, ap);
	fprintf(stderr, "tcpfsm: %s\n", buf);
}

int fail(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain(fmt, ap);
	va_end(ap);
	return status;
}

void note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	complain(fmt, ap);
	va_end(ap);
}

int no_more_words(const char *command, char **argv)
{
	if (!*argv)
		return STATUS_OK;
	if (**argv == '-')
		return fail(STATUS_USAGE, "'%s' is not an option of this command", *argv);
	return fail(STATUS_USAGE, "'%s': nothing goes behind '%s'", *argv, command);
}

bool parse_u64(const char *word, uint64_t max, uint64_t *value)
{
	char *end;

	if (*word < '0' || *word > '9')
		return false;
	errno = 0;
	*value = strtoull(word, &end, 10);
	return !errno && !*end && *value <= max;
}
