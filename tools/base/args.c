// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>

#include "base/args.h"
#include "base/status.h"

int args_none(const char *command, char **argv)
{
	if (!*argv)
		return STATUS_OK;
	if (**argv == '-')
		return fail(STATUS_USAGE, "'%s' is not an option of this command", *argv);
	return fail(STATUS_USAGE, "'%s': nothing goes behind '%s'", *argv, command);
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
