// SPDX-License-Identifier: GPL-2.0
/*
 * Print the catalogue of anomalies as the table in Documentation/anomalies.rst
 * ("rst"), or as the enum in the specification ("yaml").
 */
#include <stdio.h>
#include <string.h>

#include "core/defs.h"

struct entry {
	const char *name;
	const char *kind;
	const char *source;
	const char *meaning;
};

#define X(id, name, kind, source, meaning) { name, #kind, source, meaning },
static const struct entry catalogue[] = { TCPFSM_ANOMALIES(X) };
#undef X

#define COUNT	(sizeof(catalogue) / sizeof(catalogue[0]))

#define RULE	"===================================================================="

static const char *kind_of(const struct entry *entry)
{
	switch (entry->kind[0]) {
	case 'V':
		return "violation";
	case 'N':
		return "notable";
	default:
		return "both";
	}
}

static void rst(void)
{
	size_t i;

	printf("\n%.23s  %.9s  %.17s  %.66s\n", RULE, RULE, RULE, RULE);
	printf("%-23s  %-9s  %-17s  %s\n", "Name", "Kind", "Source", "Meaning");
	printf("%.23s  %.9s  %.17s  %.66s\n", RULE, RULE, RULE, RULE);
	for (i = 0; i < COUNT; i++)
		printf("%-23s  %-9s  %-17s  %s\n", catalogue[i].name,
		       kind_of(&catalogue[i]), catalogue[i].source,
		       catalogue[i].meaning);
	printf("%.23s  %.9s  %.17s  %.66s\n", RULE, RULE, RULE, RULE);
}

static void yaml(void)
{
	size_t i;

	printf("  -\n    name: anomaly\n    type: enum\n"
	       "    doc: What departs from the plain handshake and close.\n"
	       "    entries:\n");
	for (i = 0; i < COUNT; i++)
		printf("      -\n        name: %s\n        doc: >-\n          %s\n",
		       catalogue[i].name, catalogue[i].meaning);
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "rst"))
		rst();
	else if (argc == 2 && !strcmp(argv[1], "yaml"))
		yaml();
	else
		return 1;
	return 0;
}
