// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_create.c: mboxctl create, which makes a named mailbox that stays, or one
 * that lasts as long as a command.
 *
 * Owns its options and the check that they make sense together.  A mailbox of
 * owner lifetime ends with the process that made it, and this one ends at once;
 * but exec is no end, so it becomes the command.  No locks; one thread.  Called
 * through the table in commands.c.
 */
#include "errors.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct option_help options[] = {
	{ 'n', "messages", "N", "hold at most N messages (default 16)" },
	{ 'b', "bytes", "SIZE", "hold at most SIZE bytes of messages" },
	{ 'r', "rendezvous", NULL, "hold nothing: a send meets its receiver" },
	{ 'u', "unbounded", NULL, "hold as much as the quotas allow" },
	{ 'p', "policy", "block|drop-newest|drop-oldest",
	  "what becomes of a message when it is full" },
	{ 'B', "broadcast", NULL, "every receiver gets every message" },
	{ 's', "max-size", "SIZE", "largest message (default 64K)" },
	{ 'f', "fixed", NULL, "every message is exactly --max-size long" },
	{ 't', "times", NULL, "messages carry the time they were sent" },
	{ 'd', "fds", NULL, "messages may pass descriptors" },
	{ 'm', "mode", "MODE", "octal: r = receive, w = send (default 0600)" },
	{ 'x', "exclusive", NULL, "fail if the name is taken" },
	{ 0 },
};

static int run(int argc, char **argv);

const struct command cmd_create = {
	.name = "create",
	.arguments = "NAME [-- COMMAND [ARGUMENT]...]",
	.summary = "make a mailbox that stays until it is removed",
	.details =
		"NAME is 1 to 63 letters, digits, '.', '_' and '-', not beginning with a dot.\n"
		"SIZE may end in K, M or G. The umask does not change --mode. Without\n"
		"--exclusive, a mailbox of that name that is there is left as it is.\n\n"
		"With --broadcast, 'mboxctl sub' receives and 'mboxctl pub' sends; who is too\n"
		"slow misses the oldest, unless --policy says otherwise.\n\n"
		"With COMMAND, the mailbox is a new one, COMMAND is run, and the mailbox is\n"
		"destroyed when COMMAND ends. The exit status is that of COMMAND.",
	.options = options,
	.run = run,
};

static bool parse_policy(const char *text, uint32_t *policy)
{
	const char *word;
	uint32_t i;

	for (i = MBOX_POLICY_BLOCK; (word = policy_word(i)); i++)
		if (strcmp(text, word) == 0) {
			*policy = i;
			return true;
		}
	return false;
}

/* The mailbox may be there: then its attributes are what they were. */
static int create(const char *name, mode_t mode, const struct mbox_attr *attr,
		  bool exclusive)
{
	const struct subject subject = { .name = name, .attr = attr };
	struct mbox *mb;
	mode_t mask = umask(0);
	int err;

	mb = mbox_create(name, MBOX_EXCL, mode, attr);
	err = errno;
	umask(mask);
	if (!mb && err == EEXIST && !exclusive) {
		mb = mbox_open(name, 0);
		err = errno;
		if (mb)
			complain(
				"mailbox '%s' was there already and is left as it is.",
				name);
	}
	if (!mb)
		return explain(VERB_CREATE, err, &subject);
	mbox_close(mb);
	return EXIT_OK;
}

/* Runs the command in this process; returns only if that fails. */
static int become(char **command)
{
	fflush(stdout);
	execvp(command[0], command);
	complain("'%s' could not be run: %s. The mailbox is gone again.",
		 command[0], strerror(errno));
	return EXIT_FAILED;
}

static int run(int argc, char **argv)
{
	struct mbox_attr attr = { .flags = MBOX_PERSISTENT };
	bool exclusive = false;
	bool bounded = false;
	char **command = NULL;
	mode_t mode = 0600;
	const char *value;
	uint64_t size;
	int code;
	int key;

	while ((key = next_option(&cmd_create, argc, argv, &value)) >= 0) {
		switch (key) {
		case 'n':
			if (!take_count(&cmd_create, "messages", value,
					&attr.max_messages))
				return EXIT_USAGE;
			bounded = true;
			break;
		case 'b':
			if (!parse_size(value, UINT64_MAX, &attr.max_bytes) ||
			    !attr.max_bytes)
				return usage_error(
					&cmd_create,
					"--bytes '%s' is not a size from 1 on, such as 4096 or 64K.",
					value);
			bounded = true;
			break;
		case 's':
			if (!parse_size(value, UINT32_MAX, &size) || !size)
				return usage_error(
					&cmd_create,
					"--max-size '%s' is not a size from 1 to 4294967295, such as 64K.",
					value);
			attr.max_size = (uint32_t)size;
			break;
		case 'p':
			if (!parse_policy(value, &attr.policy))
				return usage_error(
					&cmd_create,
					"--policy '%s' is none of block, drop-newest and drop-oldest.",
					value);
			break;
		case 'm':
			if (!parse_mode(value, &mode))
				return usage_error(
					&cmd_create,
					"--mode '%s' is not an octal mode of r and w bits, such as 0660.",
					value);
			break;
		case 'r':
		case 'u':
			if (attr.capacity)
				return usage_error(
					&cmd_create,
					"--rendezvous and --unbounded exclude each other and come once.");
			attr.capacity = key == 'r' ? MBOX_RENDEZVOUS :
						     MBOX_UNBOUNDED;
			break;
		case 'f':
			attr.flags |= MBOX_FIXED;
			break;
		case 't':
			attr.flags |= MBOX_TIMES;
			break;
		case 'B':
			attr.flags |= MBOX_BROADCAST;
			break;
		case 'd':
			attr.flags |= MBOX_FDS;
			break;
		case 'x':
			exclusive = true;
			break;
		}
	}
	if (key == OPTION_HELP)
		return EXIT_OK;
	if (key == OPTION_WRONG)
		return EXIT_USAGE;
	/* The parser has moved the name behind the dashes. */
	if (argc - optind > 1 && strcmp(argv[optind - 1], "--") == 0)
		command = &argv[optind + 1];
	else if (argc - optind != 1)
		return usage_error(
			&cmd_create,
			"one NAME is needed, and %d were given; a COMMAND comes after '--'.",
			argc - optind);
	if (attr.capacity && bounded)
		return usage_error(
			&cmd_create,
			"--messages and --bytes set a bound; %s has none.",
			attr.capacity == MBOX_RENDEZVOUS ? "--rendezvous" :
							   "--unbounded");
	if (attr.capacity == MBOX_RENDEZVOUS && attr.policy > MBOX_POLICY_BLOCK)
		return usage_error(
			&cmd_create,
			"--rendezvous has no room that could be full, and --policy drops nothing there.");
	if (attr.capacity == MBOX_RENDEZVOUS && attr.flags & MBOX_BROADCAST)
		return usage_error(
			&cmd_create,
			"--rendezvous is between one sender and one receiver, and --broadcast for many.");
	if (attr.flags & MBOX_FDS && attr.flags & MBOX_BROADCAST)
		return usage_error(
			&cmd_create,
			"--fds is for messages with one receiver, and --broadcast for many.");
	if (attr.flags & MBOX_FIXED && !attr.max_size)
		return usage_error(
			&cmd_create,
			"--fixed needs --max-size, the length of each message.");
	if (!command)
		return create(argv[optind], mode, &attr, exclusive);
	attr.flags ^= MBOX_PERSISTENT | MBOX_OWNER;
	code = create(argv[optind], mode, &attr, true);
	return code ? code : become(command);
}
