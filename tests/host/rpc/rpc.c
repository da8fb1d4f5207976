// SPDX-License-Identifier: GPL-2.0-only
/*
 * The two stubs of libmbox-rpc without a mailbox between them: the bytes of
 * requests and answers, and what is said to bytes that are none.
 *
 * Owns the functions of libmbox that the stubs call: a call goes to the server's
 * stub at once.  Locking: none.  Run by the host tier.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mbox_rpc.h"

enum { PROGRAM = 0x20001234, VERSION = 2 };
enum { PING = 0, LENGTH = 1, TWICE = 2, REFUSE = 3 };
enum { TEXT_MAX = 16 };

/* What was sent, and what shall be answered instead if .answer_len is not 0. */
static struct {
	char request[64];
	size_t request_len;
	uint64_t tag;
	uint64_t deadline;
	char answer[64];
	size_t answer_len;
	int err; /* the call fails with it */
	uint32_t taken;
} wire;

static int procedures_run;

static bool_t xdr_text(XDR *xdr, char **text)
{
	return xdr_string(xdr, text, TEXT_MAX);
}

static uint32_t ping(void *args, void *result, const struct mbox_message *from)
{
	(void)args;
	(void)result;
	(void)from;
	procedures_run++;
	return MBOX_RPC_SUCCESS;
}

static uint32_t length(void *args, void *result,
		       const struct mbox_message *from)
{
	procedures_run++;
	assert_int_equal(from->uid, 77);
	*(int *)result = (int)strlen(*(char **)args);
	return MBOX_RPC_SUCCESS;
}

static uint32_t twice(void *args, void *result, const struct mbox_message *from)
{
	const char *text = *(char **)args;
	char *out = malloc(2 * strlen(text) + 1);

	(void)from;
	procedures_run++;
	strcpy(out, text);
	strcat(out, text);
	*(char **)result = out;
	return MBOX_RPC_SUCCESS;
}

static uint32_t refuse(void *args, void *result,
		       const struct mbox_message *from)
{
	(void)args;
	(void)result;
	(void)from;
	procedures_run++;
	return 1234;
}

static const struct mbox_rpc_procedure procedures[] = {
	{ PING, NULL, 0, NULL, 0, ping },
	{ LENGTH, (xdrproc_t)xdr_text, sizeof(char *), (xdrproc_t)xdr_int,
	  sizeof(int), length },
	{ TWICE, (xdrproc_t)xdr_text, sizeof(char *), (xdrproc_t)xdr_text,
	  sizeof(char *), twice },
	{ REFUSE, NULL, 0, NULL, 0, refuse },
};

static const struct mbox_rpc_program program = { PROGRAM, VERSION, procedures,
						 4 };

static size_t answer_to(const void *data, size_t len, void *reply, size_t room)
{
	const struct mbox_message request = { .token = 1, .uid = 77 };
	/* Of exactly these bytes, so that ASan sees who reads further. */
	char *copy = malloc(len ? len : 1);
	size_t ret;

	memcpy(copy, data, len);
	ret = mbox_rpc_answer(&program, copy, len, &request, reply, room);
	free(copy);
	return ret;
}

ssize_t mbox_call_with(struct mbox *mb, const void *data, size_t len,
		       void *reply, size_t room,
		       const struct mbox_call_options *options,
		       struct mbox_answer *answer)
{
	(void)mb;
	if (!data)
		abort();
	if (!options)
		abort();
	if (!answer)
		abort();
	assert_in_range(len, 12, sizeof(wire.request));
	memcpy(wire.request, data, len);
	wire.request_len = len;
	wire.tag = options->tag;
	wire.deadline = options->deadline;
	*answer = (struct mbox_answer){ .taken = wire.taken, .uid = 88 };
	if (wire.err) {
		errno = wire.err;
		return -1;
	}
	if (!wire.answer_len)
		return (ssize_t)answer_to(wire.request, len, reply, room);
	memcpy(reply, wire.answer, wire.answer_len);
	return (ssize_t)wire.answer_len;
}

uint64_t mbox_deadline_in(uint64_t ns)
{
	return ns + 1000;
}

/* A mailbox that has these messages in it, one a call, and then an end. */
static struct {
	uint64_t token; /* of the next message, 0: it is none */
	int err; /* the next mbox_reply_recv() fails with it */
	int messages;
	int replies;
	int stale;
} box;

int mbox_status(struct mbox *mb, struct mbox_status *status)
{
	(void)mb;
	/* cppcheck-suppress ctunullpointer; it is never called with NULL */
	*status = (struct mbox_status){ .max_size = 64 };
	return 0;
}

ssize_t mbox_reply_recv(struct mbox *mb, const void *data, size_t len,
			void *buf, size_t room, struct mbox_message *message)
{
	/* Program 1, which nobody has. */
	static const char bytes[12] = { 0, 0, 0, 1 };

	(void)mb;
	(void)data;
	if (!message)
		abort();
	assert_int_equal(room, 64);
	if (message->token) {
		if (box.stale) {
			box.stale = 0;
			errno = ESTALE;
			return -1;
		}
		assert_int_equal(len, 4);
		box.replies++;
	}
	message->token = 0;
	if (!box.messages) {
		errno = box.err;
		return -1;
	}
	box.messages--;
	message->token = box.token;
	message->reply_room = 8;
	memcpy(buf, bytes, sizeof(bytes));
	return sizeof(bytes);
}

int mbox_reply(struct mbox *mb, uint64_t token, const void *data, size_t len)
{
	(void)mb;
	(void)data;
	assert_int_equal(token, box.token);
	assert_int_equal(len, 4);
	box.replies++;
	return 0;
}

static int reset(void **state)
{
	(void)state;
	memset(&wire, 0, sizeof(wire));
	memset(&box, 0, sizeof(box));
	wire.taken = 1;
	procedures_run = 0;
	return 0;
}

static int call(uint32_t procedure, xdrproc_t xdr_args, void *args,
		xdrproc_t xdr_result, void *result)
{
	struct mbox_rpc rpc = { .program = PROGRAM, .version = VERSION };

	return mbox_rpc_call(&rpc, procedure, xdr_args, args, xdr_result,
			     result);
}

static void a_call_is_these_bytes_and_no_more(void **state)
{
	static const char expected[] = "\x20\x00\x12\x34" /* program */
				       "\0\0\0\2" /* version */
				       "\0\0\0\1" /* procedure */
				       "\0\0\0\5hello\0\0\0";
	struct mbox_rpc rpc = { .program = PROGRAM,
				.version = VERSION,
				.timeout = 5 };
	char *text = "hello";
	int result = 0;

	(void)state;
	assert_int_equal(mbox_rpc_call(&rpc, LENGTH, (xdrproc_t)xdr_text, &text,
				       (xdrproc_t)xdr_int, &result),
			 0);
	assert_int_equal(result, 5);
	assert_int_equal(wire.request_len, sizeof(expected) - 1);
	assert_memory_equal(wire.request, expected, sizeof(expected) - 1);
	assert_int_equal(wire.tag, LENGTH);
	assert_int_equal(wire.deadline, 1005);
	assert_int_equal(rpc.taken, 1);
	assert_int_equal(rpc.server, 88);
}

static void an_answer_is_these_bytes_and_no_more(void **state)
{
	static const char request[] = "\x20\x00\x12\x34\0\0\0\2\0\0\0\2"
				      "\0\0\0\2ab\0\0";
	static const char expected[] = "\0\0\0\0\0\0\0\4abab";
	char reply[32];

	(void)state;
	assert_int_equal(answer_to(request, sizeof(request) - 1, reply, 32),
			 sizeof(expected) - 1);
	assert_memory_equal(reply, expected, sizeof(expected) - 1);
}

static void nothing_can_be_argument_and_result(void **state)
{
	(void)state;
	assert_int_equal(call(PING, NULL, NULL, NULL, NULL), 0);
	assert_int_equal(wire.request_len, 12);
	assert_int_equal(procedures_run, 1);
}

static void a_result_with_pointers_is_the_caller_s(void **state)
{
	char *text = "abc", *result = NULL;

	(void)state;
	assert_int_equal(call(TWICE, (xdrproc_t)xdr_text, &text,
			      (xdrproc_t)xdr_text, &result),
			 0);
	assert_string_equal(result, "abcabc");
	xdr_free((xdrproc_t)xdr_text, &result);
}

static void what_is_not_served_is_a_status(void **state)
{
	struct mbox_rpc rpc = { .program = PROGRAM + 1, .version = VERSION };
	int result = 7;

	(void)state;
	assert_int_equal(mbox_rpc_call(&rpc, PING, NULL, NULL,
				       (xdrproc_t)xdr_int, &result),
			 MBOX_RPC_NO_PROGRAM);
	rpc.program = PROGRAM;
	rpc.version = 1;
	assert_int_equal(mbox_rpc_call(&rpc, PING, NULL, NULL,
				       (xdrproc_t)xdr_int, &result),
			 MBOX_RPC_NO_VERSION);
	assert_int_equal(call(9, NULL, NULL, (xdrproc_t)xdr_int, &result),
			 MBOX_RPC_NO_PROCEDURE);
	assert_int_equal(call(REFUSE, NULL, NULL, (xdrproc_t)xdr_int, &result),
			 1234);
	assert_int_equal(result, 7);
	assert_int_equal(procedures_run, 1);
}

static void arguments_cut_off_or_left_over_run_nothing(void **state)
{
	static const char request[] = "\x20\x00\x12\x34\0\0\0\2\0\0\0\1"
				      "\0\0\0\5hello\0\0\0more";
	const size_t right = 12 + 4 + 8;
	char reply[32];

	(void)state;
	for (size_t len = 0; len < sizeof(request); len++) {
		procedures_run = 0;
		assert_in_range(answer_to(request, len, reply, 32), 4, 8);
		assert_int_equal(procedures_run, len == right);
		assert_int_equal(reply[3],
				 len == right ? 0 : MBOX_RPC_BAD_ARGUMENTS);
	}
}

static void a_text_longer_than_agreed_is_refused(void **state)
{
	static const char request[] = "\x20\x00\x12\x34\0\0\0\2\0\0\0\1"
				      "\xff\xff\xff\xff ends far behind this";
	char *text = "01234567890123456";
	int result;
	char reply[32];

	(void)state;
	assert_int_equal(answer_to(request, sizeof(request) - 1, reply, 32), 4);
	assert_int_equal(reply[3], MBOX_RPC_BAD_ARGUMENTS);

	/* The client does not even send it. */
	errno = 0;
	assert_int_equal(call(LENGTH, (xdrproc_t)xdr_text, &text,
			      (xdrproc_t)xdr_int, &result),
			 -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(wire.request_len, 0);
}

static void a_result_without_room_is_a_status(void **state)
{
	struct mbox_rpc rpc = { .program = PROGRAM,
				.version = VERSION,
				.room = 8 };
	static const char request[12];
	char *text = "abc", *result = NULL;
	char reply[4];

	(void)state;
	assert_int_equal(mbox_rpc_call(&rpc, TWICE, (xdrproc_t)xdr_text, &text,
				       (xdrproc_t)xdr_text, &result),
			 MBOX_RPC_FAILED);
	/* There may be no room for that either. */
	assert_int_equal(answer_to(request, 12, reply, 3), 0);
	assert_int_equal(answer_to(request, 12, reply, 4), 4);
}

static void answers_that_are_none_are_EPROTO(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} bad[] = {
		{ "\0\0\0\0", 4 }, /* the result is missing */
		{ "\0\0\0", 3 },
		{ "\0\0\0\0\0\0\0\5hell", 12 }, /* cut off */
		{ "\0\0\0\0\0\0\0\1a\0\0\0more", 16 }, /* left over */
		{ "\0\0\0\3\0\0\0\1", 8 },
		{ "\xff\xff\xff\xff", 4 }, /* would be taken for -1 */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		char *text = "abc", *result = NULL;

		memcpy(wire.answer, bad[i].bytes, bad[i].len);
		wire.answer_len = bad[i].len;
		errno = 0;
		assert_int_equal(call(TWICE, (xdrproc_t)xdr_text, &text,
				      (xdrproc_t)xdr_text, &result),
				 -1);
		assert_int_equal(errno, EPROTO);
	}
}

static void a_call_that_fails_tells_whether_it_may_have_run(void **state)
{
	struct mbox_rpc rpc = { .program = PROGRAM, .version = VERSION };

	(void)state;
	wire.err = EPIPE;
	for (wire.taken = 0; wire.taken < 2; wire.taken++) {
		errno = 0;
		assert_int_equal(
			mbox_rpc_call(&rpc, PING, NULL, NULL, NULL, NULL), -1);
		assert_int_equal(errno, EPIPE);
		assert_int_equal(rpc.taken, wire.taken);
	}
	for (int i = 0; i < 4; i++) {
		rpc.reserved[i] = 1;
		errno = 0;
		assert_int_equal(
			mbox_rpc_call(&rpc, PING, NULL, NULL, NULL, NULL), -1);
		assert_int_equal(errno, EINVAL);
		assert_int_equal(rpc.taken, 0);
		rpc.reserved[i] = 0;
	}
}

static void a_server_answers_all_or_so_many(void **state)
{
	(void)state;
	box.token = 5;
	box.messages = 10;
	assert_int_equal(mbox_rpc_serve(NULL, &program, 3), 0);
	assert_int_equal(box.replies, 3);
	assert_int_equal(box.messages, 7);

	box.err = EIDRM;
	assert_int_equal(mbox_rpc_serve(NULL, &program, 0), -1);
	assert_int_equal(errno, EIDRM);
	assert_int_equal(box.replies, 10);
}

static void a_server_passes_over_what_is_no_request_or_stale(void **state)
{
	(void)state;
	box.messages = 3;
	box.err = EPIPE;
	assert_int_equal(mbox_rpc_serve(NULL, &program, 0), -1);
	assert_int_equal(errno, EPIPE);
	assert_int_equal(box.replies, 0);

	box.token = 5;
	box.messages = 3;
	box.stale = 1;
	assert_int_equal(mbox_rpc_serve(NULL, &program, 0), -1);
	assert_int_equal(errno, EPIPE);
	assert_int_equal(box.replies, 2);
}

#define rpc_test(name) cmocka_unit_test_setup(name, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		rpc_test(a_call_is_these_bytes_and_no_more),
		rpc_test(an_answer_is_these_bytes_and_no_more),
		rpc_test(nothing_can_be_argument_and_result),
		rpc_test(a_result_with_pointers_is_the_caller_s),
		rpc_test(what_is_not_served_is_a_status),
		rpc_test(arguments_cut_off_or_left_over_run_nothing),
		rpc_test(a_text_longer_than_agreed_is_refused),
		rpc_test(a_result_without_room_is_a_status),
		rpc_test(answers_that_are_none_are_EPROTO),
		rpc_test(a_call_that_fails_tells_whether_it_may_have_run),
		rpc_test(a_server_answers_all_or_so_many),
		rpc_test(a_server_passes_over_what_is_no_request_or_stale),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
