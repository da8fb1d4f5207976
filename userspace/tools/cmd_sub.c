// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_sub.c: mboxctl sub, the messages of a broadcast mailbox as they come.
 *
 * Owns its options, and telling of messages that were missed.  No locks; one
 * thread.  Called through the table in commands.c.
 */
#include "errors.h"
#include "print.h"
#include "transfer.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct option_help options[] = {
	{ 'c', "count", "N", "end after N messages" },
	{ 'e', "until-end", NULL, "end when all senders have gone" },
	{ 'v', "verbose", NULL,
	  "show what the kernel stamped on each message" },
	{ 'r', "raw", NULL, "print the bytes as they are, without newlines" },
	{ 'T', "timeout", "TIME", "wait at most so long for each message" },
	{ 0 },
};

static int run(int argc, char **argv);

const struct command cmd_sub = {
	.name = "sub",
	.arguments = "NAME",
	.summary = "receive what is sent to a broadcast mailbox from now on",
	.details =
		"Each message is printed with a newline after it, until interrupted. All who\n"
		"have subscribed get all of them; what came too fast is missed, and that is said\n"
		"on standard error. On a terminal, bytes that could steer it are shown as \\xNN\n"
		"unless --raw is given. TIME is a number with ns, us, ms, s, m or h; 's' may be\n"
		"left out.",
	.options = options,
	.run = run,
};

struct subscribing {
	const struct transfer *t;
	struct mbox *mb;
	struct print_buffer buffer;
	struct print_options how;
	uint64_t missed;
};

/* Prints one message; an exit code, with *at_end at the end. */
static int one(struct subscribing *s, bool *at_end)
{
	struct subject subject = { .name = s->t->name,
				   .mb = s->mb,
				   .timeout = s->t->timeout };
	const struct mbox_recv_options how = { .deadline =
						       transfer_limit(s->t) };
	struct mbox_message m;

	while (mbox_recv_with(s->mb, s->buffer.bytes, s->buffer.room, &how,
			      &m) < 0) {
		if (errno == EMSGSIZE && print_buffer_grow(&s->buffer, m.len))
			continue;
		*at_end = errno == EPIPE;
		subject.len = errno == EMSGSIZE ? m.len : 0;
		subject.room = s->buffer.room;
		return *at_end ? EXIT_OK : explain(VERB_RECV, errno, &subject);
	}
	if (m.drops != s->missed)
		complain("%" PRIu64 " %s missed before message %" PRIu64
			 ": it came too fast for here.",
			 m.drops - s->missed,
			 m.drops - s->missed == 1 ? "message was" :
						    "messages were",
			 m.id);
	s->missed = m.drops;
	if (show_message(&m, s->buffer.bytes, &s->how))
		return EXIT_OK;
	complain("message %" PRIu64
		 " was received but could not be written: %s.",
		 m.id, strerror(errno));
	return EXIT_FAILED;
}

static int subscribe(struct subscribing *s, uint64_t count, bool until_end)
{
	const struct subject subject = { .name = s->t->name,
					 .rights = MBOX_RECV };
	bool at_end = false;
	int code = EXIT_OK;
	uint64_t n;

	s->mb = mbox_open(s->t->name,
			  MBOX_RECV | (until_end ? MBOX_HANGUP : 0));
	if (!s->mb)
		return explain(VERB_OPEN, errno, &subject);
	if (!is_broadcast(s->mb)) {
		complain(
			"mailbox '%s' gives each message to one receiver. Use 'mboxctl recv', or create one with --broadcast.",
			s->t->name);
		code = EXIT_FAILED;
	} else if (!print_buffer_grow(&s->buffer, MBOX_DEFAULT_SIZE)) {
		complain("no memory for messages of %d bytes.",
			 MBOX_DEFAULT_SIZE);
		code = EXIT_NO_ROOM;
	}
	for (n = 0; !code && !at_end && (!count || n < count); n++)
		code = one(s, &at_end);
	free(s->buffer.bytes);
	mbox_close(s->mb);
	return code;
}

static int run(int argc, char **argv)
{
	struct transfer t = { 0 };
	struct subscribing s = { .t = &t };
	bool until_end = false;
	uint64_t count = 0;
	const char *value;
	int key;

	while ((key = next_option(&cmd_sub, argc, argv, &value)) >= 0) {
		switch (key) {
		case 'c':
			if (!take_count(&cmd_sub, "count", value, &count))
				return EXIT_USAGE;
			break;
		case 'e':
			until_end = true;
			break;
		case 'v':
			s.how.verbose = true;
			break;
		case 'r':
			s.how.raw = true;
			break;
		case 'T':
			if (!take_time(&cmd_sub, "timeout", value,
				       &t.timeout_ns))
				return EXIT_USAGE;
			t.timeout = value;
			break;
		}
	}
	if (key == OPTION_HELP)
		return EXIT_OK;
	if (key == OPTION_WRONG)
		return EXIT_USAGE;
	if (argc - optind != 1)
		return usage_error(&cmd_sub,
				   "one NAME is needed, and %d were given.",
				   argc - optind);
	t.name = argv[optind];
	s.how.escape = isatty(STDOUT_FILENO);
	return subscribe(&s, count, until_end);
}
