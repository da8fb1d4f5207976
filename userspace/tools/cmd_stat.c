// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_stat.c: mboxctl stat, one mailbox in words and numbers.
 *
 * Owns the layout.  Opens with ADMIN to see who waits, else without any
 * right.  No locks; one thread.  Called through the table in mboxctl.c.
 */
#include "errors.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct option_help options[] = { { 0 } };

static int run(int argc, char **argv);

const struct command cmd_stat = {
	.name = "stat",
	.arguments = "NAME...",
	.summary = "show what a mailbox is, holds and has done, and who waits",
	.details =
		"Who waits is shown to the owner and to root. Taking a look changes nothing.",
	.options = options,
	.run = run,
};

/* Most waiters that the kernel tells of in one call. */
#define WAITERS_MAX 1024

/* What a process is called, as far as it can be seen from here. */
static const char *process_name(char buf[TEXT_SIZE], pid_t pid)
{
	char path[64];
	FILE *file;
	size_t len;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	file = pid > 0 ? fopen(path, "re") : NULL;
	len = file ? fread(buf, 1, TEXT_SIZE - 1, file) : 0;
	if (file)
		fclose(file);
	while (len && (buf[len - 1] == '\n' || !buf[len - 1]))
		len--;
	buf[len] = '\0';
	return len ? buf : "?";
}

static void print_waiter(const struct mbox_waiter_entry *w)
{
	char buf[TEXT_SIZE];
	const char *name = process_name(buf, w->pid);

	printf("  %-9s pid %d",
	       w->what == MBOX_WAIT_RECV ? "receiver" : "sender", w->pid);
	if (w->tid != w->pid)
		printf(", thread %d", w->tid);
	printf(" (");
	put_text(stdout, name, strlen(name), true);
	switch (w->what) {
	case MBOX_WAIT_SEND:
		printf(") waits for room for %u %s\n", w->len,
		       plural(w->len, "byte"));
		break;
	case MBOX_WAIT_RECEIPT:
		printf(") waits until its message of %u %s is taken\n", w->len,
		       plural(w->len, "byte"));
		break;
	case MBOX_WAIT_RECV:
		printf(") waits for a message of up to %u %s\n", w->len,
		       plural(w->len, "byte"));
		break;
	default:
		printf(") waits for what this mboxctl does not know (%u)\n",
		       w->what);
	}
}

static void print_capacity(const struct mbox_status *st)
{
	char bytes[TEXT_SIZE];

	printf("%-15s ", "capacity:");
	if (st->capacity == MBOX_RENDEZVOUS)
		printf("none (rendezvous): a send waits for its receiver");
	else if (st->capacity == MBOX_UNBOUNDED)
		printf("unbounded, only quotas");
	else if (!st->max_bytes)
		printf("%" PRIu64 " %s", st->max_messages,
		       plural(st->max_messages, "message"));
	else if (!st->max_messages)
		printf("%s", format_bytes(bytes, st->max_bytes));
	else
		printf("%" PRIu64 " %s, %s", st->max_messages,
		       plural(st->max_messages, "message"),
		       format_bytes(bytes, st->max_bytes));
	printf("\n%-15s %s %s\n", "message size:",
	       st->attr_flags & MBOX_FIXED ? "exactly" : "up to",
	       format_bytes(bytes, st->max_size));
}

static void print_status(const struct mbox_status *st)
{
	char user[TEXT_SIZE];
	char group[TEXT_SIZE];
	char bytes[TEXT_SIZE];

	printf("%-15s %s (number %" PRIu64 ")\n",
	       "mailbox:", *st->name ? st->name : "-", st->id);
	printf("%-15s user %s, group %s, mode %04o\n",
	       "owner:", user_name(user, st->uid), group_name(group, st->gid),
	       st->mode);
	printf("%-15s %s\n", "lifetime:",
	       st->attr_flags & MBOX_PERSISTENT ?
		       "until it is removed" :
		       "until its last handle is closed");
	print_capacity(st);
	printf("%-15s %s\n", "send times:",
	       st->attr_flags & MBOX_TIMES ? "recorded" : "not recorded");
	printf("%-15s %" PRIu64 " %s, %s\n", "holds:", st->messages,
	       plural(st->messages, "message"), format_bytes(bytes, st->bytes));
	printf("%-15s %" PRIu64 " %s\n", "at most held:", st->peak_messages,
	       plural(st->peak_messages, "message"));
	printf("%-15s %s\n",
	       "kernel memory:", format_bytes(bytes, st->charged));
	printf("%-15s %" PRIu64 " sent, %" PRIu64 " received, %" PRIu64
	       " dropped\n",
	       "so far:", st->sent, st->received, st->dropped);
	printf("%-15s %" PRIu64 " steps in searches\n",
	       "work:", st->search_steps);
	/* This command's own handle has no part in the traffic. */
	printf("%-15s %u open beside this one: %u may send, %u may receive\n",
	       "handles:", st->handles - 1, st->senders, st->receivers);
	if (st->senders_waiting == MBOX_HIDDEN) {
		printf("%-15s shown to the owner and root only\n", "waiting:");
		return;
	}
	printf("%-15s %u %s, %u %s\n", "waiting:", st->senders_waiting,
	       plural(st->senders_waiting, "sender"), st->receivers_waiting,
	       plural(st->receivers_waiting, "receiver"));
}

static int show_waiters(const struct subject *subject)
{
	struct mbox_waiter_entry *waiters;
	ssize_t n;
	ssize_t i;
	int err;

	waiters = calloc(WAITERS_MAX, sizeof(*waiters));
	n = waiters ? mbox_waiters(subject->mb, waiters, WAITERS_MAX) : -1;
	err = errno;
	for (i = 0; i < n; i++)
		print_waiter(&waiters[i]);
	free(waiters);
	return n < 0 ? explain(VERB_STAT, err, subject) : EXIT_OK;
}

static int show(const char *name)
{
	struct subject subject = { .name = name };
	struct mbox_status st;
	int code = EXIT_OK;

	subject.mb = mbox_open(name, MBOX_ADMIN);
	if (!subject.mb && errno == EPERM)
		subject.mb = mbox_open(name, 0);
	if (!subject.mb)
		return explain(VERB_OPEN, errno, &subject);
	if (mbox_status(subject.mb, &st)) {
		code = explain(VERB_STAT, errno, &subject);
	} else {
		print_status(&st);
		if (st.rights & MBOX_ADMIN)
			code = show_waiters(&subject);
	}
	mbox_close(subject.mb);
	return code;
}

static int run(int argc, char **argv)
{
	const char *value;
	int first = EXIT_OK;
	int key;
	int i;

	key = next_option(&cmd_stat, argc, argv, &value);
	if (key == OPTION_HELP)
		return EXIT_OK;
	if (key != OPTION_END)
		return EXIT_USAGE;
	if (optind == argc)
		return usage_error(&cmd_stat, "at least one NAME is needed.");
	for (i = optind; i < argc; i++) {
		int code;

		if (i > optind)
			putchar('\n');
		code = show(argv[i]);
		if (!first)
			first = code;
	}
	return first;
}
