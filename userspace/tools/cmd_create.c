// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_create.c: mboxctl create, which makes a named mailbox that stays.
 *
 * Owns its options and the check that they make sense together.  No locks;
 * one thread.  Called through the table in mboxctl.c.
 */
#include "errors.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>
#include <sys/stat.h>

static const struct option_help options[] = {
	{ 'n', "messages", "N", "hold at most N messages (default 16)" },
	{ 'b', "bytes", "SIZE", "hold at most SIZE bytes of messages" },
	{ 'r', "rendezvous", NULL, "hold nothing: a send meets its receiver" },
	{ 'u', "unbounded", NULL, "hold as much as the quotas allow" },
	{ 's', "max-size", "SIZE", "largest message (default 64K)" },
	{ 'f', "fixed", NULL, "every message is exactly --max-size long" },
	{ 't', "times", NULL, "messages carry the time they were sent" },
	{ 'm', "mode", "MODE", "octal: r = receive, w = send (default 0600)" },
	{ 'x', "exclusive", NULL, "fail if the name is taken" },
	{ 0 },
};

static int run(int argc, char **argv);

const struct command cmd_create = {
	.name = "create",
	.arguments = "NAME",
	.summary = "make a mailbox that stays until it is removed",
	.details =
		"NAME is 1 to 63 letters, digits, '.', '_' and '-', not beginning with a dot.\n"
		"SIZE may end in K, M or G. The umask does not change --mode. Without\n"
		"--exclusive, a mailbox of that name that is there is left as it is.",
	.options = options,
	.run = run,
};

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

static int run(int argc, char **argv)
{
	struct mbox_attr attr = { .flags = MBOX_PERSISTENT };
	bool exclusive = false;
	bool bounded = false;
	mode_t mode = 0600;
	const char *value;
	uint64_t size;
	int key;

	while ((key = next_option(&cmd_create, argc, argv, &value)) >= 0) {
		switch (key) {
		case 'n':
			if (!parse_number(value, UINT64_MAX,
					  &attr.max_messages) ||
			    !attr.max_messages)
				return usage_error(
					&cmd_create,
					"--messages '%s' is not a number from 1 on.",
					value);
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
		case 'x':
			exclusive = true;
			break;
		}
	}
	if (key == OPTION_HELP)
		return EXIT_OK;
	if (key == OPTION_WRONG)
		return EXIT_USAGE;
	if (argc - optind != 1)
		return usage_error(&cmd_create,
				   "one NAME is needed, and %d were given.",
				   argc - optind);
	if (attr.capacity && bounded)
		return usage_error(
			&cmd_create,
			"--messages and --bytes set a bound; %s has none.",
			attr.capacity == MBOX_RENDEZVOUS ? "--rendezvous" :
							   "--unbounded");
	if (attr.flags & MBOX_FIXED && !attr.max_size)
		return usage_error(
			&cmd_create,
			"--fixed needs --max-size, the length of each message.");
	return create(argv[optind], mode, &attr, exclusive);
}
