// SPDX-License-Identifier: GPL-2.0-only
/*
 * json.c: a writer of JSON; see json.h.
 *
 * Owns commas, escapes and the base64 of what is no text.  Knows nothing of
 * mailboxes.  No locks; one thread.  Tested on the host by tests/host/cli.
 */
#include "json.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "common.h"

static bool is_utf8(const unsigned char *p, size_t len)
{
	size_t i;
	size_t n;

	for (i = 0; i < len; i += n) {
		n = utf8_sequence(p + i, len - i);
		if (!n)
			return false;
	}
	return true;
}

/* Comma and name, before any value. */
static void begin(struct json *j, const char *name)
{
	if (j->more)
		fputc(',', j->out);
	if (name)
		fprintf(j->out, "\"%s\":", name);
	j->more = true;
}

static void open_with(struct json *j, const char *name, char open, char close)
{
	assert(j->depth < JSON_DEPTH);
	begin(j, name);
	fputc(open, j->out);
	j->close[j->depth++] = close;
	j->more = false;
}

void json_object(struct json *j, const char *name)
{
	open_with(j, name, '{', '}');
}

void json_array(struct json *j, const char *name)
{
	open_with(j, name, '[', ']');
}

void json_end(struct json *j)
{
	assert(j->depth);
	fputc(j->close[--j->depth], j->out);
	j->more = j->depth;
	if (!j->depth)
		fputc('\n', j->out);
}

void json_null(struct json *j, const char *name)
{
	begin(j, name);
	fputs("null", j->out);
}

void json_bool(struct json *j, const char *name, bool value)
{
	begin(j, name);
	fputs(value ? "true" : "false", j->out);
}

void json_number(struct json *j, const char *name, uint64_t value)
{
	begin(j, name);
	fprintf(j->out, "%" PRIu64, value);
}

void json_decimal(struct json *j, const char *name, double value, int digits)
{
	begin(j, name);
	fprintf(j->out, "%.*f", digits, value);
}

/* One character; controls too are escaped, since a terminal may read this. */
static void put_character(FILE *out, const unsigned char *p, size_t len)
{
	if (!len)
		fputs("\\ufffd", out);
	else if (*p == '"' || *p == '\\')
		fprintf(out, "\\%c", *p);
	else if (*p == '\n')
		fputs("\\n", out);
	else if (*p == '\t')
		fputs("\\t", out);
	else if (*p < 0x20 || *p == 0x7f)
		fprintf(out, "\\u%04x", *p);
	else if (*p == 0xc2 && p[1] < 0xa0)
		fprintf(out, "\\u%04x", p[1]);
	else
		fwrite(p, 1, len, out);
}

static void put_string(FILE *out, const unsigned char *p, size_t len)
{
	size_t i;

	fputc('"', out);
	for (i = 0; i < len;) {
		size_t n = utf8_sequence(p + i, len - i);

		put_character(out, p + i, n);
		i += n ? n : 1;
	}
	fputc('"', out);
}

void json_string(struct json *j, const char *name, const char *text)
{
	if (!text) {
		json_null(j, name);
		return;
	}
	begin(j, name);
	put_string(j->out, (const unsigned char *)text, strlen(text));
}

static void put_base64(FILE *out, const unsigned char *p, size_t len)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t i;

	fputc('"', out);
	for (i = 0; i < len; i += 3) {
		size_t n = len - i < 3 ? len - i : 3;
		uint32_t bits = (uint32_t)p[i] << 16;

		if (n > 1)
			bits |= (uint32_t)p[i + 1] << 8;
		if (n > 2)
			bits |= p[i + 2];
		fputc(digits[bits >> 18], out);
		fputc(digits[bits >> 12 & 63], out);
		fputc(n > 1 ? digits[bits >> 6 & 63] : '=', out);
		fputc(n > 2 ? digits[bits & 63] : '=', out);
	}
	fputc('"', out);
}

void json_bytes(struct json *j, const char *name, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	if (is_utf8(p, len)) {
		begin(j, name);
		put_string(j->out, p, len);
		return;
	}
	if (j->more)
		fputc(',', j->out);
	fprintf(j->out, "\"%s_base64\":", name);
	j->more = true;
	put_base64(j->out, p, len);
}
