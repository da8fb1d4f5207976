// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_rm.c: mboxctl rm, which takes the names of mailboxes (UNLINK).
 *
 * Also owns remove_each(), which cmd_destroy.c uses.  No locks; one thread.
 * Called through the table in commands.c.
 */
#include "cmd_remove.h"

#include <errno.h>
#include <getopt.h>

static const struct option_help options[] = { { 0 } };

static int run(int argc, char **argv);

const struct command cmd_rm = {
	.name = "rm",
	.arguments = "NAME...",
	.summary = "take a mailbox's name; it ends with its last handle",
	.details =
		"Who has it open goes on using it. Without open handles it is gone at once, and\n"
		"so are its messages. See 'mboxctl destroy' for an end that does not wait.",
	.options = options,
	.run = run,
};

int remove_each(const struct command *cmd, int argc, char **argv,
		enum verb verb, int (*remove_one)(struct mbox *mb))
{
	const char *value;
	int first = EXIT_OK;
	int key;
	int i;

	key = next_option(cmd, argc, argv, &value);
	if (key == OPTION_HELP)
		return EXIT_OK;
	if (key != OPTION_END)
		return EXIT_USAGE;
	if (optind == argc)
		return usage_error(cmd, "at least one NAME is needed.");
	for (i = optind; i < argc; i++) {
		struct subject subject = { .name = argv[i],
					   .rights = MBOX_ADMIN };
		int code = EXIT_OK;

		subject.mb = mbox_open(argv[i], MBOX_ADMIN);
		if (!subject.mb)
			code = explain(VERB_OPEN, errno, &subject);
		else if (remove_one(subject.mb))
			code = explain(verb, errno, &subject);
		mbox_close(subject.mb);
		if (!first)
			first = code;
	}
	return first;
}

static int run(int argc, char **argv)
{
	return remove_each(&cmd_rm, argc, argv, VERB_UNLINK, mbox_unlink);
}
