// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sentences of mbox_explain(), held against the errno table that stands
 * in <linux/mbox.h> (its path is compiled in as UAPI_HEADER).
 *
 * Locking: none.  Run by the host tier.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "fake.h"

/* Whatever is said of an error that mailboxes do not give. */
static const char *unknown;

static int look_up_unknown(void **state)
{
	fake_reset(state);
	unknown = mbox_explain("send", 4711);
	return 0;
}

static int number_of(const char *name)
{
	for (int err = 1; err < 200; err++) {
		const char *known = strerrorname_np(err);

		if (known && !strcmp(known, name))
			return err;
	}
	fail_msg("the table has %s, which is no errno", name);
	return 0;
}

static void assert_is_sentence(const char *text)
{
	size_t len = strlen(text);

	assert_true(len > 20);
	assert_true(isupper((unsigned char)text[0]));
	assert_int_equal(text[len - 1], '.');
	assert_null(strchr(text, '\n'));
	assert_null(strstr(text, "  "));
	/* What it means, and what to do. */
	assert_non_null(strstr(text, ". "));
}

static void every_line_of_the_errno_table_is_explained(void **state)
{
	FILE *header = fopen(UAPI_HEADER, "r");
	char line[200], verb[16], name[16];
	int lines = 0;

	(void)state;
	assert_non_null(header);
	while (fgets(line, sizeof(line), header)) {
		const char *text;

		if (sscanf(line, " * %15[A-Z_] E%14[A-Z0-9] ", verb,
			   name + 1) != 2)
			continue;
		name[0] = 'E';
		text = mbox_explain(verb, number_of(name));
		if (text == unknown)
			fail_msg("%s %s is not explained", verb, name);
		assert_is_sentence(text);
		lines++;
	}
	fclose(header);
	/* The table had 43 lines when this was written. */
	assert_true(lines >= 43);
}

static void what_the_library_adds_is_explained(void **state)
{
	static const int added[] = { ENODEV, ENOTTY, EBADF, EFAULT };

	(void)state;
	for (size_t i = 0; i < sizeof(added) / sizeof(*added); i++) {
		assert_ptr_not_equal(mbox_explain(NULL, added[i]), unknown);
		assert_is_sentence(mbox_explain(NULL, added[i]));
	}
	assert_non_null(strstr(mbox_explain("open", ENODEV), "not loaded"));
	/* Who has no mailbox must not hear of the module, and the reverse. */
	assert_ptr_not_equal(mbox_explain("open", ENOENT),
			     mbox_explain("open", ENODEV));
}

static void a_verb_has_many_spellings(void **state)
{
	static const char *const spellings[][2] = {
		{ "send", "mbox_send" },      { "send", "SEND" },
		{ "send", "mbox_send_with" }, { "send", "write" },
		{ "recv", "mbox_recv_with" }, { "recv", "receive" },
		{ "recv", "READ" },	      { "open", "mbox_open_owned" },
		{ "call", "mbox_call_with" }, { "reply", "mbox_reply_with" },
		{ "status", "STAT" },	      { "status", "mbox_waiters" },
		{ "unlink", "remove" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(spellings) / sizeof(*spellings); i++) {
		const char *const *pair = spellings[i];

		for (int err = 0; err < 200; err++)
			assert_ptr_equal(mbox_explain(pair[0], err),
					 mbox_explain(pair[1], err));
	}
}

static void one_errno_means_different_things_to_different_verbs(void **state)
{
	(void)state;
	assert_string_not_equal(mbox_explain("send", EMSGSIZE),
				mbox_explain("recv", EMSGSIZE));
	assert_string_not_equal(mbox_explain("send", EPIPE),
				mbox_explain("recv", EPIPE));
	assert_string_not_equal(mbox_explain("open", EACCES),
				mbox_explain("copy", EACCES));
	assert_string_not_equal(mbox_explain("call", EPIPE),
				mbox_explain("send", EPIPE));
	assert_string_not_equal(mbox_explain("reply", EMSGSIZE),
				mbox_explain("reply_recv", EMSGSIZE));
}

static void there_is_always_an_answer_and_errno_stays(void **state)
{
	static const char *const verbs[] = { NULL,	  "",	  "mbox_",
					     "nonsense",  "send", "call",
					     "reply_recv" };

	(void)state;
	errno = 4711;
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		for (int err = -2; err < 200; err++)
			assert_is_sentence(mbox_explain(verbs[i], err));
	}
	assert_int_equal(errno, 4711);
	assert_ptr_equal(mbox_explain("send", -1), unknown);
	assert_ptr_not_equal(mbox_explain("send", 0), unknown);
}

static void the_version_is_that_of_the_header(void **state)
{
	unsigned int major, minor, patch;

	(void)state;
	assert_string_equal(mbox_version(), MBOX_VERSION);
	assert_int_equal(
		sscanf(mbox_version(), "%u.%u.%u", &major, &minor, &patch), 3);
	assert_int_equal(major << 16 | minor << 8 | patch, MBOX_VERSION_NUMBER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(every_line_of_the_errno_table_is_explained),
		fake_test(what_the_library_adds_is_explained),
		fake_test(a_verb_has_many_spellings),
		fake_test(one_errno_means_different_things_to_different_verbs),
		fake_test(there_is_always_an_answer_and_errno_stays),
		fake_test(the_version_is_that_of_the_header),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, look_up_unknown, NULL);
}
