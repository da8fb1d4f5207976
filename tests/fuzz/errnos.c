// SPDX-License-Identifier: GPL-2.0-only
/*
 * errnos.c: the errno table of uapi/linux/mbox.h.
 *
 * Owns: whether an error is one that the table has, and which of its cells
 * (VERB:ERRNO) the run has seen.  The table is made from the header when this
 * is built.  Takes no locks.  Called by run.c after each call, and by fuzz.c.
 */
#include "run.h"

#include <errno.h>
#include <string.h>

static const struct cell {
	const char *row;
	int err;
} cells[] = {
#include "errno_table.h"
};

#define CELLS ((unsigned int)(sizeof(cells) / sizeof(cells[0])))

static bool is_of_row(const struct cell *c, const char *row)
{
	return !strcmp(c->row, row) || !strcmp(c->row, "ANY");
}

bool errno_is_allowed(const char *row, int err)
{
	unsigned int i;

	/* Of what is no descriptor the kernel says so before it asks us. */
	if (!row || !err || err == EBADF)
		return true;
	for (i = 0; i < CELLS; i++)
		if (cells[i].err == err && is_of_row(&cells[i], row))
			return true;
	return false;
}

static bool is_seen(const struct cell *c)
{
	unsigned int v;

	for (v = 0; v < VERBS; v++) {
		/* Unknown ioctls have no row, but are among ANY. */
		const char *row = v == V_IOCTL ? "ANY" : verbs[v].row;

		if (row && is_of_row(c, row) && shared->count[v][c->err])
			return true;
	}
	return false;
}

void errno_report(void)
{
	unsigned int i, seen = 0;

	for (i = 0; i < CELLS; i++)
		seen += is_seen(&cells[i]);
	printf("# %u of the %u cells of the errno table", seen, CELLS);
	for (i = 0; i < CELLS; i++)
		if (!is_seen(&cells[i]))
			printf(", not %s:%s", cells[i].row,
			       result_name(cells[i].err));
	printf("\n");
}
