// SPDX-License-Identifier: GPL-2.0-only
/*
 * errnos.c: the errno table of uapi/linux/mbox.h.
 *
 * Owns: whether an error is one that the table has, and which of its cells
 * (VERB:ERRNO) the run has seen.  The table is made from the header when this
 * is built.  Takes no locks.  Called by run.c after each call, and by fuzz.c.
 */
#include "run.h"

#include "errnos.h"

bool errno_is_allowed(const char *row, int err)
{
	/* Of what is no descriptor the kernel says so before it asks us. */
	if (!row || !err || err == EBADF)
		return true;
	return errno_in_table(row, err);
}

static bool is_seen(const struct errno_cell *c)
{
	unsigned int v;

	for (v = 0; v < VERBS; v++) {
		/* Unknown ioctls have no row, but are among ANY. */
		const char *row = v == V_IOCTL ? "ANY" : verbs[v].row;

		if (row && errno_cell_is_of(c, row) && shared->count[v][c->err])
			return true;
	}
	return false;
}

void errno_report(void)
{
	size_t i, seen = 0;

	for (i = 0; i < ERRNO_CELLS; i++)
		seen += is_seen(&errno_cells[i]);
	printf("# %zu of the %zu cells of the errno table", seen, ERRNO_CELLS);
	for (i = 0; i < ERRNO_CELLS; i++)
		if (!is_seen(&errno_cells[i]))
			printf(", not %s:%s", errno_cells[i].row,
			       result_name(errno_cells[i].err));
	printf("\n");
}
