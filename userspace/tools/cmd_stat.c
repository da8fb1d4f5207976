// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_stat.c: mboxctl stat, one mailbox in words and numbers.
 *
 * Owns the layout.  Who waits is seen with ADMIN alone.  No locks;
 * one thread.  Called through the table in commands.c.
 */
#include "errors.h"
#include "json_mbox.h"
#include "look.h"
#include "times.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct option_help options[] = {
	{ 'j', "json", NULL, "an array of objects in JSON" },
	{ 0 },
};

static int run(int argc, char **argv);

const struct command cmd_stat = {
	.name = "stat",
	.arguments = "NAME...",
	.summary = "show what a mailbox is, holds and has done, and who waits",
	.details =
		"Who waits is shown to the owner and to root. Of a mailbox that was made with\n"
		"--times it is also shown how long messages lay in it. Taking a look changes\n"
		"nothing.",
	.options = options,
	.run = run,
};

/* Most waiters that the kernel tells of in one call. */
#define WAITERS_MAX 1024

/* What a process is called, or NULL: it has ended, or cannot be seen from here. */
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
	return len ? buf : NULL;
}

static void put_process_name(pid_t pid)
{
	char buf[TEXT_SIZE];
	const char *name = process_name(buf, pid);

	if (!name)
		name = "?";
	put_text(stdout, name, strlen(name), true);
}

static void print_waiter(const struct mbox_waiter_entry *w)
{
	printf("  %-9s pid %d",
	       w->what == MBOX_WAIT_RECV ? "receiver" :
	       w->what == MBOX_WAIT_SEND || w->what == MBOX_WAIT_RECEIPT ?
					   "sender" :
					   "caller",
	       w->pid);
	if (w->tid != w->pid)
		printf(", thread %d", w->tid);
	printf(" (");
	put_process_name(w->pid);
	switch (w->what) {
	case MBOX_WAIT_SEND:
		printf(") waits for room for %u %s\n", w->len,
		       plural(w->len, "byte"));
		break;
	case MBOX_WAIT_RECEIPT:
		printf(") waits until its message of %u %s is taken\n", w->len,
		       plural(w->len, "byte"));
		break;
	case MBOX_WAIT_CALL:
		printf(") waits until its request of %u %s is taken\n", w->len,
		       plural(w->len, "byte"));
		break;
	case MBOX_WAIT_REPLY:
		printf(") waits for an answer of up to %u %s\n", w->len,
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

static void print_slowest(const struct mbox_status *st)
{
	printf("%-15s ", "slowest:");
	if (st->slowest_pid) {
		printf("pid %d (", st->slowest_pid);
		put_process_name(st->slowest_pid);
		printf(")");
	} else {
		printf("who has ended, or cannot be seen from here,");
	}
	printf(" has still to receive %" PRIu64 " %s\n", st->slowest_pending,
	       plural(st->slowest_pending, "message"));
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

static const char *when_full(const struct mbox_status *st)
{
	bool to_all = st->attr_flags & MBOX_BROADCAST;

	switch (st->policy) {
	case MBOX_POLICY_BLOCK:
		return "a sender waits";
	case MBOX_POLICY_DROP_NEWEST:
		return to_all ? "who is slow misses the new message" :
				"the new message is dropped";
	case MBOX_POLICY_DROP_OLDEST:
		return to_all ?
			       "who is slow misses the oldest message" :
			       "the oldest message of the lowest priority is dropped";
	default:
		return "what this mboxctl does not know";
	}
}

static void print_lifetime(const struct mbox_status *st)
{
	printf("%-15s ", "lifetime:");
	if (st->attr_flags & MBOX_PERSISTENT) {
		printf("until it is removed\n");
	} else if (!(st->attr_flags & MBOX_OWNER)) {
		printf("until its last handle is closed\n");
	} else if (!st->owner_pid) {
		printf("until the process that made it ends\n");
	} else {
		printf("until process %d (", st->owner_pid);
		put_process_name(st->owner_pid);
		printf(") ends\n");
	}
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
	print_lifetime(st);
	print_capacity(st);
	printf("%-15s %s\n", "when full:", when_full(st));
	if (st->attr_flags & MBOX_BROADCAST)
		printf("%-15s every receiver gets every message\n",
		       "broadcast:");
	printf("%-15s %s\n", "send times:",
	       st->attr_flags & MBOX_TIMES ? "recorded" : "not recorded");
	printf("%-15s %s\n", "descriptors:",
	       st->attr_flags & MBOX_FDS ? "may be passed" :
					   "cannot be passed");
	printf("%-15s %" PRIu64 " %s, %s\n", "holds:", st->messages,
	       plural(st->messages, "message"), format_bytes(bytes, st->bytes));
	printf("%-15s %" PRIu64 " %s\n", "at most held:", st->peak_messages,
	       plural(st->peak_messages, "message"));
	printf("%-15s %s\n",
	       "kernel memory:", format_bytes(bytes, st->charged));
	printf("%-15s %" PRIu64 " sent, %" PRIu64 " received, %" PRIu64
	       " dropped\n",
	       "so far:", st->sent, st->received, st->dropped);
	if (st->expired)
		printf("%-15s %" PRIu64
		       " expired before a server had the request\n",
		       "calls:", st->expired);
	printf("%-15s %" PRIu64 " steps in searches\n",
	       "work:", st->search_steps);
	/* This command's own handle has no part in the traffic. */
	printf("%-15s %u open beside this one: %u may send, %u may receive\n",
	       "handles:", st->handles - 1, st->senders, st->receivers);
	if (st->senders_waiting == MBOX_HIDDEN) {
		printf("%-15s shown to the owner and root only\n", "waiting:");
		return;
	}
	if (st->slowest_pending)
		print_slowest(st);
	printf("%-15s %u %s, %u %s\n", "waiting:", st->senders_waiting,
	       plural(st->senders_waiting, "sender"), st->receivers_waiting,
	       plural(st->receivers_waiting, "receiver"));
}

/* One look at a mailbox. */
struct look {
	struct mbox_status status;
	struct mbox_waiter_entry waiters[WAITERS_MAX];
	ssize_t nwaiters; /* -1: the caller may not know */
	struct mbox_time_entry times[TIMES_MAX];
	ssize_t ntimes; /* -1: nobody measures */
};

static void print_text(const struct look *look)
{
	ssize_t i;

	print_status(&look->status);
	for (i = 0; i < look->nwaiters; i++)
		print_waiter(&look->waiters[i]);
	if (look->ntimes < 0)
		return;
	printf("%-15s %" PRIu64 " %s, by the time from acceptance to receipt\n",
	       "lay there:", look->status.received,
	       plural(look->status.received, "message"));
	print_times(look->times, (size_t)look->ntimes);
}

static void print_json(struct json *j, const struct look *look)
{
	char comm[TEXT_SIZE];
	ssize_t i;

	json_object(j, NULL);
	json_status(j, &look->status);
	if (look->nwaiters < 0) {
		json_null(j, "waiters");
	} else {
		json_array(j, "waiters");
		for (i = 0; i < look->nwaiters; i++) {
			const struct mbox_waiter_entry *w = &look->waiters[i];

			json_object(j, NULL);
			json_waiter(j, w, process_name(comm, w->pid));
			json_end(j);
		}
		json_end(j);
	}
	if (look->ntimes >= 0) {
		json_array(j, "times");
		for (i = 0; i < look->ntimes; i++)
			json_time(j, &look->times[i]);
		json_end(j);
	}
	json_end(j);
}

/* Who waits, and how long messages lay; false with errno if it failed. */
static bool take_details(struct mbox *mb, struct look *look)
{
	if (look->status.rights & MBOX_ADMIN) {
		look->nwaiters = mbox_waiters(mb, look->waiters, WAITERS_MAX);
		if (look->nwaiters < 0)
			return false;
	}
	if (look->status.attr_flags & MBOX_TIMES) {
		look->ntimes = mbox_times(mb, look->times, TIMES_MAX);
		if (look->ntimes < 0)
			return false;
	}
	return true;
}

/* An exit code, with the reason explained; no look was taken then. */
static int take_look(struct look *look, const char *name)
{
	struct subject subject = { .name = name };
	int code = EXIT_OK;

	subject.mb = open_to_look(name);
	if (!subject.mb)
		return explain(VERB_OPEN, errno, &subject);
	look->nwaiters = -1;
	look->ntimes = -1;
	if (mbox_status(subject.mb, &look->status) ||
	    !take_details(subject.mb, look))
		code = explain(VERB_STAT, errno, &subject);
	mbox_close(subject.mb);
	return code;
}

/* Goes on after a failure; returns the first exit code that is not 0. */
static int show_each(char *const *names, bool json)
{
	const struct subject subject = { 0 };
	struct json j = { .out = stdout };
	struct look *look = calloc(1, sizeof(*look));
	bool more = false;
	int first = EXIT_OK;

	if (!look)
		return explain(VERB_STAT, ENOMEM, &subject);
	if (json)
		json_array(&j, NULL);
	for (; *names; names++) {
		int code = take_look(look, *names);

		if (!first)
			first = code;
		if (code)
			continue;
		if (json) {
			print_json(&j, look);
		} else {
			if (more)
				putchar('\n');
			print_text(look);
		}
		more = true;
	}
	if (json)
		json_end(&j);
	free(look);
	return first;
}

static int run(int argc, char **argv)
{
	bool json = false;
	const char *value;
	int key;

	while ((key = next_option(&cmd_stat, argc, argv, &value)) >= 0)
		json = true;
	if (key == OPTION_HELP)
		return EXIT_OK;
	if (key == OPTION_WRONG)
		return EXIT_USAGE;
	if (optind == argc)
		return usage_error(&cmd_stat, "at least one NAME is needed.");
	return show_each(argv + optind, json);
}
