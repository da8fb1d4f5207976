// SPDX-License-Identifier: GPL-2.0-only
/*
 * The messages of a file transfer: what is put in comes out, and nothing else
 * is taken for one.
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

#include "frame.h"

#define DIGEST \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void a_tag_keeps_transfer_and_kind(void **state)
{
	(void)state;
	for (unsigned int kind = FRAME_BEGIN; kind <= FRAME_END; kind++) {
		uint64_t tag = frame_tag(0x123456789abc, kind);

		assert_true(frame_is(tag));
		assert_int_equal(frame_transfer(tag), 0x123456789abc);
		assert_int_equal(frame_kind(tag), kind);
		assert_int_equal(tag >> 48, 0x6d66);
	}
	assert_int_equal(frame_transfer(frame_tag(UINT64_MAX, 0)),
			 (1ULL << 46) - 1);
	assert_false(frame_is(0));
	assert_false(frame_is(UINT64_MAX));
	/* There is no fourth kind. */
	assert_false(frame_is(frame_tag(1, 3)));
}

static void a_beginning_comes_out_as_it_went_in(void **state)
{
	const struct frame_begin in = {
		.size = 8123456,
		.chunk = 65536,
		.reply = "mboxctl.0123456789abcdef",
		.name = "vmlinuz of the day",
	};
	struct frame_begin out;
	char text[FRAME_ROOM];
	size_t len = frame_put_begin(text, &in);

	(void)state;
	assert_true(frame_get_begin(text, len, &out));
	assert_int_equal(out.size, in.size);
	assert_int_equal(out.chunk, in.chunk);
	assert_string_equal(out.reply, in.reply);
	assert_string_equal(out.name, in.name);
}

static void a_beginning_may_leave_out_size_and_answer(void **state)
{
	const struct frame_begin in = { .size = FRAME_SIZE_UNKNOWN,
					.chunk = 1 };
	struct frame_begin out;
	char text[FRAME_ROOM];
	size_t len = frame_put_begin(text, &in);

	(void)state;
	assert_true(frame_get_begin(text, len, &out));
	assert_true(out.size == FRAME_SIZE_UNKNOWN);
	assert_string_equal(out.reply, "");
	assert_string_equal(out.name, "");
}

static void the_longest_names_fit(void **state)
{
	struct frame_begin in = { .size = INT64_MAX, .chunk = UINT32_MAX };
	struct frame_begin out;
	char text[FRAME_ROOM];
	size_t len;

	(void)state;
	memset(in.name, 'n', sizeof(in.name) - 1);
	memset(in.reply, 'r', sizeof(in.reply) - 1);
	len = frame_put_begin(text, &in);
	assert_true(len < FRAME_ROOM);
	assert_true(frame_get_begin(text, len, &out));
	assert_string_equal(out.name, in.name);
	assert_string_equal(out.reply, in.reply);
}

static void a_name_cannot_break_the_format_or_steer_a_terminal(void **state)
{
	struct frame_begin in = { .size = 1, .chunk = 1 };
	struct frame_begin out;
	char text[FRAME_ROOM];
	size_t len;

	(void)state;
	snprintf(in.name, sizeof(in.name), "a\nsize 2\033[2J\xc2\x9b");
	len = frame_put_begin(text, &in);
	assert_true(frame_get_begin(text, len, &out));
	assert_string_equal(out.name, "a?size 2?[2J\xc2?");
	assert_int_equal(out.size, 1);
}

static void what_is_filled_up_with_zero_bytes_is_understood(void **state)
{
	const struct frame_end in = { .size = 0, .digest = DIGEST };
	const struct frame_begin first = { .size = 0, .chunk = 512 };
	char message[512] = { 0 };
	struct frame_begin begin;
	struct frame_end end;
	char text[FRAME_ROOM];
	size_t len;

	(void)state;
	len = frame_put_end(text, &in);
	memcpy(message, text, len);
	assert_true(frame_get_end(message, sizeof(message), &end));
	assert_string_equal(end.digest, DIGEST);
	memset(message, 0, sizeof(message));
	len = frame_put_begin(text, &first);
	memcpy(message, text, len);
	assert_true(frame_get_begin(message, sizeof(message), &begin));
}

static void an_end_is_size_and_digest_or_a_reason(void **state)
{
	struct frame_end in = { .size = 42, .digest = DIGEST };
	struct frame_end out;
	char text[FRAME_ROOM];
	size_t len = frame_put_end(text, &in);

	(void)state;
	assert_true(frame_get_end(text, len, &out));
	assert_int_equal(out.size, 42);
	assert_string_equal(out.digest, DIGEST);
	assert_string_equal(out.abort, "");
	snprintf(in.abort, sizeof(in.abort), "the disk is on fire");
	len = frame_put_end(text, &in);
	assert_true(frame_get_end(text, len, &out));
	assert_string_equal(out.abort, "the disk is on fire");
}

static void an_answer_is_ok_or_a_reason(void **state)
{
	char failure[FRAME_TEXT];
	char text[FRAME_ROOM];
	size_t len = frame_put_answer(text, NULL);

	(void)state;
	assert_true(frame_get_answer(text, len, failure));
	assert_string_equal(failure, "");
	len = frame_put_answer(text, "No space left on device");
	assert_true(frame_get_answer(text, len, failure));
	assert_string_equal(failure, "No space left on device");
	assert_false(frame_get_answer("okay\n", 5, failure));
	assert_false(frame_get_answer("", 0, failure));
}

static void what_is_no_beginning_is_refused(void **state)
{
	static const char *const wrong[] = {
		"",
		"mbox-file 2\nsize 1\nchunk 1\nreply -\nname a\n",
		"mbox-file 1\nsize -1\nchunk 1\nreply -\nname a\n",
		"mbox-file 1\nsize 9223372036854775808\nchunk 1\nreply -\nname a\n",
		"mbox-file 1\nsize 1\nchunk 0\nreply -\nname a\n",
		"mbox-file 1\nsize 1\nchunk 4294967296\nreply -\nname a\n",
		"mbox-file 1\nsize 1\nchunk 1\nreply ../x\nname a\n",
		"mbox-file 1\nsize 1\nchunk 1\nreply .\nname a\n",
		"mbox-file 1\nsize 1\nchunk 1\nreply -\nname a",
		"mbox-file 1\nchunk 1\nsize 1\nreply -\nname a\n",
		"mbox-file 1",
	};
	struct frame_begin out;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		if (frame_get_begin(wrong[i], strlen(wrong[i]), &out))
			fail_msg("taken for a beginning: %s", wrong[i]);
}

static void what_is_no_end_is_refused(void **state)
{
	static const char *const wrong[] = {
		"",
		"size 1\n",
		"size 1\nsha256 " DIGEST,
		"size 1\nsha256 abc\n",
		"size 1\nsha256 " DIGEST "0\n",
		"size x\nsha256 " DIGEST "\n",
		"size 1\nsha256 g" DIGEST "\n",
	};
	struct frame_end out;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		if (frame_get_end(wrong[i], strlen(wrong[i]), &out))
			fail_msg("taken for an end: %s", wrong[i]);
}

/* The sanitizers watch; what they would see ends the program. */
static void random_bytes_do_no_harm(void **state)
{
	static const char *const good[] = {
		"mbox-file 1\nsize 1\nchunk 1\nreply -\nname a\n",
		"size 1\nsha256 " DIGEST "\n",
		"failed x\n",
	};
	unsigned int seed = 1;
	int parsed = 0;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		const char *base = good[i % 3];
		struct frame_begin begin;
		struct frame_end end;
		char failure[FRAME_TEXT];
		size_t len = strlen(base);
		char *text = malloc(len);

		assert_non_null(text);
		memcpy(text, base, len);
		text[(size_t)rand_r(&seed) % len] = (char)rand_r(&seed);
		len = (size_t)rand_r(&seed) % (len + 1);
		parsed += frame_get_begin(text, len, &begin);
		parsed += frame_get_end(text, len, &end);
		parsed += frame_get_answer(text, len, failure);
		free(text);
	}
	assert_true(parsed > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tag_keeps_transfer_and_kind),
		cmocka_unit_test(a_beginning_comes_out_as_it_went_in),
		cmocka_unit_test(a_beginning_may_leave_out_size_and_answer),
		cmocka_unit_test(the_longest_names_fit),
		cmocka_unit_test(
			a_name_cannot_break_the_format_or_steer_a_terminal),
		cmocka_unit_test(
			what_is_filled_up_with_zero_bytes_is_understood),
		cmocka_unit_test(an_end_is_size_and_digest_or_a_reason),
		cmocka_unit_test(an_answer_is_ok_or_a_reason),
		cmocka_unit_test(what_is_no_beginning_is_refused),
		cmocka_unit_test(what_is_no_end_is_refused),
		cmocka_unit_test(random_bytes_do_no_harm),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
