// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_ls.c: mboxctl ls, the table of named mailboxes.
 *
 * Owns the columns.  For a table it reads the whole list first, since the widths
 * come from it.  No locks; one thread.  Called through the table in commands.c.
 */
#include "errors.h"
#include "json_mbox.h"
#include "table.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>

static const struct option_help options[] = {
	{ 'q', "quiet", NULL, "names only, one a line" },
	{ 'j', "json", NULL, "an array of objects in JSON" },
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

enum {
	COLUMN_NAME,
	COLUMN_OWNER,
	COLUMN_GROUP,
	COLUMN_MODE,
	COLUMN_RIGHTS,
	COLUMN_MESSAGES,
	COLUMN_BYTES,
	NCOLUMNS,
};

static const struct column columns[NCOLUMNS] = {
	[COLUMN_NAME] = { .head = "NAME" },
	[COLUMN_OWNER] = { .head = "OWNER" },
	[COLUMN_GROUP] = { .head = "GROUP" },
	[COLUMN_MODE] = { .head = "MODE" },
	[COLUMN_RIGHTS] = { .head = "YOU MAY" },
	[COLUMN_MESSAGES] = { .head = "MESSAGES", .right = true },
	[COLUMN_BYTES] = { .head = "BYTES", .right = true },
};

static bool add_row(struct table *t, const struct mbox_name_entry *e)
{
	char buf[TEXT_SIZE];

	if (!table_add_row(t))
		return false;
	snprintf(table_cell(t, COLUMN_NAME), TEXT_SIZE, "%s", e->name);
	user_name(table_cell(t, COLUMN_OWNER), e->uid);
	group_name(table_cell(t, COLUMN_GROUP), e->gid);
	snprintf(table_cell(t, COLUMN_MODE), TEXT_SIZE, "%04o", e->mode);
	snprintf(table_cell(t, COLUMN_RIGHTS), TEXT_SIZE, "%s",
		 rights_text(buf, e->rights));
	snprintf(table_cell(t, COLUMN_MESSAGES), TEXT_SIZE, "%" PRIu64,
		 e->messages);
	snprintf(table_cell(t, COLUMN_BYTES), TEXT_SIZE, "%" PRIu64, e->bytes);
	return true;
}

/* How the list is printed. */
enum form {
	FORM_TABLE,
	FORM_QUIET,
	FORM_JSON,
};

static bool show_entry(const struct mbox_name_entry *e, enum form form,
		       struct table *t, struct json *j)
{
	switch (form) {
	case FORM_TABLE:
		return add_row(t, e);
	case FORM_QUIET:
		printf("%s\n", e->name);
		break;
	case FORM_JSON:
		json_object(j, NULL);
		json_name_entry(j, e);
		json_end(j);
		break;
	}
	return true;
}

static int list(enum form form)
{
	const struct subject subject = { 0 };
	struct table table = { .columns = columns, .ncolumns = NCOLUMNS };
	struct json json = { .out = stdout };
	struct mbox_listing *listing = mbox_list_open();
	struct mbox_name_entry entry;
	int more;
	int err;

	if (!listing)
		return explain(VERB_LIST, errno, &subject);
	if (form == FORM_JSON)
		json_array(&json, NULL);
	while ((more = mbox_list_next(listing, &entry)) > 0) {
		if (!show_entry(&entry, form, &table, &json)) {
			more = -1;
			errno = ENOMEM;
			break;
		}
	}
	err = errno;
	mbox_list_close(listing);
	if (form == FORM_JSON)
		json_end(&json);
	if (form == FORM_TABLE && !more)
		table_print(&table, stdout, SIZE_MAX, SIZE_MAX, "");
	table_free(&table);
	return more < 0 ? explain(VERB_LIST, err, &subject) : EXIT_OK;
}

static int run(int argc, char **argv)
{
	enum form form = FORM_TABLE;
	const char *value;
	int key;

	while ((key = next_option(&cmd_ls, argc, argv, &value)) >= 0) {
		enum form wanted = key == 'q' ? FORM_QUIET : FORM_JSON;

		if (form != FORM_TABLE && form != wanted)
			return usage_error(
				&cmd_ls,
				"--quiet and --json exclude each other.");
		form = wanted;
	}
	if (key == OPTION_HELP)
		return EXIT_OK;
	if (key == OPTION_WRONG)
		return EXIT_USAGE;
	if (optind < argc)
		return usage_error(
			&cmd_ls,
			"no NAME is expected, and '%s' was given. 'mboxctl stat NAME' shows one mailbox.",
			argv[optind]);
	return list(form);
}
