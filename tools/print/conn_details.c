// SPDX-License-Identifier: GPL-2.0
#include "base/cgroup.h"
#include "base/names.h"
#include "base/out.h"
#include "print/conn_details.h"
#include "print/time_wait.h"

#define INDENT		5
#define HANGING		(INDENT + 8)	/* below what follows "client: " */

/* Text that is wrapped at the width of the screen */
struct paragraph {
	struct line line;	/* the one that is filled */
	struct line word;	/* what goes to it next, in one piece */
	unsigned int width;	/* columns of the screen */
};

static void begin(struct paragraph *text)
{
	text->line.len = 0;
	text->word.len = 0;
	text->width = out_width();
	line_tab(&text->line, INDENT);
}

/* Move text->word to the line, or to a new one if it does not fit. */
static void end_word(struct paragraph *text)
{
	unsigned int used = line_columns(&text->line);

	if (used > HANGING && used + 1 + line_columns(&text->word) > text->width) {
		out_line(&text->line);
		line_tab(&text->line, HANGING);
	} else if (text->line.buf[text->line.len - 1] != ' ') {
		line_char(&text->line, ' ');
	}
	line_append(&text->line, &text->word);
	text->word.len = 0;
}

/* name:value, as ss prints it */
static void put_name(struct paragraph *text, const char *name, bool have, const char *value)
{
	if (!have)
		return;
	line_str(&text->word, name);
	line_char(&text->word, ':');
	line_str(&text->word, value);
	end_word(text);
}

static void put_number(struct paragraph *text, const char *name, bool have, uint64_t value)
{
	if (!have)
		return;
	line_str(&text->word, name);
	line_char(&text->word, ':');
	line_u64(&text->word, value);
	end_word(text);
}

static void put_seconds(struct paragraph *text, const char *name, bool have, uint64_t ns,
			unsigned int digits)
{
	if (!have)
		return;
	line_str(&text->word, name);
	line_char(&text->word, ':');
	line_seconds(&text->word, ns, digits);
	end_word(text);
}

static void put_socket(struct paragraph *text, const struct msg_endpoint *end)
{
	if (MSG_HAS(end, TCPFSM_A_ENDPOINT_SOCKET_STATE)) {
		line_str(&text->word, "socket:");
		names_state_put(&text->word, end->socket_state, true);
		end_word(text);
	}
	put_number(text, "uid", MSG_HAS(end, TCPFSM_A_ENDPOINT_UID), end->uid);
	put_number(text, "ino", MSG_HAS(end, TCPFSM_A_ENDPOINT_INODE), end->inode);
	if (MSG_HAS(end, TCPFSM_A_ENDPOINT_CGROUP)) {
		line_str(&text->word, "cgroup:");
		cgroup_put(&text->word, end->cgroup);
		end_word(text);
	}
}

static void put_end(const struct msg *msg, int role)
{
	const struct msg_endpoint *end = &msg->end[role];
	struct paragraph text;

	begin(&text);
	line_str(&text.line, names_get(&names_role, role));
	line_str(&text.line, ": ");
	put_number(&text, "isn", MSG_HAS(end, TCPFSM_A_ENDPOINT_ISN), end->isn);
	put_number(&text, "packets", MSG_HAS(end, TCPFSM_A_ENDPOINT_PACKETS), end->packets);
	put_number(&text, "bytes", MSG_HAS(end, TCPFSM_A_ENDPOINT_BYTES), end->bytes);
	put_number(&text, "retransmits", MSG_HAS(end, TCPFSM_A_ENDPOINT_RETRANSMITS),
		   end->retransmits);
	put_number(&text, "unseen", MSG_HAS(end, TCPFSM_A_ENDPOINT_UNSEEN), end->unseen);
	put_socket(&text, end);
	out_line(&text.line);
}

/* As in SYN-SENT 20.3 ms, ESTABLISHED 2m14s */
static void put_stays(const struct msg *msg, int role)
{
	const struct msg_endpoint *end = &msg->end[role];
	struct paragraph text;
	unsigned int state;

	if (!end->stays)
		return;
	begin(&text);
	line_tab(&text.line, HANGING);
	for (state = 0; state < TCPFSM_STATE_COUNT; state++) {
		if (!(end->stays & 1u << state))
			continue;
		names_state_put(&text.word, state, true);
		line_char(&text.word, ' ');
		line_span(&text.word, end->stay[state], !out_utf8());
		if (end->stays >> state > 1)
			line_char(&text.word, ',');
		end_word(&text);
	}
	out_line(&text.line);
}

static void put_connection(const struct msg *msg)
{
	struct paragraph text;

	begin(&text);
	put_seconds(&text, "duration", MSG_HAS(msg, TCPFSM_A_DURATION), msg->duration, 3);
	put_name(&text, "opened", MSG_HAS(msg, TCPFSM_A_OPENED),
		 names_get(&names_opened, msg->opened));
	put_name(&text, "closed", MSG_HAS(msg, TCPFSM_A_CLOSED),
		 names_get(&names_closed, msg->closed));
	if (MSG_HAS(msg, TCPFSM_A_CONN_STATE)) {
		line_str(&text.word, "zeek:(");
		line_str(&text.word, msg->conn_state);
		line_char(&text.word, ' ');
		line_str(&text.word, msg->letters);
		line_char(&text.word, ')');
		end_word(&text);
	}
	put_seconds(&text, "rtt-server", MSG_HAS(msg, TCPFSM_A_RTT_SERVER),
		    msg->rtt[TCPFSM_ROLE_SERVER], 6);
	put_seconds(&text, "rtt-client", MSG_HAS(msg, TCPFSM_A_RTT_CLIENT),
		    msg->rtt[TCPFSM_ROLE_CLIENT], 6);
	out_line(&text.line);
}

/* As in TIME-WAIT of the client: held 60.211 s, restarted once, expired (socket) */
static void put_time_wait(const struct msg *msg, int role, uint64_t now)
{
	const struct msg_time_wait *tw = &msg->time_wait[role];
	struct time_wait wait;
	struct paragraph text;

	if (!tw->have)
		return;
	time_wait_of(&wait, msg, role, now);
	begin(&text);
	line_str(&text.line, "TIME-WAIT of the ");
	line_str(&text.line, names_get(&names_role, role));
	line_str(&text.line, ": ");
	time_wait_put(&text.word, &wait);
	if (wait.end && MSG_HAS(tw, TCPFSM_A_TIME_WAIT_SOURCE)) {
		line_str(&text.word, " (");
		line_str(&text.word, names_get(&names_tw_source, tw->source));
		line_char(&text.word, ')');
	}
	end_word(&text);
	if (wait.reopened) {
		out_line(&text.line);
		line_tab(&text.line, HANGING);
		time_wait_put_reopened(&text.word, &wait, !out_utf8());
		end_word(&text);
	}
	out_line(&text.line);
}

static void put_anomalies(const struct msg *msg)
{
	struct paragraph text;
	unsigned int i;

	if (!MSG_HAS(msg, TCPFSM_A_ANOMALIES))
		return;
	begin(&text);
	line_str(&text.line, "anomalies: ");
	for (i = 0; i < TCPFSM_ANOMALY_COUNT; i++)
		put_number(&text, names_get(&names_anomaly, i), msg->anomalies[i],
			   msg->anomalies[i]);
	out_line(&text.line);
}

void conn_details(const struct msg *msg, uint64_t now)
{
	int role;

	for (role = TCPFSM_ROLE_CLIENT; role <= TCPFSM_ROLE_SERVER; role++) {
		put_end(msg, role);
		put_stays(msg, role);
	}
	put_connection(msg);
	for (role = TCPFSM_ROLE_CLIENT; role <= TCPFSM_ROLE_SERVER; role++)
		put_time_wait(msg, role, now);
	put_anomalies(msg);
}
