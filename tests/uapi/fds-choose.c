// SPDX-License-Identifier: GPL-2.0-only
/*
 * fds-choose.c: descriptors with receivers that choose, with calls, and with
 * direct addressing.
 *
 * Owns: the errno SEND_TO:EOPNOTSUPP; part of the program uapi-fds.  Takes no
 * locks; run by the guest runner.
 */
#include "call.h"
#include "direct.h"
#include "fds.h"
#include "select.h"

/* A child that waits for tag 5, with room for so many descriptors. */
static pid_t waits_for_5(int fd, int room, int err)
{
	pid_t pid;

	CHILD(pid)
	{
		int got[MBOX_FDS_MAX];
		struct mbox_recv r;

		if (err)
			EXPECT_ERRNO(recv_fds(fd, &r, (__u32)room, got,
					      .select = TAG, .select_value = 5),
				     err);
		else
			ASSERT_OK(recv_fds(fd, &r, (__u32)room, got,
					   .select = TAG, .select_value = 5));
		EXPECT_EQ(r.msg_fds, 2);
		if (!err && room) {
			expect_file_at(got[0], 31);
			expect_file_at(got[1], 32);
		}
	}
	wait_until_blocked(pid);
	return pid;
}

TEST(a_chosen_message_brings_its_descriptors, "C21.2 C30.1")
{
	int fd = fds_box(), list[2] = { file_at(31), file_at(32) }, got[2];
	struct mbox_recv r;

	put_tag(fd, "other", 4);
	ASSERT_OK(send_fd(fd, "not this", file_at(1), .tag = 4));
	ASSERT_OK(send_fds(fd, "this", 2, list, .tag = 5));
	ASSERT_OK(recv_fds(fd, &r, 2, got, .select = TAG, .select_value = 5));
	EXPECT_EQ(r.msg_fds, 2);
	expect_file_at(got[0], 31);
	expect_file_at(got[1], 32);
	ASSERT_OK(
		recv_fds(fd, &r, 1, got, .select = LOWEST, .select_value = 9));
	EXPECT_EQ(r.msg_fds, 0);
	ASSERT_OK(
		recv_fds(fd, &r, 1, got, .select = LOWEST, .select_value = 9));
	EXPECT_EQ(r.msg_fds, 1);
	expect_file_at(got[0], 1);
	EXPECT_EQ(info_of().used_fds, 0);
	EXPECT_EQ(stat_of(fd).charged, 0);
}

TEST(a_chosen_message_stays_where_there_is_too_little_room,
     "C21.2 C30.5 C11.1 RECV:EMSGSIZE")
{
	int fd = fds_box(), list[2] = { file_at(31), file_at(32) }, got[2];
	struct mbox_recv r;

	put_tag(fd, "other", 4);
	ASSERT_OK(send_fds(fd, "this", 2, list, .tag = 5));
	expect_refused(
		fd, recv_fds(fd, &r, 1, got, .select = TAG, .select_value = 5),
		EMSGSIZE);
	EXPECT_EQ(r.msg_fds, 2);
	EXPECT_EQ(r.msg_len, 4);
	expect_chosen(fd, TAG, 5, "this");
}

TEST(who_waits_for_it_alone_gets_its_descriptors, "C21.2 C30.1")
{
	int fd = fds_box(), list[2] = { file_at(31), file_at(32) };
	pid_t pid = waits_for_5(fd, 2, 0);

	ASSERT_OK(send_fd(fd, "not this", file_at(1), .tag = 4));
	ASSERT_OK(send_fds(fd, "this", 2, list, .tag = 5));
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(info_of().used_fds, 1);
}

TEST(who_chooses_with_too_little_room_is_told_and_the_next_gets_it,
     "C21.2 C30.5 RECV:EMSGSIZE")
{
	int fd = fds_box(), list[2] = { file_at(31), file_at(32) };
	pid_t small = waits_for_5(fd, 1, EMSGSIZE);
	pid_t large = waits_for_5(fd, 2, 0);

	ASSERT_OK(send_fds(fd, "this", 2, list, .tag = 5));
	EXPECT_CHILD_OK(small);
	EXPECT_CHILD_OK(large);
}

TEST(who_does_not_ask_has_room_for_any, "C21.2 C30.4")
{
	int fd = fds_box(), list[2] = { file_at(31), file_at(32) };
	pid_t pid = waits_for_5(fd, 0, 0);

	ASSERT_OK(send_fds(fd, "this", 2, list, .tag = 5,
			   .flags = MBOX_SYNC | MBOX_NOWAIT));
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(info_of().used_fds, 0);
}

TEST(what_nobody_chooses_goes_with_the_last_receiver, "C30.3 C21.2")
{
	int fd = fds_named("chosen"), file = file_at(0);
	int send = ASSERT_OK(do_copy(fd, R_SEND));

	ASSERT_OK(do_filter(fd, TAG, 5));
	put_tag(fd, "plain", 4);
	ASSERT_OK(send_fd(fd, "goes", file, .tag = 4));
	close(fd);
	EXPECT_EQ(stat_of(send).messages, 1);
	EXPECT_EQ(stat_of(send).dropped, 1);
	EXPECT_EQ(info_of().used_fds, 0);
}

TEST(a_server_receives_descriptors_between_requests, "C30.1")
{
	int fd = fds_box(), file = file_at(7), got = -1;
	struct mbox_recv r = { .size = sizeof(r), .nfds = 1, .fds = PTR(&got) };
	struct mbox_reply reply = { .size = sizeof(reply),
				    .data = PTR("yes"),
				    .len = 3,
				    .recv = PTR(&r) };
	pid_t pid = caller(fd, "may I?", "yes");

	reply.token = take_call(fd);
	ASSERT_OK(send_fd(fd, "", file));
	ASSERT_OK(box_ioctl(fd, MBOX_IOC_REPLY_RECV, &reply));
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(r.token, 0);
	EXPECT_EQ(r.msg_fds, 1);
	expect_file_at(got, 7);
}

TEST(a_call_waits_on_when_messages_with_descriptors_go, "C30.3")
{
	int fd = fds_named("calls"), again;
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_call c;
		char buf[8];
		int own = ASSERT_OK(box_open(.rights = R_SEND, NAMED("calls")));

		close(fd);
		ASSERT_OK(do_call(own, &c, "still?", buf, sizeof(buf)));
		EXPECT_EQ(c.reply_len, 3);
	}
	wait_until_blocked(pid);
	ASSERT_OK(send_fd(fd, "goes", file_at(0)));
	again = ASSERT_OK(do_copy(fd, R_SEND));
	close(fd);
	EXPECT_EQ(stat_of(again).dropped, 1);
	fd = ASSERT_OK(box_open(.rights = R_RECV, NAMED("calls")));
	ASSERT_OK(do_reply(fd, take_call(fd), "yes"));
	EXPECT_CHILD_OK(pid);
}

TEST(an_endpoint_takes_no_descriptors, "C30.1 SEND_TO:EOPNOTSUPP ANY:EINVAL")
{
	int list[MBOX_FDS_MAX + 1] = { file_at(0) }, got;
	struct mbox_recv r;
	char buf[8];

	EXPECT_ERRNO(send_to(getpid(), "x", .nfds = 1, .fds = PTR(list)),
		     EOPNOTSUPP);
	EXPECT_ERRNO(send_to(getpid(), "x", .nfds = MBOX_FDS_MAX + 1,
			     .fds = PTR(list)),
		     EINVAL);
	/* Room for them does no harm. */
	ASSERT_OK(send_to(getpid(), "y", .fds = PTR(list)));
	ASSERT_OK(recv_from(0, &r, buf, sizeof(buf), .nfds = 1,
			    .fds = PTR(&got)));
	EXPECT_EQ(r.msg_len, 1);
	EXPECT_EQ(r.msg_fds, 0);
}
