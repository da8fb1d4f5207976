// SPDX-License-Identifier: GPL-2.0-only
/*
 * Values on the command line of mboxctl: numbers, sizes, times, modes, names,
 * and text that goes to a terminal.
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

#include "common.h"
#include "times.h"

static void assert_size(const char *text, uint64_t expected)
{
	uint64_t value = 4711;

	if (!parse_size(text, UINT64_MAX, &value))
		fail_msg("'%s' is a size", text);
	assert_int_equal(value, expected);
}

static void sizes_are_numbers_with_units_of_1024(void **state)
{
	(void)state;
	assert_size("0", 0);
	assert_size("65536", 65536);
	assert_size("64K", 65536);
	assert_size("64k", 65536);
	assert_size("64KiB", 65536);
	assert_size("3M", 3 << 20);
	assert_size("1G", 1 << 30);
	assert_size("18446744073709551615", UINT64_MAX);
}

static void what_is_no_size_is_refused(void **state)
{
	static const char *const wrong[] = {
		"",	"K",	"-1",		"+1",
		" 1",	"1 ",	"1K ",		"1KB",
		"1.5K", "0x10", "1KK",		"18446744073709551616",
		"1T",	"ten",	"17179869184G",
	};
	uint64_t value;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		if (parse_size(wrong[i], UINT64_MAX, &value))
			fail_msg("'%s' was taken for %llu", wrong[i],
				 (unsigned long long)value);
	assert_true(parse_size("4294967295", UINT32_MAX, &value));
	assert_false(parse_size("4294967296", UINT32_MAX, &value));
	assert_false(parse_size("4G", UINT32_MAX, &value));
}

static void numbers_are_decimal_or_hexadecimal(void **state)
{
	uint64_t value;

	(void)state;
	assert_true(parse_number("32767", MBOX_PRIORITY_MAX, &value));
	assert_int_equal(value, 32767);
	assert_false(parse_number("32768", MBOX_PRIORITY_MAX, &value));
	assert_true(parse_number("0xffffffffffffffff", UINT64_MAX, &value));
	assert_int_equal(value, UINT64_MAX);
	assert_false(parse_number("0x10000000000000000", UINT64_MAX, &value));
	assert_false(parse_number("0x", UINT64_MAX, &value));
	assert_false(parse_number("0x1g", UINT64_MAX, &value));
	assert_false(parse_number("1K", UINT64_MAX, &value));
	assert_false(parse_number("-1", UINT64_MAX, &value));
	assert_false(parse_number("", UINT64_MAX, &value));
}

static void assert_duration(const char *text, uint64_t expected)
{
	uint64_t ns = 4711;

	if (!parse_duration(text, &ns))
		fail_msg("'%s' is a time", text);
	assert_int_equal(ns, expected);
}

static void times_have_units_and_fractions(void **state)
{
	(void)state;
	assert_duration("0", 0);
	assert_duration("2", 2000000000);
	assert_duration("2s", 2000000000);
	assert_duration("1.5", 1500000000);
	assert_duration("500ms", 500000000);
	assert_duration("0.25ms", 250000);
	assert_duration("7us", 7000);
	assert_duration("3ns", 3);
	assert_duration("1m", 60000000000);
	assert_duration("1.5min", 90000000000);
	assert_duration("0.333333333h", 1199999998800);
	assert_duration("2h", 7200000000000);
	assert_duration("18446744073s", 18446744073000000000u);
	/* More digits than a nanosecond has. */
	assert_duration("0.1234567899s", 123456789);
}

static void what_is_no_time_is_refused(void **state)
{
	static const char *const wrong[] = {
		"",
		"s",
		"-1",
		"1 s",
		"1.",
		".5",
		"1,5",
		"1d",
		"1.5.5s",
		"1e3",
		"18446744074s",
		"1mss",
		"99999999999999999999",
		"5124096h",
	};
	uint64_t ns;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		if (parse_duration(wrong[i], &ns))
			fail_msg("'%s' was taken for %llu ns", wrong[i],
				 (unsigned long long)ns);
}

static void modes_are_octal_bits_for_reading_and_writing(void **state)
{
	static const char *const wrong[] = { "",     "0700", "1666", "8",
					     "rw",   "-1",   "0o66", "00666",
					     "0777", "01",   "0x6" };
	mode_t mode;

	(void)state;
	assert_true(parse_mode("0660", &mode));
	assert_int_equal(mode, 0660);
	assert_true(parse_mode("622", &mode));
	assert_int_equal(mode, 0622);
	assert_true(parse_mode("0", &mode));
	assert_int_equal(mode, 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		if (parse_mode(wrong[i], &mode))
			fail_msg("'%s' was taken for %o", wrong[i], mode);
}

static void a_wrong_name_is_told_what_is_wrong(void **state)
{
	char longest[MBOX_NAME_MAX + 2];
	char buf[TEXT_SIZE];

	(void)state;
	memset(longest, 'x', sizeof(longest));
	longest[MBOX_NAME_MAX] = '\0';
	assert_null(name_problem(buf, longest));
	assert_null(name_problem(buf, "a"));
	assert_null(name_problem(buf, "Jobs_2.tmp-x"));
	longest[MBOX_NAME_MAX] = 'x';
	longest[MBOX_NAME_MAX + 1] = '\0';
	assert_string_equal(name_problem(buf, longest),
			    "It has 64 characters, and 63 are the most.");
	assert_string_equal(name_problem(buf, ""),
			    "A name has at least one character.");
	assert_string_equal(name_problem(buf, ".x"),
			    "A name does not begin with a dot.");
	assert_string_equal(
		name_problem(buf, "a/b"),
		"'/' cannot be in a name: letters, digits, '.', '_' and '-' can.");
	assert_string_equal(
		name_problem(buf, "a\nb"),
		"The byte 0x0a cannot be in a name: letters, digits, '.', '_' and '-' can.");
	assert_non_null(strstr(name_problem(buf, "\xc3\xa4"), "0xc3"));
}

static void bytes_are_shown_exactly_and_rounded(void **state)
{
	char buf[TEXT_SIZE];

	(void)state;
	assert_string_equal(format_bytes(buf, 0), "0 bytes");
	assert_string_equal(format_bytes(buf, 1), "1 byte");
	assert_string_equal(format_bytes(buf, 1023), "1023 bytes");
	assert_string_equal(format_bytes(buf, 65536), "65536 bytes (64.0 KiB)");
	assert_string_equal(format_bytes(buf, 8123456),
			    "8123456 bytes (7.7 MiB)");
	assert_string_equal(format_bytes(buf, UINT64_MAX),
			    "18446744073709551615 bytes (16777216.0 TiB)");
}

static void assert_shown(uint64_t ns, const char *expected)
{
	char buf[TEXT_SIZE];

	assert_string_equal(format_duration(buf, ns), expected);
}

static void durations_are_shown_in_three_digits(void **state)
{
	(void)state;
	assert_shown(0, "0 ns");
	assert_shown(999, "999 ns");
	assert_shown(1024, "1.02 us");
	assert_shown(UINT64_C(1) << 19, "524 us");
	assert_shown(999499, "999 us");
	assert_shown(999500, "1 ms");
	assert_shown(UINT64_C(1) << 20, "1.05 ms");
	assert_shown(UINT64_C(1) << 30, "1.07 s");
	assert_shown(UINT64_C(1) << 39, "550 s");
}

static void rights_are_listed(void **state)
{
	char buf[TEXT_SIZE];

	(void)state;
	assert_string_equal(rights_text(buf, 0), "none");
	assert_string_equal(rights_text(buf, MBOX_RECV), "recv");
	assert_string_equal(rights_text(buf,
					MBOX_SEND | MBOX_RECV | MBOX_ADMIN),
			    "send, recv, admin");
}

/* What put_text() makes of it. */
static void assert_put(const char *text, bool escape, const char *expected)
{
	char *out = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&out, &size);

	put_text(file, text, strlen(text), escape);
	fclose(file);
	assert_string_equal(out, expected);
	free(out);
}

static void text_cannot_steer_a_terminal(void **state)
{
	(void)state;
	assert_put("\033[2J", true, "\\x1b[2J");
	assert_put("\033[2J", false, "\033[2J");
	assert_put("a\tb\n\r", true, "a\tb\n\\x0d");
	assert_put("\x7f", true, "\\x7f");
	/* A C1 control by itself, and as UTF-8 writes it. */
	assert_put("\x9b!", true, "\\x9b!");
	assert_put("\xc2\x9b!", true, "\xc2\\x9b!");
	/* Behind bytes that are no beginning of a letter it is one by itself. */
	assert_put("\x80\x9b!", true, "\\x80\\x9b!");
	assert_put("\xe9\x9b!", true, "\xe9\\x9b!");
	assert_put("\xc0\x9b!", true, "\xc0\\x9b!");
	assert_put("\xe6\x97", true, "\xe6\\x97");
	/* The same byte in letters: sharp s, and a CJK character. */
	assert_put("\xc3\x9f", true, "\xc3\x9f");
	assert_put("\xe6\x97\xa5", true, "\xe6\x97\xa5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_numbers_with_units_of_1024),
		cmocka_unit_test(what_is_no_size_is_refused),
		cmocka_unit_test(numbers_are_decimal_or_hexadecimal),
		cmocka_unit_test(times_have_units_and_fractions),
		cmocka_unit_test(what_is_no_time_is_refused),
		cmocka_unit_test(modes_are_octal_bits_for_reading_and_writing),
		cmocka_unit_test(a_wrong_name_is_told_what_is_wrong),
		cmocka_unit_test(bytes_are_shown_exactly_and_rounded),
		cmocka_unit_test(durations_are_shown_in_three_digits),
		cmocka_unit_test(rights_are_listed),
		cmocka_unit_test(text_cannot_steer_a_terminal),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
