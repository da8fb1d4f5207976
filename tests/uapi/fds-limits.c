// SPDX-License-Identifier: GPL-2.0-only
/*
 * fds-limits.c: who pays for descriptors in flight, and how many there may be.
 *
 * Owns: the claims of C14.6 and C30.6; part of the program uapi-fds.  Takes no
 * locks; run by the guest runner.
 */
#include "fds.h"

#include <sys/eventfd.h>

static void limit_open(int most)
{
	struct rlimit lim = { (rlim_t)most, 4096 };

	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &lim));
}

TEST(info_tells_descriptors_in_flight, "C14.6 C14.11 C14.13")
{
	int fd = fds_box(), list[3] = { 0, 0, 0 }, i;
	struct mbox_info before = info_of();
	struct mbox_recv r;

	EXPECT_EQ(before.user_fds, param_get("user_fds"));
	EXPECT_EQ(before.user_fds, 16384);
	EXPECT_EQ(before.used_fds, 0);
	for (i = 0; i < 3; i++)
		list[i] = file_at(0);
	ASSERT_OK(send_fds(fd, "x", 3, list));
	EXPECT_EQ(info_of().used_fds, 3);
	EXPECT_EQ(info_of().used_bytes - before.used_bytes,
		  stat_of(fd).charged);
	ASSERT_OK(recv_fds(fd, &r, 3, list));
	EXPECT_EQ(info_of().used_fds, 0);
	EXPECT_EQ(info_of().used_bytes, before.used_bytes);
	EXPECT_EQ(stat_of(fd).charged, 0);
}

TEST(an_info_of_before_has_no_place_for_them, "C34.4")
{
	struct mbox_info info;

	memset(&info, 0xff, sizeof(info));
	info.size = offsetof(struct mbox_info, user_fds);
	info.flags = 0;
	ASSERT_OK(box_ioctl(box_dev(), MBOX_IOC_INFO, &info));
	EXPECT_EQ(info.abi, MBOX_ABI);
	EXPECT_EQ(info.user_fds, UINT64_MAX);
}

TEST(the_files_of_a_message_count_as_its_memory, "C14.1 C33.5")
{
	int fd = fds_box();
	uint64_t plain, with;

	put(fd, "x");
	plain = stat_of(fd).charged;
	ASSERT_OK(send_fd(fd, "x", file_at(0)));
	with = stat_of(fd).charged - plain;
	EXPECT_GE(with, plain + MBOX_FDS_MAX * sizeof(void *));
	expect_next(fd, "x");
	EXPECT_EQ(stat_of(fd).charged, with);
	expect_next(fd, "x");
	EXPECT_EQ(stat_of(fd).charged, 0);
}

TEST(a_quota_bounds_them, "C14.6 C14.9 C14.12 SEND:EDQUOT")
{
	int fd = fds_box(), list[3], got[3], i;
	struct mbox_recv r;

	for (i = 0; i < 3; i++)
		list[i] = file_at(0);
	param_set("user_fds", 5);
	ASSERT_OK(send_fds(fd, "x", 3, list));
	expect_refused(fd, send_fds(fd, "x", 3, list), EDQUOT);
	ASSERT_OK(send_fds(fd, "x", 2, list));
	expect_refused(fd, send_fds(fd, "x", 1, list), EDQUOT);
	/* What is in flight is not taken away by a limit that shrinks. */
	param_set("user_fds", 0);
	ASSERT_OK(recv_fds(fd, &r, 3, got));
	expect_refused(fd, send_fds(fd, "x", 1, list), EDQUOT);
	param_set("user_fds", 3);
	EXPECT_OK(send_fds(fd, "x", 1, list));
}

TEST(their_memory_counts_against_the_quota_of_bytes, "C14.2 SEND:EDQUOT")
{
	int fd = fds_box(), file = file_at(0);

	param_set("user_bytes", info_of().used_bytes + 300);
	expect_refused(fd, send_fd(fd, "x", file), EDQUOT);
	EXPECT_OK(do_send(fd, "x", 1));
}

TEST(in_flight_they_count_as_if_they_were_open, "C30.6 C14.6 SEND:ETOOMANYREFS")
{
	int fd = fds_box(.max_messages = 1000);
	pid_t pid;

	CHILD(pid)
	{
		int file = file_at(0), list[2] = { file, file }, i;
		struct mbox_recv r;

		mbt_become(ALICE, ALICE);
		limit_open(40);
		for (i = 0; i < 19; i++)
			ASSERT_OK(send_fds(fd, "x", 2, list));
		ASSERT_OK(send_fds(fd, "x", 1, list));
		expect_refused(fd, send_fds(fd, "x", 2, list), ETOOMANYREFS);
		ASSERT_OK(send_fds(fd, "x", 1, list));
		expect_refused(fd, send_fds(fd, "x", 1, list), ETOOMANYREFS);
		/* A message without is as good as ever. */
		ASSERT_OK(do_send(fd, "x", 1));
		/* Received they are somebody's own, or closed. */
		ASSERT_OK(recv_fds(fd, &r, 0, NULL));
		EXPECT_OK(send_fds(fd, "x", 2, list));
		expect_refused(fd, send_fds(fd, "x", 1, list), ETOOMANYREFS);
		/* Another limit, another answer. */
		limit_open(41);
		EXPECT_OK(send_fds(fd, "x", 1, list));
	}
	EXPECT_CHILD_OK(pid);
}

TEST(who_has_the_capability_is_bound_by_the_quota_alone,
     "C30.6 C14.6 SEND:EDQUOT")
{
	int fd = fds_box(.max_messages = 1000), list[MBOX_FDS_MAX], i;

	for (i = 0; i < MBOX_FDS_MAX; i++)
		list[i] = ASSERT_OK(eventfd(0, EFD_CLOEXEC));
	limit_open(64);
	for (i = 0; i < 6; i++)
		ASSERT_OK(send_fds(fd, "x", MBOX_FDS_MAX, list));
	param_set("user_fds", 100);
	expect_refused(fd, send_fds(fd, "x", 5, list), EDQUOT);
	EXPECT_OK(send_fds(fd, "x", 4, list));
}

TEST(who_sends_pays_not_who_opened_the_handle, "C14.6 C30.6")
{
	int fd = fds_box();
	pid_t pid;

	CHILD(pid)
	{
		int file = file_at(0);

		mbt_become(ALICE, ALICE);
		ASSERT_OK(send_fd(fd, "x", file));
		EXPECT_EQ(info_of().used_fds, 1);
	}
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(info_of().used_fds, 0);
	expect_next(fd, "x");
}
