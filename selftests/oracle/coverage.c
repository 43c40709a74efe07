// SPDX-License-Identifier: GPL-2.0
#include "coverage.h"
#include "unit/ktap.h"
#include "names.h"

/* Each from client or server, acceptable or not. One more event: the end of TIME-WAIT. */
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

/* What became of claims, by what the last segment of each told */
enum fate { MADE, EXTENDED, REPLACED, BORNE_OUT, ACTED, AT_ONCE, FILLED, REFUTED, FATES };

static unsigned long long claims[NEWS][FATES];

/* FINs that were inferred, and those of them that were none */
static unsigned long long fins_inferred, fins_taken_back;

static void note_claims(const struct verdict *verdict)
{
	claims[verdict->claims][MADE]++;
	claims[verdict->claims][EXTENDED] += verdict->extends;
	claims[verdict->claims][REPLACED] += verdict->replaces;
	claims[verdict->bears_out][BORNE_OUT]++;
	claims[verdict->bears_out][ACTED] += verdict->acts;
	claims[verdict->at_once][AT_ONCE]++;
	claims[verdict->fills][FILLED]++;
	claims[verdict->refutes][REFUTED]++;
	fins_inferred += verdict->infers_fin;
	fins_taken_back += verdict->takes_back;
}

void coverage_note(const struct pair *pair, const struct step *step,
		   const enum state *before, const enum who *role)
{
	unsigned int event = EVENTS - 1;

	note_claims(&pair->verdict);

	if ((step->kind != SEGMENT && step->kind != EXPIRE) || !pair->begun)
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

/* RFC 9293 figures 5 to 8, 12 and 13: the pairs of states of both ends */
static const enum state deep[][2] = {
	{ SYN_SENT, LISTEN }, { SYN_SENT, SYN_SENT }, { SYN_SENT, SYN_RECEIVED },
	{ SYN_RECEIVED, SYN_SENT }, { SYN_RECEIVED, SYN_RECEIVED },
	{ SYN_RECEIVED, ESTABLISHED }, { ESTABLISHED, SYN_RECEIVED },
	{ ESTABLISHED, ESTABLISHED },
	{ FIN_WAIT_1, ESTABLISHED }, { FIN_WAIT_1, SYN_RECEIVED }, { FIN_WAIT_1, FIN_WAIT_1 },
	{ FIN_WAIT_1, CLOSE_WAIT }, { FIN_WAIT_1, CLOSING }, { FIN_WAIT_1, LAST_ACK },
	{ FIN_WAIT_2, CLOSE_WAIT }, { FIN_WAIT_2, CLOSING }, { FIN_WAIT_2, LAST_ACK },
	{ ESTABLISHED, FIN_WAIT_1 }, { CLOSE_WAIT, FIN_WAIT_1 }, { CLOSE_WAIT, FIN_WAIT_2 },
	{ CLOSING, FIN_WAIT_1 }, { CLOSING, FIN_WAIT_2 }, { CLOSING, CLOSING },
	{ CLOSING, TIME_WAIT }, { LAST_ACK, FIN_WAIT_1 }, { LAST_ACK, FIN_WAIT_2 },
	{ LAST_ACK, TIME_WAIT }, { TIME_WAIT, CLOSING }, { TIME_WAIT, LAST_ACK },
	{ TIME_WAIT, TIME_WAIT }, { TIME_WAIT, CLOSED }, { CLOSED, TIME_WAIT },
	{ CLOSED, CLOSED },
};

#define ENOUGH	(EVENTS / 2)

bool coverage_is_deep(void)
{
	bool all = true;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(deep); i++) {
		if (events_of(deep[i][CLIENT], deep[i][SERVER]) >= ENOUGH)
			continue;
		ktap_note("too few events: client %s, server %s", state_names[deep[i][CLIENT]],
			  state_names[deep[i][SERVER]]);
		all = false;
	}
	return all;
}

#define CLAIMS_ENOUGH	100

bool coverage_has_claims(void)
{
	bool all = fins_taken_back >= CLAIMS_ENOUGH;
	enum news news;
	int fate;

	for (news = NO_NEWS + 1; news < NEWS; news++)
		for (fate = 0; fate < FATES; fate++)
			all &= claims[news][fate] >= CLAIMS_ENOUGH;
	return all;
}

static void print_claims(void)
{
	static const char *const names[NEWS] = {
		[MORE_SENT] = "acknowledge more than was sent",
		[WIDER_WINDOW] = "are beyond the window",
		[SYNACK_SENT] = "follow a SYN-ACK",
	};
	enum news news;

	ktap_note("Claims, by what their last segment seemed to do:");
	for (news = NO_NEWS + 1; news < NEWS; news++) {
		const unsigned long long *it = claims[news];

		ktap_note("%-30s %llu made, of these %llu extend and %llu replace one,",
			  names[news], it[MADE], it[EXTENDED], it[REPLACED]);
		ktap_note("%-30s %llu borne out, of these %llu acceptable,", "", it[BORNE_OUT],
			  it[ACTED]);
		ktap_note("%-30s %llu believed at once, %llu filled, %llu refuted.", "",
			  it[AT_ONCE], it[FILLED], it[REFUTED]);
	}
	ktap_note("%llu FINs were inferred, %llu were taken back.", fins_inferred,
		  fins_taken_back);
}

void coverage_print(void)
{
	unsigned int pairs = 0, cells = 0;
	int c, s, at;
	char line[128];

	for (c = 0; c < STATES; c++) {
		for (s = 0; s < STATES; s++) {
			pairs += events_of(c, s) != 0;
			cells += events_of(c, s);
		}
	}
	ktap_note("%u pairs of states were reached, %u combinations of a pair and an event.",
		  pairs, cells);
	ktap_note("Below: how many different events each pair met, of %u: SYN, SYN-ACK, ACK,",
		  EVENTS);
	ktap_note("data, FIN, RST, each from client or server, acceptable or not; and the end of");
	ktap_note("TIME-WAIT. Rows: state of the client, columns: of the server.");
	at = snprintf(line, sizeof(line), "%-10s", "");
	for (s = 0; s < STATES; s++)
		at += snprintf(line + at, sizeof(line) - at, " %5.5s", state_names[s]);
	ktap_note("%s", line);
	for (c = 0; c < STATES; c++) {
		at = snprintf(line, sizeof(line), "%-10s", state_names[c]);
		for (s = 0; s < STATES; s++)
			at += snprintf(line + at, sizeof(line) - at, " %5u", events_of(c, s));
		ktap_note("%s", line);
	}
	print_claims();
}
