// SPDX-License-Identifier: GPL-2.0-only
/*
 * What mboxctl --json prints: the writer, and that each member of the
 * structures of libmbox is in it and in the man page.  The paths of headers
 * and page are compiled in.  That real programs can read it is tested in the
 * guest, by tests/cli/json.sh.
 *
 * Locking: none.  Run by the host tier, without the module.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_mbox.h"

/* A document in memory. */
struct document {
	struct json json;
	char *text;
	size_t size;
};

static void document_open(struct document *d)
{
	memset(d, 0, sizeof(*d));
	d->json.out = open_memstream(&d->text, &d->size);
	assert_non_null(d->json.out);
}

/* The text is to be freed by the caller. */
static char *document_close(struct document *d)
{
	assert_int_equal(d->json.depth, 0);
	fclose(d->json.out);
	return d->text;
}

static void assert_document(struct document *d, const char *expected)
{
	char *text = document_close(d);

	assert_string_equal(text, expected);
	free(text);
}

static void objects_and_arrays_lie_in_each_other(void **state)
{
	struct document d;

	(void)state;
	document_open(&d);
	json_object(&d.json, NULL);
	json_array(&d.json, "a");
	json_number(&d.json, NULL, 1);
	json_object(&d.json, NULL);
	json_bool(&d.json, "yes", true);
	json_bool(&d.json, "no", false);
	json_end(&d.json);
	json_array(&d.json, NULL);
	json_end(&d.json);
	json_end(&d.json);
	json_null(&d.json, "b");
	json_decimal(&d.json, "c", 0.25, 3);
	json_object(&d.json, "d");
	json_end(&d.json);
	json_end(&d.json);
	assert_document(
		&d,
		"{\"a\":[1,{\"yes\":true,\"no\":false},[]],\"b\":null,\"c\":0.250,\"d\":{}}\n");
}

static void each_document_is_a_line(void **state)
{
	struct document d;

	(void)state;
	document_open(&d);
	for (uint64_t i = 0; i < 2; i++) {
		json_object(&d.json, NULL);
		json_number(&d.json, "n", i);
		json_end(&d.json);
	}
	assert_document(&d, "{\"n\":0}\n{\"n\":1}\n");
}

static void numbers_have_all_their_digits(void **state)
{
	struct document d;

	(void)state;
	document_open(&d);
	json_array(&d.json, NULL);
	json_number(&d.json, NULL, 0);
	json_number(&d.json, NULL, UINT64_MAX);
	json_end(&d.json);
	assert_document(&d, "[0,18446744073709551615]\n");
}

static void assert_bytes(const char *bytes, size_t len, const char *expected)
{
	struct document d;

	document_open(&d);
	json_object(&d.json, NULL);
	json_bytes(&d.json, "data", bytes, len);
	json_number(&d.json, "n", 1);
	json_end(&d.json);
	assert_document(&d, expected);
}

#define ASSERT_TEXT(bytes, expected)           \
	assert_bytes(bytes, sizeof(bytes) - 1, \
		     "{\"data\":\"" expected "\",\"n\":1}\n")
#define ASSERT_BASE64(bytes, expected)         \
	assert_bytes(bytes, sizeof(bytes) - 1, \
		     "{\"data_base64\":\"" expected "\",\"n\":1}\n")

static void text_is_a_string(void **state)
{
	(void)state;
	ASSERT_TEXT("", "");
	ASSERT_TEXT("hello", "hello");
	ASSERT_TEXT("say \"\\\"/", "say \\\"\\\\\\\"/");
	ASSERT_TEXT("a\tb\nc\r", "a\\tb\\nc\\u000d");
	ASSERT_TEXT("a\0b", "a\\u0000b");
	/* The shortest and the longest of each length. */
	ASSERT_TEXT("\xc3\x9f \xdf\xbf", "\xc3\x9f \xdf\xbf");
	ASSERT_TEXT("\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf",
		    "\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf");
	ASSERT_TEXT("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf",
		    "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf");
}

static void controls_are_escaped_for_terminals(void **state)
{
	(void)state;
	ASSERT_TEXT("\033[2J\x7f", "\\u001b[2J\\u007f");
	ASSERT_TEXT("\xc2\x9b!\xc2\xa0", "\\u009b!\xc2\xa0");
}

static void what_is_no_text_is_base64(void **state)
{
	(void)state;
	ASSERT_BASE64("\xff", "/w==");
	ASSERT_BASE64("\xff\xfe", "//4=");
	ASSERT_BASE64("\xfb\xff\xfe", "+//+");
	ASSERT_BASE64("\x80text", "gHRleHQ=");
	/* Cut off, too long, a surrogate, above the last, no continuation. */
	ASSERT_BASE64("a\xc3", "YcM=");
	ASSERT_BASE64("a\xe6\x97", "YeaX");
	ASSERT_BASE64("\xc0\x80", "wIA=");
	ASSERT_BASE64("\xe0\x9f\xbf", "4J+/");
	ASSERT_BASE64("\xf0\x8f\xbf\xbf", "8I+/vw==");
	ASSERT_BASE64("\xed\xa0\x80", "7aCA");
	ASSERT_BASE64("\xf4\x90\x80\x80", "9JCAgA==");
	ASSERT_BASE64("\xf5\x80\x80\x80", "9YCAgA==");
	ASSERT_BASE64("\xe6\x97\x20", "5pcg");
	ASSERT_BASE64("\xc3(", "wyg=");
}

static void names_that_are_no_text_are_repaired(void **state)
{
	struct document d;

	(void)state;
	document_open(&d);
	json_array(&d.json, NULL);
	json_string(&d.json, NULL, "a\xff\xc3\xa4\xe6\x97");
	json_string(&d.json, NULL, NULL);
	json_end(&d.json);
	assert_document(&d, "[\"a\\ufffd\xc3\xa4\\ufffd\\ufffd\",null]\n");
}

static void words_stand_for_constants_and_flags(void **state)
{
	const struct mbox_status status = {
		.rights = MBOX_RECV | MBOX_ADMIN,
		.capacity = MBOX_UNBOUNDED,
		.attr_flags = MBOX_PERSISTENT | MBOX_TIMES | MBOX_FDS,
		.policy = MBOX_POLICY_DROP_OLDEST,
		.mode = 0640,
		.senders_waiting = MBOX_HIDDEN,
		.receivers_waiting = 3,
	};
	static const char *const wanted[] = {
		"\"name\":null,",
		"\"rights\":[\"recv\",\"admin\"],",
		"\"capacity\":\"unbounded\",",
		"\"lifetime\":\"persistent\",",
		"\"attrs\":[\"times\",\"fds\"],",
		"\"policy\":\"drop-oldest\",",
		"\"mode\":\"0640\",",
		"\"senders_waiting\":null,",
		"\"receivers_waiting\":3,",
	};
	struct document d;
	char *text;

	(void)state;
	document_open(&d);
	json_object(&d.json, NULL);
	json_status(&d.json, &status);
	json_end(&d.json);
	text = document_close(&d);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		if (!strstr(text, wanted[i]))
			fail_msg("no '%s' in %s", wanted[i], text);
	free(text);
}

static void what_is_not_known_stays_a_number(void **state)
{
	const struct mbox_status status = {
		.rights = MBOX_SEND | 0x80000000U,
		.capacity = 77,
		.policy = MBOX_POLICY_DEFAULT,
	};
	struct document d;
	char *text;

	(void)state;
	document_open(&d);
	json_object(&d.json, NULL);
	json_status(&d.json, &status);
	json_end(&d.json);
	text = document_close(&d);
	assert_non_null(strstr(text, "\"rights\":[\"send\",2147483648],"));
	assert_non_null(strstr(text, "\"capacity\":77,"));
	assert_non_null(strstr(text, "\"policy\":0,"));
	free(text);
}

/* -- Headers and man page ------------------------------------------------- */

/* Members that have another name in <linux/mbox.h>, and so in JSON. */
static const struct {
	const char *of;
	const char *member;
	const char *name;
} renamed[] = {
	{ "mbox_status", "attr_flags", "attrs" },
	{ "mbox_message", "len", "msg_len" },
	{ "mbox_message", "nfds", "msg_fds" },
	{ "mbox_answer", "tag", "reply_tag" },
	{ "mbox_answer", "len", "reply_len" },
};

static const char *name_in_json(const char *of, const char *member)
{
	for (size_t i = 0; i < sizeof(renamed) / sizeof(*renamed); i++)
		if (!strcmp(renamed[i].of, of) &&
		    !strcmp(renamed[i].member, member))
			return renamed[i].name;
	return member;
}

/* Whether ".It Va ..." or a line of its own ".Va ..." has the name. */
static bool is_named(char *line, const char *name)
{
	char *rest = strstr(line, "Va ");
	char *word;

	if (strncmp(line, ".It Va ", 7) && strncmp(line, ".Va ", 4))
		return false;
	while ((word = strsep(&rest, " ,\n")))
		if (!strcmp(word, name))
			return true;
	return false;
}

static void assert_documented(const char *name)
{
	FILE *page = fopen(MAN_PAGE, "re");
	bool inside = false;
	bool found = false;
	char line[256];

	assert_non_null(page);
	while (!found && fgets(line, sizeof(line), page)) {
		if (!strncmp(line, ".Sh ", 4))
			inside = !strcmp(line, ".Sh JSON\n");
		found = inside && is_named(line, name);
	}
	fclose(page);
	if (!found)
		fail_msg("'%s' is not in the section JSON of the man page",
			 name);
}

/* Each member of that structure is in the text; returns how many. */
static int assert_members(const char *header, const char *of, const char *text)
{
	FILE *in = fopen(header, "re");
	bool inside = false;
	char line[256];
	char head[64];
	int found = 0;

	assert_non_null(in);
	snprintf(head, sizeof(head), "struct %s {\n", of);
	while (fgets(line, sizeof(line), in)) {
		char member[64];
		char wanted[80];

		if (!strcmp(line, head))
			inside = true;
		else if (line[0] == '}')
			inside = false;
		if (!inside || sscanf(line, " %*s %63[a-z_0-9]", member) != 1 ||
		    !strncmp(member, "reserved", 8) || line[0] != '\t')
			continue;
		snprintf(wanted, sizeof(wanted),
			 "\"%s\":", name_in_json(of, member));
		if (!strstr(text, wanted))
			fail_msg("%s.%s: no %s in %s", of, member, wanted,
				 text);
		found++;
	}
	fclose(in);
	return found;
}

/* All names of members in the text are documented. */
static void assert_names_documented(const char *text)
{
	const char *p = text;

	while ((p = strchr(p, '"'))) {
		char name[64];
		int end = 0;

		if (sscanf(p, "\"%63[a-z_0-9]\":%n", name, &end) == 1 && end)
			assert_documented(name);
		p++;
	}
}

static void every_member_is_printed_and_documented(void **state)
{
	const struct mbox_message message = { .id = 1 };
	const struct mbox_answer answer = { .tag = 1 };
	const struct mbox_status status = { .id = 1 };
	const struct mbox_name_entry entry = { .id = 1 };
	const struct mbox_waiter_entry waiter = { .pid = 1 };
	const struct mbox_link link = { .id = 1 };
	const struct mbox_limits limits = { .abi = 1 };
	static const struct {
		const char *of;
		const char *header;
		int members;
	} structures[] = {
		{ "mbox_message", LIB_HEADER, 15 },
		{ "mbox_answer", CALL_HEADER, 8 },
		{ "mbox_status", STATUS_HEADER, 24 },
		{ "mbox_name_entry", STATUS_HEADER, 8 },
		{ "mbox_waiter_entry", STATUS_HEADER, 4 },
		{ "mbox_link", DIRECT_HEADER, 6 },
		{ "mbox_limits", STATUS_HEADER, 12 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(structures) / sizeof(*structures); i++) {
		struct document d;
		char *text;

		document_open(&d);
		json_object(&d.json, NULL);
		switch (i) {
		case 0:
			json_message(&d.json, &message, "");
			break;
		case 1:
			json_answer(&d.json, &answer, "");
			break;
		case 2:
			json_status(&d.json, &status);
			break;
		case 3:
			json_name_entry(&d.json, &entry);
			break;
		case 4:
			json_waiter(&d.json, &waiter, "x");
			break;
		case 5:
			json_link(&d.json, &link);
			break;
		default:
			json_limits(&d.json, &limits);
			break;
		}
		json_end(&d.json);
		text = document_close(&d);
		assert_true(assert_members(structures[i].header,
					   structures[i].of,
					   text) >= structures[i].members);
		assert_names_documented(text);
		free(text);
	}
	/* What the subcommands add. */
	assert_documented("data_base64");
	assert_documented("waiters");
	assert_documented("library");
	assert_documented("name_max");
	assert_documented("time");
	assert_documented("interval");
	assert_documented("sent_rate");
	assert_documented("received_rate");
	assert_documented("dropped_rate");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_and_arrays_lie_in_each_other),
		cmocka_unit_test(each_document_is_a_line),
		cmocka_unit_test(numbers_have_all_their_digits),
		cmocka_unit_test(text_is_a_string),
		cmocka_unit_test(controls_are_escaped_for_terminals),
		cmocka_unit_test(what_is_no_text_is_base64),
		cmocka_unit_test(names_that_are_no_text_are_repaired),
		cmocka_unit_test(words_stand_for_constants_and_flags),
		cmocka_unit_test(what_is_not_known_stays_a_number),
		cmocka_unit_test(every_member_is_printed_and_documented),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
