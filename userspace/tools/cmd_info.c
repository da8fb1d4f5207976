// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_info.c: mboxctl info, what the kernel offers and what is used of it.
 *
 * No locks; one thread.  Called through the table in mboxctl.c.
 */
#include "errors.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <unistd.h>

static const struct option_help options[] = { { 0 } };

static int run(int argc, char **argv);

const struct command cmd_info = {
	.name = "info",
	.arguments = "",
	.summary = "show the limits, and what you have used of them",
	.details = "Root changes the limits in /sys/module/mbox/parameters/.",
	.options = options,
	.run = run,
};

static int show(void)
{
	const struct subject subject = { 0 };
	struct mbox_limits lim;
	char user[TEXT_SIZE];
	char used[TEXT_SIZE];
	char most[TEXT_SIZE];

	if (mbox_limits(&lim))
		return explain(VERB_INFO, errno, &subject);
	printf("%-15s interface %u, features 0x%" PRIx64 "\n",
	       "module:", lim.abi, lim.features);
	printf("%-15s %s\n", "library:", mbox_version());
	printf("%-15s up to %d characters\n", "names:", MBOX_NAME_MAX);
	printf("%-15s 0 to %u\n", "priorities:", lim.priority_max);
	printf("%-15s up to %s\n",
	       "one mailbox:", format_bytes(most, lim.mailbox_bytes));
	printf("User %s has\n", user_name(user, getuid()));
	printf("%-15s %" PRIu64 " of %" PRIu64 "\n",
	       "mailboxes:", lim.used_mailboxes, lim.user_mailboxes);
	printf("%-15s %" PRIu64 " of %" PRIu64 "\n",
	       "messages:", lim.used_messages, lim.user_messages);
	printf("%-15s %s of %s\n",
	       "kernel memory:", format_bytes(used, lim.used_bytes),
	       format_bytes(most, lim.user_bytes));
	return EXIT_OK;
}

static int run(int argc, char **argv)
{
	const char *value;
	int key = next_option(&cmd_info, argc, argv, &value);

	if (key == OPTION_HELP)
		return EXIT_OK;
	if (key != OPTION_END)
		return EXIT_USAGE;
	if (optind < argc)
		return usage_error(
			&cmd_info,
			"no argument is expected, and '%s' was given.",
			argv[optind]);
	return show();
}
