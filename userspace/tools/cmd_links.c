// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_links.c: mboxctl links, the table of links between processes.
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
	{ 'j', "json", NULL, "an array of objects in JSON" },
	{ 0 },
};

static int run(int argc, char **argv);

const struct command cmd_links = {
	.name = "links",
	.arguments = "[PID]",
	.summary = "list the links between processes",
	.details =
		"Two processes are linked from the first message that one has sent the other,\n"
		"until one of them ends. Shown are your own, and those where you may signal one\n"
		"of the two; with PID, the links of that process, which then stands on the left.\n"
		"A process that you cannot see is 0.",
	.options = options,
	.run = run,
};

enum {
	COLUMN_ID,
	COLUMN_PID,
	COLUMN_PEER,
	COLUMN_SENT,
	COLUMN_BACK,
	COLUMN_WAYS,
	NCOLUMNS,
};

static const struct column columns[NCOLUMNS] = {
	[COLUMN_ID] = { .head = "ID", .right = true },
	[COLUMN_PID] = { .head = "PID", .right = true },
	[COLUMN_PEER] = { .head = "PEER", .right = true },
	[COLUMN_SENT] = { .head = "SENT", .right = true },
	[COLUMN_BACK] = { .head = "SENT BACK", .right = true },
	[COLUMN_WAYS] = { .head = "WAYS" },
};

static const char *ways(const struct mbox_link *link)
{
	if (link->flags & MBOX_LINK_PEER_MUTE)
		return "to peer";
	return link->flags & MBOX_LINK_MUTE ? "to pid" : "both";
}

static bool add_row(struct table *t, const struct mbox_link *link)
{
	if (!table_add_row(t))
		return false;
	snprintf(table_cell(t, COLUMN_ID), TEXT_SIZE, "%" PRIu64, link->id);
	snprintf(table_cell(t, COLUMN_PID), TEXT_SIZE, "%d", (int)link->pid);
	snprintf(table_cell(t, COLUMN_PEER), TEXT_SIZE, "%d", (int)link->peer);
	snprintf(table_cell(t, COLUMN_SENT), TEXT_SIZE, "%" PRIu64, link->sent);
	snprintf(table_cell(t, COLUMN_BACK), TEXT_SIZE, "%" PRIu64,
		 link->peer_sent);
	snprintf(table_cell(t, COLUMN_WAYS), TEXT_SIZE, "%s", ways(link));
	return true;
}

static int list(pid_t pid, bool json)
{
	const struct subject subject = { .pid = pid };
	struct table table = { .columns = columns, .ncolumns = NCOLUMNS };
	struct json document = { .out = stdout };
	struct mbox_link_listing *listing = mbox_links_open(pid);
	struct mbox_link link;
	int more;
	int err;

	if (!listing)
		return explain(VERB_LINKS, errno, &subject);
	if (json)
		json_array(&document, NULL);
	while ((more = mbox_links_next(listing, &link)) > 0) {
		if (json) {
			json_object(&document, NULL);
			json_link(&document, &link);
			json_end(&document);
		} else if (!add_row(&table, &link)) {
			more = -1;
			errno = ENOMEM;
			break;
		}
	}
	err = errno;
	mbox_links_close(listing);
	if (json)
		json_end(&document);
	else if (!more)
		table_print(&table, stdout, SIZE_MAX, SIZE_MAX, "");
	table_free(&table);
	return more < 0 ? explain(VERB_LINKS, err, &subject) : EXIT_OK;
}

static int run(int argc, char **argv)
{
	const char *value;
	bool json = false;
	uint64_t pid = 0;
	int key;

	while ((key = next_option(&cmd_links, argc, argv, &value)) >= 0)
		json = true;
	if (key == OPTION_HELP)
		return EXIT_OK;
	if (key == OPTION_WRONG)
		return EXIT_USAGE;
	if (argc - optind > 1)
		return usage_error(&cmd_links,
				   "one PID is expected, and %d were given.",
				   argc - optind);
	if (optind < argc &&
	    (!parse_number(argv[optind], INT32_MAX, &pid) || !pid))
		return usage_error(&cmd_links, "'%s' is not a process id.",
				   argv[optind]);
	return list((pid_t)pid, json);
}
