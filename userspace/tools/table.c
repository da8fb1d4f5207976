// SPDX-License-Identifier: GPL-2.0-only
/*
 * table.c: a table of text; see table.h.
 *
 * No locks; one thread.  Called by cmd_ls.c, cmd_watch.c and screen.c.
 */
#include "table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Between two columns. */
#define GAP 2
/* More than any table has. */
#define COLUMNS_MAX 16

bool table_add_row(struct table *t)
{
	size_t i;

	if (t->nrows == t->room) {
		size_t room = t->room ? 2 * t->room : 16;
		void *larger = reallocarray(t->cells, room,
					    t->ncolumns * sizeof(*t->cells));

		if (!larger)
			return false;
		t->cells = larger;
		t->room = room;
	}
	t->nrows++;
	for (i = 0; i < t->ncolumns; i++)
		*table_cell(t, i) = '\0';
	return true;
}

static const char *cell_at(const struct table *t, size_t row, size_t column)
{
	return t->cells[row * t->ncolumns + column];
}

char *table_cell(struct table *t, size_t column)
{
	return t->cells[(t->nrows - 1) * t->ncolumns + column];
}

void table_clear(struct table *t)
{
	t->nrows = 0;
}

void table_free(struct table *t)
{
	free(t->cells);
	t->cells = NULL;
	t->nrows = 0;
	t->room = 0;
}

static size_t column_width(const struct table *t, size_t column, size_t rows)
{
	size_t width = strlen(t->columns[column].head);
	size_t i;

	for (i = 0; i < rows; i++) {
		size_t len = strlen(cell_at(t, i, column));

		if (len > width)
			width = len;
	}
	return width;
}

/* Prints so many blanks at most as there is room for, and takes it. */
static void put_blanks(FILE *out, size_t n, size_t *left)
{
	if (n > *left)
		n = *left;
	*left -= n;
	fprintf(out, "%*s", (int)n, "");
}

static void put_cell(const struct column *column, size_t width,
		     const char *text, FILE *out, size_t *left)
{
	size_t len = strlen(text);
	size_t n;

	if (column->right)
		put_blanks(out, width - len, left);
	n = len < *left ? len : *left;
	fwrite(text, 1, n, out);
	*left -= n;
	if (!column->right)
		put_blanks(out, width - len, left);
}

void table_print(const struct table *t, FILE *out, size_t rows, size_t width,
		 const char *before)
{
	size_t shown = rows < t->nrows ? rows : t->nrows;
	size_t widths[COLUMNS_MAX];
	size_t line;
	size_t c;

	assert(t->ncolumns <= COLUMNS_MAX);
	for (c = 0; c < t->ncolumns; c++)
		widths[c] = column_width(t, c, shown);
	/* Line 0 is the head. */
	for (line = 0; line <= shown; line++) {
		size_t left = width;

		fputs(before, out);
		for (c = 0; c < t->ncolumns; c++) {
			const struct column *column = &t->columns[c];

			if (c)
				put_blanks(out, GAP, &left);
			put_cell(column, widths[c],
				 line ? cell_at(t, line - 1, c) : column->head,
				 out, &left);
		}
		fputc('\n', out);
	}
}
