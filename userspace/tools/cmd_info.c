// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_info.c: mboxctl info, what the kernel offers and what is used of it.
 *
 * No locks; one thread.  Called through the table in commands.c.
 */
#include "errors.h"
#include "json_mbox.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <unistd.h>

static const struct option_help options[] = {
	{ 'j', "json", NULL, "an object in JSON" },
	{ 0 },
};

static int run(int argc, char **argv);

const struct command cmd_info = {
	.name = "info",
	.arguments = "",
	.summary = "show the limits, and what you have used of them",
	.details = "Root changes the limits in /sys/module/mbox/parameters/.",
	.options = options,
	.run = run,
};

static void print_json(const struct mbox_limits *lim)
{
	struct json j = { .out = stdout };
	char user[TEXT_SIZE];

	json_object(&j, NULL);
	json_string(&j, "library", mbox_version());
	json_number(&j, "name_max", MBOX_NAME_MAX);
	json_number(&j, "uid", getuid());
	json_string(&j, "user", user_name(user, getuid()));
	json_limits(&j, lim);
	json_end(&j);
}

static void print_text(const struct mbox_limits *lim)
{
	char user[TEXT_SIZE];
	char used[TEXT_SIZE];
	char most[TEXT_SIZE];

	printf("%-15s interface %u, features 0x%" PRIx64 "\n",
	       "module:", lim->abi, lim->features);
	printf("%-15s %s\n", "library:", mbox_version());
	printf("%-15s up to %d characters\n", "names:", MBOX_NAME_MAX);
	printf("%-15s 0 to %u\n", "priorities:", lim->priority_max);
	printf("%-15s up to %s\n",
	       "one mailbox:", format_bytes(most, lim->mailbox_bytes));
	printf("User %s has\n", user_name(user, getuid()));
	printf("%-15s %" PRIu64 " of %" PRIu64 "\n",
	       "mailboxes:", lim->used_mailboxes, lim->user_mailboxes);
	printf("%-15s %" PRIu64 " of %" PRIu64 "\n",
	       "messages:", lim->used_messages, lim->user_messages);
	printf("%-15s %" PRIu64 " of %" PRIu64 " in flight\n",
	       "descriptors:", lim->used_fds, lim->user_fds);
	printf("%-15s %" PRIu64 " of %" PRIu64 " pending\n",
	       "calls:", lim->used_calls, lim->user_calls);
	printf("%-15s %s of %s\n",
	       "kernel memory:", format_bytes(used, lim->used_bytes),
	       format_bytes(most, lim->user_bytes));
}

static int run(int argc, char **argv)
{
	const struct subject subject = { 0 };
	struct mbox_limits lim;
	bool json = false;
	const char *value;
	int key;

	while ((key = next_option(&cmd_info, argc, argv, &value)) >= 0)
		json = true;
	if (key == OPTION_HELP)
		return EXIT_OK;
	if (key == OPTION_WRONG)
		return EXIT_USAGE;
	if (optind < argc)
		return usage_error(
			&cmd_info,
			"no argument is expected, and '%s' was given.",
			argv[optind]);
	if (mbox_limits(&lim))
		return explain(VERB_INFO, errno, &subject);
	if (json)
		print_json(&lim);
	else
		print_text(&lim);
	return EXIT_OK;
}
