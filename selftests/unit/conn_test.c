// SPDX-License-Identifier: GPL-2.0
/*
 * Runs every case with many pairs of initial sequence numbers, so that numbers
 * wrap, and change their sign, in every phase; over IPv4 with the addresses in
 * either order, and over IPv6.
 */
#include "catalogue.h"
#include "ktap.h"

static const u32 bases[] = {
	0, 1000, 0x7ffffffd, 0x7fffffff, 0xfffffffe, 0xffffffff, 0xfffffff0,
	0xffffff9c, 0xfffffc00,
};

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

static bool run_everywhere(const struct conn_case *test)
{
	const u32 pairs = ARRAY_SIZE(bases) * ARRAY_SIZE(bases);
	u32 i;

	for (i = 0; i < pairs * ARRAY_SIZE(families); i++) {
		struct setup setup = families[i / pairs];

		setup.isn[HOST_C] = bases[i % ARRAY_SIZE(bases)];
		setup.isn[HOST_S] = bases[i % pairs / ARRAY_SIZE(bases)];
		if (!conn_case_run(test, &setup))
			return false;
	}
	return true;
}

static bool all_anomalies_met(void)
{
	bool all = true;
	int i;

	for (i = 0; i < TCPFSM_ANOMALY_COUNT; i++) {
		if (anomalies_met[i])
			continue;
		ktap_note("no case meets %s", tcpfsm_anomaly_names[i]);
		all = false;
	}
	return all;
}

int main(void)
{
	const struct conn_case *test;
	unsigned int i, count = 2;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (test = tables[i]; test->name; test++)
			count++;
	ktap_plan(count);
	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (test = tables[i]; test->name; test++)
			ktap_result(run_everywhere(test), test->name);
	ktap_result(catalogue_is_complete(), "the catalogue is complete");
	ktap_result(all_anomalies_met(), "every anomaly is met by a case");
	return ktap_exit();
}
