// SPDX-License-Identifier: GPL-2.0
/*
 * The cases of the unit tests inside the kernel: built with its compiler flags and
 * helpers, run under its KASAN and UBSAN.
 */
#include <kunit/test.h>
#include <linux/module.h>

#include "unit/conn_case.h"

static const u32 bases[] = { 1000, 0x7fffffff, 0xfffffff0 };

static const struct setup families[] = {
	{ .family = TCPFSM_AF_INET },
	{ .family = TCPFSM_AF_INET, .swapped = true },
	{ .family = TCPFSM_AF_INET6 },
};

static const struct conn_case *const tables[] = {
	open_cases, close_cases, rst_cases, again_cases, claim_cases, fault_cases,
	local_cases, zeek_cases, time_cases, time_wait_cases,
	catalogue_open_cases, catalogue_close_cases,
};

static const void *next_case(const void *last, char *name)
{
	const struct conn_case *test;
	bool found = !last;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		for (test = tables[i]; test->name; test++) {
			if (found) {
				strscpy(name, test->name,
					KUNIT_PARAM_DESC_SIZE);
				return test;
			}
			found = test == last;
		}
	}
	return NULL;
}

static void conn_cases(struct kunit *kunit)
{
	const struct conn_case *test = kunit->param_value;
	unsigned int family, client, server;

	for (family = 0; family < ARRAY_SIZE(families); family++) {
		struct setup setup = families[family];

		for (client = 0; client < ARRAY_SIZE(bases); client++) {
			for (server = 0; server < ARRAY_SIZE(bases); server++) {
				setup.isn[HOST_C] = bases[client];
				setup.isn[HOST_S] = bases[server];
				KUNIT_ASSERT_TRUE(kunit, conn_case_run(test, &setup));
			}
		}
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(conn_cases, next_case),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpfsm",
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("The unit tests of tcpfsm, in the kernel");
MODULE_LICENSE("GPL");
