// SPDX-License-Identifier: GPL-2.0
/* Laws of what is reported and recorded: anomalies, the history, letters of Zeek. */
#include "conn_laws.h"
#include "core/zeek.h"

/**
 * laws_of_notes - check the anomalies of a call
 * @out: the anomalies
 */
void laws_of_notes(const struct tcpfsm_outcome *out)
{
	int i, j;

	must(out->notes <= TCPFSM_NOTES_MAX,
	     "there are no more anomalies than TCPFSM_NOTES_MAX");
	for (i = 0; i < out->notes; i++) {
		const struct tcpfsm_note *note = &out->note[i];
		u8 kind;

		must(note->anomaly < TCPFSM_ANOMALY_COUNT,
		     "an anomaly is one of the enumeration");
		must(tcpfsm_anomaly_names[note->anomaly],
		     "an anomaly has a name in the catalogue");
		must(note->role < TCPFSM_ROLE_COUNT, "an anomaly names a role");
		kind = tcpfsm_anomaly_kinds[note->anomaly];
		if (kind == TCPFSM_KIND_BOTH)
			must(note->kind == TCPFSM_KIND_VIOLATION ||
			     note->kind == TCPFSM_KIND_NOTABLE,
			     "an anomaly of either kind is of one of them");
		else
			must(note->kind == kind,
			     "the kind of an anomaly is that of the catalogue");
		for (j = 0; j < i; j++)
			must(out->note[j].anomaly != note->anomaly ||
			     out->note[j].role != note->role,
			     "an anomaly of an end is noted once for a segment");
	}
}

static void check_letters(const struct tcpfsm_conn *before,
			  const struct tcpfsm_conn *after)
{
	char old[TCPFSM_ZEEK_HISTORY], new[TCPFSM_ZEEK_HISTORY];
	size_t i, len;

	memset(new, 'x', sizeof(new));
	tcpfsm_zeek_history(before, old);
	tcpfsm_zeek_history(after, new);
	len = strnlen(new, sizeof(new));
	must(len < sizeof(new), "the history of Zeek fits into its buffer");
	must(!strncmp(old, new, strlen(old)), "letters of Zeek are only appended");
	must(strspn(new, "ShHsADFRadfr^") == len, "letters are those of Zeek");
	for (i = 0; i < len; i++)
		must(strchr(new, new[i]) == new + i, "each letter of Zeek comes once");
	must(!strchr(new, '^') || new[0] == '^', "\"^\" is the first letter");
}

static bool is_zeek_state(const char *word)
{
	static const char *const words[] = {
		"S0", "S1", "S2", "S3", "SF", "REJ", "RSTO", "RSTR", "RSTOS0",
		"RSTRH", "SH", "SHR", "OTH",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(word, words[i]))
			return true;
	return false;
}

/**
 * laws_of_zeek - check the letters of Zeek that a segment adds
 * @before: the connection before the segment
 * @after: and after it
 */
void laws_of_zeek(const struct tcpfsm_conn *before,
		  const struct tcpfsm_conn *after)
{
	if (before->letters == after->letters)
		return;
	check_letters(before, after);
	must(is_zeek_state(tcpfsm_zeek_state(after)), "conn_state is a word of Zeek");
}

static void check_past(const struct tcpfsm_past *past, u64 time)
{
	const u8 flags = TCPFSM_FIN | TCPFSM_SYN | TCPFSM_RST | TCPFSM_ACK;

	must(!(past->flags & ~flags), "a record has only the flags that are kept");
	must(past->from < TCPFSM_ROLE_COUNT, "a record names a role");
	must(past->state[0] < TCPFSM_STATE_COUNT &&
	     past->state[1] < TCPFSM_STATE_COUNT, "a record has the states after it");
	must(past->anomaly <= TCPFSM_ANOMALY_NONE,
	     "the anomaly of a record is one of the enumeration");
	must(past->len <= TCPFSM_RECORD_LEN_MAX ||
	     (past->late && past->anomaly == TCPFSM_ANOMALY_UNSEEN),
	     "the length in a record is saturated, unless it is of what was unseen");
	must(!past->late || (!past->flags && past->anomaly != TCPFSM_ANOMALY_NONE),
	     "a late record is about an anomaly, and no segment");
	must(past->time <= time, "no record is later than now");
}

/**
 * laws_of_history - check all records of a history
 * @history: the history
 * @conn: its connection
 * @now: the time
 */
void laws_of_history(const struct tcpfsm_history *history,
		     const struct tcpfsm_conn *conn, u64 now)
{
	struct tcpfsm_past past = { .time = 0 };
	u32 index, size = history->size;
	u64 time = 0;

	for (index = 0; tcpfsm_history_read(history, conn, index, &past); index++) {
		check_past(&past, now - conn->start);
		must(time <= past.time, "records are in the order of time");
		time = past.time;
	}
	laws_of_time_in_state(history, conn, now);
	must(index <= size, "the history has no more records than its size");
	must(index == min(history->total, size),
	     "the history has as many records as its size and the total allow");
}
