// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <yajl/yajl_gen.h>

#include "base/options.h"
#include "base/out.h"
#include "base/status.h"

static yajl_gen gen;
static unsigned int depth;	/* objects and arrays that are open, without the list */
static bool in_list;
static bool list_open;		/* the '[' is written */

static void __attribute__((noreturn)) cannot_write(void)
{
	/* exit() would try to write the rest again */
	if (errno == EPIPE)
		_exit(STATUS_OK);
	_exit(fail(STATUS_KERNEL, "cannot write: %s", strerror(errno)));
}

void out_init(void)
{
	static char buffer[65536];

	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	if (!opt.json)
		return;
	gen = yajl_gen_alloc(NULL);
	if (!gen)
		exit(fail(STATUS_KERNEL, "out of memory"));
	yajl_gen_config(gen, yajl_gen_beautify, opt.pretty);
	yajl_gen_config(gen, yajl_gen_indent_string, "  ");
}

void out_close(void)
{
	if (gen)
		yajl_gen_free(gen);
	gen = NULL;
	if (fclose(stdout))
		cannot_write();
}

void out_flush(void)
{
	if (fflush(stdout))
		cannot_write();
}

static void write_out(const void *data, size_t len)
{
	if (fwrite_unlocked(data, 1, len, stdout) != len)
		cannot_write();
}

void out_text(const char *fmt, ...)
{
	va_list ap;

	if (opt.json)
		return;
	va_start(ap, fmt);
	if (vprintf(fmt, ap) < 0)
		cannot_write();
	va_end(ap);
}

void out_line(struct line *line)
{
	if (!opt.json) {
		line_char(line, '\n');
		line->buf[line->len - 1] = '\n';	/* the line may be full */
		write_out(line->buf, line->len);
	}
	line->len = 0;
}

unsigned int out_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		return 80;
	return size.ws_col;
}

/* Without setlocale(), which would change other functions, too. */
static bool ask_locale(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", NULL);
	bool utf8;

	if (!locale)
		return false;
	utf8 = !strcmp(nl_langinfo_l(CODESET, locale), "UTF-8");
	freelocale(locale);
	return utf8;
}

bool out_utf8(void)
{
	static enum { UNKNOWN, ASCII, UTF8 } charset;

	if (charset == UNKNOWN)
		charset = ask_locale() ? UTF8 : ASCII;
	return charset == UTF8;
}

/* Write what yajl has made of a row, so that it never holds more than one. */
static void drain(void)
{
	const unsigned char *buf;
	size_t len;

	if (yajl_gen_get_buf(gen, &buf, &len) != yajl_gen_status_ok)
		return;
	write_out(buf, len);
	yajl_gen_clear(gen);
}

/* A value that is in no other is complete: end its line, prepare for the next. */
static void complete(void)
{
	drain();
	if (!opt.pretty)
		write_out("\n", 1);	/* pretty: yajl does it */
	yajl_gen_reset(gen, NULL);
}

/*
 * The '[' is written with the first row: a refused request prints nothing, and
 * an empty list is "[]", pretty or not. A dump that fails half way leaves the
 * list open, so that nobody takes it for a complete one.
 */
void out_list(void)
{
	in_list = true;
}

void out_list_end(void)
{
	in_list = false;
	if (!gen)
		return;
	if (list_open) {
		yajl_gen_array_close(gen);
		complete();
	} else {
		write_out("[]\n", 3);
	}
	list_open = false;
}

static void put_key(const char *key)
{
	if (key && depth)
		yajl_gen_string(gen, (const unsigned char *)key, strlen(key));
}

void out_object(const char *key)
{
	if (!gen)
		return;
	if (in_list && !list_open) {
		yajl_gen_array_open(gen);
		list_open = true;
	}
	put_key(key);
	yajl_gen_map_open(gen);
	depth++;
}

void out_object_end(void)
{
	if (!gen)
		return;
	yajl_gen_map_close(gen);
	if (--depth)
		return;
	if (in_list)
		drain();
	else
		complete();
}

void out_array(const char *key)
{
	if (!gen)
		return;
	put_key(key);
	yajl_gen_array_open(gen);
	depth++;
}

void out_array_end(void)
{
	if (!gen)
		return;
	yajl_gen_array_close(gen);
	depth--;
}

void out_str(const char *key, const char *value)
{
	if (!gen)
		return;
	put_key(key);
	yajl_gen_string(gen, (const unsigned char *)value, strlen(value));
}

void out_bool(const char *key, bool value)
{
	if (!gen)
		return;
	put_key(key);
	yajl_gen_bool(gen, value);
}

/* As digits: a double has too few of them for a u64 and for nanoseconds. */
static void put_number(const char *key, const struct line *line)
{
	put_key(key);
	yajl_gen_number(gen, line->buf, line->len);
}

void out_seconds(const char *key, uint64_t ns)
{
	struct line line;

	if (!gen)
		return;
	line.len = 0;
	line_seconds(&line, ns, 9);
	put_number(key, &line);
}

void out_s64(const char *key, int64_t value)
{
	if (!gen)
		return;
	put_key(key);
	yajl_gen_integer(gen, value);
}

void out_u64(const char *key, const char *fmt, uint64_t value)
{
	struct line line;

	if (gen) {
		line.len = 0;
		line_u64(&line, value);
		put_number(key, &line);
	} else if (fmt && printf(fmt, value) < 0) {
		cannot_write();
	}
}
