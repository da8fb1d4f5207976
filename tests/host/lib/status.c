// SPDX-License-Identifier: GPL-2.0-only
/*
 * Status, waiters, limits and the list of libmbox over a fake kernel.
 *
 * Locking: none.  Run by the host tier.
 */
#include <stdio.h>

#include "fake.h"

static void one_status(void *arg)
{
	struct mbox_stat *stat = arg;
	const struct mbox_stat answer = {
		.size = sizeof(answer),
		.rights = MBOX_RIGHT_SEND | MBOX_RIGHT_ADMIN,
		.id = 1,
		.name = "a-name",
		.uid = 2,
		.gid = 3,
		.mode = 0644,
		.lifetime = MBOX_LIFETIME_PERSISTENT,
		.capacity = MBOX_CAPACITY_ZERO,
		.attrs = MBOX_ATTR_TIMES | MBOX_ATTR_FDS | MBOX_ATTR_BROADCAST,
		.max_size = 4,
		.handles = 5,
		.senders = 6,
		.receivers = 7,
		.senders_waiting = MBOX_HIDDEN,
		.receivers_waiting = 9,
		.max_messages = 10,
		.max_bytes = UINT64_C(0x100000000),
		.messages = 12,
		.bytes = 13,
		.peak_messages = 14,
		.charged = 15,
		.sent = 16,
		.received = 17,
		.dropped = 18,
		.search_steps = 19,
		.owner_pid = 20,
		.slowest_pid = 21,
		.pending = 22,
		.missed = 23,
		.slowest_pending = 24,
	};

	*stat = answer;
}

static void status_tells_everything(void **state)
{
	static const struct mbox_status expected = {
		.id = 1,
		.name = "a-name",
		.uid = 2,
		.gid = 3,
		.mode = 0644,
		.rights = MBOX_SEND | MBOX_ADMIN,
		.capacity = MBOX_RENDEZVOUS,
		.attr_flags = MBOX_PERSISTENT | MBOX_TIMES | MBOX_FDS |
			      MBOX_BROADCAST,
		.max_messages = 10,
		.max_bytes = UINT64_C(0x100000000),
		.max_size = 4,
		.handles = 5,
		.senders = 6,
		.receivers = 7,
		.senders_waiting = MBOX_HIDDEN,
		.receivers_waiting = 9,
		.messages = 12,
		.bytes = 13,
		.peak_messages = 14,
		.charged = 15,
		.sent = 16,
		.received = 17,
		.dropped = 18,
		.search_steps = 19,
		.owner_pid = 20,
		.slowest_pid = 21,
		.pending = 22,
		.missed = 23,
		.slowest_pending = 24,
	};
	struct mbox_status status;
	struct mbox_stat plain = { .size = sizeof(plain) };

	(void)state;
	memset(&status, 0x55, sizeof(status));
	fake.answer = one_status;
	assert_int_equal(mbox_status(mb, &status), 0);
	assert_int_equal(fake_only_call(MBOX_IOC_STAT)->fd, FAKE_HANDLE);
	assert_memory_equal(&fake.call[0].stat, &plain, sizeof(plain));
	assert_memory_equal(&status, &expected, sizeof(status));
}

static void a_failed_status_stores_nothing(void **state)
{
	struct mbox_status untouched, status;

	(void)state;
	memset(&untouched, 0x55, sizeof(untouched));
	status = untouched;
	fake.answer = one_status;
	fake.ioctl_errno = EIDRM;
	assert_fails(mbox_status(mb, &status), EIDRM);
	assert_fails(mbox_status(NULL, &status), EBADF);
	assert_memory_equal(&status, &untouched, sizeof(status));
	fake.calls = 0;
	assert_fails(mbox_status(mb, NULL), EFAULT);
	assert_int_equal(fake.calls, 0);
}

/* Two waiters where there is room, as the kernel would. */
static void two_waiters(void *arg)
{
	static const struct mbox_waiter both[] = {
		{ .pid = 1, .tid = 2, .what = MBOX_WAIT_RECEIPT, .len = 3 },
		{ .pid = 4, .tid = 5, .what = MBOX_WAIT_RECV, .len = 6 },
	};
	struct mbox_stat *stat = arg;

	if (stat->nwaiters > 2)
		stat->nwaiters = 2;
	memcpy((void *)(uintptr_t)stat->waiters, both,
	       stat->nwaiters * sizeof(*both));
}

static void waiters_come_in_their_order_and_no_more_than_fit(void **state)
{
	static const struct mbox_waiter_entry expected[] = {
		{ .pid = 1, .tid = 2, .what = MBOX_WAIT_RECEIPT, .len = 3 },
		{ .pid = 4, .tid = 5, .what = MBOX_WAIT_RECV, .len = 6 },
	};
	struct mbox_waiter_entry waiters[3], untouched;

	(void)state;
	memset(&untouched, 0x55, sizeof(untouched));
	for (int room = 0; room <= 3; room++) {
		int count = room < 2 ? room : 2;

		memset(waiters, 0x55, sizeof(waiters));
		fake.calls = 0;
		fake.answer = two_waiters;
		assert_int_equal(mbox_waiters(mb, waiters, room), count);
		/* One at least: the kernel judges rights only then. */
		assert_int_equal(fake.call[0].stat.nwaiters, room ? room : 1);
		assert_memory_equal(waiters, expected,
				    count * sizeof(*expected));
		for (int i = count; i < 3; i++)
			assert_memory_equal(&waiters[i], &untouched,
					    sizeof(untouched));
	}
}

static void waiters_ask_for_one_batch_at_most(void **state)
{
	static struct mbox_waiter_entry waiters[2];

	(void)state;
	fake.answer = two_waiters;
	assert_int_equal(mbox_waiters(mb, waiters, SIZE_MAX), 2);
	assert_int_equal(fake.call[0].stat.nwaiters, MBOX_BATCH_MAX);
}

static void waiters_fail_without_right_room_or_memory(void **state)
{
	struct mbox_waiter_entry waiter;

	(void)state;
	assert_fails(mbox_waiters(mb, NULL, 1), EFAULT);
	assert_int_equal(fake.calls, 0);
	/* Asking for none still asks, and needs a place to point at. */
	fake.ioctl_errno = EPERM;
	assert_fails(mbox_waiters(mb, NULL, 0), EPERM);
	assert_int_not_equal(fake.call[0].stat.waiters, 0);
	assert_fails(mbox_waiters(mb, &waiter, 1), EPERM);
	assert_fails(mbox_waiters(NULL, &waiter, 1), EBADF);
	fake.no_memory = 1;
	assert_fails(mbox_waiters(mb, &waiter, 1), ENOMEM);
	fake.no_memory = 0;
}

static void times_of_a_mailbox(void *arg)
{
	struct mbox_stat *stat = arg;

	stat->attrs = MBOX_ATTR_TIMES;
	for (int i = 0; i < MBOX_TIMES_BUCKETS; i++)
		stat->times[i] = 100 + i;
}

static void times_go_from_nothing_to_forever_without_a_gap(void **state)
{
	struct mbox_time_entry times[64];
	ssize_t n;

	(void)state;
	memset(times, 0x55, sizeof(times));
	fake.answer = times_of_a_mailbox;
	n = mbox_times(mb, times, 64);
	assert_int_equal(n, MBOX_TIMES_BUCKETS);
	assert_int_equal(times[0].from, 0);
	assert_int_equal(times[0].to, 1024);
	for (int i = 0; i < n; i++) {
		assert_int_equal(times[i].messages, 100 + i);
		assert_int_equal(times[i].reserved, 0);
		if (i)
			assert_int_equal(times[i].from, times[i - 1].to);
		if (i && i < n - 1)
			assert_int_equal(times[i].to, 2 * times[i].from);
	}
	assert_true(times[n - 1].to == UINT64_MAX);
}

static void no_more_times_than_fit_are_stored(void **state)
{
	struct mbox_time_entry times[3], untouched;

	(void)state;
	memset(&untouched, 0x55, sizeof(untouched));
	fake.answer = times_of_a_mailbox;
	for (int room = 0; room <= 3; room++) {
		memset(times, 0x55, sizeof(times));
		assert_int_equal(mbox_times(mb, times, room), room);
		for (int i = 0; i < 3; i++)
			if (i < room)
				assert_int_equal(times[i].messages, 100 + i);
			else
				assert_memory_equal(&times[i], &untouched,
						    sizeof(untouched));
	}
}

static void times_fail_without_room_or_mailbox(void **state)
{
	struct mbox_time_entry entry;

	(void)state;
	assert_fails(mbox_times(mb, NULL, 1), EFAULT);
	assert_int_equal(fake.calls, 0);
	/* A mailbox without them has none. */
	assert_int_equal(mbox_times(mb, &entry, 1), 0);
	assert_fails(mbox_times(NULL, &entry, 1), EBADF);
	fake.ioctl_errno = EIDRM;
	assert_fails(mbox_times(mb, &entry, 1), EIDRM);
}

static void one_info(void *arg)
{
	struct mbox_info *info = arg;

	info->abi = 1;
	info->priority_max = 2;
	info->features = 3;
	info->mailbox_bytes = 4;
	info->user_bytes = 5;
	info->user_messages = 6;
	info->user_mailboxes = 7;
	info->used_bytes = 8;
	info->used_messages = 9;
	info->used_mailboxes = 10;
	info->user_fds = 11;
	info->used_fds = 12;
}

static void limits_tell_everything(void **state)
{
	static const struct mbox_limits expected = {
		.abi = 1,
		.priority_max = 2,
		.features = 3,
		.mailbox_bytes = 4,
		.user_bytes = 5,
		.user_messages = 6,
		.user_mailboxes = 7,
		.used_bytes = 8,
		.used_messages = 9,
		.used_mailboxes = 10,
		.user_fds = 11,
		.used_fds = 12,
	};
	struct mbox_limits limits;

	(void)state;
	memset(&limits, 0x55, sizeof(limits));
	fake.answer = one_info;
	assert_int_equal(mbox_limits(&limits), 0);
	assert_memory_equal(&limits, &expected, sizeof(limits));
	assert_int_equal(fake_only_call(MBOX_IOC_INFO)->fd, FAKE_DEVICE);
	assert_true(fake_was_closed(FAKE_DEVICE));
}

static void failed_limits_store_nothing_and_leave_nothing_open(void **state)
{
	struct mbox_limits untouched, limits;

	(void)state;
	memset(&untouched, 0x55, sizeof(untouched));
	limits = untouched;
	assert_fails(mbox_limits(NULL), EFAULT);
	assert_int_equal(fake.opens, 0);
	fake.answer = one_info;
	fake.ioctl_errno = ENOTTY;
	assert_fails(mbox_limits(&limits), ENOTTY);
	assert_true(fake_was_closed(FAKE_DEVICE));
	assert_memory_equal(&limits, &untouched, sizeof(limits));
}

static unsigned int names_in_all;

/* Names m000 and so on, as many as the test says, paged as the kernel does. */
static void some_names(void *arg)
{
	struct mbox_list *list = arg;
	struct mbox_list_entry *entry = (void *)(uintptr_t)list->entries;
	unsigned int first = 0;
	uint32_t room = list->count;

	assert_int_equal(list->entry_size, sizeof(*entry));
	if (list->after[0])
		assert_int_equal(sscanf(list->after, "m%u", &first), 1);
	first += !!list->after[0];
	for (list->count = 0; list->count < room; list->count++, entry++) {
		unsigned int number = first + list->count;

		if (number >= names_in_all)
			break;
		memset(entry, 0, sizeof(*entry));
		snprintf(entry->name, sizeof(entry->name), "m%03u", number);
		entry->id = number + 1;
		entry->uid = 2;
		entry->gid = 3;
		entry->mode = 0604;
		entry->rights = MBOX_RIGHT_RECV;
		entry->messages = 5;
		entry->bytes = 6;
	}
}

static void a_walk_shows_every_name_once(void **state)
{
	static const unsigned int counts[] = { 0, 1, 31, 32, 33, 64, 200 };

	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		struct mbox_listing *listing;
		struct mbox_name_entry entry;
		unsigned int seen = 0;
		char name[8];

		fake_reset(state);
		fake.answer = some_names;
		names_in_all = counts[i];
		listing = mbox_list_open();
		assert_non_null(listing);
		while (mbox_list_next(listing, &entry) == 1) {
			const struct mbox_name_entry rest = {
				.id = seen + 1,
				.uid = 2,
				.gid = 3,
				.mode = 0604,
				.rights = MBOX_RECV,
				.messages = 5,
				.bytes = 6,
			};

			snprintf(name, sizeof(name), "m%03u", seen);
			assert_string_equal(entry.name, name);
			memset(entry.name, 0, sizeof(entry.name));
			assert_memory_equal(&entry, &rest, sizeof(rest));
			seen++;
		}
		assert_int_equal(seen, counts[i]);

		/* The end stays the end, even if a name came meanwhile. */
		names_in_all++;
		assert_int_equal(mbox_list_next(listing, &entry), 0);
		assert_int_equal(fake.opens, 1);
		mbox_list_close(listing);
		assert_true(fake_was_closed(FAKE_DEVICE));
	}
}

static void a_failed_page_leaves_the_walk_where_it_was(void **state)
{
	struct mbox_name_entry untouched, entry;
	struct mbox_listing *listing;

	(void)state;
	memset(&untouched, 0x55, sizeof(untouched));
	names_in_all = 33;
	fake.answer = some_names;
	listing = mbox_list_open();
	assert_non_null(listing);
	for (int i = 0; i < 32; i++)
		assert_int_equal(mbox_list_next(listing, &entry), 1);
	assert_string_equal(entry.name, "m031");

	entry = untouched;
	fake.answer = NULL;
	fake.ioctl_errno = ENOMEM;
	assert_fails(mbox_list_next(listing, &entry), ENOMEM);
	assert_memory_equal(&entry, &untouched, sizeof(entry));

	fake.answer = some_names;
	fake.ioctl_errno = 0;
	assert_int_equal(mbox_list_next(listing, &entry), 1);
	assert_string_equal(entry.name, "m032");
	assert_int_equal(mbox_list_next(listing, &entry), 0);
	mbox_list_close(listing);
}

static void a_walk_refuses_NULL(void **state)
{
	struct mbox_name_entry entry;
	struct mbox_listing *listing;

	(void)state;
	assert_fails(mbox_list_next(NULL, &entry), EBADF);
	assert_fails(mbox_list_next(NULL, NULL), EBADF);
	names_in_all = 1;
	fake.answer = some_names;
	listing = mbox_list_open();
	assert_non_null(listing);
	assert_fails(mbox_list_next(listing, NULL), EFAULT);
	assert_int_equal(fake.calls, 0);
	/* Nothing was lost by it. */
	assert_int_equal(mbox_list_next(listing, &entry), 1);
	errno = 4711;
	mbox_list_close(NULL);
	mbox_list_close(listing);
	assert_int_equal(errno, 4711);
}

#define status_test(name)                                       \
	cmocka_unit_test_setup_teardown(name, fake_make_handle, \
					fake_drop_handle)

int main(void)
{
	const struct CMUnitTest tests[] = {
		status_test(status_tells_everything),
		status_test(a_failed_status_stores_nothing),
		status_test(waiters_come_in_their_order_and_no_more_than_fit),
		status_test(waiters_ask_for_one_batch_at_most),
		status_test(waiters_fail_without_right_room_or_memory),
		status_test(times_go_from_nothing_to_forever_without_a_gap),
		status_test(no_more_times_than_fit_are_stored),
		status_test(times_fail_without_room_or_mailbox),
		fake_test(limits_tell_everything),
		fake_test(failed_limits_store_nothing_and_leave_nothing_open),
		fake_test(a_walk_shows_every_name_once),
		fake_test(a_failed_page_leaves_the_walk_where_it_was),
		fake_test(a_walk_refuses_NULL),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
