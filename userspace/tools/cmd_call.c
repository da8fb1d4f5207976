// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_call.c: mboxctl call, a request and its answer.
 *
 * Owns its options.  What a tag of the answer means stands in serve.h.  No
 * locks; one thread.  Called through the table in mboxctl.c.
 */
#include "errors.h"
#include "input.h"
#include "print.h"
#include "serve.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct option_help options[] = {
	{ 'R', "room", "SIZE",
	  "the answer may be so long (default: a message)" },
	{ 'p', "priority", "N", "0 to 32767, higher is received first" },
	{ 't', "tag", "N", "a number that travels with the request" },
	{ 'u', "urgent", NULL, "to the front of its priority" },
	{ 'n', "nowait", NULL, "fail rather than wait for room" },
	{ 'T', "timeout", "TIME", "wait at most so long for the answer" },
	{ 'v', "verbose", NULL, "show what the kernel stamped on the answer" },
	{ 'r', "raw", NULL, "print the bytes as they are, without a newline" },
	{ 'j', "json", NULL, "print the answer as an object in JSON" },
	{ 0 },
};

static int run(int argc, char **argv);

const struct command cmd_call = {
	.name = "call",
	.arguments = "NAME [TEXT]",
	.summary = "send a request to a mailbox and print the answer",
	.details =
		"Without TEXT, or if it is '-', all of standard input is the request. The answer\n"
		"is printed as recv prints messages. TIME is a number with ns, us, ms, s, m or h;\n"
		"'s' may be left out.\n"
		"\n"
		"Ends with 0 if the answer's tag is 0. 'mboxctl serve' sets it to the status of\n"
		"its command; if that is not 0, the answer is printed all the same, and call ends\n"
		"with 14. With 13 a server has taken the request and no answer has come: it may\n"
		"have been carried out. With other codes it was not.",
	.options = options,
	.run = run,
};

/* Longest answer that is offered unasked: room is paid for by the caller. */
#define MOST_ROOM (1024 * 1024)

struct calling {
	struct subject subject;
	struct mbox_call_options how;
	struct print_options print;
	uint64_t timeout_ns;
	uint64_t room; /* 0: not given */
};

/* Prints the answer; the exit code that its tag stands for. */
static int print_answer(const struct calling *c,
			const struct mbox_answer *answer, const void *bytes)
{
	uint64_t status = answer->tag;

	if (!show_answer(answer, bytes, &c->print)) {
		complain(
			"the answer came but could not be written: %s. The request may have been carried out.",
			strerror(errno));
		return EXIT_MAYBE_DONE;
	}
	if (!status)
		return EXIT_OK;
	if ((status & ~(uint64_t)SERVE_STATUS) == SERVE_CUT) {
		complain(
			"the answer was longer than the room for it, %" PRIu64
			" bytes, and was cut. Give more with --room; the largest message of the mailbox is the limit.",
			c->room);
		status -= SERVE_CUT;
	}
	if (status)
		complain("the server says that the request failed: %s%" PRIu64
			 ".",
			 status <= SERVE_STATUS ? "status " :
						  "the answer's tag is ",
			 status);
	return EXIT_REFUSED;
}

static int call(struct calling *c, const void *request, size_t len)
{
	struct print_buffer buffer = { 0 };
	struct mbox_answer answer;
	int code;

	if (!print_buffer_grow(&buffer, c->room ? c->room : 1)) {
		complain("no memory for an answer of %" PRIu64 " bytes.",
			 c->room);
		return EXIT_NO_ROOM;
	}
	if (c->subject.timeout)
		c->how.deadline = mbox_deadline_in(c->timeout_ns);
	if (mbox_call_with(c->subject.mb, request, len, buffer.bytes, c->room,
			   &c->how, &answer) < 0) {
		c->subject.len = len;
		c->subject.room = c->room;
		c->subject.taken = answer.taken;
		code = explain(VERB_CALL, errno, &c->subject);
	} else {
		code = print_answer(c, &answer, buffer.bytes);
	}
	free(buffer.bytes);
	return code;
}

static int open_and_call(struct calling *c, const char *text, bool room_given)
{
	struct print_buffer input = { 0 };
	struct mbox_status st;
	size_t len = text ? strlen(text) : 0;
	int code = EXIT_OK;

	c->subject.mb = mbox_open(c->subject.name, MBOX_SEND);
	if (!c->subject.mb)
		return explain(VERB_OPEN, errno, &c->subject);
	if (!room_given) {
		if (mbox_status(c->subject.mb, &st)) {
			code = explain(VERB_STAT, errno, &c->subject);
			goto out_close;
		}
		c->room = st.max_size < MOST_ROOM ? st.max_size : MOST_ROOM;
	}
	if (!text)
		code = read_whole(&input, &len);
	if (!code)
		code = call(c, text ? text : (char *)input.bytes, len);
	free(input.bytes);
out_close:
	mbox_close(c->subject.mb);
	return code;
}

static int run(int argc, char **argv)
{
	struct calling c = { .subject.rights = MBOX_SEND,
			     .print.escape = isatty(STDOUT_FILENO) };
	bool room_given = false;
	const char *value;
	const char *text;
	uint64_t number;
	int key;

	while ((key = next_option(&cmd_call, argc, argv, &value)) >= 0) {
		switch (key) {
		case 'R':
			if (!parse_size(value, UINT32_MAX, &c.room))
				return usage_error(
					&cmd_call,
					"--room '%s' is not a size, such as 100 or 64K.",
					value);
			room_given = true;
			break;
		case 'p':
			if (!parse_number(value, MBOX_PRIORITY_MAX, &number))
				return usage_error(
					&cmd_call,
					"--priority '%s' is not a number from 0 to %d.",
					value, MBOX_PRIORITY_MAX);
			c.how.priority = (uint32_t)number;
			break;
		case 't':
			if (!take_tag(&cmd_call, "tag", value, &c.how.tag))
				return EXIT_USAGE;
			break;
		case 'u':
			c.how.flags |= MBOX_URGENT;
			break;
		case 'n':
			c.how.flags |= MBOX_NOWAIT;
			break;
		case 'T':
			if (!take_time(&cmd_call, "timeout", value,
				       &c.timeout_ns))
				return EXIT_USAGE;
			c.subject.timeout = value;
			break;
		case 'v':
			c.print.verbose = true;
			break;
		case 'r':
			c.print.raw = true;
			break;
		case 'j':
			c.print.json = true;
			break;
		}
	}
	if (key == OPTION_HELP)
		return EXIT_OK;
	if (key == OPTION_WRONG)
		return EXIT_USAGE;
	if (optind == argc)
		return usage_error(&cmd_call, "a NAME is needed.");
	if (argc - optind > 2)
		return usage_error(
			&cmd_call,
			"one request is made, and '%s' is a second. Quote a TEXT of several words.",
			argv[optind + 2]);
	if (c.print.json && (c.print.verbose || c.print.raw))
		return usage_error(
			&cmd_call,
			"--json shows all there is of an answer; --verbose and --raw are for text.");
	c.subject.name = argv[optind];
	text = argc - optind == 2 ? argv[optind + 1] : NULL;
	if (text && !strcmp(text, "-"))
		text = NULL;
	return open_and_call(&c, text, room_given);
}
