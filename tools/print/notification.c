// SPDX-License-Identifier: GPL-2.0
#include "base/clock.h"
#include "base/names.h"
#include "base/options.h"
#include "base/out.h"
#include "nl/msg.h"
#include "print/conn.h"
#include "print/conn_json.h"
#include "print/notification.h"
#include "print/time_wait.h"

static void text_transition(struct line *line, const struct msg *msg)
{
	line_str(line, names_get(&names_role, msg->endpoint));
	line_char(line, ' ');
	names_state_put(line, msg->old, true);
	line_str(line, " -> ");
	names_state_put(line, msg->new, MSG_HAS(msg, TCPFSM_A_CONFIRMED));
	line_str(line, "  ");
	line_str(line, names_get(&names_cause, msg->cause));
}

static void text_number(struct line *line, const char *name, bool have, uint32_t value)
{
	if (!have)
		return;
	line_char(line, ' ');
	line_str(line, name);
	line_char(line, ':');
	line_u64(line, value);
}

static void text_anomaly(struct line *line, const struct msg *msg)
{
	line_str(line, names_get(&names_role, msg->endpoint));
	line_char(line, ' ');
	line_str(line, names_get(&names_kind, msg->kind));
	line_char(line, ' ');
	line_str(line, names_get(&names_anomaly, msg->anomaly));
	text_number(line, "seq", MSG_HAS(msg, TCPFSM_A_SEQ), msg->seq);
	text_number(line, "ack", MSG_HAS(msg, TCPFSM_A_ACK), msg->ack);
	text_number(line, "expected", MSG_HAS(msg, TCPFSM_A_EXPECTED), msg->expected);
	text_number(line, "octets", MSG_HAS(msg, TCPFSM_A_OCTETS), msg->octets);
}

static void text_end(struct line *line, const struct msg *msg, int role)
{
	line_str(line, "  ");
	line_str(line, names_get(&names_role, role));
	line_str(line, ":(packets:");
	line_u64(line, msg->end[role].packets);
	line_str(line, " bytes:");
	line_u64(line, msg->end[role].bytes);
	line_char(line, ')');
}

static void text_time_wait(struct line *line, const struct msg *msg, int role)
{
	struct time_wait wait;

	time_wait_of(&wait, msg, role, 0);
	if (!wait.end)
		return;
	line_str(line, "  ");
	line_str(line, names_get(&names_role, role));
	line_char(line, ' ');
	time_wait_put_held(line, &wait);
}

static void text_lifecycle(struct line *line, const struct msg *msg)
{
	if (msg->cmd == TCPFSM_CMD_OPENED_NTF) {
		line_str(line, "opened");
		if (msg->opened == TCPFSM_OPENED_INCOMPLETE)
			return;		/* not known yet */
		line_char(line, ' ');
		line_str(line, names_get(&names_opened, msg->opened));
		return;
	}
	line_str(line, "closed ");
	line_str(line, names_get(&names_closed, msg->closed));
	line_str(line, "  duration:");
	line_seconds(line, msg->duration, 3);
	text_end(line, msg, TCPFSM_ROLE_CLIENT);
	text_end(line, msg, TCPFSM_ROLE_SERVER);
	text_time_wait(line, msg, TCPFSM_ROLE_CLIENT);
	text_time_wait(line, msg, TCPFSM_ROLE_SERVER);
}

/* Without a time, one about an end is about now: the module sends it at once. */
static uint64_t time_of(const struct msg *msg)
{
	if (MSG_HAS(msg, TCPFSM_A_TIME))
		return msg->time;
	if (msg->cmd == TCPFSM_CMD_OPENED_NTF && MSG_HAS(msg, TCPFSM_A_START))
		return msg->start;
	return clock_now();
}

static void text(const struct msg *msg)
{
	struct line line;

	line.len = 0;
	clock_put(&line, time_of(msg));
	line_str(&line, " #");
	line_u64(&line, msg->id);
	line_char(&line, ' ');
	conn_pair(&line, msg);
	line_str(&line, "  ");
	if (msg->cmd == TCPFSM_CMD_TRANSITION_NTF)
		text_transition(&line, msg);
	else if (msg->cmd == TCPFSM_CMD_ANOMALY_NTF)
		text_anomaly(&line, msg);
	else
		text_lifecycle(&line, msg);
	out_line(&line);
}

static void json_numbers(const struct msg *msg)
{
	if (MSG_HAS(msg, TCPFSM_A_SEQ))
		out_u64("seq", NULL, msg->seq);
	if (MSG_HAS(msg, TCPFSM_A_ACK))
		out_u64("ack", NULL, msg->ack);
}

static void json_transition(const struct msg *msg)
{
	conn_json_pair(msg);
	out_str("endpoint", names_get(&names_role, msg->endpoint));
	out_str("old", names_get(&names_state, msg->old));
	out_str("new", names_get(&names_state, msg->new));
	out_str("cause", names_get(&names_cause, msg->cause));
	out_bool("confirmed", MSG_HAS(msg, TCPFSM_A_CONFIRMED));
	json_numbers(msg);
}

static void json_anomaly(const struct msg *msg)
{
	conn_json_pair(msg);
	out_str("name", names_get(&names_anomaly, msg->anomaly));
	out_str("kind", names_get(&names_kind, msg->kind));
	out_str("endpoint", names_get(&names_role, msg->endpoint));
	json_numbers(msg);
	if (MSG_HAS(msg, TCPFSM_A_EXPECTED))
		out_u64("expected", NULL, msg->expected);
	if (MSG_HAS(msg, TCPFSM_A_OCTETS))
		out_u64("octets", NULL, msg->octets);
}

static void json(const struct msg *msg, const char *name)
{
	out_object(NULL);
	out_str("event", name);
	if (MSG_HAS(msg, TCPFSM_A_TIME))
		out_seconds("time", msg->time);
	if (msg->cmd == TCPFSM_CMD_TRANSITION_NTF)
		json_transition(msg);
	else if (msg->cmd == TCPFSM_CMD_ANOMALY_NTF)
		json_anomaly(msg);
	else
		conn_json(msg);
	out_object_end();
}

static const char *name_of(uint8_t cmd)
{
	switch (cmd) {
	case TCPFSM_CMD_TRANSITION_NTF:
		return "transition";
	case TCPFSM_CMD_OPENED_NTF:
		return "opened";
	case TCPFSM_CMD_CLOSED_NTF:
		return "closed";
	case TCPFSM_CMD_ANOMALY_NTF:
		return "anomaly";
	}
	return NULL;
}

bool notification_known(const struct msg *msg)
{
	return name_of(msg->cmd);
}

void notification_print(const struct msg *msg)
{
	if (opt.json)
		json(msg, name_of(msg->cmd));
	else
		text(msg);
}
