// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_send.c: mboxctl send, messages from arguments, standard input or a file.
 *
 * Owns its options and the sending of text; files go to file_send.c.  No
 * locks; one thread.  Called through the table in commands.c.
 */
#include "errors.h"
#include "input.h"
#include "transfer.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static const struct option_help options[] = {
	{ 'P', "to", "PID", "send to this process, and not to a mailbox" },
	{ 'f', "file", "FILE",
	  "send FILE, of any size; '-' is standard input" },
	{ 'w', "whole", NULL, "standard input is one message" },
	{ 'p', "priority", "N", "0 to 32767, higher is received first" },
	{ 't', "tag", "N", "a number that travels with the message" },
	{ 'u', "urgent", NULL, "to the front of its priority" },
	{ 's', "sync", NULL, "wait until it has been received" },
	{ 'n', "nowait", NULL, "fail rather than wait" },
	{ 'T', "timeout", "TIME", "wait at most so long for each message" },
	{ 0 },
};

static int run(int argc, char **argv);

const struct command cmd_send = {
	.name = "send",
	.arguments = "[NAME] [TEXT]...",
	.summary = "send messages or a file to a mailbox or process",
	.details =
		"Each TEXT is one message. Without TEXT, each line of standard input is one,\n"
		"without its newline. TIME is a number with ns, us, ms, s, m or h; 's' may be\n"
		"left out.\n"
		"\n"
		"With --to there is no NAME. Messages wait for the process until it receives\n"
		"them, and are lost when it ends. You may send where you may send a signal.\n"
		"\n"
		"A file goes as many messages and is to be received with 'mboxctl recv --file'.\n"
		"Its length and SHA-256 are verified there. With --sync, send ends when that is\n"
		"done; without, it ends when all is in the mailbox and no receiver has begun, or\n"
		"when the receiver has verified it. With a file, --nowait governs the beginning\n"
		"only, and --tag and --urgent have no meaning.",
	.options = options,
	.run = run,
};

struct sending {
	struct mbox *mb;
	pid_t to; /* the process, or 0: a mailbox */
	const struct transfer *t;
	struct mbox_send_options options;
};

static int send_one(struct sending *s, const void *data, size_t len)
{
	const struct subject subject = { .name = s->t->name,
					 .pid = s->to,
					 .mb = s->to ? NULL : s->mb,
					 .len = len,
					 .priority = s->options.priority,
					 .timeout = s->t->timeout };
	int ret;

	s->options.deadline = transfer_limit(s->t);
	if (s->to)
		ret = mbox_send_to_with(s->mb, s->to, data, len, &s->options);
	else
		ret = mbox_send_with(s->mb, data, len, &s->options);
	if (!ret)
		return EXIT_OK;
	return explain(s->to ? VERB_SEND_TO : VERB_SEND, errno, &subject);
}

static int send_lines(struct sending *s)
{
	char *line = NULL;
	size_t room = 0;
	int code = EXIT_OK;
	ssize_t len;

	while (!code && (len = getline(&line, &room, stdin)) >= 0) {
		if (len && line[len - 1] == '\n')
			len--;
		code = send_one(s, line, (size_t)len);
	}
	free(line);
	if (!code && ferror(stdin)) {
		complain("standard input could not be read: %s.",
			 strerror(errno));
		code = EXIT_FAILED;
	}
	return code;
}

static int send_whole(struct sending *s)
{
	struct print_buffer data = { 0 };
	size_t len;
	int code = read_whole(&data, &len);

	if (!code)
		code = send_one(s, data.bytes, len);
	free(data.bytes);
	return code;
}

int send_messages(const struct transfer *t, pid_t to,
		  const struct mbox_send_options *how, char **texts, bool whole)
{
	struct sending s = { .t = t, .to = to, .options = *how };
	const struct subject subject = { .name = t->name, .rights = MBOX_SEND };
	int code = EXIT_OK;

	/* For a process any handle serves. */
	s.mb = to ? mbox_endpoint(0) : mbox_open(t->name, MBOX_SEND);
	if (!s.mb)
		return explain(VERB_OPEN, errno, &subject);
	if (!*texts)
		code = whole ? send_whole(&s) : send_lines(&s);
	for (; !code && *texts; texts++)
		code = send_one(&s, *texts, strlen(*texts));
	mbox_close(s.mb);
	return code;
}

static int run(int argc, char **argv)
{
	struct mbox_send_options how = { 0 };
	struct transfer t = { 0 };
	uint64_t to = 0;
	bool tagged = false;
	bool whole = false;
	const char *value;
	uint64_t number;
	int key;

	while ((key = next_option(&cmd_send, argc, argv, &value)) >= 0) {
		switch (key) {
		case 'P':
			if (!parse_number(value, INT32_MAX, &to) || !to)
				return usage_error(
					&cmd_send,
					"--to '%s' is not a process id.",
					value);
			break;
		case 'f':
			t.path = value;
			break;
		case 'w':
			whole = true;
			break;
		case 'p':
			if (!parse_number(value, MBOX_PRIORITY_MAX, &number))
				return usage_error(
					&cmd_send,
					"--priority '%s' is not a number from 0 to %d.",
					value, MBOX_PRIORITY_MAX);
			how.priority = (uint32_t)number;
			break;
		case 't':
			if (!take_tag(&cmd_send, "tag", value, &how.tag))
				return EXIT_USAGE;
			tagged = true;
			break;
		case 'u':
			how.flags |= MBOX_URGENT;
			break;
		case 's':
			how.flags |= MBOX_SYNC;
			break;
		case 'n':
			how.flags |= MBOX_NOWAIT;
			break;
		case 'T':
			if (!take_time(&cmd_send, "timeout", value,
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
	if (t.path && to)
		return usage_error(
			&cmd_send,
			"--file goes through a mailbox, not to a process.");
	if (!to && optind == argc)
		return usage_error(&cmd_send, "a NAME is needed.");
	if (!to)
		t.name = argv[optind++];
	if ((t.path || whole) && argc > optind)
		return usage_error(
			&cmd_send,
			"'%s' is a message already; --file and --whole take it from elsewhere.",
			argv[optind]);
	if (t.path && whole)
		return usage_error(&cmd_send,
				   "--file and --whole exclude each other.");
	if (t.path && (tagged || how.flags & MBOX_URGENT))
		return usage_error(
			&cmd_send,
			"--tag and --urgent are for single messages, not for --file.");
	if (!t.path)
		return send_messages(&t, (pid_t)to, &how, argv + optind, whole);
	t.priority = how.priority;
	t.sync = how.flags & MBOX_SYNC;
	t.nowait = how.flags & MBOX_NOWAIT;
	return file_send(&t);
}
