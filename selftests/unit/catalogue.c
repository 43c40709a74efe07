// SPDX-License-Identifier: GPL-2.0
#include "catalogue.h"
#include "ktap.h"

#define NEAR_MISS	": near miss"

const struct conn_case *const catalogue_tables[] = {
	catalogue_open_cases, catalogue_close_cases,
};

const unsigned int catalogue_tables_count = ARRAY_SIZE(catalogue_tables);

/**
 * struct tally - how many cases there are for one anomaly
 * @provoking: those that expect it
 * @near_misses: those that do not
 */
struct tally {
	unsigned int	provoking;
	unsigned int	near_misses;
};

static bool expects(const struct conn_case *test, u8 anomaly)
{
	const char *const *text;
	struct step step;
	unsigned int i;

	for (text = test->steps; *text; text++) {
		step_parse(*text, &step);
		for (i = 0; i < step.notes; i++)
			if (step.note[i].anomaly == anomaly)
				return true;
	}
	return false;
}

/* The anomaly that the name of a case begins with; "rest" is what follows */
static int subject(const struct conn_case *test, const char **rest)
{
	int i;

	*rest = test->name + strcspn(test->name, ":");
	for (i = 0; i < TCPFSM_ANOMALY_COUNT; i++)
		if (!strncmp(tcpfsm_anomaly_names[i], test->name,
			     (size_t)(*rest - test->name)) &&
		    !tcpfsm_anomaly_names[i][*rest - test->name])
			return i;
	return NONE;
}

static bool count(const struct conn_case *test, struct tally *tally)
{
	const char *rest;
	int anomaly = subject(test, &rest);
	bool near_miss = !strncmp(rest, NEAR_MISS, strlen(NEAR_MISS));

	if (anomaly == NONE) {
		ktap_note("%s: the name does not begin with an anomaly", test->name);
		return false;
	}
	if (expects(test, (u8)anomaly) == near_miss) {
		ktap_note("%s: its steps are not what its name says",
			  test->name);
		return false;
	}
	if (near_miss)
		tally[anomaly].near_misses++;
	else
		tally[anomaly].provoking++;
	return true;
}

/**
 * catalogue_is_complete - check that each anomaly has cases of both kinds
 *
 * Return: false if one has not; a note says which.
 */
bool catalogue_is_complete(void)
{
	struct tally tally[TCPFSM_ANOMALY_COUNT] = { };
	const struct conn_case *test;
	bool complete = true;
	unsigned int i;

	for (i = 0; i < catalogue_tables_count; i++)
		for (test = catalogue_tables[i]; test->name; test++)
			complete &= count(test, tally);
	for (i = 0; i < TCPFSM_ANOMALY_COUNT; i++) {
		if (tally[i].provoking && tally[i].near_misses)
			continue;
		ktap_note("%s: %u provoking cases, %u near misses",
			  tcpfsm_anomaly_names[i], tally[i].provoking,
			  tally[i].near_misses);
		complete = false;
	}
	return complete;
}
