// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_recv.c: mboxctl recv, messages to standard output or a file.
 *
 * Owns its options and the printing of messages; files go to file_recv.c.
 * No locks; one thread.  Called through the table in mboxctl.c.
 */
#include "errors.h"
#include "transfer.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct option_help options[] = {
	{ 'f', "file", "FILE", "receive a file and store it as FILE" },
	{ 'c', "count", "N", "receive N messages (default 1)" },
	{ 'F', "follow", NULL, "receive until interrupted" },
	{ 'e', "until-end", NULL,
	  "stop when it is empty and all senders have gone" },
	{ 'v', "verbose", NULL,
	  "show what the kernel stamped on each message" },
	{ 'r', "raw", NULL, "print the bytes as they are, without newlines" },
	{ 'n', "nowait", NULL, "fail rather than wait" },
	{ 'T', "timeout", "TIME", "wait at most so long for each message" },
	{ 0 },
};

static int run(int argc, char **argv);

const struct command cmd_recv = {
	.name = "recv",
	.arguments = "NAME",
	.summary = "receive messages or a file from a mailbox",
	.details =
		"Each message is printed with a newline after it. On a terminal, bytes that could\n"
		"steer it are shown as \\xNN unless --raw is given. TIME is a number with ns, us,\n"
		"ms, s, m or h; 's' may be left out.\n"
		"\n"
		"With --follow, --until-end ends with status 0, else with 7 if fewer than N\n"
		"messages came. FILE appears when all of it has arrived and its length and\n"
		"SHA-256 are right, not before; with it, --nowait governs the beginning only.",
	.options = options,
	.run = run,
};

struct receiving {
	const struct transfer *t;
	struct mbox *mb;
	unsigned char *buf;
	size_t room;
	struct mbox_message message;
	bool verbose;
	bool raw;
	bool escape; /* standard output is a terminal */
};

/* Stores one message in buf; an errno, or 0. */
static int receive_one(struct receiving *r)
{
	const struct mbox_recv_options how = {
		.deadline = transfer_limit(r->t),
		.flags = r->t->nowait ? MBOX_NOWAIT : 0,
	};

	for (;;) {
		unsigned char *larger;

		if (mbox_recv_with(r->mb, r->buf, r->room, &how, &r->message) >=
		    0)
			return 0;
		if (errno != EMSGSIZE)
			return errno;
		/* It stays in the mailbox until there is room for it. */
		larger = realloc(r->buf, r->message.len);
		if (!larger)
			return EMSGSIZE;
		r->buf = larger;
		r->room = r->message.len;
	}
}

static void print_message(const struct receiving *r)
{
	const struct mbox_message *m = &r->message;

	if (r->verbose) {
		printf("id %" PRIu64 " priority %u tag 0x%" PRIx64
		       " pid %d tid %d uid %u gid %u started %.2f drops %" PRIu64
		       " length %u",
		       m->id, m->priority, m->tag, m->pid, m->tid, m->uid,
		       m->gid, (double)m->start_time / 1e9, m->drops, m->len);
		if (m->sent_time)
			printf(" sent %.6f", (double)m->sent_time / 1e9);
		printf(": ");
	}
	put_text(stdout, r->buf, m->len, r->escape && !r->raw);
	if (!r->raw)
		putchar('\n');
}

static int receive(struct receiving *r, uint64_t count, bool follow)
{
	struct subject subject = { .name = r->t->name,
				   .mb = r->mb,
				   .timeout = r->t->timeout };
	uint64_t n;

	for (n = 0; follow || n < count; n++) {
		int err = receive_one(r);

		if (err == EPIPE && follow)
			return EXIT_OK;
		if (err) {
			subject.len = r->message.len;
			subject.room = r->room;
			return explain(VERB_RECV, err, &subject);
		}
		print_message(r);
		/* The message is gone from the mailbox: is it out here? */
		if (fflush(stdout) || ferror(stdout)) {
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

	r->mb = mbox_open(r->t->name,
			  MBOX_RECV | (until_end ? MBOX_HANGUP : 0));
	if (!r->mb)
		return explain(VERB_OPEN, errno, &subject);
	r->room = MBOX_DEFAULT_SIZE;
	r->buf = malloc(r->room);
	r->escape = isatty(STDOUT_FILENO);
	if (r->buf) {
		code = receive(r, count, follow);
	} else {
		complain("no memory for messages of %zu bytes.", r->room);
		code = EXIT_NO_ROOM;
	}
	free(r->buf);
	mbox_close(r->mb);
	return code;
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
		case 'f':
			t.path = value;
			break;
		case 'c':
			if (!parse_number(value, UINT64_MAX, &count) || !count)
				return usage_error(
					&cmd_recv,
					"--count '%s' is not a number from 1 on.",
					value);
			break;
		case 'F':
			follow = true;
			break;
		case 'e':
			until_end = true;
			break;
		case 'v':
			r.verbose = true;
			break;
		case 'r':
			r.raw = true;
			break;
		case 'n':
			t.nowait = true;
			break;
		case 'T':
			if (!parse_duration(value, &t.timeout_ns))
				return usage_error(
					&cmd_recv,
					"--timeout '%s' is not a time, such as 500ms or 2s.",
					value);
			t.timeout = value;
			break;
		}
	}
	if (key == OPTION_HELP)
		return EXIT_OK;
	if (key == OPTION_WRONG)
		return EXIT_USAGE;
	if (argc - optind != 1)
		return usage_error(&cmd_recv,
				   "one NAME is needed, and %d were given.",
				   argc - optind);
	if (follow && count)
		return usage_error(&cmd_recv,
				   "--follow and --count exclude each other.");
	if (t.path && (follow || count || until_end || r.verbose || r.raw))
		return usage_error(
			&cmd_recv,
			"--file goes with --nowait and --timeout alone.");
	if (t.path && !strcmp(t.path, "-"))
		return usage_error(
			&cmd_recv,
			"--file needs the name of a file: what has been printed could not be taken back if it does not verify.");
	t.name = argv[optind];
	if (t.path)
		return file_recv(&t);
	return receive_messages(&r, count ? count : 1, follow, until_end);
}
