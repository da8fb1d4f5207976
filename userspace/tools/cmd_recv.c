// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_recv.c: mboxctl recv, messages to standard output or a file.
 *
 * Owns its options and the printing of messages; files go to file_recv.c.
 * No locks; one thread.  Called through the table in commands.c.
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
	{ 'P', "from", "PID",
	  "what this process, or 'any', sends to this command" },
	{ 'f', "file", "FILE", "receive a file and store it as FILE" },
	{ 'c', "count", "N", "receive N messages (default 1)" },
	{ 'F', "follow", NULL, "receive until interrupted" },
	{ 'e', "until-end", NULL,
	  "stop when it is empty and all senders have gone" },
	{ 'v', "verbose", NULL,
	  "show what the kernel stamped on each message" },
	{ 'r', "raw", NULL, "print the bytes as they are, without newlines" },
	{ 't', "tag", "N", "only messages with this tag" },
	{ 'x', "not-tag", "N", "only messages with another tag" },
	{ 'l', "lowest-tag", "N",
	  "only those with the lowest tag, if it is not above N" },
	{ 'p', "pid", "PID", "only messages that this process sent" },
	{ 'j', "json", NULL, "print each message as an object in JSON" },
	{ 'n', "nowait", NULL, "fail rather than wait" },
	{ 'T', "timeout", "TIME", "wait at most so long for each message" },
	{ 0 },
};

static int run(int argc, char **argv);

const struct command cmd_recv = {
	.name = "recv",
	.arguments = "[NAME]",
	.summary = "receive messages or a file from a mailbox or process",
	.details =
		"Each message is printed with a newline after it. On a terminal, bytes that could\n"
		"steer it are shown as \\xNN unless --raw is given. TIME is a number with ns, us,\n"
		"ms, s, m or h; 's' may be left out.\n"
		"\n"
		"With --from there is no NAME: others send with 'mboxctl send --to', and must\n"
		"know the process id of this command, which a shell has in $! when it has\n"
		"started it in the background. When the process that is waited for has ended and\n"
		"all it sent was received, the status is 7, or 0 with --follow.\n"
		"\n"
		"With --follow, --until-end ends with status 0, else with 7 if fewer than N\n"
		"messages came. FILE appears when all of it has arrived and its length and\n"
		"SHA-256 are right, not before; with it, --nowait governs the beginning only.",
	.options = options,
	.run = run,
};

/* The options that choose among messages; at most one is given. */
struct choice {
	uint32_t select;
	uint64_t value;
	unsigned int given;
};

/* What --from says: one process, or 0: any; if it was given. */
struct from {
	bool given;
	pid_t pid;
};

struct receiving {
	const struct transfer *t;
	struct from from;
	struct choice choice;
	struct mbox *mb;
	struct print_buffer buffer;
	struct mbox_message message;
	struct print_options how;
};

/* Stores one message in the buffer; an errno, or 0. */
static int receive_one(struct receiving *r)
{
	const struct mbox_recv_options how = {
		.deadline = transfer_limit(r->t),
		.flags = r->t->nowait ? MBOX_NOWAIT : 0,
		.select = r->choice.select,
		.select_value = r->choice.value,
	};

	for (;;) {
		ssize_t len;

		if (r->from.given)
			len = mbox_recv_from_with(r->mb, r->from.pid,
						  r->buffer.bytes,
						  r->buffer.room, &how,
						  &r->message);
		else
			len = mbox_recv_with(r->mb, r->buffer.bytes,
					     r->buffer.room, &how, &r->message);
		if (len >= 0)
			return 0;
		if (errno != EMSGSIZE)
			return errno;
		/* It stays in the mailbox until there is room for it. */
		if (!print_buffer_grow(&r->buffer, r->message.len))
			return EMSGSIZE;
	}
}

static int receive(struct receiving *r, uint64_t count, bool follow)
{
	struct subject subject = { .name = r->t->name,
				   .pid = r->from.pid,
				   .mb = r->mb,
				   .timeout = r->t->timeout };
	const enum verb verb = r->from.given ? VERB_RECV_FROM : VERB_RECV;
	uint64_t n;

	for (n = 0; follow || n < count; n++) {
		int err = receive_one(r);

		if ((err == EPIPE || err == ESRCH) && follow)
			return EXIT_OK;
		if (err) {
			subject.len = r->message.len;
			subject.room = r->buffer.room;
			return explain(verb, err, &subject);
		}
		/* The message is gone from the mailbox: is it out here? */
		if (!show_message(&r->message, r->buffer.bytes, &r->how)) {
			complain("message %" PRIu64
				 " was received but could not be written: %s.",
				 r->message.id, strerror(errno));
			return EXIT_FAILED;
		}
	}
	return EXIT_OK;
}

static int receive_messages(struct receiving *r, uint64_t count, bool follow,
			    bool until_end)
{
	const struct subject subject = { .name = r->t->name,
					 .rights = MBOX_RECV };
	int code;

	r->mb = r->from.given ?
			mbox_endpoint(0) :
			mbox_open(r->t->name,
				  MBOX_RECV | (until_end ? MBOX_HANGUP : 0));
	if (!r->mb)
		return explain(VERB_OPEN, errno, &subject);
	r->how.escape = isatty(STDOUT_FILENO);
	if (print_buffer_grow(&r->buffer, MBOX_DEFAULT_SIZE)) {
		code = receive(r, count, follow);
	} else {
		complain("no memory for messages of %d bytes.",
			 MBOX_DEFAULT_SIZE);
		code = EXIT_NO_ROOM;
	}
	free(r->buffer.bytes);
	mbox_close(r->mb);
	return code;
}

/* One of the options that choose; false, and complained, if it is wrong. */
static bool parse_choice(struct choice *c, int key, const char *value)
{
	c->given++;
	if (key == 'p') {
		c->select = MBOX_SELECT_PID;
		if (parse_number(value, INT32_MAX, &c->value) && c->value)
			return true;
		usage_error(&cmd_recv, "--pid '%s' is not a process id.",
			    value);
		return false;
	}
	c->select = key == 't' ? MBOX_SELECT_TAG :
		    key == 'x' ? MBOX_SELECT_NOT_TAG :
				 MBOX_SELECT_LOWEST_TAG;
	return take_tag(&cmd_recv,
			key == 't' ? "tag" :
			key == 'x' ? "not-tag" :
				     "lowest-tag",
			value, &c->value);
}

static bool parse_from(struct from *from, const char *value)
{
	uint64_t pid = 0;

	from->given = true;
	if (!strcmp(value, "any"))
		return true;
	if (!parse_number(value, INT32_MAX, &pid) || !pid) {
		usage_error(&cmd_recv,
			    "--from '%s' is not a process id or 'any'.", value);
		return false;
	}
	from->pid = (pid_t)pid;
	return true;
}

/* What goes with --from, or EXIT_USAGE, and complained. */
static int check_from(const struct receiving *r, int names, bool until_end)
{
	if (names)
		return usage_error(
			&cmd_recv,
			"--from receives what is sent to this command, and not from a mailbox: no NAME is expected.");
	if (r->t->path)
		return usage_error(
			&cmd_recv,
			"--file comes through a mailbox, not from a process.");
	if (until_end)
		return usage_error(
			&cmd_recv,
			"--until-end is for mailboxes: to a process somebody may always send.");
	return EXIT_OK;
}

static int run(int argc, char **argv)
{
	struct transfer t = { 0 };
	struct receiving r = { .t = &t };
	bool until_end = false;
	bool follow = false;
	uint64_t count = 0;
	const char *value;
	int key;

	while ((key = next_option(&cmd_recv, argc, argv, &value)) >= 0) {
		switch (key) {
		case 'P':
			if (!parse_from(&r.from, value))
				return EXIT_USAGE;
			break;
		case 'f':
			t.path = value;
			break;
		case 'c':
			if (!take_count(&cmd_recv, "count", value, &count))
				return EXIT_USAGE;
			break;
		case 'F':
			follow = true;
			break;
		case 'e':
			until_end = true;
			break;
		case 'v':
			r.how.verbose = true;
			break;
		case 'r':
			r.how.raw = true;
			break;
		case 't':
		case 'x':
		case 'l':
		case 'p':
			if (!parse_choice(&r.choice, key, value))
				return EXIT_USAGE;
			break;
		case 'j':
			r.how.json = true;
			break;
		case 'n':
			t.nowait = true;
			break;
		case 'T':
			if (!take_time(&cmd_recv, "timeout", value,
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
	if (r.from.given && check_from(&r, argc - optind, until_end))
		return EXIT_USAGE;
	if (!r.from.given && argc - optind != 1)
		return usage_error(&cmd_recv,
				   "one NAME is needed, and %d were given.",
				   argc - optind);
	if (follow && count)
		return usage_error(&cmd_recv,
				   "--follow and --count exclude each other.");
	if (r.choice.given > 1)
		return usage_error(
			&cmd_recv,
			"only one of --tag, --not-tag, --lowest-tag and --pid can be given.");
	if (t.path && (follow || count || until_end || r.how.verbose ||
		       r.how.raw || r.how.json || r.choice.given))
		return usage_error(
			&cmd_recv,
			"--file goes with --nowait and --timeout alone.");
	if (t.path && !strcmp(t.path, "-"))
		return usage_error(
			&cmd_recv,
			"--file needs the name of a file: what has been printed could not be taken back if it does not verify.");
	if (r.how.json && (r.how.verbose || r.how.raw))
		return usage_error(
			&cmd_recv,
			"--json shows all there is of a message; --verbose and --raw are for text.");
	t.name = argv[optind];
	if (t.path)
		return file_recv(&t);
	return receive_messages(&r, count ? count : 1, follow, until_end);
}
