// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sentences of mboxctl, held against the errno table in
 * uapi/linux/mbox.h, and its exit codes against the man page.  The paths of
 * both are compiled in.  Which error gives which sentence in life is tested
 * in the guest; here each cell is asked for, also those that no command line
 * can bring about.
 *
 * Locking: none.  Run by the host tier, without the module.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "errors.h"

static const struct subject subject = {
	.name = "jobs",
	.rights = MBOX_SEND,
	.len = 70000,
	.room = 65536,
	.timeout = "500ms",
};

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

static void assert_sentence(const char *text)
{
	size_t len = strlen(text);

	assert_true(len > 20);
	assert_true(len < SENTENCE_SIZE - 1);
	assert_int_equal(text[len - 1], '.');
	assert_null(strchr(text, '\n'));
	assert_null(strstr(text, "  "));
	assert_null(strstr(text, "(null)"));
}

static void every_cell_of_the_errno_table_has_a_sentence(void **state)
{
	static const struct {
		const char *name;
		enum verb verb;
	} verbs[] = {
		{ "OPEN", VERB_OPEN },		 { "OPEN", VERB_CREATE },
		{ "UNLINK", VERB_UNLINK },	 { "DESTROY", VERB_DESTROY },
		{ "SEND", VERB_SEND },		 { "RECV", VERB_RECV },
		{ "CALL", VERB_CALL },		 { "REPLY", VERB_REPLY },
		{ "STAT", VERB_STAT },		 { "LIST", VERB_LIST },
		{ "LINKS", VERB_LINKS },	 { "SEND_TO", VERB_SEND_TO },
		{ "RECV_FROM", VERB_RECV_FROM },
	};
	char line[256];
	char verb[16];
	char name[16];
	int cells = 0;
	FILE *header = fopen(UAPI_HEADER, "re");

	(void)state;
	assert_non_null(header);
	while (fgets(line, sizeof(line), header)) {
		if (sscanf(line, " * %15[A-Z_] E%14[A-Z0-9] ", verb,
			   name + 1) != 2)
			continue;
		name[0] = 'E';
		for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
			char text[SENTENCE_SIZE];
			int code;

			if (strcmp(verb, "ANY") && strcmp(verb, verbs[i].name))
				continue;
			code = error_sentence(text, verbs[i].verb,
					      number_of(name), &subject);
			assert_sentence(text);
			if (strstr(text, "unexpected"))
				fail_msg("%s %s has no sentence", verb, name);
			assert_in_range(code, EXIT_FAILED, EXIT_REFUSED);
			cells++;
		}
	}
	fclose(header);
	assert_true(cells >= 70);
}

static void assert_code(enum verb verb, int err, int code, const char *part)
{
	char text[SENTENCE_SIZE];
	int got = error_sentence(text, verb, err, &subject);

	if (got != code)
		fail_msg("%s: exit code %d, expected %d", strerrorname_np(err),
			 got, code);
	if (!strstr(text, part))
		fail_msg("'%s' does not say '%s'", text, part);
}

static void each_exit_code_has_its_errors(void **state)
{
	(void)state;
	assert_code(VERB_INFO, ENODEV, EXIT_NO_MODULE, "modprobe mbox");
	assert_code(VERB_INFO, ENODEV, EXIT_NO_MODULE, "insmod");
	assert_code(VERB_SEND, ENOTTY, EXIT_NO_MODULE, "another device");
	assert_code(VERB_SEND, E2BIG, EXIT_NO_MODULE, "older");
	assert_code(VERB_OPEN, ENOENT, EXIT_NO_MAILBOX,
		    "there is no mailbox 'jobs'");
	assert_code(VERB_UNLINK, ENOENT, EXIT_NO_MAILBOX, "lost its name");
	assert_code(VERB_OPEN, ENXIO, EXIT_NO_MAILBOX, "namespace");
	assert_code(VERB_OPEN, EACCES, EXIT_NO_RIGHT, "is not for you");
	assert_code(VERB_UNLINK, EPERM, EXIT_NO_RIGHT, "owner");
	assert_code(VERB_STAT, EPERM, EXIT_NO_RIGHT, "who waits");
	assert_code(VERB_SEND, EBADF, EXIT_NO_RIGHT, "right to send");
	assert_code(VERB_RECV, EBADF, EXIT_NO_RIGHT, "right to receive");
	assert_code(VERB_SEND, EAGAIN, EXIT_WOULD_WAIT, "--nowait");
	assert_code(VERB_RECV, EAGAIN, EXIT_WOULD_WAIT, "empty");
	assert_code(VERB_SEND, ETIMEDOUT, EXIT_TIMED_OUT, "500ms");
	assert_code(VERB_RECV, ETIMEDOUT, EXIT_TIMED_OUT, "500ms");
	assert_code(VERB_SEND, EPIPE, EXIT_AT_END, "nobody can ever receive");
	assert_code(VERB_RECV, EPIPE, EXIT_AT_END, "at its end");
	assert_code(VERB_RECV, EIDRM, EXIT_DESTROYED, "destroyed");
	assert_code(VERB_CREATE, EEXIST, EXIT_TAKEN, "--exclusive");
	assert_code(VERB_SEND, EDQUOT, EXIT_NO_ROOM, "quota");
	assert_code(VERB_SEND, ENOMEM, EXIT_NO_ROOM, "memory");
	assert_code(VERB_OPEN, EMFILE, EXIT_NO_ROOM, "ulimit -n");
	assert_code(VERB_OPEN, ENFILE, EXIT_NO_ROOM, "file-max");
	assert_code(VERB_SEND, EMSGSIZE, EXIT_FAILED, "70000");
	assert_code(VERB_RECV, EMSGSIZE, EXIT_FAILED, "65536");
	assert_code(VERB_SEND, EINTR, EXIT_FAILED, "signal");
	assert_code(VERB_SEND, EFAULT, EXIT_FAILED, "report");
	assert_code(VERB_SEND, 999, EXIT_FAILED, "unexpected error 999");
	assert_code(VERB_CALL, ETIMEDOUT, EXIT_TIMED_OUT, "withdrawn");
	assert_code(VERB_CALL, EPIPE, EXIT_AT_END, "nobody can ever receive");
	assert_code(VERB_CALL, EAGAIN, EXIT_WOULD_WAIT, "no server");
	assert_code(VERB_CALL, EDEADLK, EXIT_FAILED, "themselves");
	assert_code(VERB_CALL, EDQUOT, EXIT_NO_ROOM, "quota");
	assert_code(VERB_CALL, EOPNOTSUPP, EXIT_FAILED, "--policy block");
	assert_code(VERB_REPLY, ESTALE, EXIT_FAILED, "has been answered");
	assert_code(VERB_REPLY, EMSGSIZE, EXIT_FAILED, "has room for");
	assert_code(VERB_REPLY, EBADF, EXIT_NO_RIGHT, "right to receive");
}

static void assert_direct(enum verb verb, int err, int code, const char *part)
{
	const struct subject direct = {
		.pid = 77, .len = 70000, .room = 65536, .timeout = "500ms"
	};
	char text[SENTENCE_SIZE];

	assert_int_equal(error_sentence(text, verb, err, &direct), code);
	assert_sentence(text);
	if (!strstr(text, part))
		fail_msg("'%s' does not say '%s'", text, part);
}

static void a_process_is_named_where_it_is_addressed(void **state)
{
	(void)state;
	assert_direct(VERB_SEND_TO, ESRCH, EXIT_AT_END, "no process 77");
	assert_direct(VERB_RECV_FROM, ESRCH, EXIT_AT_END, "no process 77");
	assert_direct(VERB_SEND_TO, EPERM, EXIT_NO_RIGHT, "signal");
	assert_direct(VERB_SEND_TO, EACCES, EXIT_NO_RIGHT, "one-way");
	assert_direct(VERB_SEND_TO, EEXIST, EXIT_FAILED, "both ways");
	assert_direct(VERB_SEND_TO, EMSGSIZE, EXIT_FAILED, "70000");
	assert_direct(VERB_RECV_FROM, EMSGSIZE, EXIT_FAILED, "65536");
	assert_direct(VERB_SEND_TO, EAGAIN, EXIT_WOULD_WAIT, "--nowait");
	assert_direct(VERB_RECV_FROM, EAGAIN, EXIT_WOULD_WAIT, "--nowait");
	assert_direct(VERB_SEND_TO, ETIMEDOUT, EXIT_TIMED_OUT, "500ms");
	assert_direct(VERB_RECV_FROM, ETIMEDOUT, EXIT_TIMED_OUT, "500ms");
	assert_direct(VERB_SEND_TO, EINTR, EXIT_FAILED, "nothing was sent");
	assert_direct(VERB_RECV_FROM, EINTR, EXIT_FAILED,
		      "nothing was received");
	assert_direct(VERB_SEND_TO, EDQUOT, EXIT_NO_ROOM, "quota");
}

static void a_request_that_was_taken_may_have_been_done(void **state)
{
	static const int errors[] = { ETIMEDOUT, EPIPE, EIDRM, EINTR, EFAULT };
	struct subject taken = subject;
	char text[SENTENCE_SIZE];

	(void)state;
	taken.taken = true;
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		assert_int_equal(error_sentence(text, VERB_CALL, errors[i],
						&taken),
				 EXIT_MAYBE_DONE);
		assert_sentence(text);
		assert_non_null(strstr(text, "may have been carried out"));
	}
}

/* ".It 11" in the man page, for each of the codes and no other. */
static void the_man_page_lists_the_exit_codes(void **state)
{
	char line[256];
	int expected = 0;
	bool inside = false;
	FILE *page = fopen(MAN_PAGE, "re");

	(void)state;
	assert_non_null(page);
	while (fgets(line, sizeof(line), page)) {
		int code;

		if (!strncmp(line, ".Sh ", 4))
			inside = !strcmp(line, ".Sh EXIT STATUS\n");
		if (inside && sscanf(line, ".It %d", &code) == 1)
			assert_int_equal(code, expected++);
	}
	fclose(page);
	assert_int_equal(expected, EXIT_REFUSED + 1);
}

/* Each option that the commands know is in the man page, with both names. */
static void the_man_page_lists_the_options(void **state)
{
	int options = 0;

	(void)state;
	for (size_t i = 0; commands[i]; i++) {
		const struct option_help *o;

		for (o = commands[i]->options; o->key; o++) {
			char section[64];
			char wanted[64];
			char line[256];
			bool inside = false;
			bool found = false;
			FILE *page = fopen(MAN_PAGE, "re");

			assert_non_null(page);
			snprintf(section, sizeof(section), ".Ss %s\n",
				 commands[i]->name);
			snprintf(wanted, sizeof(wanted), ".It Fl %c , -%s",
				 o->key, o->name);
			while (fgets(line, sizeof(line), page)) {
				size_t len = strlen(wanted);

				if (!strncmp(line, ".Ss ", 4) ||
				    !strncmp(line, ".Sh ", 4))
					inside = !strcmp(line, section);
				if (inside && !strncmp(line, wanted, len) &&
				    (line[len] == '\n' || line[len] == ' '))
					found = true;
			}
			fclose(page);
			if (!found)
				fail_msg("mboxctl %s: no '%s' in the man page",
					 commands[i]->name, wanted);
			options++;
		}
	}
	assert_true(options >= 35);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell_of_the_errno_table_has_a_sentence),
		cmocka_unit_test(each_exit_code_has_its_errors),
		cmocka_unit_test(a_process_is_named_where_it_is_addressed),
		cmocka_unit_test(a_request_that_was_taken_may_have_been_done),
		cmocka_unit_test(the_man_page_lists_the_exit_codes),
		cmocka_unit_test(the_man_page_lists_the_options),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
