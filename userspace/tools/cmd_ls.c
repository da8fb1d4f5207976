// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_ls.c: mboxctl ls, the table of named mailboxes.
 *
 * Owns the columns.  Reads the whole list first, since the widths come from
 * it.  No locks; one thread.  Called through the table in mboxctl.c.
 */
#include "errors.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct option_help options[] = {
	{ 'q', "quiet", NULL, "names only, one a line" },
	{ 0 },
};

static int run(int argc, char **argv);

const struct command cmd_ls = {
	.name = "ls",
	.arguments = "",
	.summary = "list the mailboxes you could open",
	.details =
		"MODE is octal: r = receive, w = send. YOU MAY says which rights you would get.",
	.options = options,
	.run = run,
};

#define COLUMNS 7

/* Cells as text; the last two are numbers and stand to the right. */
struct row {
	char cell[COLUMNS][TEXT_SIZE];
};

static void fill(struct row *row, const struct mbox_name_entry *e)
{
	char buf[TEXT_SIZE];

	snprintf(row->cell[0], TEXT_SIZE, "%s", e->name);
	user_name(row->cell[1], e->uid);
	group_name(row->cell[2], e->gid);
	snprintf(row->cell[3], TEXT_SIZE, "%04o", e->mode);
	snprintf(row->cell[4], TEXT_SIZE, "%s", rights_text(buf, e->rights));
	snprintf(row->cell[5], TEXT_SIZE, "%" PRIu64, e->messages);
	snprintf(row->cell[6], TEXT_SIZE, "%" PRIu64, e->bytes);
}

static void print_table(const struct row *rows, size_t n)
{
	int width[COLUMNS] = { 0 };
	size_t i;
	int c;

	for (i = 0; i < n; i++)
		for (c = 0; c < COLUMNS; c++) {
			int len = (int)strlen(rows[i].cell[c]);

			if (len > width[c])
				width[c] = len;
		}
	for (i = 0; i < n; i++)
		printf("%-*s  %-*s  %-*s  %-*s  %-*s  %*s  %*s\n", width[0],
		       rows[i].cell[0], width[1], rows[i].cell[1], width[2],
		       rows[i].cell[2], width[3], rows[i].cell[3], width[4],
		       rows[i].cell[4], width[5], rows[i].cell[5], width[6],
		       rows[i].cell[6]);
}

static int list(bool quiet)
{
	const struct subject subject = { 0 };
	struct mbox_listing *listing = mbox_list_open();
	struct mbox_name_entry entry;
	struct row *rows = NULL;
	size_t n = 0;
	int more;
	int err;

	if (!listing)
		return explain(VERB_LIST, errno, &subject);
	rows = calloc(1, sizeof(*rows));
	if (rows) {
		static const struct row head = { { "NAME", "OWNER", "GROUP",
						   "MODE", "YOU MAY",
						   "MESSAGES", "BYTES" } };

		rows[n++] = head;
	}
	while ((more = mbox_list_next(listing, &entry)) > 0) {
		struct row *larger;

		if (quiet) {
			printf("%s\n", entry.name);
			continue;
		}
		larger = rows ? reallocarray(rows, n + 1, sizeof(*rows)) : NULL;
		if (!larger) {
			more = -1;
			errno = ENOMEM;
			break;
		}
		rows = larger;
		fill(&rows[n++], &entry);
	}
	err = errno;
	mbox_list_close(listing);
	if (more < 0) {
		free(rows);
		return explain(VERB_LIST, err, &subject);
	}
	if (!quiet)
		print_table(rows, n);
	free(rows);
	return EXIT_OK;
}

static int run(int argc, char **argv)
{
	bool quiet = false;
	const char *value;
	int key;

	while ((key = next_option(&cmd_ls, argc, argv, &value)) >= 0)
		quiet = true;
	if (key == OPTION_HELP)
		return EXIT_OK;
	if (key == OPTION_WRONG)
		return EXIT_USAGE;
	if (optind < argc)
		return usage_error(
			&cmd_ls,
			"no NAME is expected, and '%s' was given. 'mboxctl stat NAME' shows one mailbox.",
			argv[optind]);
	return list(quiet);
}
