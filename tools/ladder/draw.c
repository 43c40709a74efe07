// SPDX-License-Identifier: GPL-2.0
#include "base/out.h"
#include "ladder/draw.h"
#include "ladder/ladder.h"
#include "ladder/mermaid.h"
#include "ladder/svg.h"
#include "ladder/text.h"
#include "nl/msg.h"

unsigned int ladder_width(void)
{
	unsigned int width = out_width();

	if (width < LADDER_WIDTH_MIN)
		return LADDER_WIDTH_MIN;
	return min(width, LADDER_WIDTH_MAX);
}

static void draw_text(const struct ladder *ladder, const struct msg *msg, bool ascii)
{
	struct ladder_text text = { .put = out_line, .width = ladder_width(),
				    .ascii = ascii };
	unsigned int i;

	ladder_text_head(&text, ladder);
	for (i = 0; i < msg->segments; i++)
		ladder_text_record(&text, ladder, &msg->segment[i]);
	ladder_text_foot(&text, ladder);
}

void ladder_draw(const struct msg *msg, const struct ladder_style *style, uint64_t now)
{
	struct ladder_subject subject;
	struct ladder *ladder = &subject.ladder;

	ladder_describe(&subject, msg, now);
	switch (style->format) {
	case LADDER_TEXT:
		draw_text(ladder, msg, style->ascii);
		break;
	case LADDER_MERMAID:
		ladder_mermaid(ladder, msg->segment, msg->segments, out_line);
		break;
	case LADDER_SVG:
		ladder_svg(ladder, msg->segment, msg->segments, out_line);
		break;
	}
}
