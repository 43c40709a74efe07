// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>

#include <uapi/linux/tcpfsm.h>

#include "base/names.h"
#include "core/defs.h"

#define STATE(id, name) \
	[TCPFSM_STATE_##id] = name,
#define ROLE(id, name) \
	[TCPFSM_ROLE_##id] = name,
#define CAUSE(id, name) \
	[TCPFSM_CAUSE_##id] = name,
#define OPENED(id, name) \
	[TCPFSM_OPENED_##id] = name,
#define CLOSED(id, name) \
	[TCPFSM_CLOSED_##id] = name,
#define TW_SOURCE(id, name) \
	[TCPFSM_TW_SOURCE_##id] = name,
#define TW_END(id, name) \
	[TCPFSM_TW_END_##id] = name,
#define ANOMALY(id, name, kind, source, meaning) \
	[TCPFSM_ANOMALY_##id] = name,
#define KIND(id, name) \
	[TCPFSM_KIND_##id] = name,

static const char *const states[] = { TCPFSM_STATES(STATE) };
static const char *const roles[] = { TCPFSM_ROLES(ROLE) };
static const char *const causes[] = { TCPFSM_CAUSES(CAUSE) };
static const char *const openeds[] = { TCPFSM_OPENEDS(OPENED) };
static const char *const closeds[] = { TCPFSM_CLOSEDS(CLOSED) };
static const char *const tw_sources[] = { TCPFSM_TW_SOURCES(TW_SOURCE) };
static const char *const tw_ends[] = { TCPFSM_TW_ENDS(TW_END) };
static const char *const anomalies[] = { TCPFSM_ANOMALIES(ANOMALY) };
static const char *const kinds[] = { TCPFSM_KINDS(KIND) };

#define NAMES(list)	{ list, sizeof(list) / sizeof((list)[0]) }

const struct names names_state = NAMES(states);
const struct names names_role = NAMES(roles);
const struct names names_cause = NAMES(causes);
const struct names names_opened = NAMES(openeds);
const struct names names_closed = NAMES(closeds);
const struct names names_tw_source = NAMES(tw_sources);
const struct names names_tw_end = NAMES(tw_ends);
const struct names names_anomaly = NAMES(anomalies);
const struct names names_kind = NAMES(kinds);

const char *names_get(const struct names *names, unsigned int value)
{
	if (value >= names->count || !names->name[value])
		return "unknown";
	return names->name[value];
}

static bool same(const char *name, const char *word)
{
	for (; *name && *word; name++, word++) {
		char c = *word == '_' ? '-' : tolower((unsigned char)*word);

		if (*name != c)
			return false;
	}
	return !*name && !*word;
}

int names_find(const struct names *names, const char *word)
{
	unsigned int i;

	for (i = 0; i < names->count; i++)
		if (names->name[i] && same(names->name[i], word))
			return i;
	return -1;
}

void names_list(const struct names *names, char *buf, size_t size)
{
	size_t len = 0;
	unsigned int i;

	buf[0] = '\0';
	for (i = 0; i < names->count && len < size; i++)
		len += snprintf(buf + len, size - len, "%s%s", len ? " " : "",
				names_get(names, i));
}

void names_state_put(struct line *line, unsigned int state, int confirmed)
{
	const char *c;

	for (c = names_get(&names_state, state); *c; c++)
		line_char(line, toupper((unsigned char)*c));
	if (!confirmed)
		line_char(line, '?');
}
