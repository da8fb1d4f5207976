// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looking through libmbox in the guest: status, waiters, the list, limits, and
 * what is said of real errors.
 *
 * Locking: none.  Run by the vm tier.
 */
#include "lib.h"

#include <sys/stat.h>

TEST(status_follows_what_happens, "")
{
	struct mbox *mb = lib_named("watched", 0640, 0);
	struct mbox_status status;
	char buf[8];

	umask(022);
	memset(&status, 0x55, sizeof(status));
	ASSERT_EQ(mbox_status(mb, &status), 0);
	EXPECT_STR(status.name, "watched");
	EXPECT_EQ(status.uid, 0);
	EXPECT_EQ(status.gid, 0);
	EXPECT_EQ(status.mode, 0640);
	EXPECT_EQ(status.handles, 1);
	EXPECT_EQ(status.senders, 1);
	EXPECT_EQ(status.receivers, 1);
	EXPECT_EQ(status.messages, 0);
	EXPECT_EQ(status.charged, 0);
	for (int i = 0; i < 2; i++)
		EXPECT_EQ(status.reserved[i], 0);
	EXPECT_EQ(status.policy, MBOX_POLICY_BLOCK);
	EXPECT_EQ(status.owner_pid, 0);
	EXPECT_EQ(status.slowest_pid, 0);
	EXPECT_EQ(status.pending, 0);

	ASSERT_EQ(mbox_send(mb, "abc", 3), 0);
	ASSERT_EQ(mbox_send(mb, "de", 2), 0);
	ASSERT_EQ(mbox_recv(mb, buf, 8), 3);
	status = lib_status(mb);
	EXPECT_EQ(status.messages, 1);
	EXPECT_EQ(status.bytes, 2);
	EXPECT_EQ(status.peak_messages, 2);
	EXPECT_GE(status.charged, 2);
	EXPECT_EQ(status.sent, 2);
	EXPECT_EQ(status.received, 1);
	EXPECT_EQ(status.dropped, 0);
	EXPECT_ERRNO(mbox_status(mb, NULL), EFAULT);
	mbox_close(mb);
}

TEST(a_broadcast_mailbox_tells_what_each_handle_has_not_had, "C25.1 C25.3")
{
	const struct mbox_attr attr = { .flags = MBOX_BROADCAST,
					.max_messages = 2 };
	struct mbox *mb = lib_new(&attr), *other, *copy;
	struct mbox_message message;
	struct mbox_status status;
	char buf[8];

	copy = ASSERT_PTR(mbox_copy(mb, MBOX_RECV));
	other = ASSERT_PTR(mbox_copy(mb, MBOX_SEND | MBOX_ADMIN));
	for (int i = 0; i < 3; i++) {
		ASSERT_EQ(mbox_send(mb, "abc", 3), 0);
		if (i < 2)
			ASSERT_EQ(mbox_recv(mb, buf, 8), 3);
	}
	status = lib_status(copy);
	EXPECT_EQ(status.attr_flags, MBOX_BROADCAST);
	EXPECT_EQ(status.policy, MBOX_POLICY_DROP_OLDEST);
	EXPECT_EQ(status.pending, 2);
	EXPECT_EQ(status.missed, 1);
	EXPECT_EQ(status.slowest_pid, 0);
	EXPECT_EQ(lib_status(mb).pending, 1);
	EXPECT_EQ(lib_status(other).pending, 0);
	EXPECT_EQ(lib_status(other).slowest_pid, getpid());
	EXPECT_EQ(lib_status(other).slowest_pending, 2);
	ASSERT_EQ(mbox_recv_with(copy, buf, 8, NULL, &message), 3);
	EXPECT_EQ(message.id, 2);
	EXPECT_EQ(message.drops, 1);
	EXPECT_EQ(mbox_flush(copy), 1);
	mbox_close(other);
	mbox_close(copy);
	mbox_close(mb);
}

TEST(waiters_are_for_ADMIN_alone, "STAT:EPERM")
{
	struct mbox *mb = lib_new(NULL);
	struct mbox *other = ASSERT_PTR(mbox_copy(mb, MBOX_SEND | MBOX_RECV));
	struct mbox_waiter_entry waiter, untouched;

	memset(&untouched, 0x55, sizeof(untouched));
	waiter = untouched;
	EXPECT_EQ(lib_status(mb).senders_waiting, 0);
	EXPECT_EQ(lib_status(mb).receivers_waiting, 0);
	EXPECT_EQ(lib_status(other).senders_waiting, MBOX_HIDDEN);
	EXPECT_EQ(lib_status(other).receivers_waiting, MBOX_HIDDEN);
	EXPECT_ERRNO(mbox_waiters(other, &waiter, 1), EPERM);
	EXPECT_ERRNO(mbox_waiters(other, NULL, 0), EPERM);
	EXPECT_ERRNO(mbox_waiters(mb, NULL, 1), EFAULT);
	EXPECT_EQ(mbox_waiters(mb, &waiter, 1), 0);
	EXPECT_EQ(mbox_waiters(mb, NULL, 0), 0);
	EXPECT_MEM(&waiter, &untouched, sizeof(waiter));
	mbox_close(other);
	mbox_close(mb);
}

TEST(waiters_show_who_sleeps_and_why, "")
{
	struct mbox_attr one = { .max_messages = 1 };
	struct mbox *full = lib_new(&one), *empty = lib_new(NULL);
	struct mbox_send_options sync = { .flags = MBOX_SYNC };
	struct lib_call receipt = {
		.mb = full,
		.data = "abc",
		.len = 3,
		.send_options = &sync,
	};
	struct lib_call room = { .mb = full, .data = "defg", .len = 4 };
	char buf[8], first[8], second[8];
	struct lib_call recv[2] = {
		{ .mb = empty, .buf = first, .len = 7 },
		{ .mb = empty, .buf = second, .len = 8 },
	};
	struct mbox_waiter_entry waiters[4];

	lib_block_send(&receipt);
	lib_block_send(&room);
	memset(waiters, 0x55, sizeof(waiters));
	ASSERT_EQ(mbox_waiters(full, waiters, 4), 2);
	for (int i = 0; i < 2; i++) {
		const struct mbox_waiter_entry *entry = &waiters[i];
		int sync_send = entry->tid == receipt.tid;

		EXPECT_EQ(entry->pid, getpid());
		EXPECT_EQ(entry->tid, sync_send ? receipt.tid : room.tid);
		EXPECT_EQ(entry->what,
			  sync_send ? MBOX_WAIT_RECEIPT : MBOX_WAIT_SEND);
		EXPECT_EQ(entry->len, sync_send ? 3 : 4);
		EXPECT_EQ(entry->reserved[0] | entry->reserved[1], 0);
	}
	EXPECT_NE(waiters[0].tid, waiters[1].tid);
	EXPECT_EQ(lib_status(full).senders_waiting, 2);

	lib_block_recv(&recv[0]);
	lib_block_recv(&recv[1]);
	ASSERT_EQ(mbox_waiters(empty, waiters, 4), 2);
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(waiters[i].tid, recv[i].tid);
		EXPECT_EQ(waiters[i].what, MBOX_WAIT_RECV);
		EXPECT_EQ(waiters[i].len, recv[i].len);
	}
	EXPECT_EQ(mbox_waiters(empty, waiters, 1), 1);
	EXPECT_EQ(waiters[0].tid, recv[0].tid);

	ASSERT_EQ(mbox_recv(full, buf, 8), 3);
	ASSERT_EQ(mbox_recv(full, buf, 8), 4);
	ASSERT_EQ(mbox_destroy(empty), 0);
	lib_finish(&receipt);
	lib_finish(&room);
	lib_finish(&recv[0]);
	lib_finish(&recv[1]);
	EXPECT_EQ(receipt.ret | room.ret, 0);
	EXPECT_EQ(recv[0].err, EIDRM);
	mbox_close(empty);
	mbox_close(full);
}

TEST(times_show_how_long_messages_lay, "C33.8")
{
	struct mbox_attr attr = { .flags = MBOX_TIMES };
	struct mbox *mb = lib_new(&attr), *plain = lib_new(NULL);
	struct mbox_time_entry times[64];
	uint64_t sum = 0;
	char buf[8];
	ssize_t n;

	ASSERT_EQ(mbox_send(mb, "abc", 3), 0);
	ASSERT_EQ(mbox_send(mb, "de", 2), 0);
	ASSERT_EQ(mbox_recv(mb, buf, 8), 3);
	ASSERT_EQ(mbox_recv(mb, buf, 8), 2);
	n = mbox_times(mb, times, 64);
	EXPECT_EQ(n, 32);
	for (ssize_t i = 0; i < n; i++)
		sum += times[i].messages;
	EXPECT_EQ(sum, 2);
	EXPECT_EQ(mbox_times(plain, times, 64), 0);
	ASSERT_EQ(mbox_destroy(mb), 0);
	EXPECT_ERRNO(mbox_times(mb, times, 64), EIDRM);
	mbox_close(plain);
	mbox_close(mb);
}

TEST(the_list_shows_every_name_once_and_sorted, "")
{
	static struct mbox *boxes[100];
	struct mbox_listing *listing;
	struct mbox_name_entry entry;
	char name[32], last[MBOX_NAME_SIZE] = "";
	int seen = 0, others = 0, ret;

	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "listed-%02d", (i * 37) % 100);
		boxes[i] = lib_named(name, 0600, 0);
	}
	ASSERT_EQ(mbox_send(boxes[0], "abc", 3), 0);
	listing = ASSERT_PTR(mbox_list_open());
	while ((ret = mbox_list_next(listing, &entry)) == 1) {
		EXPECT_LT(strcmp(last, entry.name), 0);
		memcpy(last, entry.name, sizeof(last));
		if (strncmp(entry.name, "listed-", 7)) {
			others++;
			continue;
		}
		snprintf(name, sizeof(name), "listed-%02d", seen++);
		EXPECT_STR(entry.name, name);
		EXPECT_EQ(entry.mode, 0600);
		EXPECT_EQ(entry.rights, ALL);
		EXPECT_EQ(entry.uid, 0);
		if (seen == 1) {
			EXPECT_EQ(entry.messages, 1);
			EXPECT_EQ(entry.bytes, 3);
			EXPECT_EQ(entry.id, lib_status(boxes[0]).id);
		}
		/* Names that go while the walk is on do not disturb it. */
		if (seen == 40)
			ASSERT_EQ(mbox_unlink(boxes[0]), 0);
	}
	EXPECT_EQ(ret, 0);
	EXPECT_EQ(seen, 100);
	EXPECT_EQ(others, 1); /* default */
	EXPECT_EQ(mbox_list_next(listing, &entry), 0);
	EXPECT_ERRNO(mbox_list_next(listing, NULL), EFAULT);
	EXPECT_ERRNO(mbox_list_next(NULL, &entry), EBADF);
	mbox_list_close(listing);
	mbox_list_close(NULL);
	for (int i = 0; i < 100; i++)
		mbox_close(boxes[i]);
}

TEST(the_list_shows_only_what_the_caller_could_open, "")
{
	struct mbox *hidden, *shown;
	pid_t pid;

	umask(0);
	hidden = lib_named("hidden", 0600, 0);
	shown = lib_named("shown", 0604, 0);
	CHILD(pid)
	{
		struct mbox_listing *listing;
		struct mbox_name_entry entry;
		int found = 0;

		mbt_become(ALICE, ALICE);
		listing = ASSERT_PTR(mbox_list_open());
		while (mbox_list_next(listing, &entry) == 1) {
			EXPECT_NE(strcmp(entry.name, "hidden"), 0);
			if (strcmp(entry.name, "shown"))
				continue;
			found++;
			EXPECT_EQ(entry.rights, MBOX_RECV);
		}
		EXPECT_EQ(found, 1);
		mbox_list_close(listing);
	}
	EXPECT_CHILD_OK(pid);
	mbox_close(shown);
	mbox_close(hidden);
}

TEST(limits_show_what_is_used_and_what_root_allows, "C14.11 C14.12")
{
	static const char path[] = "/sys/module/mbox/parameters/user_messages";
	struct mbox_limits limits;
	struct mbox *mb;

	memset(&limits, 0x55, sizeof(limits));
	ASSERT_EQ(mbox_limits(&limits), 0);
	EXPECT_EQ(limits.abi, 1);
	EXPECT_EQ(limits.priority_max, MBOX_PRIORITY_MAX);
	EXPECT_EQ(limits.mailbox_bytes, 16 << 20);
	EXPECT_EQ(limits.user_messages, 1000000);
	EXPECT_EQ(limits.used_mailboxes, 0);
	EXPECT_EQ(limits.user_fds, 16384);
	EXPECT_EQ(limits.used_fds, 0);
	for (int i = 0; i < 4; i++)
		EXPECT_EQ(limits.reserved[i], 0);

	mb = lib_new(NULL);
	ASSERT_EQ(mbox_send(mb, "abc", 3), 0);
	lib_write(path, "1");
	EXPECT_ERRNO(mbox_send(mb, "abc", 3), EDQUOT);
	EXPECT_EQ(mbox_limits(&limits), 0);
	lib_write(path, "1000000");
	EXPECT_EQ(limits.user_messages, 1);
	EXPECT_EQ(limits.used_messages, 1);
	EXPECT_EQ(limits.used_mailboxes, 1);
	EXPECT_GE(limits.used_bytes, 3);
	EXPECT_ERRNO(mbox_limits(NULL), EFAULT);
	mbox_close(mb);
}

TEST(a_full_quota_of_mailboxes_makes_nothing, "C14.4 OPEN:EDQUOT C11.1")
{
	static const char path[] = "/sys/module/mbox/parameters/user_mailboxes";
	char before[32];
	struct mbox *mb;

	ASSERT_OK(mbt_read_file(path, before, sizeof(before)));
	lib_write(path, "1");
	mb = mbox_create(NULL, ALL, 0, NULL);
	EXPECT_TRUE(mb);
	EXPECT_NULL(mbox_create("one-too-many", ALL, 0600, NULL), EDQUOT);
	lib_write(path, before);
	EXPECT_NULL(mbox_open("one-too-many", 0), ENOENT);
	mbox_close(mb);
}

TEST(what_goes_wrong_is_explained, "")
{
	struct mbox *mb;

	ASSERT_NULL(mbox_open("nobody-made-this", MBOX_SEND), ENOENT);
	EXPECT_TRUE(strstr(mbox_explain("open", errno), "No mailbox"));
	mb = lib_new(NULL);
	ASSERT_ERRNO(mbox_send(mb, NULL, 100000), EMSGSIZE);
	EXPECT_TRUE(strstr(mbox_explain("mbox_send", errno), "longer"));
	EXPECT_STR(mbox_version(), MBOX_VERSION);
	mbox_close(mb);
}
