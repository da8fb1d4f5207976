// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests and answers of libmbox over a fake kernel: what CALL, REPLY and
 * REPLY_RECV are asked, and what the program hears of their answers.
 *
 * Locking: none.  Run by the host tier.
 */
#include <limits.h>
#include <sys/param.h>

#include "fake.h"

static void one_answer(void *arg)
{
	struct mbox_call *call = arg;

	call->taken = 1;
	call->reply_tag = UINT64_C(0xfedcba9876543210);
	call->start_time = 2;
	call->reply_len = 3;
	call->pid = 4;
	call->tid = 5;
	call->uid = 6;
	call->gid = 7;
}

static void call_passes_request_and_room_and_nothing_else(void **state)
{
	const char data[] = "bytes";
	char reply[8];
	const struct mbox_call expected = {
		.size = sizeof(expected),
		.data = (uintptr_t)data,
		.len = 5,
		.reply = (uintptr_t)reply,
		.reply_room = sizeof(reply),
	};

	(void)state;
	fake.answer = one_answer;
	assert_int_equal(mbox_call(mb, data, 5, reply, sizeof(reply)), 3);
	assert_int_equal(fake_only_call(MBOX_IOC_CALL)->fd, FAKE_HANDLE);
	assert_memory_equal(&fake.call[0].call, &expected, sizeof(expected));
}

static void call_with_passes_every_option_and_tells_all(void **state)
{
	const struct mbox_call_options options = {
		.tag = UINT64_C(0xfedcba9876543210),
		.deadline = UINT64_MAX,
		.priority = 0xffffffff,
		.flags = 0xffffffff,
	};
	static const struct mbox_answer expected = {
		.tag = UINT64_C(0xfedcba9876543210),
		.start_time = 2,
		.len = 3,
		.taken = 1,
		.pid = 4,
		.tid = 5,
		.uid = 6,
		.gid = 7,
	};
	const struct mbox_call *call = &fake.call[0].call;
	struct mbox_answer answer;
	char reply[3];

	(void)state;
	memset(&answer, 0x55, sizeof(answer));
	fake.answer = one_answer;
	assert_int_equal(
		mbox_call_with(mb, "x", 1, reply, 3, &options, &answer), 3);
	fake_only_call(MBOX_IOC_CALL);
	assert_int_equal(call->tag, options.tag);
	assert_int_equal(call->deadline, options.deadline);
	assert_int_equal(call->priority, options.priority);
	assert_int_equal(call->flags, options.flags);
	assert_memory_equal(&answer, &expected, sizeof(answer));
}

static void a_failed_call_tells_whether_it_was_taken_and_no_more(void **state)
{
	struct mbox_answer untouched, answer;

	(void)state;
	memset(&untouched, 0x55, sizeof(untouched));
	answer = untouched;
	fake.answer = one_answer;
	fake.ioctl_errno = EPIPE;
	assert_fails(mbox_call_with(mb, "x", 1, NULL, 0, NULL, &answer), EPIPE);
	assert_int_equal(answer.taken, 1);
	answer.taken = untouched.taken;
	assert_memory_equal(&answer, &untouched, sizeof(answer));

	fake.answer = NULL;
	assert_fails(mbox_call_with(mb, "x", 1, NULL, 0, NULL, &answer), EPIPE);
	assert_int_equal(answer.taken, 0);
}

static void what_the_library_refuses_was_not_taken(void **state)
{
	struct mbox_call_options call = { .tag = 0 };
	struct mbox_reply_options reply = { .tag = 0 };
	struct mbox_message message = { .token = 9 };
	struct mbox_answer answer;
	char byte;

	(void)state;
	for (int i = 0; i < 4; i++) {
		call.reserved[i] = 1;
		answer.taken = 7;
		assert_fails(mbox_call_with(mb, "x", 1, NULL, 0, &call,
					    &answer),
			     EINVAL);
		assert_int_equal(answer.taken, 0);
		call.reserved[i] = 0;

		reply.reserved[i] = 1;
		assert_fails(mbox_reply_with(mb, 9, "x", 1, &reply), EINVAL);
		assert_fails(mbox_reply_recv_with(mb, "x", 1, &reply, &byte, 1,
						  NULL, &message),
			     EINVAL);
		reply.reserved[i] = 0;
	}
	assert_fails(mbox_reply_recv(mb, "x", 1, &byte, 1, NULL), EFAULT);
#if SIZE_MAX > UINT32_MAX
	assert_fails(mbox_call(mb, "x", (size_t)UINT32_MAX + 1, NULL, 0),
		     EMSGSIZE);
	assert_fails(mbox_reply(mb, 9, "x", (size_t)UINT32_MAX + 1), EMSGSIZE);
	assert_fails(mbox_reply_recv(mb, "x", SIZE_MAX, &byte, 1, &message),
		     EMSGSIZE);
#endif
	assert_int_equal(message.token, 9);
	assert_int_equal(fake.calls, 0);
}

static void more_room_than_an_answer_needs_is_all_it_can_need(void **state)
{
	(void)state;
	fake.answer = one_answer;
	assert_int_equal(mbox_call(mb, NULL, 0, NULL, SIZE_MAX), 3);
	assert_int_equal(fake.call[0].call.reply_room,
			 MIN(UINT32_MAX, SSIZE_MAX));
}

static void reply_passes_token_bytes_and_tag(void **state)
{
	const char data[] = "bytes";
	const struct mbox_reply_options options = { .tag = 3 };
	struct mbox_reply expected = {
		.size = sizeof(expected),
		.token = UINT64_MAX,
		.data = (uintptr_t)data,
		.len = 5,
	};

	(void)state;
	assert_int_equal(mbox_reply(mb, UINT64_MAX, data, 5), 0);
	assert_int_equal(fake_only_call(MBOX_IOC_REPLY)->fd, FAKE_HANDLE);
	assert_memory_equal(&fake.call[0].reply, &expected, sizeof(expected));

	expected.tag = 3;
	assert_int_equal(mbox_reply_with(mb, UINT64_MAX, data, 5, &options), 0);
	assert_memory_equal(&fake.call[1].reply, &expected, sizeof(expected));
	fake.ioctl_errno = ESTALE;
	assert_fails(mbox_reply(mb, 1, NULL, 0), ESTALE);
}

/* What the kernel was given to receive into. */
static struct mbox_recv asked;

static struct mbox_recv *recv_of(void *arg)
{
	struct mbox_reply *reply = arg;

	return (void *)(uintptr_t)reply->recv;
}

static void answered_and_received(void *arg)
{
	struct mbox_reply *reply = arg;
	struct mbox_recv *recv = recv_of(arg);

	asked = *recv;
	reply->token = 0;
	recv->id = 1;
	recv->token = 77;
	recv->reply_room = 20;
	recv->call_deadline = 30;
	recv->msg_len = 4;
}

static void answered_and_too_long(void *arg)
{
	struct mbox_reply *reply = arg;

	reply->token = 0;
	recv_of(arg)->msg_len = 4;
}

static void reply_recv_answers_and_tells_all_of_the_message(void **state)
{
	static const struct mbox_message expected = {
		.id = 1,
		.len = 4,
		.token = 77,
		.reply_room = 20,
		.call_deadline = 30,
	};
	struct mbox_message message = { .token = 9 };
	char buf[8];

	(void)state;
	fake.answer = answered_and_received;
	assert_int_equal(mbox_reply_recv(mb, "x", 1, buf, 8, &message), 4);
	fake_only_call(MBOX_IOC_REPLY_RECV);
	assert_int_equal(fake.call[0].reply.token, 9);
	assert_int_equal(fake.call[0].reply.len, 1);
	assert_int_equal(fake.call[0].reply.flags, 0);
	assert_int_equal(asked.size, sizeof(asked));
	assert_int_equal(asked.data, (uintptr_t)buf);
	assert_int_equal(asked.len, 8);
	assert_memory_equal(&message, &expected, sizeof(message));
}

static void reply_recv_with_passes_both_kinds_of_options(void **state)
{
	const struct mbox_reply_options reply = { .tag = 5 };
	const struct mbox_recv_options recv = { .deadline = 6,
						.flags = MBOX_TRUNCATE };
	struct mbox_message message = { .token = 9 };
	char buf[2];

	(void)state;
	fake.answer = answered_and_received;
	assert_int_equal(mbox_reply_recv_with(mb, "x", 1, &reply, buf, 2, &recv,
					      &message),
			 2);
	assert_int_equal(fake.call[0].reply.tag, 5);
	assert_int_equal(asked.deadline, 6);
	assert_int_equal(asked.flags, MBOX_TRUNCATE);
	assert_int_equal(message.len, 4);
}

static void a_failed_reply_recv_tells_by_the_token_how_far_it_came(void **state)
{
	struct mbox_message message = { .token = 9, .len = 1 };
	char buf[2];

	(void)state;
	/* The answer was too long: nothing has happened. */
	fake.ioctl_errno = EMSGSIZE;
	assert_fails(mbox_reply_recv(mb, "x", 1, buf, 2, &message), EMSGSIZE);
	assert_int_equal(message.token, 9);
	assert_int_equal(message.len, 1);

	/* The answer is out; the message was too long. */
	fake.answer = answered_and_too_long;
	assert_fails(mbox_reply_recv(mb, "x", 1, buf, 2, &message), EMSGSIZE);
	assert_int_equal(message.token, 0);
	assert_int_equal(message.len, 4);
}

static void NULL_handles_and_stray_answers_are_errors(void **state)
{
	struct mbox_message message = { .token = 0 };

	(void)state;
	assert_fails(mbox_call(NULL, "x", 1, NULL, 0), EBADF);
	assert_fails(mbox_reply(NULL, 1, "x", 1), EBADF);
	assert_fails(mbox_reply_recv(NULL, "x", 1, NULL, 0, &message), EBADF);
	fake.ioctl_result = 3;
	assert_fails(mbox_call(mb, "x", 1, NULL, 0), ENOTTY);
	assert_fails(mbox_reply(mb, 1, "x", 1), ENOTTY);
	assert_fails(mbox_reply_recv(mb, "x", 1, NULL, 0, &message), ENOTTY);
}

#define call_test(name)                                         \
	cmocka_unit_test_setup_teardown(name, fake_make_handle, \
					fake_drop_handle)

int main(void)
{
	const struct CMUnitTest tests[] = {
		call_test(call_passes_request_and_room_and_nothing_else),
		call_test(call_with_passes_every_option_and_tells_all),
		call_test(a_failed_call_tells_whether_it_was_taken_and_no_more),
		call_test(what_the_library_refuses_was_not_taken),
		call_test(more_room_than_an_answer_needs_is_all_it_can_need),
		call_test(reply_passes_token_bytes_and_tag),
		call_test(reply_recv_answers_and_tells_all_of_the_message),
		call_test(reply_recv_with_passes_both_kinds_of_options),
		call_test(
			a_failed_reply_recv_tells_by_the_token_how_far_it_came),
		call_test(NULL_handles_and_stray_answers_are_errors),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
