// SPDX-License-Identifier: GPL-2.0-only
/*
 * Batches of libmbox over a fake kernel: the entries it is given, and what the
 * program hears of its answers.
 *
 * Locking: none.  Run by the host tier.
 */
#include "fake.h"

static const struct mbox_batch_options all_options = {
	.deadline = 12345,
	.flags = MBOX_NOWAIT | MBOX_REALTIME,
	.min = 3,
};

/* The batch is of so many entries, with all_options or none. */
static void check_batch(const struct mbox_batch *batch, uint32_t count,
			uint32_t entry_size, int has_options)
{
	struct mbox_batch expected = {
		.size = sizeof(expected),
		.entries = batch->entries,
		.count = count,
		.entry_size = entry_size,
	};

	if (has_options) {
		expected.flags = all_options.flags;
		expected.deadline = all_options.deadline;
		expected.min = all_options.min;
	}
	assert_memory_equal(batch, &expected, sizeof(expected));
}

static struct mbox_send seen_send[MBOX_BATCH_MAX];
static struct mbox_recv seen_recv[MBOX_BATCH_MAX];

static void answer_send(void *arg)
{
	const struct mbox_batch *batch = arg;
	struct mbox_send *entries = (void *)(uintptr_t)batch->entries;

	memcpy(seen_send, entries, batch->count * sizeof(*entries));
	if (fake.ioctl_result < (int)batch->count)
		entries[fake.ioctl_result].result = -ENOSPC;
}

static void answer_recv(void *arg)
{
	const struct mbox_batch *batch = arg;
	struct mbox_recv *entries = (void *)(uintptr_t)batch->entries;

	memcpy(seen_recv, entries, batch->count * sizeof(*entries));
	for (int i = 0; i < fake.ioctl_result; i++) {
		entries[i].id = 100 + (uint64_t)i;
		entries[i].msg_len = 7;
		entries[i].pid = 42;
	}
	if (fake.ioctl_result < (int)batch->count) {
		entries[fake.ioctl_result].result = -EMSGSIZE;
		entries[fake.ioctl_result].msg_len = 1000;
	}
}

static void sendv_passes_every_member(void **state)
{
	struct mbox_send_entry entries[2] = {
		{ .data = "bytes",
		  .len = 5,
		  .tag = 9,
		  .priority = 8,
		  .flags = MBOX_SYNC,
		  .error = 77 },
		{ .len = SIZE_MAX, .flags = 0xffffffff, .error = 77 },
	};
	struct mbox_send expected = {
		.size = sizeof(expected),
		.flags = MBOX_SYNC,
		.data = (uintptr_t)entries[0].data,
		.tag = 9,
		.len = 5,
		.priority = 8,
	};

	fake.answer = answer_send;
	fake.ioctl_result = 2;
	assert_int_equal(mbox_sendv(mb, entries, 2, &all_options), 2);
	assert_int_equal(fake_only_call(MBOX_IOC_SENDV)->fd, FAKE_HANDLE);
	check_batch(&fake.call[0].batch, 2, sizeof(expected), 1);
	assert_memory_equal(&seen_send[0], &expected, sizeof(expected));
	/* No message is that long, and the kernel says so. */
	assert_int_equal(seen_send[1].len, UINT32_MAX);
	assert_int_equal(seen_send[1].flags, 0xffffffff);
	assert_int_equal(entries[0].error, 77);
	assert_int_equal(entries[1].error, 77);

	fake_reset(state);
	fake.ioctl_result = 1;
	assert_int_equal(mbox_sendv(mb, entries, 1, NULL), 1);
	check_batch(&fake.call[0].batch, 1, sizeof(expected), 0);
}

static void recvv_passes_every_member_and_tells_what_came(void **state)
{
	char buf[8];
	struct mbox_recv_entry entries[2] = {
		{ .buf = buf,
		  .room = 8,
		  .flags = MBOX_TRUNCATE,
		  .select = MBOX_SELECT_TAG,
		  .select_value = 6,
		  .error = 77 },
		{ .error = 77 },
	};
	struct mbox_recv expected = {
		.size = sizeof(expected),
		.flags = MBOX_TRUNCATE,
		.data = (uintptr_t)buf,
		.len = 8,
		.select = MBOX_SELECT_TAG,
		.select_value = 6,
	};

	(void)state;
	fake.answer = answer_recv;
	fake.ioctl_result = 1;
	assert_int_equal(mbox_recvv(mb, entries, 2, &all_options), 1);
	check_batch(&fake_only_call(MBOX_IOC_RECVV)->batch, 2, sizeof(expected),
		    1);
	assert_memory_equal(&seen_recv[0], &expected, sizeof(expected));
	assert_int_equal(entries[0].message.id, 100);
	assert_int_equal(entries[0].message.len, 7);
	assert_int_equal(entries[0].message.pid, 42);
	assert_int_equal(entries[0].error, 77);
	/* The reason, and what it speaks of. */
	assert_int_equal(entries[1].error, EMSGSIZE);
	assert_int_equal(entries[1].message.len, 1000);
}

static void the_reason_stands_in_the_entry_behind(void **state)
{
	static struct mbox_send_entry entries[MBOX_BATCH_MAX];

	(void)state;
	fake.answer = answer_send;
	fake.ioctl_result = 500;
	assert_int_equal(mbox_sendv(mb, entries, MBOX_BATCH_MAX, NULL), 500);
	for (int i = 0; i < MBOX_BATCH_MAX; i++)
		assert_int_equal(entries[i].error, i == 500 ? ENOSPC : 0);
}

static void a_batch_that_fails_tells_no_entry(void **state)
{
	struct mbox_send_entry send = { .error = 77 };
	struct mbox_recv_entry recv = { .error = 77 };

	(void)state;
	fake.ioctl_errno = EAGAIN;
	assert_fails(mbox_sendv(mb, &send, 1, NULL), EAGAIN);
	assert_fails(mbox_recvv(mb, &recv, 1, NULL), EAGAIN);
	assert_int_equal(send.error, 77);
	assert_int_equal(recv.error, 77);
	fake.answer = answer_recv;
	fake.ioctl_errno = EMSGSIZE;
	assert_fails(mbox_recvv(mb, &recv, 1, NULL), EMSGSIZE);
	assert_int_equal(recv.message.len, 1000);
	assert_int_equal(recv.error, 77);
}

static void what_makes_no_sense_is_not_passed_on(void **state)
{
	static struct mbox_send_entry send[MBOX_BATCH_MAX + 1];
	static struct mbox_recv_entry recv[MBOX_BATCH_MAX + 1];
	struct mbox_batch_options options = { .reserved = { 0, 0, 0, 1 } };

	(void)state;
	assert_fails(mbox_sendv(mb, send, 0, NULL), EINVAL);
	assert_fails(mbox_recvv(mb, recv, 0, NULL), EINVAL);
	assert_fails(mbox_sendv(mb, send, MBOX_BATCH_MAX + 1, NULL), EINVAL);
	assert_fails(mbox_recvv(mb, recv, MBOX_BATCH_MAX + 1, NULL), EINVAL);
	assert_fails(mbox_sendv(mb, send, 1, &options), EINVAL);
	assert_fails(mbox_recvv(mb, recv, 1, &options), EINVAL);
	send[99].reserved[1] = 1;
	recv[99].reserved[1] = 1;
	assert_fails(mbox_sendv(mb, send, 100, NULL), EINVAL);
	assert_fails(mbox_recvv(mb, recv, 100, NULL), EINVAL);
	send[0].reserved32 = 1;
	recv[0].reserved32 = 1;
	assert_fails(mbox_sendv(mb, send, 1, NULL), EINVAL);
	assert_fails(mbox_recvv(mb, recv, 1, NULL), EINVAL);
	assert_int_equal(fake.calls, 0);
}

static void memory_is_needed_only_for_many_and_answers_make_sense(void **state)
{
	static struct mbox_send_entry send[33];
	static struct mbox_recv_entry recv[33];

	(void)state;
	fake.no_memory = 1;
	fake.ioctl_errno = EAGAIN;
	assert_fails(mbox_sendv(mb, send, 32, NULL), EAGAIN);
	assert_fails(mbox_recvv(mb, recv, 32, NULL), EAGAIN);
	assert_fails(mbox_sendv(mb, send, 33, NULL), ENOMEM);
	assert_fails(mbox_recvv(mb, recv, 33, NULL), ENOMEM);
	assert_int_equal(fake.calls, 2);
	fake.no_memory = 0;
	/* More than was asked for is not the answer of a device of ours. */
	fake.ioctl_errno = 0;
	fake.ioctl_result = 3;
	assert_fails(mbox_sendv(mb, send, 2, NULL), ENOTTY);
	assert_fails(mbox_recvv(mb, recv, 2, NULL), ENOTTY);
	assert_fails(mbox_sendv(NULL, send, 1, NULL), EBADF);
	assert_fails(mbox_recvv(NULL, recv, 1, NULL), EBADF);
}

#define batch_test(name)                                        \
	cmocka_unit_test_setup_teardown(name, fake_make_handle, \
					fake_drop_handle)

int main(void)
{
	const struct CMUnitTest tests[] = {
		batch_test(sendv_passes_every_member),
		batch_test(recvv_passes_every_member_and_tells_what_came),
		batch_test(the_reason_stands_in_the_entry_behind),
		batch_test(a_batch_that_fails_tells_no_entry),
		batch_test(what_makes_no_sense_is_not_passed_on),
		batch_test(
			memory_is_needed_only_for_many_and_answers_make_sense),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
