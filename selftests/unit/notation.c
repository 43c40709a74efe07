// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>

#include "notation.h"

const char *const state_words[TCPFSM_STATE_COUNT] = {
	[TCPFSM_STATE_CLOSED]		= "closed",
	[TCPFSM_STATE_LISTEN]		= "listen",
	[TCPFSM_STATE_SYN_SENT]		= "syn-sent",
	[TCPFSM_STATE_SYN_RECEIVED]	= "syn-recv",
	[TCPFSM_STATE_ESTABLISHED]	= "estab",
	[TCPFSM_STATE_FIN_WAIT_1]	= "fin-wait-1",
	[TCPFSM_STATE_FIN_WAIT_2]	= "fin-wait-2",
	[TCPFSM_STATE_CLOSE_WAIT]	= "close-wait",
	[TCPFSM_STATE_CLOSING]		= "closing",
	[TCPFSM_STATE_LAST_ACK]		= "last-ack",
	[TCPFSM_STATE_TIME_WAIT]	= "time-wait",
};

#define X(id, name) [TCPFSM_OPENED_##id] = name,
const char *const opened_words[] = {
	TCPFSM_OPENEDS(X)
};
#undef X
#define X(id, name) [TCPFSM_CLOSED_##id] = name,
const char *const closed_words[] = {
	TCPFSM_CLOSEDS(X)
};
#undef X

const char *const wait_words[] = {
	[TCPFSM_WAIT_HALF_OPEN]		= "half-open",
	[TCPFSM_WAIT_LIVE]		= "live",
	[TCPFSM_WAIT_CLOSING]		= "closing",
	[TCPFSM_WAIT_TIME_WAIT]		= "time-wait",
	[TCPFSM_WAIT_CLOSED]		= "closed",
};

static const char *const vantage_words[VANTAGE_COUNT] = {
	[FORWARD]	= "@forward",
	[AT_CLIENT]	= "@client",
	[AT_SERVER]	= "@server",
	[LOOPBACK]	= "@loopback",
};

static const char *parsed;

__attribute__((noreturn))
static void bad(const char *what, const char *word)
{
	fprintf(stderr, "%s: %s \"%s\"\n", parsed, what, word ? word : "");
	exit(2);
}

static int find(const char *const *words, size_t count, const char *word,
		size_t len)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (words[i] && strlen(words[i]) == len &&
		    !strncmp(words[i], word, len))
			return (int)i;
	return NONE;
}

#define FIND(words, word) find(words, ARRAY_SIZE(words), word, strlen(word))

static bool parse_number(const char *word, u32 *value)
{
	char *end;
	long number = strtol(word, &end, 10);

	if (end == word || *end)
		return false;
	*value = (u32)number;
	return true;
}

/* A word of flags; "-": no flag */
static u8 parse_flags(const char *word)
{
	static const char letters[] = "FSRPAU";
	u8 flags = 0;

	if (!strcmp(word, "-"))
		return 0;
	for (; *word; word++) {
		const char *at = strchr(letters, *word);

		if (!at)
			bad("flags", word);
		flags |= (u8)(1u << (at - letters));
	}
	return flags;
}

/* The state of a host: as ss names it, with "?" if it is only assumed */
static void parse_state(const char *word, struct step *step, enum host host)
{
	size_t len = strlen(word);
	bool assumed = len && word[len - 1] == '?';

	step->state[host] = find(state_words, ARRAY_SIZE(state_words), word,
				 len - assumed);
	if (step->state[host] == NONE)
		bad("state", word);
	step->confirmed[host] = !assumed;
}

/* HOST:CAUSE or HOST:CAUSE>STATE */
static bool parse_move(const char *word, struct step *step)
{
	struct expected_move *move = &step->move[step->moves];
	const char *to = strchr(word, '>');
	int cause;

	if ((*word != 'C' && *word != 'S') || word[1] != ':')
		return false;
	cause = find(tcpfsm_cause_names, TCPFSM_CAUSE_COUNT, word + 2,
		     to ? (size_t)(to - word - 2) : strlen(word + 2));
	if (cause == NONE || step->moves == MOVES)
		bad("transition", word);
	move->host = *word == 'C' ? HOST_C : HOST_S;
	move->cause = (enum tcpfsm_cause)cause;
	move->new = to ? FIND(state_words, to + 1) : NONE;
	if (to && move->new == NONE)
		bad("state", to + 1);
	step->moves++;
	return true;
}

/* The host that an anomaly is attributed to */
enum host note_host(const struct step *step, const struct expected_note *note)
{
	return note->of_peer ? !step->from : step->from;
}

/* The host to whose ISN the expected number is relative */
enum host note_number_host(const struct step *step, const struct expected_note *note)
{
	enum host host = note_host(step, note);

	return expects_ack(note->anomaly) ? !host : host;
}

/* SEQ or SEQ,ACK: of what the anomaly is about, if that is not the step */
static void parse_late(const char *word, struct expected_note *note)
{
	char *end;

	note->late = true;
	note->seq = (u32)strtol(word, &end, 10);
	if (end == word || (*end && (*end != ',' || !parse_number(end + 1, &note->ack))))
		bad("place", word);
}

static void parse_expected(const char *word, struct expected_note *note)
{
	char *end;

	note->expects = true;
	note->expected = (u32)strtol(word, &end, 10);
	if (end == word || (*end && *end != '@'))
		bad("number", word);
}

/* NAME, NAME/KIND, NAME=NUMBER; peer: before it, @SEQ or @SEQ,ACK behind it */
static bool parse_note(const char *word, struct step *step)
{
	bool of_peer = !strncmp(word, "peer:", 5);
	const char *name = of_peer ? word + 5 : word;
	int anomaly = find(tcpfsm_anomaly_names, TCPFSM_ANOMALY_COUNT, name,
			   strcspn(name, "/=@"));
	struct expected_note *note = &step->note[step->notes];
	const char *equals = strchr(word, '='), *slash = strchr(word, '/');
	const char *at = strchr(word, '@');

	if (anomaly == NONE)
		return false;
	if (step->notes == TCPFSM_NOTES_MAX)
		bad("one anomaly too many", word);
	note->anomaly = (u8)anomaly;
	note->of_peer = of_peer;
	note->kind = tcpfsm_anomaly_kinds[anomaly];
	if (slash)
		note->kind = strncmp(slash, "/violation", 10) ?
			     TCPFSM_KIND_NOTABLE : TCPFSM_KIND_VIOLATION;
	if (equals)
		parse_expected(equals + 1, note);
	if (at)
		parse_late(at + 1, note);
	step->notes++;
	return true;
}

static enum host parse_host(const char *word)
{
	if (*word != 'C' && *word != 'S')
		bad("host", word);
	return *word == 'C' ? HOST_C : HOST_S;
}

static int parse_wait_end(const char *word, size_t len)
{
	int end = find(tcpfsm_tw_end_names, TCPFSM_TW_END_COUNT, word, len);

	if (len == 5 && !strncmp(word, "never", len))
		return WAIT_NEVER;
	if (len == 5 && !strncmp(word, "lasts", len))
		return WAIT_LASTS;
	if (end == NONE)
		bad("end of TIME-WAIT", word);
	return end;
}

/* HOST:END, HOST:END@socket, with /MILLISECONDS, and after that /DELTA */
static void parse_wait(const char *word, struct step *step)
{
	struct expected_wait *wait = &step->wait_of[parse_host(word)];
	const char *at = word + 2 + strcspn(word + 2, "@/");
	u32 number;
	char *slash;

	wait->end = parse_wait_end(word + 2, (size_t)(at - word - 2));
	wait->socket = !strncmp(at, "@socket", 7);
	at += strcspn(at, "/");
	if (!*at)
		return;
	wait->duration = (int)strtol(at + 1, &slash, 10);
	if (*slash && (*slash != '/' || !parse_number(slash + 1, &number)))
		bad("TIME-WAIT", word);
	wait->has_delta = *slash;
	if (*slash)
		wait->delta = (s32)number;
}

/* MILLISECONDS, or "-" */
static int parse_time(const char *word, int none)
{
	u32 number;

	if (!strcmp(word, "-"))
		return none;
	if (!parse_number(word, &number))
		bad("time", word);
	return (int)number;
}

/* What is expected of times */
static bool parse_times(const char *word, struct step *step)
{
	if (!strncmp(word, "tw=", 3))
		parse_wait(word + 3, step);
	else if (!strncmp(word, "stay=", 5))
		step->stay[parse_host(word + 5)] = parse_time(word + 7, STAY_UNKNOWN);
	else if (!strncmp(word, "handshake=", 10))
		step->handshake = parse_time(word + 10, TOLD_NOT);
	else if (!strncmp(word, "close=", 6))
		step->close = parse_time(word + 6, TOLD_NOT);
	else
		return false;
	return true;
}

static void parse_word(const char *word, struct step *step)
{
	u32 number;

	if (parse_note(word, step) || parse_times(word, step))
		return;
	if (!strcmp(word, "ignored"))
		step->used = false;
	else if (!strcmp(word, "held"))
		step->held = true, step->used = false;
	else if (!strcmp(word, "reopen"))
		step->reopen = true;
	else if (!strcmp(word, "restarted"))
		step->restarted = true;
	else if (!strncmp(word, "opened=", 7))
		step->opened = FIND(opened_words, word + 7);
	else if (!strncmp(word, "closed=", 7))
		step->closed = FIND(closed_words, word + 7);
	else if (!strncmp(word, "wait=", 5))
		step->wait = FIND(wait_words, word + 5);
	else if (!strncmp(word, "restarts=", 9) && parse_number(word + 9, &number))
		step->restarts = (int)number;
	else if (!strncmp(word, "state=", 6))
		snprintf(step->conn_state, sizeof(step->conn_state), "%s", word + 6);
	else if (!strncmp(word, "letters=", 8))
		snprintf(step->letters, sizeof(step->letters), "%s", word + 8);
	else if (!parse_move(word, step))
		bad("expectation", word);
}

static void parse_segment_word(const char *word, struct step *step, int place)
{
	u32 number;

	if (step->verb == VERB_LATER) {
		if (!parse_number(word, &step->seconds))
			bad("seconds", word);
	} else if (step->verb == VERB_GONE || step->verb == VERB_SOCKET) {
		if (place == 0)
			step->from = parse_host(word);
		else
			step->end = (enum tcpfsm_tw_end)parse_wait_end(word, strlen(word));
	} else if (place == 0) {
		step->flags = parse_flags(word);
	} else if (!strcmp(word, "forged")) {
		step->forged = true;
	} else if (!strcmp(word, "cookie")) {
		step->cookie = true;
	} else if (!strcmp(word, "nosack")) {
		step->sack = false;
	} else if (*word == '+' && parse_number(word + 1, &number)) {
		step->len = number;
	} else if (!strncmp(word, "win=", 4) && parse_number(word + 4, &number)) {
		step->window = (u16)number;
	} else if (!strncmp(word, "ts=", 3) && parse_number(word + 3, &step->tsval)) {
		step->stamped = true;
	} else if (!strncmp(word, "ws=", 3) && parse_number(word + 3, &number)) {
		step->wscale = (u8)number;
	} else if (place <= 2 && parse_number(word, &number)) {
		if (place == 1)
			step->seq = number;
		else
			step->ack = number;
	} else {
		bad("segment", word);
	}
}

/* A word before the first "|": the verb or one of its arguments */
static void parse_verb(const char *word, struct step *step)
{
	static const char arrows[] = "?^v>";	/* by halves */
	int found = FIND(vantage_words, word);
	const char *arrow;

	if (found != NONE) {
		step->verb = VERB_VANTAGE;
		step->vantage = (enum vantage)found;
	} else if ((*word == 'C' || *word == 'S') && word[1] && !word[2]) {
		arrow = strchr(arrows, word[1]);
		if (!arrow)
			bad("arrow", word);
		step->from = *word == 'C' ? HOST_C : HOST_S;
		step->halves = (u8)(arrow - arrows);
	} else if (!strcmp(word, "expire")) {
		step->verb = VERB_EXPIRE;
	} else if (!strcmp(word, "later")) {
		step->verb = VERB_LATER;
	} else if (!strcmp(word, "rfc1337")) {
		step->verb = VERB_RFC1337;
	} else if (!strcmp(word, "socket")) {
		step->verb = VERB_SOCKET;
	} else if (!strcmp(word, "gone")) {
		step->verb = VERB_GONE;
	} else {
		found = FIND(tcpfsm_cause_names, word);
		if (found == NONE)
			bad("verb", word);
		step->verb = VERB_END;
		step->cause = (enum tcpfsm_cause)found;
	}
}

static void init(struct step *step)
{
	int host;

	memset(step, 0, sizeof(*step));
	step->window = 65535;
	step->wscale = TCPFSM_WSCALE_NONE;
	step->state[HOST_C] = NONE;
	step->state[HOST_S] = NONE;
	step->sack = true;
	step->used = true;
	step->opened = NONE;
	step->closed = NONE;
	step->wait = NONE;
	step->restarts = NONE;
	for (host = 0; host < HOST_COUNT; host++) {
		step->wait_of[host] = (struct expected_wait){
			.end = NONE, .duration = NONE,
		};
		step->stay[host] = NONE;
	}
	step->handshake = NONE;
	step->close = NONE;
}

/**
 * expects_ack - whether the expected number of an anomaly is an ACK number
 * @anomaly: which
 *
 * Return: true if it is one, relative to the peer's ISN; false if it is a
 * sequence number, relative to the sender's.
 */
bool expects_ack(u8 anomaly)
{
	switch (anomaly) {
	case TCPFSM_ANOMALY_SYNACK_BAD_ACK:
	case TCPFSM_ANOMALY_ACK3_BAD_ACK:
	case TCPFSM_ANOMALY_TFO_DATA_UNACKED:
	case TCPFSM_ANOMALY_SYN_RST_BAD:
	case TCPFSM_ANOMALY_ACK_UNSENT:
	case TCPFSM_ANOMALY_FIN_BAD_ACK:
	case TCPFSM_ANOMALY_LAST_ACK_BAD:
		return true;
	default:
		return false;
	}
}

/**
 * step_parse - parse one step; exits if the step is malformed
 * @text: SEGMENT | STATES | WORDS
 * @step: filled
 */
void step_parse(const char *text, struct step *step)
{
	char copy[256], *save = NULL, *word;
	int field = 0, place = -1;

	parsed = text;
	init(step);
	if (snprintf(copy, sizeof(copy), "%s", text) >= (int)sizeof(copy))
		bad("too long", "");
	for (word = strtok_r(copy, " \t", &save); word;
	     word = strtok_r(NULL, " \t", &save)) {
		if (!strcmp(word, "|")) {
			field++;
			place = -1;
			continue;
		}
		place++;
		if (field == 0 && place == 0)
			parse_verb(word, step);
		else if (field == 0)
			parse_segment_word(word, step, place - 1);
		else if (field == 1 && place == 0 && !strcmp(word, "="))
			continue;
		else if (field == 1 && place < HOST_COUNT)
			parse_state(word, step, (enum host)place);
		else
			parse_word(word, step);
	}
}
