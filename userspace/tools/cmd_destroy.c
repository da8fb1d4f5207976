// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_destroy.c: mboxctl destroy, which ends mailboxes for everybody.
 *
 * No locks; one thread.  Called through the table in commands.c; the work is
 * done by remove_each() in cmd_rm.c.
 */
#include "cmd_remove.h"

static const struct option_help options[] = { { 0 } };

static int run(int argc, char **argv);

const struct command cmd_destroy = {
	.name = "destroy",
	.arguments = "NAME...",
	.summary = "end a mailbox at once, for everybody",
	.details =
		"Its name goes, its messages are dropped, and all who wait in it or use it later\n"
		"are told that it was destroyed.",
	.options = options,
	.run = run,
};

static int run(int argc, char **argv)
{
	return remove_each(&cmd_destroy, argc, argv, VERB_DESTROY,
			   mbox_destroy);
}
