// SPDX-License-Identifier: GPL-2.0
/*
 * Time goes from top to bottom. The states of an end are bars along its lifeline; a
 * segment is an arrow that falls a little on its way.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/names.h"
#include "ladder/rows.h"
#include "ladder/svg.h"
#include "ladder/words.h"

/* Pixels */
#define WIDTH		900
#define MARGIN		24
#define CLIENT_X	250
#define SERVER_X	650
#define MIDDLE_X	((CLIENT_X + SERVER_X) / 2)
#define BAR		10		/* width; of TIME-WAIT twice as much */
#define CLEAR		8		/* between a lifeline and what is beside it */
#define FALL		18		/* of an arrow */
#define ANGLE		"2.7"		/* of an arrow, degrees */
#define TOP		84		/* the first row */
#define TEXT_HEIGHT	16
#define ROW_HEIGHT	42
#define DOTS_HEIGHT	40
#define WAIT_HEIGHT	64
#define NAME_WIDTH	(SERVER_X - CLIENT_X - 16)
#define NAME_CHARS	48		/* that fit into NAME_WIDTH */
#define LABEL_CHARS	48		/* that fit on an arrow */

struct sheet {
	line_sink put;
	struct line line;
	bool blank;			/* only measure the height, draw nothing */
	unsigned int y;			/* of the next row */
	struct {
		bool known;
		uint8_t state;
		unsigned int since;	/* y */
	} bar[TCPFSM_ROLE_COUNT];
	struct ladder_walk walk;
};

static const unsigned int lifeline[TCPFSM_ROLE_COUNT] = {
	[TCPFSM_ROLE_CLIENT] = CLIENT_X,
	[TCPFSM_ROLE_SERVER] = SERVER_X,
};

static const char *color(uint8_t state)
{
	static const char *const colors[] = {
		[TCPFSM_STATE_CLOSED] = "#6e7781",
		[TCPFSM_STATE_LISTEN] = "#6e7781",
		[TCPFSM_STATE_SYN_SENT] = "#9a6700",
		[TCPFSM_STATE_SYN_RECEIVED] = "#9a6700",
		[TCPFSM_STATE_ESTABLISHED] = "#1a7f37",
		[TCPFSM_STATE_FIN_WAIT_1] = "#0969da",
		[TCPFSM_STATE_FIN_WAIT_2] = "#0550ae",
		[TCPFSM_STATE_CLOSE_WAIT] = "#bc4c00",
		[TCPFSM_STATE_CLOSING] = "#0a3069",
		[TCPFSM_STATE_LAST_ACK] = "#953800",
		[TCPFSM_STATE_TIME_WAIT] = "#8250df",
	};

	return state < ARRAY_SIZE(colors) ? colors[state] : "#000000";
}

/* A part of a line of the file */
__attribute__((format(printf, 2, 3)))
static void add(struct sheet *sheet, const char *fmt, ...)
{
	char part[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(part, sizeof(part), fmt, ap);
	va_end(ap);
	line_str(&sheet->line, part);
}

static void add_words(struct sheet *sheet, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			add(sheet, "&amp;");
			break;
		case '<':
			add(sheet, "&lt;");
			break;
		case '>':
			add(sheet, "&gt;");
			break;
		default:
			line_char(&sheet->line, *text);
		}
	}
}

static void end(struct sheet *sheet)
{
	if (!sheet->blank)
		sheet->put(&sheet->line);
	sheet->line.len = 0;
}

/* Octets, not characters, are counted: few are not ASCII. */
static void add_squeeze(struct sheet *sheet, const char *text, unsigned int chars,
			unsigned int width)
{
	if (strlen(text) > chars)
		add(sheet, " textLength=\"%u\" lengthAdjust=\"spacingAndGlyphs\"", width);
}

static void draw_text(struct sheet *sheet, const char *class, unsigned int x, unsigned int y,
		      const char *text)
{
	add(sheet, "<text class=\"%s\" x=\"%u\" y=\"%u\">", class, x, y);
	add_words(sheet, text);
	add(sheet, "</text>");
	end(sheet);
}

static void draw_time(struct sheet *sheet, const struct ladder_row *row, unsigned int y)
{
	struct line time = { .len = 0 };

	if (!row->timed)
		return;
	ladder_put_time(&time, row->time);
	draw_text(sheet, "time", MARGIN, y + 4, line_string(&time));
}

/* The bar of the present state of an end, from where its last bar ended down to @y */
static void draw_bar(struct sheet *sheet, enum tcpfsm_role role, unsigned int y)
{
	unsigned int x = lifeline[role], since = sheet->bar[role].since;
	uint8_t state = sheet->bar[role].state;
	unsigned int width = state == TCPFSM_STATE_CLOSED ? 2 :
			     state == TCPFSM_STATE_TIME_WAIT ? 2 * BAR : BAR;

	sheet->bar[role].since = y;
	if (!sheet->bar[role].known || since >= y)
		return;
	add(sheet, "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\" ", x - width / 2, since,
	    width, y - since);
	if (state == TCPFSM_STATE_TIME_WAIT)
		add(sheet, "fill=\"url(#wait)\" stroke=\"%s\"/>", color(state));
	else
		add(sheet, "fill=\"%s\"/>", color(state));
	end(sheet);
}

/* Dots for a time of which nothing is known, from the next row down to @y */
static void draw_dots(struct sheet *sheet, enum tcpfsm_role role, unsigned int y)
{
	unsigned int x = lifeline[role], since = sheet->y;

	draw_bar(sheet, role, since);
	add(sheet, "<path class=\"dots\" d=\"M%u %uV%u\"/>", x, since, y);
	end(sheet);
	sheet->bar[role].since = y;
}

static void draw_state(struct sheet *sheet, const struct ladder_row *row, enum tcpfsm_role role,
		       unsigned int y)
{
	const struct ladder_state *state = &row->end[role];
	struct line name = { .len = 0 };
	bool client = role == TCPFSM_ROLE_CLIENT;

	if (!state->told)
		return;
	draw_bar(sheet, role, y);
	sheet->bar[role].known = true;
	sheet->bar[role].state = state->state;
	names_state_put(&name, state->state, 1);
	add(sheet, "<text class=\"state %s\" x=\"%u\" y=\"%u\" style=\"fill:%s\">",
	    client ? "left" : "right",
	    client ? CLIENT_X - BAR - CLEAR : SERVER_X + BAR + CLEAR, y + 5,
	    color(state->state));
	add_words(sheet, line_string(&name));
	add_words(sheet, ladder_marks[state->mark]);
	add(sheet, "</text>");
	end(sheet);
}

/* Words along an arrow */
static void draw_label(struct sheet *sheet, const struct ladder_row *row, const char *class,
		       int y, const char *mark, const char *text)
{
	add(sheet, "<text class=\"%s\" x=\"%u\" y=\"%d\" transform=\"rotate(%s%s %u %d)\"",
	    class, MIDDLE_X, y, row->from == TCPFSM_ROLE_CLIENT ? "" : "-", ANGLE, MIDDLE_X, y);
	add_squeeze(sheet, text, LABEL_CHARS, SERVER_X - CLIENT_X - 4 * BAR);
	add(sheet, ">%s", mark);
	add_words(sheet, text);
	add(sheet, "</text>");
	end(sheet);
}

static void draw_segment(struct sheet *sheet, const struct ladder_row *row)
{
	bool client = row->from == TCPFSM_ROLE_CLIENT;
	unsigned int start = sheet->y, stop = sheet->y + FALL, middle = sheet->y + FALL / 2;
	unsigned int left = CLIENT_X + BAR + 2, right = SERVER_X - BAR - 2;

	draw_time(sheet, row, client ? start : stop);
	draw_state(sheet, row, row->from, start);
	draw_state(sheet, row, !row->from, stop);
	add(sheet, "<path class=\"arrow%s\" d=\"M%u %uL%u %u\"/>", row->violation ? " bad" : "",
	    client ? left : right, start, client ? right : left, stop);
	end(sheet);
	draw_label(sheet, row, row->violation ? "label red" : "label", middle - 6, "", row->text);
	sheet->y += ROW_HEIGHT;
	if (!*row->anomaly)
		return;
	draw_label(sheet, row, row->violation ? "note red" : "note", middle + 16,
		   row->violation ? "✗ " : "", row->anomaly);
	sheet->y += TEXT_HEIGHT;
}

/* Words between the lifelines that are not about a segment */
static void draw_middle(struct sheet *sheet, const struct ladder_row *row, bool dots)
{
	char text[sizeof(row->anomaly) + sizeof(row->text) + 8];
	unsigned int y = sheet->y + (dots ? DOTS_HEIGHT / 2 - 3 : 0);

	if (dots) {
		draw_dots(sheet, TCPFSM_ROLE_CLIENT, sheet->y + DOTS_HEIGHT);
		draw_dots(sheet, TCPFSM_ROLE_SERVER, sheet->y + DOTS_HEIGHT);
		sheet->y += TEXT_HEIGHT;
	}
	draw_time(sheet, row, y);
	draw_state(sheet, row, TCPFSM_ROLE_CLIENT, y);
	draw_state(sheet, row, TCPFSM_ROLE_SERVER, y);
	snprintf(text, sizeof(text), "%s%s%s%s", row->violation ? "✗ " : "", row->anomaly,
		 *row->anomaly && *row->text ? " " : "", row->text);
	draw_text(sheet, row->violation ? "note red" : "note", MIDDLE_X, y + 4, text);
	sheet->y += ROW_HEIGHT;
}

/* A bar with a cut, because it is not drawn as long as the wait was */
static void draw_wait(struct sheet *sheet, const struct ladder_row *row)
{
	bool client = row->from == TCPFSM_ROLE_CLIENT;
	unsigned int x = lifeline[row->from], middle = sheet->y + WAIT_HEIGHT / 2;

	draw_bar(sheet, row->from, middle - 3);
	sheet->bar[row->from].since = middle + 3;
	add(sheet, "<path class=\"cut\" d=\"M%u %ul%u -6M%u %ul%u -6\"/>", x - BAR - 3, middle,
	    2 * BAR + 6, x - BAR - 3, middle + 6, 2 * BAR + 6);
	end(sheet);
	draw_text(sheet, client ? "wait right" : "wait left",
		  client ? x + BAR + CLEAR : x - BAR - CLEAR, middle + 4, row->text);
	sheet->y += WAIT_HEIGHT;
	draw_time(sheet, row, sheet->y);
	draw_state(sheet, row, TCPFSM_ROLE_CLIENT, sheet->y);
	draw_state(sheet, row, TCPFSM_ROLE_SERVER, sheet->y);
	if (row->timed)
		sheet->y += ROW_HEIGHT;
}

static void draw(struct sheet *sheet, const struct ladder_row *row)
{
	switch (row->kind) {
	case LADDER_SEGMENT:
		draw_segment(sheet, row);
		break;
	case LADDER_WAIT:
		draw_wait(sheet, row);
		break;
	case LADDER_LOST:
	case LADDER_DATA:
	case LADDER_UNSEEN:
		draw_middle(sheet, row, true);
		break;
	case LADDER_BEGIN:
	case LADDER_CHANGE:
		draw_middle(sheet, row, false);
		break;
	}
}

static void draw_name(struct sheet *sheet, const struct ladder *ladder, enum tcpfsm_role role)
{
	const struct ladder_end *peer = &ladder->end[role];

	add(sheet, "<text class=\"name\" x=\"%u\" y=\"36\"", lifeline[role]);
	add_squeeze(sheet, peer->name, NAME_CHARS, NAME_WIDTH);
	add(sheet, ">");
	add_words(sheet, peer->name);
	add(sheet, "</text>");
	end(sheet);
	add(sheet, "<text class=\"note\" x=\"%u\" y=\"54\">%s%s</text>", lifeline[role],
	    names_get(&names_role, role), peer->local ? ", here" : "");
	end(sheet);
}

static void draw_style(struct sheet *sheet)
{
	static const char *const style[] = {
		"<style>",
		"text{font:14px sans-serif;fill:#24292f}",
		".time,.label{font:13px monospace}",
		".time{fill:#57606a}",
		".label,.note,.name{text-anchor:middle}",
		".note,.sum{fill:#57606a}",
		".name,.state,.wait{font-weight:bold}",
		".wait{fill:#8250df}",
		".left{text-anchor:end}",
		".right{text-anchor:start}",
		".red{fill:#cf222e;font-weight:bold}",
		".arrow{stroke:#24292f;stroke-width:1.5;marker-end:url(#head)}",
		".bad{stroke:#cf222e;marker-end:url(#cross)}",
		".dots{stroke:#6e7781;stroke-width:2;stroke-dasharray:2 5}",
		".cut{stroke:#8250df;stroke-width:1.5}",
		"</style>",
		"<defs>",
		"<marker id=\"head\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"8\" "
		"markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0L10 5L0 10z\" "
		"fill=\"#24292f\"/></marker>",
		"<marker id=\"cross\" viewBox=\"0 0 10 10\" refX=\"5\" refY=\"5\" markerWidth=\"8\" "
		"markerHeight=\"8\" orient=\"auto\"><path d=\"M1 1L9 9M9 1L1 9\" "
		"stroke=\"#cf222e\" stroke-width=\"2\"/></marker>",
		"<pattern id=\"wait\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\" "
		"patternTransform=\"rotate(45)\"><rect width=\"8\" height=\"8\" fill=\"#fbefff\"/>"
		"<rect width=\"3\" height=\"8\" fill=\"#8250df\"/></pattern>",
		"</defs>",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(style); i++) {
		add(sheet, "%s", style[i]);
		end(sheet);
	}
}

static void draw_head(struct sheet *sheet, const struct ladder *ladder, unsigned int height)
{
	add(sheet, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"%u\" "
	    "height=\"%u\" viewBox=\"0 0 %u %u\">", WIDTH, height, WIDTH, height);
	end(sheet);
	add(sheet, "<title>TCP from ");
	add_words(sheet, ladder->end[TCPFSM_ROLE_CLIENT].name);
	add(sheet, " to ");
	add_words(sheet, ladder->end[TCPFSM_ROLE_SERVER].name);
	add(sheet, "</title>");
	end(sheet);
	draw_style(sheet);
	add(sheet, "<rect x=\"1\" y=\"1\" width=\"%u\" height=\"%u\" rx=\"8\" fill=\"#ffffff\" "
	    "stroke=\"#d0d7de\"/>", WIDTH - 2, height - 2);
	end(sheet);
	draw_name(sheet, ladder, TCPFSM_ROLE_CLIENT);
	draw_name(sheet, ladder, TCPFSM_ROLE_SERVER);
	sheet->y = TOP;
}

static void draw_below(struct sheet *sheet, const char *text)
{
	sheet->y += TEXT_HEIGHT + 2;
	draw_text(sheet, "sum", MARGIN, sheet->y, text);
}

static void draw_foot(struct sheet *sheet, const struct ladder *ladder)
{
	struct line sum = { .len = 0 };
	unsigned int i;

	draw_bar(sheet, TCPFSM_ROLE_CLIENT, sheet->y);
	draw_bar(sheet, TCPFSM_ROLE_SERVER, sheet->y);
	sheet->y += ROW_HEIGHT / 2;
	for (i = 0; ladder_put_sum(&sum, ladder, i); i++) {
		draw_below(sheet, line_string(&sum));
		sum.len = 0;
	}
	for (i = LADDER_PLAIN + 1; i < LADDER_MARKS; i++)
		if (sheet->walk.marked[i])
			draw_below(sheet, ladder_meanings[i]);
	add(sheet, "</svg>");
	end(sheet);
}

/* Returns the height of the picture. */
static unsigned int draw_all(struct sheet *sheet, const struct ladder *ladder,
			     const struct tcpfsm_past *past, unsigned int count,
			     unsigned int height)
{
	struct ladder_row row[LADDER_ROWS];
	unsigned int i, j, rows;

	draw_head(sheet, ladder, height);
	for (i = 0; i <= count; i++) {
		rows = i < count ? ladder_step(&sheet->walk, ladder, &past[i], row) :
				   ladder_finish(&sheet->walk, ladder, row);
		for (j = 0; j < rows; j++)
			draw(sheet, &row[j]);
	}
	draw_foot(sheet, ladder);
	return sheet->y + MARGIN;
}

void ladder_svg(const struct ladder *ladder, const struct tcpfsm_past *past,
		unsigned int count, line_sink put)
{
	struct sheet measured = { .blank = true };
	struct sheet sheet = { .put = put };

	draw_all(&sheet, ladder, past, count,
		 draw_all(&measured, ladder, past, count, 0));
}
