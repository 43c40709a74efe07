// SPDX-License-Identifier: GPL-2.0
#include "base/names.h"
#include "ladder/mermaid.h"
#include "ladder/rows.h"
#include "ladder/words.h"

struct page {
	struct line line;
	line_sink put;
	struct ladder_walk walk;
	bool shaded[TCPFSM_ROLE_COUNT];		/* the shade of a TIME-WAIT is open */
};

static const char *const participants[TCPFSM_ROLE_COUNT] = {
	[TCPFSM_ROLE_CLIENT] = "C",
	[TCPFSM_ROLE_SERVER] = "S",
};

static void add(struct page *page, const char *text)
{
	line_str(&page->line, text);
}

/* Escape what ends a statement, and what begins an entity or a tag. */
static void add_words(struct page *page, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '#':
			add(page, "#35;");
			break;
		case ';':
			add(page, "#59;");
			break;
		case '<':
			add(page, "#lt;");
			break;
		case '&':
			add(page, "#amp;");
			break;
		default:
			line_char(&page->line, *text);
		}
	}
}

static void begin(struct page *page, const char *text)
{
	add(page, "    ");
	add(page, text);
}

static void end(struct page *page)
{
	page->put(&page->line);
}

static void whole(struct page *page, const char *text)
{
	begin(page, text);
	end(page);
}

static void add_time(struct page *page, const struct ladder_row *row)
{
	if (!row->timed)
		return;
	ladder_put_time(&page->line, row->time);
	add(page, " ");
}

static void add_anomaly(struct page *page, const struct ladder_row *row, const char *before)
{
	if (!*row->anomaly)
		return;
	add(page, before);
	add(page, row->violation ? "!! " : "");
	add_words(page, row->anomaly);
}

/* Begin or end the shade of a TIME-WAIT; two of them are nested. */
static void shade(struct page *page, enum tcpfsm_role role, bool on)
{
	if (page->shaded[role] == on)
		return;
	whole(page, on ? "rect rgba(120, 100, 220, 0.15)" : "end");
	page->shaded[role] = on;
}

static void draw_state(struct page *page, const struct ladder_row *row, enum tcpfsm_role role)
{
	const struct ladder_state *end_state = &row->end[role];

	if (!end_state->told)
		return;
	shade(page, role, end_state->state == TCPFSM_STATE_TIME_WAIT);
	begin(page, "Note over ");
	add(page, participants[role]);
	add(page, ": ");
	names_state_put(&page->line, end_state->state, 1);
	add(page, ladder_marks[end_state->mark]);
	end(page);
}

/* The state of the sender stands before the arrow, that of the receiver behind it. */
static void draw_segment(struct page *page, const struct ladder_row *row)
{
	draw_state(page, row, row->from);
	if (row->violation)
		whole(page, "rect rgba(255, 0, 0, 0.15)");
	begin(page, participants[row->from]);
	add(page, row->violation ? "-x" : "->>");
	add(page, participants[!row->from]);
	add(page, ": ");
	add_time(page, row);
	add_words(page, row->text);
	add_anomaly(page, row, "<br/>");
	end(page);
	if (row->violation)
		whole(page, "end");
	draw_state(page, row, !row->from);
}

static void draw_note(struct page *page, const struct ladder_row *row, const char *where)
{
	begin(page, "Note over ");
	add(page, where);
	add(page, ": ");
	add_time(page, row);
	if (row->kind == LADDER_CHANGE) {
		add_anomaly(page, row, "");
		add(page, *row->anomaly && *row->text ? "<br/>" : "");
	}
	add_words(page, row->text);
	if (row->kind != LADDER_CHANGE)
		add_anomaly(page, row, *row->text ? "<br/>" : "");
	end(page);
}

static void draw(struct page *page, const struct ladder_row *row)
{
	switch (row->kind) {
	case LADDER_SEGMENT:
		draw_segment(page, row);
		return;
	case LADDER_WAIT:
		draw_note(page, row, participants[row->from]);
		break;
	case LADDER_BEGIN:
		if (*row->text)
			draw_note(page, row, "C,S");
		break;
	default:
		draw_note(page, row, "C,S");
	}
	draw_state(page, row, TCPFSM_ROLE_CLIENT);
	draw_state(page, row, TCPFSM_ROLE_SERVER);
}

static void draw_all(struct page *page, const struct ladder_row *row, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		draw(page, &row[i]);
}

static void draw_head(struct page *page, const struct ladder *ladder)
{
	unsigned int role;

	add(page, "sequenceDiagram");
	end(page);
	for (role = 0; role < TCPFSM_ROLE_COUNT; role++) {
		begin(page, "participant ");
		add(page, participants[role]);
		add(page, " as ");
		add_words(page, ladder->end[role].name);
		add(page, "<br/>");
		add(page, names_get(&names_role, role));
		add(page, ladder->end[role].local ? ", here" : "");
		end(page);
	}
}

static void draw_foot(struct page *page, const struct ladder *ladder)
{
	static const char *const where[] = {
		"C,S: wrap: ", "C: ", "S: ", "C,S: wrap: ",
	};
	struct line sum = { .len = 0 };
	unsigned int i;

	shade(page, TCPFSM_ROLE_CLIENT, false);
	shade(page, TCPFSM_ROLE_SERVER, false);
	for (i = 0; ladder_put_sum(&sum, ladder, i); i++) {
		begin(page, "Note over ");
		add(page, where[i]);
		add_words(page, line_string(&sum));
		end(page);
		sum.len = 0;
	}
}

void ladder_mermaid(const struct ladder *ladder, const struct tcpfsm_past *past,
		    unsigned int count, line_sink put)
{
	struct page page = { .put = put };
	struct ladder_row row[LADDER_ROWS];
	unsigned int i;

	draw_head(&page, ladder);
	for (i = 0; i < count; i++)
		draw_all(&page, row, ladder_step(&page.walk, ladder, &past[i], row));
	draw_all(&page, row, ladder_finish(&page.walk, ladder, row));
	draw_foot(&page, ladder);
}
