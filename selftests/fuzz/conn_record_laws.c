// SPDX-License-Identifier: GPL-2.0
/* The laws of what is told and kept: notes, the history, Zeek's letters. */
#include "conn_laws.h"
#include "core/zeek.h"

/**
 * laws_of_notes - of the anomalies that a call has noted
 * @out: the notes
 */
void laws_of_notes(const struct tcpfsm_outcome *out)
{
	int i, j;

	must(out->notes <= TCPFSM_NOTES_MAX, "the notes have room");
	for (i = 0; i < out->notes; i++) {
		const struct tcpfsm_note *note = &out->note[i];
		u8 kind;

		must(note->anomaly < TCPFSM_ANOMALY_COUNT, "an anomaly has a name");
		must(tcpfsm_anomaly_names[note->anomaly], "in the catalogue");
		must(note->role < TCPFSM_ROLE_COUNT, "it is an endpoint's");
		kind = tcpfsm_anomaly_kinds[note->anomaly];
		if (kind == TCPFSM_KIND_BOTH)
			must(note->kind == TCPFSM_KIND_VIOLATION ||
			     note->kind == TCPFSM_KIND_NOTABLE,
			     "of two kinds it is one");
		else
			must(note->kind == kind, "its kind is the catalogue's");
		for (j = 0; j < i; j++)
			must(out->note[j].anomaly != note->anomaly ||
			     out->note[j].role != note->role,
			     "it is told once");
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
	must(len < sizeof(new), "the letters have room");
	must(!strncmp(old, new, strlen(old)), "letters come behind those before");
	must(strspn(new, "ShHsADFRadfr^") == len, "letters are Zeek's");
	for (i = 0; i < len; i++)
		must(strchr(new, new[i]) == new + i, "each comes once");
	must(!strchr(new, '^') || new[0] == '^', "the ends are swapped at first");
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
 * laws_of_zeek - of the letters that a segment adds
 * @before: the connection before it
 * @after: and after it
 */
void laws_of_zeek(const struct tcpfsm_conn *before,
		  const struct tcpfsm_conn *after)
{
	if (before->letters == after->letters)
		return;
	check_letters(before, after);
	must(is_zeek_state(tcpfsm_zeek_state(after)), "conn_state is a word of Zeek's");
}

static void check_past(const struct tcpfsm_past *past, u64 time)
{
	const u8 flags = TCPFSM_FIN | TCPFSM_SYN | TCPFSM_RST | TCPFSM_ACK;

	must(!(past->flags & ~flags), "flags are those that are kept");
	must(past->from < TCPFSM_ROLE_COUNT, "a record is an endpoint's");
	must(past->state[0] < TCPFSM_STATE_COUNT &&
	     past->state[1] < TCPFSM_STATE_COUNT, "it leaves states behind it");
	must(past->anomaly <= TCPFSM_ANOMALY_NONE, "its anomaly has a name");
	must(past->len <= TCPFSM_RECORD_LEN_MAX, "its length has room");
	must(past->time <= time, "what is past is past");
}

/**
 * laws_of_history - of all that is remembered
 * @history: it
 * @conn: of this connection
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
		must(time <= past.time, "the history is in order");
		time = past.time;
	}
	laws_of_time_in_state(history, conn, now);
	must(index <= size, "no more is remembered than there is room");
	must(index == min(history->total, size),
	     "nothing is forgotten before");
}
