// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_pub.c: mboxctl pub, messages to all who have subscribed.
 *
 * Owns its options; the sending is cmd_send.c's.  No locks; one thread.  Called
 * through the table in commands.c.
 */
#include "errors.h"
#include "transfer.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

static const struct option_help options[] = {
	{ 'l', "lines", NULL, "each line of standard input is one message" },
	{ 't', "tag", "N", "a number that travels with the message" },
	{ 'n', "nowait", NULL, "fail rather than wait" },
	{ 'T', "timeout", "TIME", "wait at most so long for each message" },
	{ 0 },
};

static int run(int argc, char **argv);

const struct command cmd_pub = {
	.name = "pub",
	.arguments = "NAME [MESSAGE...|-]",
	.summary = "send messages to all receivers of a broadcast mailbox",
	.details =
		"Each MESSAGE is one, and '-' is all of standard input. It goes to every\n"
		"'mboxctl sub' that runs now, and is not kept for those to come. It waits only\n"
		"with --policy block, for the slowest. TIME is a number with ns, us, ms, s, m or\n"
		"h; 's' may be left out.",
	.options = options,
	.run = run,
};

/* EXIT_OK if it is a broadcast mailbox; else what is wrong has been said. */
static int check_broadcast(const char *name)
{
	const struct subject subject = { .name = name };
	/* As no sender: one that goes would be the end for receivers. */
	struct mbox *mb = mbox_open(name, 0);
	int code = EXIT_OK;

	if (!mb)
		return explain(VERB_OPEN, errno, &subject);
	if (!is_broadcast(mb)) {
		complain(
			"mailbox '%s' gives each message to one receiver. Use 'mboxctl send', or create one with --broadcast.",
			name);
		code = EXIT_FAILED;
	}
	mbox_close(mb);
	return code;
}

static int run(int argc, char **argv)
{
	struct mbox_send_options how = { 0 };
	struct transfer t = { 0 };
	bool lines = false;
	bool whole;
	const char *value;
	char **texts;
	int code;
	int key;

	while ((key = next_option(&cmd_pub, argc, argv, &value)) >= 0) {
		switch (key) {
		case 'l':
			lines = true;
			break;
		case 't':
			if (!take_tag(&cmd_pub, "tag", value, &how.tag))
				return EXIT_USAGE;
			break;
		case 'n':
			how.flags |= MBOX_NOWAIT;
			break;
		case 'T':
			if (!take_time(&cmd_pub, "timeout", value,
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
	if (optind == argc)
		return usage_error(&cmd_pub, "a NAME is needed.");
	texts = argv + optind + 1;
	if (lines && *texts)
		return usage_error(
			&cmd_pub,
			"'%s' is a message already; --lines takes them from standard input.",
			*texts);
	if (!lines && !*texts)
		return usage_error(
			&cmd_pub,
			"a MESSAGE is needed, '-' for standard input, or --lines.");
	whole = *texts && !strcmp(*texts, "-") && !texts[1];
	t.name = argv[optind];
	code = check_broadcast(t.name);
	return code ? code : send_messages(&t, 0, &how, texts + whole, whole);
}
