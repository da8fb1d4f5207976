// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages of libmbox over a fake kernel: what SEND and RECV are asked, and
 * what the program hears of their answers.
 *
 * Locking: none.  Run by the host tier.
 */
#include <limits.h>
#include <sys/param.h>

#include "fake.h"

static void send_passes_bytes_and_length_and_nothing_else(void **state)
{
	const char data[] = "bytes";
	struct mbox_send expected = {
		.size = sizeof(expected),
		.data = (uintptr_t)data,
		.len = 5,
	};

	assert_int_equal(mbox_send(mb, data, 5), 0);
	assert_int_equal(fake_only_call(MBOX_IOC_SEND)->fd, FAKE_HANDLE);
	assert_memory_equal(&fake.call[0].send, &expected, sizeof(expected));

	fake_reset(state);
	expected.data = 0;
	expected.len = 0;
	assert_int_equal(mbox_send(mb, NULL, 0), 0);
	assert_memory_equal(&fake_only_call(MBOX_IOC_SEND)->send, &expected,
			    sizeof(expected));
}

static void send_with_passes_every_option(void **state)
{
	static const int fds[2] = { 5, 6 };
	const struct mbox_send_options options = {
		.tag = UINT64_C(0xfedcba9876543210),
		.deadline = UINT64_C(0x7fffffffffffffff),
		.priority = MBOX_PRIORITY_MAX,
		.flags = MBOX_NOWAIT | MBOX_REALTIME | MBOX_SYNC | MBOX_URGENT,
		.fds = fds,
		.nfds = 2,
	};
	const struct mbox_send *send = &fake.call[0].send;

	(void)state;
	assert_int_equal(mbox_send_with(mb, "x", 1, &options), 0);
	fake_only_call(MBOX_IOC_SEND);
	assert_int_equal(send->tag, options.tag);
	assert_int_equal(send->deadline, options.deadline);
	assert_int_equal(send->priority, MBOX_PRIORITY_MAX);
	assert_int_equal(send->flags, options.flags);
	assert_int_equal(send->fds, (uintptr_t)fds);
	assert_int_equal(send->nfds, 2);
	assert_int_equal(send->result, 0);
}

static void flags_and_values_are_judged_by_the_kernel(void **state)
{
	const struct mbox_send_options send = {
		.flags = 0xffffffff,
		.priority = 0xffffffff,
		.deadline = UINT64_MAX,
	};
	const struct mbox_recv_options recv = {
		.flags = 0xffffffff,
		.deadline = UINT64_MAX,
		.select = 0xffffffff,
		.select_value = UINT64_MAX,
	};

	(void)state;
	fake.ioctl_errno = EINVAL;
	assert_fails(mbox_send_with(mb, "x", 1, &send), EINVAL);
	assert_int_equal(fake.call[0].send.flags, 0xffffffff);
	assert_int_equal(fake.call[0].send.priority, 0xffffffff);
	assert_int_equal(fake.call[0].send.deadline, UINT64_MAX);
	assert_fails(mbox_recv_with(mb, NULL, 0, &recv, NULL), EINVAL);
	assert_int_equal(fake.call[1].recv.flags, 0xffffffff);
	assert_int_equal(fake.call[1].recv.deadline, UINT64_MAX);
	assert_int_equal(fake.call[1].recv.select, 0xffffffff);
	assert_int_equal(fake.call[1].recv.select_value, UINT64_MAX);
	assert_fails(mbox_filter(mb, 0xffffffff, UINT64_MAX), EINVAL);
	assert_int_equal(fake.call[2].filter.select, 0xffffffff);
	assert_int_equal(fake.call[2].filter.select_value, UINT64_MAX);
}

static void filter_passes_what_to_let_through_and_nothing_else(void **state)
{
	const struct mbox_filter expected = {
		.size = sizeof(expected),
		.select = MBOX_SELECT_PID,
		.select_value = 12,
	};

	(void)state;
	assert_int_equal(mbox_filter(mb, MBOX_SELECT_PID, 12), 0);
	assert_int_equal(fake_only_call(MBOX_IOC_FILTER)->fd, FAKE_HANDLE);
	assert_memory_equal(&fake.call[0].filter, &expected, sizeof(expected));
}

static void reserved_members_must_be_zero(void **state)
{
	struct mbox_send_options send = { .reserved0 = 1 };
	struct mbox_recv_options recv = { .reserved0 = 1 };

	(void)state;
	assert_fails(mbox_send_with(mb, "x", 1, &send), EINVAL);
	send.reserved0 = 0;
	assert_fails(mbox_recv_with(mb, NULL, 0, &recv, NULL), EINVAL);
	recv.reserved0 = 0;
	for (int i = 0; i < 2; i++) {
		send.reserved[i] = 1;
		assert_fails(mbox_send_with(mb, "x", 1, &send), EINVAL);
		send.reserved[i] = 0;
	}
	recv.reserved[0] = UINT64_C(1) << 63;
	assert_fails(mbox_recv_with(mb, NULL, 0, &recv, NULL), EINVAL);
	assert_int_equal(fake.calls, 0);
}

static void lengths_that_the_kernel_cannot_say_are_not_cut_short(void **state)
{
	const size_t most = MIN(UINT32_MAX, SSIZE_MAX);
	char byte = 0;

	(void)state;
	assert_int_equal(mbox_send(mb, &byte, UINT32_MAX), 0);
	assert_int_equal(fake.call[0].send.len, UINT32_MAX);
#if SIZE_MAX > UINT32_MAX
	assert_fails(mbox_send(mb, &byte, (size_t)UINT32_MAX + 1), EMSGSIZE);
	assert_fails(mbox_send(mb, &byte, SIZE_MAX), EMSGSIZE);
#endif
	assert_int_equal(fake.calls, 1);

	/* More room than a message can fill is as good as all it can. */
	assert_int_equal(mbox_recv(mb, &byte, SIZE_MAX), 0);
	assert_int_equal(fake.call[1].recv.len, most);
}

static void one_message(void *arg)
{
	struct mbox_recv *recv = arg;

	recv->id = 1;
	recv->tag = UINT64_C(0xfedcba9876543210);
	recv->start_time = 3;
	recv->sent_time = 4;
	recv->drops = 5;
	recv->msg_len = 6;
	recv->priority = 7;
	recv->pid = 8;
	recv->tid = 9;
	recv->uid = 10;
	recv->gid = 11;
	recv->msg_fds = 15;
	recv->reply_room = 12;
	recv->token = 13;
	recv->call_deadline = 14;
}

static void recv_passes_room_and_returns_the_length(void **state)
{
	char buf[6];
	struct mbox_recv expected = {
		.size = sizeof(expected),
		.data = (uintptr_t)buf,
		.len = sizeof(buf),
	};

	(void)state;
	fake.answer = one_message;
	assert_int_equal(mbox_recv(mb, buf, sizeof(buf)), 6);
	assert_int_equal(fake_only_call(MBOX_IOC_RECV)->fd, FAKE_HANDLE);
	assert_memory_equal(&fake.call[0].recv, &expected, sizeof(expected));
}

static void recv_with_passes_options_and_tells_all_of_the_message(void **state)
{
	static int fds[3];
	const struct mbox_recv_options options = {
		.deadline = 12,
		.flags = MBOX_NOWAIT | MBOX_REALTIME | MBOX_TRUNCATE,
		.select = MBOX_SELECT_LOWEST_TAG,
		.select_value = UINT64_C(0xfedcba9876543210),
		.fds = fds,
		.nfds = 3,
	};
	static const struct mbox_message expected = {
		.id = 1,
		.tag = UINT64_C(0xfedcba9876543210),
		.start_time = 3,
		.sent_time = 4,
		.drops = 5,
		.len = 6,
		.priority = 7,
		.pid = 8,
		.tid = 9,
		.uid = 10,
		.gid = 11,
		.nfds = 15,
		.reply_room = 12,
		.token = 13,
		.call_deadline = 14,
	};
	struct mbox_message message;
	char buf[6];

	(void)state;
	memset(&message, 0x55, sizeof(message));
	fake.answer = one_message;
	assert_int_equal(mbox_recv_with(mb, buf, 6, &options, &message), 6);
	assert_int_equal(fake.call[0].recv.deadline, 12);
	assert_int_equal(fake.call[0].recv.flags, options.flags);
	assert_int_equal(fake.call[0].recv.select, MBOX_SELECT_LOWEST_TAG);
	assert_int_equal(fake.call[0].recv.select_value, options.select_value);
	assert_int_equal(fake.call[0].recv.fds, (uintptr_t)fds);
	assert_int_equal(fake.call[0].recv.nfds, 3);
	assert_memory_equal(&message, &expected, sizeof(message));
}

static void a_message_cut_short_gives_the_bytes_that_are_there(void **state)
{
	const struct mbox_recv_options options = { .flags = MBOX_TRUNCATE };
	struct mbox_message message;
	char buf[4];

	(void)state;
	fake.answer = one_message;
	assert_int_equal(mbox_recv_with(mb, buf, 4, &options, &message), 4);
	assert_int_equal(message.len, 6);
	assert_int_equal(mbox_recv_with(mb, NULL, 0, &options, &message), 0);
	assert_int_equal(message.len, 6);
}

static void a_failed_receive_tells_the_length_only_with_EMSGSIZE(void **state)
{
	static const int errors[] = { EAGAIN, ETIMEDOUT, EINTR, EPIPE,
				      EIDRM,  EFAULT,	 EBADF };
	struct mbox_message untouched, message;
	char buf[4];

	(void)state;
	memset(&untouched, 0x55, sizeof(untouched));
	fake.answer = one_message;
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		message = untouched;
		fake.ioctl_errno = errors[i];
		assert_fails(mbox_recv_with(mb, buf, 4, NULL, &message),
			     errors[i]);
		assert_memory_equal(&message, &untouched, sizeof(message));
	}

	message = untouched;
	fake.ioctl_errno = EMSGSIZE;
	assert_fails(mbox_recv_with(mb, buf, 4, NULL, &message), EMSGSIZE);
	assert_int_equal(message.len, 6);
	assert_int_equal(message.nfds, 15);
	message.len = untouched.len;
	message.nfds = untouched.nfds;
	assert_memory_equal(&message, &untouched, sizeof(message));
	assert_fails(mbox_recv_with(mb, buf, 4, NULL, NULL), EMSGSIZE);
}

static void NULL_handles_and_stray_answers_are_errors(void **state)
{
	(void)state;
	assert_fails(mbox_send(NULL, "x", 1), EBADF);
	assert_fails(mbox_send_with(NULL, "x", 1, NULL), EBADF);
	assert_fails(mbox_recv(NULL, NULL, 0), EBADF);
	assert_fails(mbox_recv_with(NULL, NULL, 0, NULL, NULL), EBADF);
	assert_fails(mbox_filter(NULL, MBOX_SELECT_ANY, 0), EBADF);
	fake.ioctl_result = 3;
	assert_fails(mbox_send(mb, "x", 1), ENOTTY);
	assert_fails(mbox_recv(mb, NULL, 0), ENOTTY);
}

static void deadlines_lie_ahead_and_never_wrap(void **state)
{
	uint64_t now, later;

	(void)state;
	now = mbox_deadline_in(0);
	later = mbox_deadline_in(UINT64_C(3600000000000));
	assert_true(now > 0);
	assert_true(later >= now + UINT64_C(3600000000000));
	assert_true(later < now + UINT64_C(3700000000000));
	assert_int_equal(mbox_deadline_in(INT64_MAX), INT64_MAX);
	assert_int_equal(mbox_deadline_in(UINT64_MAX), INT64_MAX);
	assert_int_equal(mbox_deadline_in(UINT64_MAX - 1), INT64_MAX);
}

static void notify_passes_signal_and_value(void **state)
{
	struct mbox_notify expected = {
		.size = sizeof(expected),
		.signo = 10,
		.value = UINT64_C(0xfedcba9876543210),
	};

	assert_int_equal(mbox_notify(mb, 10, expected.value), 0);
	assert_int_equal(fake_only_call(MBOX_IOC_NOTIFY)->fd, FAKE_HANDLE);
	assert_memory_equal(&fake.call[0].notify, &expected, sizeof(expected));

	/* What is no signal the kernel says. */
	fake_reset(state);
	assert_int_equal(mbox_notify(mb, -1, 0), 0);
	assert_int_equal(fake_only_call(MBOX_IOC_NOTIFY)->notify.signo,
			 0xffffffff);
}

#define message_test(name)                                      \
	cmocka_unit_test_setup_teardown(name, fake_make_handle, \
					fake_drop_handle)

int main(void)
{
	const struct CMUnitTest tests[] = {
		message_test(send_passes_bytes_and_length_and_nothing_else),
		message_test(send_with_passes_every_option),
		message_test(flags_and_values_are_judged_by_the_kernel),
		message_test(
			filter_passes_what_to_let_through_and_nothing_else),
		message_test(reserved_members_must_be_zero),
		message_test(
			lengths_that_the_kernel_cannot_say_are_not_cut_short),
		message_test(recv_passes_room_and_returns_the_length),
		message_test(
			recv_with_passes_options_and_tells_all_of_the_message),
		message_test(
			a_message_cut_short_gives_the_bytes_that_are_there),
		message_test(
			a_failed_receive_tells_the_length_only_with_EMSGSIZE),
		message_test(NULL_handles_and_stray_answers_are_errors),
		message_test(deadlines_lie_ahead_and_never_wrap),
		message_test(notify_passes_signal_and_value),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
