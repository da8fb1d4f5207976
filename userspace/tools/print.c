// SPDX-License-Identifier: GPL-2.0-only
/*
 * print.c: messages on standard output; see print.h.
 *
 * No locks; one thread.  Called by cmd_recv.c, cmd_peek.c and
 * cmd_call.c.
 */
#include "print.h"
#include "json_mbox.h"

#include <inttypes.h>
#include <stdlib.h>

bool print_buffer_grow(struct print_buffer *buffer, size_t room)
{
	unsigned char *larger;

	if (room <= buffer->room && buffer->bytes)
		return true;
	larger = realloc(buffer->bytes, room);
	if (!larger)
		return false;
	buffer->bytes = larger;
	buffer->room = room;
	return true;
}

static void print_bytes(const void *bytes, size_t len,
			const struct print_options *options)
{
	put_text(stdout, bytes, len, options->escape && !options->raw);
	if (!options->raw)
		putchar('\n');
}

static void print_json(const struct mbox_message *m, const void *bytes)
{
	struct json j = { .out = stdout };

	json_object(&j, NULL);
	json_message(&j, m, bytes);
	json_end(&j);
}

static void print_text(const struct mbox_message *m, const void *bytes,
		       const struct print_options *options)
{
	if (options->verbose) {
		printf("id %" PRIu64 " priority %u tag 0x%" PRIx64
		       " pid %d tid %d uid %u gid %u started %.2f drops %" PRIu64
		       " length %u",
		       m->id, m->priority, m->tag, m->pid, m->tid, m->uid,
		       m->gid, (double)m->start_time / 1e9, m->drops, m->len);
		if (m->sent_time)
			printf(" sent %.6f", (double)m->sent_time / 1e9);
		if (m->token)
			printf(" asks for %u bytes", m->reply_room);
		if (m->nfds)
			printf(" descriptors %u", m->nfds);
		printf(": ");
	}
	print_bytes(bytes, m->len, options);
}

bool show_message(const struct mbox_message *m, const void *bytes,
		  const struct print_options *options)
{
	if (options->json)
		print_json(m, bytes);
	else
		print_text(m, bytes, options);
	return !fflush(stdout) && !ferror(stdout);
}

static void print_answer_json(const struct mbox_answer *a, const void *bytes)
{
	struct json j = { .out = stdout };

	json_object(&j, NULL);
	json_answer(&j, a, bytes);
	json_end(&j);
}

static void print_answer_text(const struct mbox_answer *a, const void *bytes,
			      const struct print_options *options)
{
	if (options->verbose)
		printf("tag 0x%" PRIx64
		       " pid %d tid %d uid %u gid %u started %.2f length %u: ",
		       a->tag, a->pid, a->tid, a->uid, a->gid,
		       (double)a->start_time / 1e9, a->len);
	print_bytes(bytes, a->len, options);
}

bool show_answer(const struct mbox_answer *a, const void *bytes,
		 const struct print_options *options)
{
	if (options->json)
		print_answer_json(a, bytes);
	else
		print_answer_text(a, bytes, options);
	return !fflush(stdout) && !ferror(stdout);
}
