// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "base/status.h"
#include "core/types.h"
#include "ladder/style.h"

static int set_format(struct ladder_style *style, const char *word)
{
	static const char *const formats[] = {
		[LADDER_TEXT] = "text",
		[LADDER_MERMAID] = "mermaid",
		[LADDER_SVG] = "svg",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(formats); i++)
		if (!strcmp(word, formats[i])) {
			style->format = i;
			return STATUS_OK;
		}
	return fail(STATUS_USAGE, "'%s' is not a format: text mermaid svg", word);
}

int ladder_style_set(struct ladder_style *style, int option, const char *value)
{
	style->given = true;
	if (option == LADDER_STYLE_FORMAT)
		return set_format(style, value);
	style->ascii = true;
	return STATUS_OK;
}

int ladder_style_check(const struct ladder_style *style)
{
	if (style->ascii && style->format != LADDER_TEXT)
		return fail(STATUS_USAGE, "'--ascii' is for '--format text'");
	return STATUS_OK;
}
