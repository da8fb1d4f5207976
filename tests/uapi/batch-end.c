// SPDX-License-Identifier: GPL-2.0-only
/*
 * batch-end.c: batches that wait, and what ends them.
 *
 * Owns: the claims of C31 on waiting, part of the program uapi-batch.  Takes no
 * locks; run by the guest runner.
 */
#include "batch.h"

#include <sys/epoll.h>
#include <sys/wait.h>

/*
 * A child that moves a batch of n, asleep when this returns: got of them, and
 * then err, which the call gives or is the reason.
 */
#define receiving(fd_, n_, got_, err_, ...)                                    \
	({                                                                     \
		pid_t pid_;                                                    \
		CHILD(pid_)                                                    \
		{                                                              \
			catch_signal(SIGUSR1, 0);                              \
			lay_in((n_) + 1);                                      \
			gave(do_recvv(fd_, n_, ##__VA_ARGS__), got_, err_);    \
			expect_numbers(0, got_);                               \
			EXPECT_EQ(in[got_].result, reason_of(n_, got_, err_)); \
		}                                                              \
		wait_until_blocked(pid_);                                      \
		pid_;                                                          \
	})
#define sending(fd_, n_, got_, err_, ...)                                   \
	({                                                                  \
		pid_t pid_;                                                 \
		CHILD(pid_)                                                 \
		{                                                           \
			catch_signal(SIGUSR1, 0);                           \
			lay_out((n_) + 1);                                  \
			gave(do_sendv(fd_, n_, ##__VA_ARGS__), got_, err_); \
			EXPECT_EQ(out[got_].result,                         \
				  reason_of(n_, got_, err_));               \
		}                                                           \
		wait_until_blocked(pid_);                                   \
		pid_;                                                       \
	})

static void gave(int ret, int got, int err)
{
	int seen = errno;

	EXPECT_EQ(ret, got ? got : -1);
	if (!got)
		EXPECT_EQ(seen, err);
}

/* What stands in the entry behind those that were moved. */
static int reason_of(int n, int got, int err)
{
	return got && got < n ? -err : UNTOUCHED;
}

/* -- Waiting --------------------------------------------------------------- */

TEST(a_batch_waits_until_min_messages_have_come, "C31.2")
{
	int fd = box_new(), i;
	pid_t pid;

	put(fd, "0");
	pid = receiving(fd, 5, 3, EAGAIN, .min = 3);
	for (i = 1; i < 3; i++) {
		/* What comes is received as it comes. */
		WAIT_FOR(stat_of(fd).received == (unsigned int)i);
		wait_until_blocked(pid);
		put(fd, i == 1 ? "1" : "2");
	}
	EXPECT_CHILD_OK(pid);
	settled(fd, 3, 3);
}

TEST(a_batch_waits_for_one_message_unless_told_otherwise, "C31.2")
{
	int fd = box_new();
	pid_t pid = receiving(fd, 5, 1, EAGAIN);

	put(fd, "0");
	EXPECT_CHILD_OK(pid);
}

TEST(a_batch_that_has_waited_takes_all_that_is_there, "C31.2 C18.3")
{
	int fd = box_new(.max_messages = 100);
	pid_t pid = receiving(fd, 100, 20, EAGAIN);

	/* So few come at once: it is not woken in between. */
	put_numbers(fd, 20);
	EXPECT_CHILD_OK(pid);
	settled(fd, 20, 20);
}

TEST(a_batch_waits_for_room_for_each_message, "C31.1 C18.5")
{
	int fd = box_new(.max_messages = 3), i;
	pid_t pid = sending(fd, 100, 100, 0);
	char text[8];

	for (i = 0; i < 100; i++) {
		WAIT_FOR(stat_of(fd).messages > 0);
		snprintf(text, sizeof(text), "%d", i);
		ASSERT_TRUE(expect_next(fd, text));
	}
	EXPECT_CHILD_OK(pid);
	settled(fd, 100, 100);
}

TEST(batches_on_both_sides_move_everything, "C31.1 C31.2 C18.1")
{
	int fd = box_new(.max_messages = 7), i;
	pid_t pid;

	CHILD(pid)
	for (i = 0; i < 20; i++) {
		lay_out(1000);
		ASSERT_EQ(do_sendv(fd, 1000), 1000);
	}
	for (i = 0; i < 20; i++) {
		lay_in(1000);
		ASSERT_EQ(do_recvv(fd, 1000, .min = 1000), 1000);
		expect_numbers(0, 1000);
	}
	EXPECT_CHILD_OK(pid);
	settled(fd, 20000, 20000);
}

TEST(the_last_of_a_crowd_of_receivers_gets_the_last_of_a_batch, "C18.2 C18.3")
{
	enum { CROWD = 70 };
	int fd = box_new(.max_messages = CROWD), i;
	pid_t crowd[CROWD];
	char text[8];

	for (i = 0; i < CROWD; i++) {
		snprintf(text, sizeof(text), "%d", i);
		crowd[i] = start_receiver(fd, text, 0, 0);
		wait_until_blocked(crowd[i]);
	}
	put_numbers(fd, CROWD);
	for (i = 0; i < CROWD; i++)
		EXPECT_CHILD_OK(crowd[i]);
	settled(fd, CROWD, CROWD);
}

TEST(a_batch_lets_a_crowd_of_senders_in, "C18.5 C31.2")
{
	enum { CROWD = 70 };
	int fd = box_new(.max_messages = CROWD), i;
	pid_t crowd[CROWD];

	put_numbers(fd, CROWD);
	for (i = 0; i < CROWD; i++) {
		crowd[i] = start_sender(fd, "x", 0, 0, 0);
		wait_until_blocked(crowd[i]);
	}
	lay_in(CROWD);
	ASSERT_EQ(do_recvv(fd, CROWD), CROWD);
	expect_numbers(0, CROWD);
	for (i = 0; i < CROWD; i++)
		EXPECT_CHILD_OK(crowd[i]);
	EXPECT_EQ(stat_of(fd).messages, CROWD);
}

/* One message, or room for one, is for one of those who poll exclusively. */
TEST(a_batch_is_heard_by_as_many_pollers_as_it_has_messages, "C18.8 C31.1")
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLEXCLUSIVE };
	int fd = box_new(), i;
	pid_t pid[3];

	for (i = 0; i < 3; i++) {
		CHILD(pid[i])
		{
			int epoll = ASSERT_OK(epoll_create1(0));

			ASSERT_OK(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e));
			ASSERT_EQ(epoll_wait(epoll, &e, 1, 15000), 1);
			lay_in(1);
			EXPECT_EQ(do_recvv(fd, 1, .flags = MBOX_NOWAIT), 1);
		}
		wait_until_sleeping(pid[i], "epoll_wait");
	}
	put_numbers(fd, 3);
	for (i = 0; i < 3; i++)
		EXPECT_CHILD_OK(pid[i]);
	settled(fd, 3, 3);
}

/* -- What ends a batch ----------------------------------------------------- */

/* A mailbox that holds n numbers. */
static int box_with(int n)
{
	int fd = box_new(.max_messages = (uint64_t)(n ? n : 1));

	if (n)
		put_numbers(fd, n);
	return fd;
}

TEST(a_deadline_ends_a_batch_and_what_came_stays, "C31.3 C16.4 C16.5 C11.9")
{
	uint64_t past = (uint64_t)mbt_now() - 1;
	int fd = box_with(2);

	lay_in(4);
	EXPECT_EQ(do_recvv(fd, 3, .min = 3, .deadline = mbt_in_ms(30)), 2);
	expect_reason(in, 2, ETIMEDOUT);
	expect_refused(fd, do_recvv(fd, 3, .deadline = mbt_in_ms(30)),
		       ETIMEDOUT);
	expect_refused(fd,
		       do_recvv(fd, 3, .deadline = mbt_real_in_ms(30),
				.flags = MBOX_REALTIME),
		       ETIMEDOUT);
	lay_out(4);
	EXPECT_EQ(do_sendv(fd, 3, .deadline = mbt_in_ms(30)), 2);
	expect_reason(out, 2, ETIMEDOUT);
	expect_refused(fd, do_sendv(fd, 3, .deadline = mbt_in_ms(30)),
		       ETIMEDOUT);
	expect_refused(fd,
		       do_sendv(fd, 3, .deadline = mbt_real_in_ms(30),
				.flags = MBOX_REALTIME),
		       ETIMEDOUT);
	/* What need not wait asks for no clock. */
	lay_in(3);
	EXPECT_EQ(do_recvv(fd, 2, .min = 2, .deadline = past), 2);
	lay_out(3);
	EXPECT_EQ(do_sendv(fd, 2, .deadline = past), 2);
	lay_in(4);
	EXPECT_EQ(do_recvv(fd, 3, .min = 3, .deadline = past), 2);
	expect_reason(in, 2, ETIMEDOUT);
}

TEST(an_entry_that_goes_alone_has_the_deadline_of_its_batch, "C31.1 C16.4")
{
	int fd = box_with(1);

	lay_in(3);
	in[0].select = MBOX_SELECT_TAG;
	in[0].select_value = 99;
	expect_refused(fd, do_recvv(fd, 1, .deadline = mbt_in_ms(30)),
		       ETIMEDOUT);
	expect_refused(fd,
		       do_recvv(fd, 1, .deadline = mbt_real_in_ms(30),
				.flags = MBOX_REALTIME),
		       ETIMEDOUT);
	expect_refused(fd, do_recvv(fd, 1, .flags = MBOX_NOWAIT), EAGAIN);
	expect_next(fd, "0");
	lay_out(1);
	out[0].flags = MBOX_SYNC;
	expect_refused(fd, do_sendv(fd, 1, .deadline = mbt_in_ms(30)),
		       ETIMEDOUT);
	expect_refused(fd, do_sendv(fd, 1, .flags = MBOX_NOWAIT), EAGAIN);
}

TEST(a_signal_ends_a_batch_and_what_came_stays, "C31.3 C17.1 C11.9")
{
	int n;

	for (n = 0; n < 3; n += 2) {
		int fd = box_with(n), full = box_with(2);
		pid_t pid = receiving(fd, 4, n, EINTR, .min = 4);

		ASSERT_OK(kill(pid, SIGUSR1));
		EXPECT_CHILD_OK(pid);
		settled(fd, n, n);
		if (n) {
			lay_in(2);
			ASSERT_EQ(do_recvv(full, 2), 2);
		}
		pid = sending(full, 4, n, EINTR);
		ASSERT_OK(kill(pid, SIGUSR1));
		EXPECT_CHILD_OK(pid);
		EXPECT_EQ(stat_of(full).messages, 2);
	}
}

TEST(a_batch_is_restarted_only_if_nothing_was_moved, "C31.3 C17.2")
{
	int n;

	for (n = 0; n < 2; n++) {
		int fd = box_with(n);
		pid_t pid;

		CHILD(pid)
		{
			catch_signal(SIGUSR1, SA_RESTART);
			lay_in(3);
			EXPECT_EQ(do_recvv(fd, 2, .min = 2), n ? 1 : 2);
			EXPECT_EQ(signals_caught, 1);
			EXPECT_EQ(in[1].result, n ? -EINTR : UNTOUCHED);
		}
		wait_until_blocked(pid);
		ASSERT_OK(kill(pid, SIGUSR1));
		if (!n) {
			mbt_sleep_ms(20);
			wait_until_blocked(pid);
			put_numbers(fd, 1);
			WAIT_FOR(stat_of(fd).received == 1);
			put_numbers(fd, 1);
		}
		EXPECT_CHILD_OK(pid);
	}
}

TEST(destroy_ends_a_batch_and_what_came_stays, "C31.3 C4.12 C11.9")
{
	int n;

	for (n = 0; n < 3; n += 2) {
		int fd = box_with(n), full = box_with(2);
		pid_t pid = receiving(fd, 4, n, EIDRM, .min = 4);

		ASSERT_OK(do_destroy(fd));
		EXPECT_CHILD_OK(pid);
		if (n) {
			lay_in(2);
			ASSERT_EQ(do_recvv(full, 2), 2);
		}
		pid = sending(full, 4, n, EIDRM);
		ASSERT_OK(do_destroy(full));
		EXPECT_CHILD_OK(pid);
		lay_out(1);
		lay_in(1);
		EXPECT_ERRNO(do_sendv(full, 1), EIDRM);
		EXPECT_ERRNO(do_recvv(full, 1), EIDRM);
	}
}

TEST(the_end_of_all_senders_ends_a_batch, "C31.3 C6.8")
{
	int all = box_new(.flags = MBOX_OPEN_CREATE | MBOX_OPEN_HANGUP);
	int recv = ASSERT_OK(do_copy(all, R_RECV));

	put_numbers(all, 2);
	close(all);
	lay_in(5);
	EXPECT_EQ(do_recvv(recv, 4, .min = 4), 2);
	expect_reason(in, 2, EPIPE);
	expect_refused(recv, do_recvv(recv, 4), EPIPE);
}

TEST(the_end_of_all_receivers_ends_a_batch, "C31.3 C7.1")
{
	int all = box_new(.max_messages = 2);
	int send = ASSERT_OK(do_copy(all, R_SEND));
	pid_t pid;

	CHILD(pid)
	{
		close(all);
		lay_out(5);
		EXPECT_EQ(do_sendv(send, 4), 2);
		expect_reason(out, 2, EPIPE);
		EXPECT_ERRNO(do_sendv(send, 4), EPIPE);
	}
	wait_until_blocked(pid);
	close(all);
	EXPECT_CHILD_OK(pid);
}

TEST(a_quota_ends_a_batch_and_what_fitted_stays, "C31.3 C14.4 C11.9")
{
	int fd = box_new(.capacity = MBOX_CAPACITY_UNBOUNDED);

	param_set("user_messages", info_of().used_messages + 40);
	lay_out(101);
	EXPECT_EQ(do_sendv(fd, 100), 40);
	expect_reason(out, 40, EDQUOT);
	expect_refused(fd, do_sendv(fd, 100), EDQUOT);
	settled(fd, 40, 0);
	param_set("user_messages", 1000000);
	param_set("mailbox_bytes", stat_of(fd).bytes + 3);
	lay_out(5);
	EXPECT_EQ(do_sendv(fd, 4), 3);
	expect_reason(out, 3, EDQUOT);
	expect_refused(fd, do_sendv(fd, 4), EDQUOT);
}

/* A batch asks for no more at once than the same messages one by one. */
TEST(a_quota_that_is_enough_for_the_mailbox_is_enough_for_a_batch, "C31.1")
{
	int fd = box_new(.max_messages = 2);
	pid_t pid;

	param_set("user_messages", info_of().used_messages + 8);
	lay_in(100);
	CHILD(pid)
	{
		lay_out(100);
		EXPECT_EQ(do_sendv(fd, 100), 100);
	}
	ASSERT_EQ(do_recvv(fd, 100, .min = 100), 100);
	expect_numbers(0, 100);
	EXPECT_CHILD_OK(pid);
}

TEST(a_batch_can_be_killed_while_it_waits, "C17.4")
{
	int fd = box_with(0), full = box_with(2);
	pid_t pid;

	CHILD(pid)
	{
		lay_in(5);
		do_recvv(fd, 5);
	}
	wait_until_blocked(pid);
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_CHILD_KILLED(pid, SIGKILL);
	CHILD(pid)
	{
		lay_out(5);
		do_sendv(full, 5);
	}
	wait_until_blocked(pid);
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_CHILD_KILLED(pid, SIGKILL);
	settled(full, 2, 0);
}
