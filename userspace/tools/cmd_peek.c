// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_peek.c: mboxctl peek, the messages in a mailbox, which stay there.
 *
 * Owns its options and the walk.  No locks; one thread.  Called through the
 * table in commands.c.
 */
#include "errors.h"
#include "print.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct option_help options[] = {
	{ 'c', "count", "N", "show N messages at most (default: all)" },
	{ 'v', "verbose", NULL,
	  "show what the kernel stamped on each message" },
	{ 'r', "raw", NULL, "print the bytes as they are, without newlines" },
	{ 'j', "json", NULL, "print each message as an object in JSON" },
	{ 0 },
};

static int run(int argc, char **argv);

const struct command cmd_peek = {
	.name = "peek",
	.arguments = "NAME",
	.summary = "show the messages in a mailbox and leave them there",
	.details =
		"They come in the order in which they would be received, and are printed as recv\n"
		"prints them. Those that come meanwhile may be among them. Nobody is waited for.",
	.options = options,
	.run = run,
};

/* Stores the next message of the walk; an errno, or 0. */
static int look(struct mbox *mb, struct mbox_place *place,
		struct print_buffer *buffer, struct mbox_message *message)
{
	for (;;) {
		if (mbox_peek(mb, buffer->bytes, buffer->room, 0, place,
			      message) >= 0)
			return 0;
		if (errno != EMSGSIZE)
			return errno;
		if (!print_buffer_grow(buffer, message->len))
			return EMSGSIZE;
	}
}

static int walk(struct subject *subject, uint64_t count,
		const struct print_options *how)
{
	struct print_buffer buffer = { 0 };
	struct mbox_place place = { 0 };
	struct mbox_message message;
	int code = EXIT_OK;

	while (count--) {
		int err = look(subject->mb, &place, &buffer, &message);

		if (err == EAGAIN)
			break;
		if (err) {
			subject->len = message.len;
			subject->room = buffer.room;
			code = explain(VERB_RECV, err, subject);
			break;
		}
		if (!show_message(&message, buffer.bytes, how)) {
			complain("message %" PRIu64
				 " could not be written: %s.",
				 message.id, strerror(errno));
			code = EXIT_FAILED;
			break;
		}
	}
	free(buffer.bytes);
	return code;
}

static int run(int argc, char **argv)
{
	struct print_options how = { .escape = isatty(STDOUT_FILENO) };
	struct subject subject = { .rights = MBOX_RECV };
	uint64_t count = UINT64_MAX;
	const char *value;
	int code;
	int key;

	while ((key = next_option(&cmd_peek, argc, argv, &value)) >= 0) {
		switch (key) {
		case 'c':
			if (!take_count(&cmd_peek, "count", value, &count))
				return EXIT_USAGE;
			break;
		case 'v':
			how.verbose = true;
			break;
		case 'r':
			how.raw = true;
			break;
		case 'j':
			how.json = true;
			break;
		}
	}
	if (key == OPTION_HELP)
		return EXIT_OK;
	if (key == OPTION_WRONG)
		return EXIT_USAGE;
	if (argc - optind != 1)
		return usage_error(&cmd_peek,
				   "one NAME is needed, and %d were given.",
				   argc - optind);
	if (how.json && (how.verbose || how.raw))
		return usage_error(
			&cmd_peek,
			"--json shows all there is of a message; --verbose and --raw are for text.");
	subject.name = argv[optind];
	subject.mb = mbox_open(subject.name, MBOX_RECV);
	if (!subject.mb)
		return explain(VERB_OPEN, errno, &subject);
	code = walk(&subject, count, &how);
	mbox_close(subject.mb);
	return code;
}
