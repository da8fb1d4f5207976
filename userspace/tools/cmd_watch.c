// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_watch.c: mboxctl watch, what goes through mailboxes, again and again.
 *
 * Owns its options, the columns and the rhythm; the numbers come from look.c,
 * the terminal is screen.c's.  No locks; one thread.  Called through the table
 * in commands.c.
 */
#include "errors.h"
#include "json_mbox.h"
#include "look.h"
#include "screen.h"

#include <getopt.h>
#include <inttypes.h>
#include <time.h>

#define INTERVAL_NS 1000000000

static const struct option_help options[] = {
	{ 'i', "interval", "TIME", "look again after so long (default 1s)" },
	{ 'c', "count", "N", "look N times (default: until interrupted)" },
	{ 'j', "json", NULL, "an object a line for each mailbox and look" },
	{ 0 },
};

static int run(int argc, char **argv);

const struct command cmd_watch = {
	.name = "watch",
	.arguments = "[NAME]...",
	.summary = "show again and again what goes through mailboxes",
	.details =
		"Without NAME, all mailboxes that you could open, also those that come later.\n"
		"SEND/s, RECV/s and DROP/s are messages in a second since the look before, '-' if\n"
		"there was none. SENDWAIT and RECVWAIT are how many wait, for owner and root. On\n"
		"a terminal each table takes the place of the one before. TIME is a number with\n"
		"ns, us, ms, s, m or h; 's' may be left out.",
	.options = options,
	.run = run,
};

enum {
	COLUMN_NAME,
	COLUMN_MESSAGES,
	COLUMN_BYTES,
	COLUMN_SENT,
	COLUMN_RECEIVED,
	COLUMN_DROPPED,
	COLUMN_SENDERS,
	COLUMN_RECEIVERS,
	NCOLUMNS,
};

static const struct column columns[NCOLUMNS] = {
	[COLUMN_NAME] = { .head = "NAME" },
	[COLUMN_MESSAGES] = { .head = "MESSAGES", .right = true },
	[COLUMN_BYTES] = { .head = "BYTES", .right = true },
	[COLUMN_SENT] = { .head = "SEND/s", .right = true },
	[COLUMN_RECEIVED] = { .head = "RECV/s", .right = true },
	[COLUMN_DROPPED] = { .head = "DROP/s", .right = true },
	[COLUMN_SENDERS] = { .head = "SENDWAIT", .right = true },
	[COLUMN_RECEIVERS] = { .head = "RECVWAIT", .right = true },
};

static void put_rate(struct table *t, size_t column, const struct rates *rates,
		     double rate)
{
	if (rates->known)
		snprintf(table_cell(t, column), TEXT_SIZE, "%.1f", rate);
	else
		snprintf(table_cell(t, column), TEXT_SIZE, "-");
}

static void put_waiting(struct table *t, size_t column, uint32_t number)
{
	if (number != MBOX_HIDDEN)
		snprintf(table_cell(t, column), TEXT_SIZE, "%" PRIu32, number);
	else
		snprintf(table_cell(t, column), TEXT_SIZE, "-");
}

static bool fill(struct table *t, const struct sample *s)
{
	size_t i;

	table_clear(t);
	for (i = 0; i < s->n; i++) {
		const struct mbox_status *st = &s->boxes[i].status;
		const struct rates *rates = &s->boxes[i].rates;

		if (!table_add_row(t))
			return false;
		snprintf(table_cell(t, COLUMN_NAME), TEXT_SIZE, "%s", st->name);
		snprintf(table_cell(t, COLUMN_MESSAGES), TEXT_SIZE, "%" PRIu64,
			 st->messages);
		snprintf(table_cell(t, COLUMN_BYTES), TEXT_SIZE, "%" PRIu64,
			 st->bytes);
		put_rate(t, COLUMN_SENT, rates, rates->sent);
		put_rate(t, COLUMN_RECEIVED, rates, rates->received);
		put_rate(t, COLUMN_DROPPED, rates, rates->dropped);
		put_waiting(t, COLUMN_SENDERS, st->senders_waiting);
		put_waiting(t, COLUMN_RECEIVERS, st->receivers_waiting);
	}
	return true;
}

static void json_rate(struct json *j, const char *name,
		      const struct rates *rates, double rate)
{
	if (rates->known)
		json_decimal(j, name, rate, 3);
	else
		json_null(j, name);
}

static bool print_json(const struct sample *s)
{
	struct json j = { .out = stdout };
	struct timespec now;
	size_t i;

	clock_gettime(CLOCK_REALTIME, &now);
	for (i = 0; i < s->n; i++) {
		const struct rates *rates = &s->boxes[i].rates;

		json_object(&j, NULL);
		json_decimal(&j, "time",
			     (double)now.tv_sec + (double)now.tv_nsec / 1e9, 6);
		if (rates->known)
			json_decimal(&j, "interval", rates->interval, 9);
		else
			json_null(&j, "interval");
		json_rate(&j, "sent_rate", rates, rates->sent);
		json_rate(&j, "received_rate", rates, rates->received);
		json_rate(&j, "dropped_rate", rates, rates->dropped);
		json_status(&j, &s->boxes[i].status);
		json_end(&j);
	}
	return !fflush(stdout) && !ferror(stdout);
}

/* What watch does, look for look. */
struct watching {
	char *const *names;
	uint64_t interval;
	uint64_t count;
	bool json;
	struct sample sample;
	struct table table;
	struct screen screen;
};

/* Where output cannot be written, finish_output() says so. */
static int show(struct watching *w)
{
	if (w->json)
		return print_json(&w->sample) ? EXIT_OK : EXIT_FAILED;
	if (!fill(&w->table, &w->sample)) {
		complain("no memory for a table of %zu mailboxes.",
			 w->sample.n);
		return EXIT_NO_ROOM;
	}
	return screen_show(&w->screen, &w->table) ? EXIT_OK : EXIT_FAILED;
}

static int watch(struct watching *w)
{
	uint64_t next = now_ns();
	int code;

	for (;;) {
		code = sample_take(&w->sample, w->names);
		if (!code)
			code = show(w);
		if (code || !--w->count)
			return code;
		/* Looks that are late are left out, not made up for. */
		if (__builtin_add_overflow(next, w->interval, &next))
			next = UINT64_MAX;
		if (next < now_ns())
			next = now_ns();
		while (!code && !screen_wait(next))
			code = show(w);
		if (code)
			return code;
	}
}

static int run(int argc, char **argv)
{
	struct watching w = {
		.interval = INTERVAL_NS,
		.count = UINT64_MAX,
		.table = { .columns = columns, .ncolumns = NCOLUMNS },
	};
	const char *value;
	int code;
	int key;

	while ((key = next_option(&cmd_watch, argc, argv, &value)) >= 0) {
		switch (key) {
		case 'i':
			if (!take_time(&cmd_watch, "interval", value,
				       &w.interval))
				return EXIT_USAGE;
			break;
		case 'c':
			if (!take_count(&cmd_watch, "count", value, &w.count))
				return EXIT_USAGE;
			break;
		case 'j':
			w.json = true;
			break;
		}
	}
	if (key == OPTION_HELP)
		return EXIT_OK;
	if (key == OPTION_WRONG)
		return EXIT_USAGE;
	w.names = argv + optind;
	if (!w.json)
		screen_start(&w.screen);
	code = watch(&w);
	sample_free(&w.sample);
	table_free(&w.table);
	return code;
}
