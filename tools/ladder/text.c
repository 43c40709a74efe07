// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>

#include "base/names.h"
#include "ladder/text.h"
#include "ladder/words.h"

/* From left to right: time, state, lifeline, arrow, lifeline, state */
#define STATE		9		/* the first column of the left state */
#define STATE_WIDTH	14		/* SYN-RECEIVED and a mark */
#define LEFT		(STATE + STATE_WIDTH + 1)

/* A line, and the column that it has come to; column 0 is behind the tag */
struct pen {
	struct line line;
	unsigned int column;
	unsigned int right;		/* column of the right lifeline */
	bool ascii;
	char tag[32];			/* before every line; "" for none */
	line_sink put;
};

static const char *in_ascii(const char *c, unsigned int len)
{
	static const char *const pairs[][2] = {
		{ "─", "-" }, { "│", "|" }, { "├", "|" }, { "┤", "|" }, { "▶", ">" },
		{ "◀", "<" }, { "→", "->" }, { "←", "<-" }, { "⋮", ":" }, { "↻", "+" },
		{ "↺", "<" }, { "µ", "u" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pairs); i++)
		if (!strncmp(pairs[i][0], c, len))
			return pairs[i][1];
	return "?";
}

/* Octets of the first character of @text */
static unsigned int char_len(const char *text)
{
	unsigned int len = 1;

	while ((text[len] & 0xc0) == 0x80)
		len++;
	return len;
}

static void put(struct pen *pen, const char *text)
{
	unsigned int i, len;

	for (; *text; text += len) {
		len = char_len(text);
		if (len > 1 && pen->ascii) {
			put(pen, in_ascii(text, len));
			continue;
		}
		for (i = 0; i < len; i++)
			line_char(&pen->line, text[i]);
		pen->column++;
	}
}

static unsigned int columns(const struct pen *pen, const char *text)
{
	struct pen scratch = { .ascii = pen->ascii };

	put(&scratch, text);
	return scratch.column;
}

static void put_tab(struct pen *pen, unsigned int column)
{
	while (pen->column < column)
		put(pen, " ");
}

/* Right-aligned, to end before @column */
static void put_before(struct pen *pen, unsigned int column, const char *text)
{
	unsigned int width = columns(pen, text);

	put_tab(pen, column > width ? column - width : 0);
	put(pen, text);
}

static void put_dashes(struct pen *pen, unsigned int column)
{
	while (pen->column < column)
		put(pen, "─");
}

static void begin(struct pen *pen)
{
	put(pen, pen->tag);
	pen->column = 0;
}

static void end(struct pen *pen)
{
	while (pen->line.len && pen->line.buf[pen->line.len - 1] == ' ')
		pen->line.len--;
	pen->put(&pen->line);
	begin(pen);
}

static void open_pen(struct pen *pen, const struct ladder_text *text, const struct ladder *ladder)
{
	*pen = (struct pen){ .ascii = text->ascii, .put = text->put };
	if (text->tagged)
		snprintf(pen->tag, sizeof(pen->tag), "#%" PRIu64 " ", ladder->id);
	pen->right = text->width - strlen(pen->tag) - STATE_WIDTH - 2;
	begin(pen);
}

static void put_state(struct pen *pen, const struct ladder_state *state)
{
	struct line line = { .len = 0 };

	if (!state->told)
		return;
	names_state_put(&line, state->state, 1);
	put(pen, line_string(&line));
	put(pen, ladder_marks[state->mark]);
}

static void put_left(struct pen *pen, const struct ladder_row *row)
{
	struct line line = { .len = 0 };

	if (row->timed)
		ladder_put_time(&line, row->time);
	put(pen, line_string(&line));
	put_tab(pen, STATE);
	put_state(pen, &row->end[TCPFSM_ROLE_CLIENT]);
}

static void put_right(struct pen *pen, const struct ladder_row *row)
{
	put_tab(pen, pen->right + 2);
	put_state(pen, &row->end[TCPFSM_ROLE_SERVER]);
	end(pen);
}

/* Copy as many words as fit into @room octets to @label; returns the others. */
static const char *split(char *label, const char *words, unsigned int room)
{
	size_t len = strlen(words);

	while (len > room)
		do
			len--;
		while (len && words[len] != ' ');
	memcpy(label, words, len);
	label[len] = '\0';
	return words + len + (words[len] == ' ');
}

static void draw_arrow(struct pen *pen, const struct ladder_row *row, const char *label)
{
	put_left(pen, row);
	put_tab(pen, LEFT);
	if (row->from == TCPFSM_ROLE_CLIENT) {
		put(pen, "├─ ");
		put(pen, label);
		put(pen, " ");
		put_dashes(pen, pen->right - 1);
		put(pen, "▶│");
	} else {
		put(pen, "│◀");
		put_dashes(pen, pen->right - 3 - columns(pen, label));
		put(pen, " ");
		put(pen, label);
		put(pen, " ─┤");
	}
	put_right(pen, row);
}

/* Below an arrow, at the end where its sender is */
static void draw_note(struct pen *pen, const struct ladder_row *row, const char *note)
{
	put_tab(pen, LEFT);
	put(pen, "│  ");
	if (row->from == TCPFSM_ROLE_CLIENT)
		put(pen, note);
	else
		put_before(pen, pen->right - 2, note);
	put_tab(pen, pen->right);
	put(pen, "│");
	end(pen);
}

static void draw_segment(struct pen *pen, const struct ladder_row *row, const char *anomaly)
{
	/* dash, blank, label, blank, dash, head */
	unsigned int room = pen->right - LEFT - 1 - 5;
	char label[sizeof(row->text)];
	const char *rest = split(label, row->text, room);

	draw_arrow(pen, row, label);
	if (*rest)
		draw_note(pen, row, rest);
	if (*anomaly)
		draw_note(pen, row, anomaly);
}

static void put_middle(struct pen *pen, const char *lifeline, const char *words)
{
	unsigned int width = columns(pen, words), room = pen->right - LEFT - 1;

	put_tab(pen, LEFT);
	put(pen, lifeline);
	put_tab(pen, LEFT + 1 + (width < room ? (room - width) / 2 : 0));
	put(pen, words);
	put_tab(pen, pen->right);
	put(pen, lifeline);
}

static void draw_middle(struct pen *pen, const struct ladder_row *row, const char *lifeline)
{
	put_left(pen, row);
	put_middle(pen, lifeline, row->text);
	put_right(pen, row);
}

/* Without an arrow; if an anomaly and its numbers do not fit on a line, on two */
static void draw_change(struct pen *pen, const struct ladder_row *row, const char *anomaly)
{
	bool both = *anomaly && *row->text;
	char words[sizeof(row->anomaly) + sizeof(row->text) + 8];
	bool fits;

	snprintf(words, sizeof(words), "%s%s%s", anomaly, both ? " " : "", row->text);
	fits = !both || columns(pen, words) < pen->right - LEFT;
	put_left(pen, row);
	put_middle(pen, "│", fits ? words : anomaly);
	put_right(pen, row);
	if (fits)
		return;
	put_middle(pen, "│", row->text);
	end(pen);
}

/*
 * The words begin at the lifeline of their end, and may go beyond the other lifeline. If
 * there is a state in the way, they get a line of their own.
 */
static void draw_wait(struct pen *pen, struct ladder_row *row)
{
	struct ladder_state *other = &row->end[!row->from];
	bool fits = !other->told || columns(pen, row->text) <= pen->right - LEFT + 1;

	if (!fits) {
		put_left(pen, row);
		put_right(pen, row);
		row->timed = false;
		row->end[row->from].told = false;
		other->told = false;
	}
	put_left(pen, row);
	if (row->from == TCPFSM_ROLE_CLIENT) {
		put_tab(pen, LEFT);
		put(pen, row->text);
	} else {
		put_before(pen, pen->right + 1, row->text);
	}
	put_right(pen, row);
}

static void draw(struct ladder_text *text, const struct ladder *ladder, struct ladder_row *row)
{
	char anomaly[sizeof(row->anomaly) + 3] = "";
	struct pen pen;

	open_pen(&pen, text, ladder);
	if (*row->anomaly)
		snprintf(anomaly, sizeof(anomaly), "%s%s", row->violation ? "!! " : "",
			 row->anomaly);
	switch (row->kind) {
	case LADDER_SEGMENT:
		draw_segment(&pen, row, anomaly);
		break;
	case LADDER_WAIT:
		draw_wait(&pen, row);
		if (*anomaly)
			draw_note(&pen, row, anomaly);
		break;
	case LADDER_BEGIN:
	case LADDER_CHANGE:
		draw_change(&pen, row, anomaly);
		break;
	case LADDER_LOST:
	case LADDER_DATA:
	case LADDER_UNSEEN:
		draw_middle(&pen, row, "⋮");
		break;
	}
}

/* Both ends on one line, if there is room */
void ladder_text_head(struct ladder_text *text, const struct ladder *ladder)
{
	const struct ladder_end *client = &ladder->end[TCPFSM_ROLE_CLIENT];
	const struct ladder_end *server = &ladder->end[TCPFSM_ROLE_SERVER];
	char left[320], right[320];
	unsigned int width;
	struct pen pen;

	open_pen(&pen, text, ladder);
	width = pen.right + 2 + STATE_WIDTH;
	if (ladder->id && !text->tagged) {
		snprintf(left, sizeof(left), "#%" PRIu64, ladder->id);
		put(&pen, left);
	}
	snprintf(left, sizeof(left), "%s (client%s)", client->name, client->local ? ", here" : "");
	snprintf(right, sizeof(right), "(server%s) %s", server->local ? ", here" : "",
		 server->name);
	put_tab(&pen, STATE);
	put(&pen, left);
	if (pen.column + 2 + columns(&pen, right) > width)
		end(&pen);
	put_before(&pen, width, right);
	end(&pen);
}

static void draw_all(struct ladder_text *text, const struct ladder *ladder,
		     struct ladder_row *row, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		draw(text, ladder, &row[i]);
}

void ladder_text_record(struct ladder_text *text, const struct ladder *ladder,
			const struct tcpfsm_past *past)
{
	struct ladder_row row[LADDER_ROWS];

	draw_all(text, ladder, row, ladder_step(&text->walk, ladder, past, row));
}

void ladder_text_lost(struct ladder_text *text, const struct ladder *ladder, uint32_t lost)
{
	struct ladder_row row[LADDER_ROWS];

	draw_all(text, ladder, row, ladder_lose(&text->walk, lost, row));
}

static void draw_below(struct pen *pen, const char *words)
{
	put_tab(pen, STATE);
	put(pen, words);
	end(pen);
}

void ladder_text_foot(struct ladder_text *text, const struct ladder *ladder)
{
	struct ladder_row row[LADDER_ROWS];
	struct line line = { .len = 0 };
	struct pen pen;
	unsigned int i;

	draw_all(text, ladder, row, ladder_finish(&text->walk, ladder, row));
	open_pen(&pen, text, ladder);
	for (i = 0; ladder_put_sum(&line, ladder, i); i++) {
		draw_below(&pen, line_string(&line));
		line.len = 0;
	}
	for (i = LADDER_PLAIN + 1; i < LADDER_MARKS; i++)
		if (text->walk.marked[i])
			draw_below(&pen, ladder_meanings[i]);
	if (text->walk.violated)
		draw_below(&pen, "!! against the RFC");
}
