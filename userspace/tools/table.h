/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * table.h: a table of text, as wide as what is in it.
 *
 * Owns the cells and the widths.  No locks; one thread.  Used by cmd_ls.c,
 * and by cmd_watch.c, which shows it on a terminal through screen.c.
 */
#ifndef MBOXCTL_TABLE_H
#define MBOXCTL_TABLE_H

#include "common.h"

struct column {
	const char *head;
	bool right; /* a number, which stands to the right */
};

/* Starts as all zeroes but for columns and ncolumns; ends with table_free(). */
struct table {
	const struct column *columns;
	size_t ncolumns;
	size_t nrows; /* without the head */
	size_t room; /* rows that cells has room for */
	char (*cells)[TEXT_SIZE];
};

/* Adds a row of empty cells; false without memory. */
bool table_add_row(struct table *t);
/* A cell of the last row, of TEXT_SIZE. */
char *table_cell(struct table *t, size_t column);
/* Forgets the rows. */
void table_clear(struct table *t);
void table_free(struct table *t);

/*
 * table_print() - the head and the first rows
 * @t: the table
 * @out: where to
 * @rows: how many at most
 * @width: what is beyond so many characters of a line is cut off
 * @before: comes before each line
 */
void table_print(const struct table *t, FILE *out, size_t rows, size_t width,
		 const char *before);

#endif /* MBOXCTL_TABLE_H */
