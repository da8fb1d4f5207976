/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * errnos.h: the errno table of uapi/linux/mbox.h, as it is when this is built.
 *
 * Owns: which errors a verb may give.  Takes no locks.  Used by tests/uapi,
 * fuzz and stress; who includes it needs -I$(dir $(errno_table)).
 */
#ifndef TESTS_HARNESS_ERRNOS_H
#define TESTS_HARNESS_ERRNOS_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct errno_cell {
	const char *row;
	int err;
};

/* { "SEND", EAGAIN }, made by the Makefile. */
static const struct errno_cell errno_cells[] = {
#include "errno_table.h"
};

#define ERRNO_CELLS (sizeof(errno_cells) / sizeof(errno_cells[0]))

/* True if a verb, called as its row or REPLY_RECV, has this cell. */
static inline bool errno_cell_is_of(const struct errno_cell *c, const char *row)
{
	/* It has no row of its own, but those of its halves. */
	if (!strcmp(row, "REPLY_RECV") && !strcmp(c->row, "RECV"))
		return true;
	return !strcmp(c->row, "ANY") ||
	       !strcmp(c->row, strcmp(row, "REPLY_RECV") ? row : "REPLY");
}

static inline bool errno_in_table(const char *row, int err)
{
	size_t i;

	for (i = 0; i < ERRNO_CELLS; i++)
		if (errno_cells[i].err == err &&
		    errno_cell_is_of(&errno_cells[i], row))
			return true;
	return false;
}

#endif /* TESTS_HARNESS_ERRNOS_H */
