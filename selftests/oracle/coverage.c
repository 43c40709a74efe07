// SPDX-License-Identifier: GPL-2.0
#include "coverage.h"
#include "ktap.h"

/* Of either end, acceptable or not; and the end of TIME-WAIT */
enum event { SYN, SYNACK, ACK, DATA, FIN, RST, KINDS };

#define EVENTS	(KINDS * 4 + 1)

static unsigned long long met[STATES][STATES][EVENTS];

static enum event kind_of(const struct segment *seg)
{
	if (seg->rst)
		return RST;
	if (seg->syn)
		return seg->ack ? SYNACK : SYN;
	if (seg->fin)
		return FIN;
	return seg->len ? DATA : ACK;
}

/* "before": the states of client and server; "role": of the hosts, before the step */
void coverage_note(const struct pair *pair, const struct step *step,
		   const enum state *before, const enum who *role)
{
	unsigned int event = EVENTS - 1;

	if (step->kind == TIMEOUT || !pair->begun)
		return;
	if (step->kind == SEGMENT)
		event = kind_of(&step->seg) * 4 + (role[step->host] == SERVER) * 2 +
			pair->verdict.used;
	met[before[CLIENT]][before[SERVER]][event]++;
}

static unsigned int events_of(int c, int s)
{
	unsigned int count = 0, event;

	for (event = 0; event < EVENTS; event++)
		count += met[c][s][event] != 0;
	return count;
}

/* Combinations of states and event */
unsigned int coverage_cells(void)
{
	unsigned int cells = 0;
	int c, s;

	for (c = 0; c < STATES; c++)
		for (s = 0; s < STATES; s++)
			cells += events_of(c, s);
	return cells;
}

/* Pairs of states */
unsigned int coverage_pairs(void)
{
	unsigned int pairs = 0;
	int c, s;

	for (c = 0; c < STATES; c++)
		for (s = 0; s < STATES; s++)
			pairs += events_of(c, s) != 0;
	return pairs;
}

void coverage_print(void)
{
	int c, s, at;
	char line[128];

	ktap_note("kinds of events (of %u) that met a pair of states; rows: client", EVENTS);
	at = snprintf(line, sizeof(line), "%-10s", "");
	for (s = 0; s < STATES; s++)
		at += snprintf(line + at, sizeof(line) - at, " %5.5s", state_words[s]);
	ktap_note("%s", line);
	for (c = 0; c < STATES; c++) {
		at = snprintf(line, sizeof(line), "%-10s", state_words[c]);
		for (s = 0; s < STATES; s++)
			at += snprintf(line + at, sizeof(line) - at, " %5u", events_of(c, s));
		ktap_note("%s", line);
	}
}
