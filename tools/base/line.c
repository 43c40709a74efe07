// SPDX-License-Identifier: GPL-2.0
#include "base/line.h"
#include "base/units.h"

void line_char(struct line *line, char c)
{
	if (line->len < sizeof(line->buf))
		line->buf[line->len++] = c;
}

void line_str(struct line *line, const char *str)
{
	while (*str)
		line_char(line, *str++);
}

/* With zeros in front up to @digits */
static void number(struct line *line, uint64_t value, unsigned int digits)
{
	char buf[20];
	unsigned int n = 0;

	do {
		buf[n++] = '0' + value % 10;
		value /= 10;
	} while (value || n < digits);
	while (n)
		line_char(line, buf[--n]);
}

void line_u64(struct line *line, uint64_t value)
{
	number(line, value, 1);
}

void line_append(struct line *line, const struct line *more)
{
	unsigned int i;

	for (i = 0; i < more->len; i++)
		line_char(line, more->buf[i]);
}

void line_seconds(struct line *line, uint64_t ns, unsigned int digits)
{
	uint64_t fraction = ns % NSEC_PER_SEC;
	unsigned int i;

	for (i = digits; i < 9; i++)
		fraction /= 10;
	line_u64(line, ns / NSEC_PER_SEC);
	line_char(line, '.');
	number(line, fraction, digits);
}

/* As in 2h05m */
static void units(struct line *line, uint64_t high, char high_unit,
		  uint64_t low, char low_unit)
{
	line_u64(line, high);
	line_char(line, high_unit);
	number(line, low, 2);
	line_char(line, low_unit);
}

void line_age(struct line *line, uint64_t ns)
{
	uint64_t s = ns / NSEC_PER_SEC;

	if (s >= 86400) {
		line_u64(line, s / 86400);
		line_char(line, 'd');
	} else if (s >= 3600) {
		units(line, s / 3600, 'h', s / 60 % 60, 'm');
	} else if (s >= 60) {
		units(line, s / 60, 'm', s % 60, 's');
	} else if (s >= 10) {
		line_u64(line, s);
		line_char(line, 's');
	} else {
		line_seconds(line, ns, 2);
		line_char(line, 's');
	}
}

/* @ns in @unit, which is nanoseconds too and not more than @ns, rounded to three digits */
static void three_digits(struct line *line, uint64_t ns, uint64_t unit)
{
	uint64_t hundredths = (ns + unit / 200) / (unit / 100);
	uint64_t tenths = (ns + unit / 20) / (unit / 10);

	if (hundredths < 1000) {
		line_u64(line, hundredths / 100);
		line_char(line, '.');
		number(line, hundredths % 100, 2);
	} else if (tenths < 1000) {
		line_u64(line, tenths / 10);
		line_char(line, '.');
		line_u64(line, tenths % 10);
	} else {
		line_u64(line, (ns + unit / 2) / unit);
	}
}

/* Whether @ns is below @limit after it is rounded to three digits */
static bool rounds_below(uint64_t ns, uint64_t limit)
{
	return ns < limit - limit / 2000;
}

void line_span(struct line *line, uint64_t ns, bool ascii)
{
	if (ns < NSEC_PER_USEC) {
		line_u64(line, ns);
		line_str(line, " ns");
	} else if (rounds_below(ns, NSEC_PER_MSEC)) {
		line_u64(line, (ns + NSEC_PER_USEC / 2) / NSEC_PER_USEC);
		line_str(line, ascii ? " us" : " µs");
	} else if (rounds_below(ns, NSEC_PER_SEC)) {
		three_digits(line, ns, NSEC_PER_MSEC);
		line_str(line, " ms");
	} else if (rounds_below(ns, 100 * NSEC_PER_SEC)) {
		three_digits(line, ns, NSEC_PER_SEC);
		line_str(line, " s");
	} else {
		line_age(line, ns + NSEC_PER_SEC / 2);
	}
}

unsigned int line_columns(const struct line *line)
{
	unsigned int i, count = 0;

	for (i = 0; i < line->len; i++)
		count += (line->buf[i] & 0xc0) != 0x80;
	return count;
}

void line_tab(struct line *line, unsigned int column)
{
	do
		line_char(line, ' ');
	while (line->len < column && line->len < sizeof(line->buf));
}

const char *line_string(struct line *line)
{
	unsigned int last = sizeof(line->buf) - 1;

	line->buf[line->len < last ? line->len : last] = '\0';
	return line->buf;
}
