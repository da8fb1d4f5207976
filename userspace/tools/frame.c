// SPDX-License-Identifier: GPL-2.0-only
/*
 * frame.c: puts together and takes apart the messages of a file transfer.
 *
 * The format is described in frame.h.  What is parsed comes from others and
 * is believed in nothing: each value is checked and each text is cut.  Pure:
 * no system calls, no locks.  Called by file_send.c and file_recv.c, and on
 * the host by tests/host/cli.
 */
#include "frame.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common.h"

#define MAGIC 0x6d66ULL
#define TRANSFER_BITS 46
#define TRANSFER_MASK ((1ULL << TRANSFER_BITS) - 1)

uint64_t frame_tag(uint64_t transfer, unsigned int kind)
{
	return MAGIC << 48 | (transfer & TRANSFER_MASK) << 2 | (kind & 3);
}

bool frame_is(uint64_t tag)
{
	return tag >> 48 == MAGIC && (tag & 3) <= FRAME_END;
}

uint64_t frame_transfer(uint64_t tag)
{
	return tag >> 2 & TRANSFER_MASK;
}

unsigned int frame_kind(uint64_t tag)
{
	return tag & 3;
}

/* One line of text: control characters would break the format. */
static void put_line(char out[FRAME_TEXT], const char *text)
{
	size_t len = strnlen(text, FRAME_TEXT - 1);
	size_t i;
	size_t n;

	for (i = 0; i < len; i += n ? n : 1) {
		n = text[i] == '\n' ? 0 : harmless_bytes(text + i, len - i);
		memcpy(out + i, n ? text + i : "?", n ? n : 1);
	}
	out[i] = '\0';
}

size_t frame_put_begin(char buf[FRAME_ROOM], const struct frame_begin *begin)
{
	char size[24] = "-";
	char name[FRAME_TEXT];
	int len;

	if (begin->size != FRAME_SIZE_UNKNOWN)
		snprintf(size, sizeof(size), "%" PRIu64, begin->size);
	put_line(name, begin->name);
	len = snprintf(buf, FRAME_ROOM,
		       "mbox-file 1\nsize %s\nchunk %u\nreply %s\nname %s\n",
		       size, begin->chunk, *begin->reply ? begin->reply : "-",
		       name);
	return (size_t)len < FRAME_ROOM ? (size_t)len : FRAME_ROOM - 1;
}

size_t frame_put_end(char buf[FRAME_ROOM], const struct frame_end *end)
{
	char reason[FRAME_TEXT];
	int len;

	put_line(reason, end->abort);
	if (*reason)
		len = snprintf(buf, FRAME_ROOM, "abort %s\n", reason);
	else
		len = snprintf(buf, FRAME_ROOM, "size %" PRIu64 "\nsha256 %s\n",
			       end->size, end->digest);
	return (size_t)len;
}

size_t frame_put_answer(char buf[FRAME_ROOM], const char *failure)
{
	char reason[FRAME_TEXT];

	if (!failure)
		return (size_t)snprintf(buf, FRAME_ROOM, "ok\n");
	put_line(reason, failure);
	return (size_t)snprintf(buf, FRAME_ROOM, "failed %s\n", reason);
}

/* Text with an end, however the message was filled up. */
static void copy_text(char text[FRAME_ROOM], const void *data, size_t len)
{
	if (len > FRAME_ROOM - 1)
		len = FRAME_ROOM - 1;
	memcpy(text, data, len);
	text[len] = '\0';
}

/*
 * Takes the line "word value" from the front of *text: its value, with an
 * end, or NULL.
 */
static const char *take(char **text, const char *word)
{
	size_t len = strlen(word);
	char *value = *text + len + 1;
	char *end;

	if (strncmp(*text, word, len) || (*text)[len] != ' ')
		return NULL;
	end = strchr(value, '\n');
	if (!end)
		return NULL;
	*end = '\0';
	*text = end + 1;
	return value;
}

bool frame_get_begin(const void *data, size_t len, struct frame_begin *out)
{
	char text[FRAME_ROOM];
	char why[TEXT_SIZE];
	char *rest = text;
	const char *value;
	uint64_t chunk;

	copy_text(text, data, len);
	value = take(&rest, "mbox-file");
	if (!value || strcmp(value, "1"))
		return false;
	value = take(&rest, "size");
	if (value && !strcmp(value, "-"))
		out->size = FRAME_SIZE_UNKNOWN;
	else if (!value || !parse_number(value, INT64_MAX, &out->size))
		return false;
	value = take(&rest, "chunk");
	if (!value || !parse_number(value, UINT32_MAX, &chunk) || !chunk)
		return false;
	out->chunk = (uint32_t)chunk;
	value = take(&rest, "reply");
	if (!value || (strcmp(value, "-") && name_problem(why, value)))
		return false;
	snprintf(out->reply, sizeof(out->reply), "%s",
		 strcmp(value, "-") ? value : "");
	value = take(&rest, "name");
	if (!value)
		return false;
	put_line(out->name, value);
	return true;
}

bool frame_get_end(const void *data, size_t len, struct frame_end *out)
{
	char text[FRAME_ROOM];
	char *rest = text;
	const char *value;

	memset(out, 0, sizeof(*out));
	copy_text(text, data, len);
	value = take(&rest, "abort");
	if (value) {
		put_line(out->abort, *value ? value : "?");
		return true;
	}
	value = take(&rest, "size");
	if (!value || !parse_number(value, INT64_MAX, &out->size))
		return false;
	value = take(&rest, "sha256");
	if (!value || strlen(value) != FRAME_DIGEST - 1 ||
	    strspn(value, "0123456789abcdef") != FRAME_DIGEST - 1)
		return false;
	memcpy(out->digest, value, FRAME_DIGEST);
	return true;
}

bool frame_get_answer(const void *data, size_t len, char failure[FRAME_TEXT])
{
	char text[FRAME_ROOM];
	char *rest = text;
	const char *value;

	copy_text(text, data, len);
	if (!strcmp(text, "ok\n")) {
		failure[0] = '\0';
		return true;
	}
	value = take(&rest, "failed");
	if (!value)
		return false;
	put_line(failure, *value ? value : "?");
	return true;
}
