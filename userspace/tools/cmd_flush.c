// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_flush.c: mboxctl flush, which empties mailboxes that go on (FLUSH).
 *
 * No locks; one thread.  Called through the table in commands.c.
 */
#include "errors.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>

static const struct option_help options[] = { { 0 } };

static int run(int argc, char **argv);

const struct command cmd_flush = {
	.name = "flush",
	.arguments = "NAME...",
	.summary = "receive all messages of a mailbox and throw them away",
	.details =
		"Says how many there were. The mailbox and all who use it go on; for senders it\n"
		"is as if each message had been received.",
	.options = options,
	.run = run,
};

static int flush(const char *name)
{
	struct subject subject = { .name = name, .rights = MBOX_RECV };
	int code = EXIT_OK;
	int64_t n;

	subject.mb = mbox_open(name, MBOX_RECV);
	if (!subject.mb)
		return explain(VERB_OPEN, errno, &subject);
	n = mbox_flush(subject.mb);
	if (n < 0)
		code = explain(VERB_RECV, errno, &subject);
	else
		printf("%s: %" PRId64 " %s\n", name, n,
		       plural((uint64_t)n, "message"));
	mbox_close(subject.mb);
	return code;
}

static int run(int argc, char **argv)
{
	const char *value;
	int first = EXIT_OK;
	int key;
	int i;

	key = next_option(&cmd_flush, argc, argv, &value);
	if (key == OPTION_HELP)
		return EXIT_OK;
	if (key != OPTION_END)
		return EXIT_USAGE;
	if (optind == argc)
		return usage_error(&cmd_flush, "at least one NAME is needed.");
	for (i = optind; i < argc; i++) {
		int code = flush(argv[i]);

		if (!first)
			first = code;
	}
	return first;
}
