// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tables of mboxctl ls and mboxctl watch: widths, and what is cut off where
 * a window is too small.
 *
 * Locking: none.  Run by the host tier.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

static const struct column columns[] = {
	{ .head = "NAME" },
	{ .head = "NUM", .right = true },
};

static void add(struct table *t, const char *name, const char *number)
{
	assert_true(table_add_row(t));
	strcpy(table_cell(t, 0), name);
	strcpy(table_cell(t, 1), number);
}

static void assert_printed(const struct table *t, size_t rows, size_t width,
			   const char *before, const char *expected)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	table_print(t, out, rows, width, before);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
}

static void columns_are_as_wide_as_their_cells(void **state)
{
	struct table t = { .columns = columns, .ncolumns = 2 };

	(void)state;
	assert_printed(&t, SIZE_MAX, SIZE_MAX, "", "NAME  NUM\n");
	add(&t, "a", "7");
	assert_printed(&t, SIZE_MAX, SIZE_MAX, "",
		       "NAME  NUM\n"
		       "a       7\n");
	add(&t, "longer", "1000");
	assert_printed(&t, SIZE_MAX, SIZE_MAX, "",
		       "NAME     NUM\n"
		       "a          7\n"
		       "longer  1000\n");
	table_free(&t);
}

static void what_does_not_fit_is_cut_off(void **state)
{
	struct table t = { .columns = columns, .ncolumns = 2 };

	(void)state;
	add(&t, "first", "123");
	add(&t, "not-shown-and-so-not-counted", "1");
	assert_printed(&t, 1, SIZE_MAX, ">",
		       ">NAME   NUM\n"
		       ">first  123\n");
	assert_printed(&t, 1, 8, "",
		       "NAME   N\n"
		       "first  1\n");
	assert_printed(&t, 1, 2, "",
		       "NA\n"
		       "fi\n");
	assert_printed(&t, 0, SIZE_MAX, "", "NAME  NUM\n");
	table_free(&t);
}

static void a_table_can_be_filled_again(void **state)
{
	struct table t = { .columns = columns, .ncolumns = 2 };

	(void)state;
	for (int i = 0; i < 100; i++)
		add(&t, "x", "1");
	assert_int_equal(t.nrows, 100);
	table_clear(&t);
	assert_true(table_add_row(&t));
	assert_string_equal(table_cell(&t, 0), "");
	assert_string_equal(table_cell(&t, 1), "");
	add(&t, "y", "2");
	assert_int_equal(t.nrows, 2);
	table_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_as_wide_as_their_cells),
		cmocka_unit_test(what_does_not_fit_is_cut_off),
		cmocka_unit_test(a_table_can_be_filled_again),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
