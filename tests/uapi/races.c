// SPDX-License-Identifier: GPL-2.0-only
/*
 * races.c: every race of the waiting protocol, forced.
 *
 * Owns: the claims of C18.1 and of C11 that need a task to be stopped in the
 * middle.  Each delay point of kmod/delay.h is armed, one task stops there,
 * another does what must not disturb it, and the first goes on.  Nothing may
 * be lost, doubled or leaked; box.c checks the charge after each test.  Takes
 * no locks; run by the guest runner with the test build of the module.
 *
 * opts: module=test timeout=120
 */
#include "races.h"

#include <sys/wait.h>

/* -- before-sleep: in line, and not yet asleep --------------------------------- */

TEST(a_message_that_comes_before_the_receiver_sleeps_is_not_lost, "C18.1")
{
	int fd = box_new();
	pid_t pid;

	need_delays();
	mbt_delay_arm("before-sleep");
	pid = start_receiver(fd, "early", 0, 0);
	mbt_delay_wait("before-sleep");
	put(fd, "early");
	mbt_delay_release("before-sleep");
	EXPECT_CHILD_OK(pid);
	settled(fd, 1, 1);
}

TEST(room_that_comes_before_the_sender_sleeps_is_not_lost, "C18.1 C18.5")
{
	int fd = full_box();
	pid_t pid;

	need_delays();
	mbt_delay_arm("before-sleep");
	pid = start_sender(fd, "second", 0, 0, 0);
	mbt_delay_wait("before-sleep");
	expect_next(fd, "first");
	EXPECT_EQ(stat_of(fd).messages, 1);
	mbt_delay_release("before-sleep");
	EXPECT_CHILD_OK(pid);
	expect_next(fd, "second");
	expect_empty(fd);
	settled(fd, 2, 2);
}

TEST(a_receipt_that_comes_before_the_sender_sleeps_is_not_lost, "C18.1 C19.3")
{
	int kinds[2] = { box_new(), box_new(.capacity = MBOX_CAPACITY_ZERO) };
	int i;

	need_delays();
	for (i = 0; i < 2; i++) {
		pid_t pid;

		mbt_delay_arm("before-sleep");
		pid = start_sender(kinds[i], "sync", MBOX_SYNC, 0, 0);
		mbt_delay_wait("before-sleep");
		expect_next(kinds[i], "sync");
		mbt_delay_release("before-sleep");
		EXPECT_CHILD_OK(pid);
		settled(kinds[i], 1, 1);
	}
}

TEST(a_signal_that_comes_before_the_sleep_ends_it, "C17.1 C18.1")
{
	int fd = box_new(), full = full_box();
	pid_t pid;

	need_delays();
	mbt_delay_arm("before-sleep");
	pid = start_receiver(fd, "", EINTR, 0);
	mbt_delay_wait("before-sleep");
	ASSERT_OK(kill(pid, SIGUSR1));
	mbt_delay_release("before-sleep");
	EXPECT_CHILD_OK(pid);
	settled(fd, 0, 0);
	mbt_delay_arm("before-sleep");
	pid = start_sender(full, "x", 0, EINTR, 0);
	mbt_delay_wait("before-sleep");
	ASSERT_OK(kill(pid, SIGUSR1));
	mbt_delay_release("before-sleep");
	EXPECT_CHILD_OK(pid);
	settled(full, 1, 0);
	/* Message and signal: the message was there, so it counts. */
	mbt_delay_arm("before-sleep");
	pid = start_receiver(fd, "both", 0, 0);
	mbt_delay_wait("before-sleep");
	put(fd, "both");
	ASSERT_OK(kill(pid, SIGUSR1));
	mbt_delay_release("before-sleep");
	EXPECT_CHILD_OK(pid);
	settled(fd, 1, 1);
}

TEST(a_deadline_that_passes_before_the_sleep_ends_it, "C16.4 C18.1")
{
	int fd = box_new();
	pid_t pid;

	need_delays();
	mbt_delay_arm("before-sleep");
	pid = start_receiver(fd, "", ETIMEDOUT, 20);
	mbt_delay_wait("before-sleep");
	mbt_sleep_ms(50);
	mbt_delay_release("before-sleep");
	EXPECT_CHILD_OK(pid);
	/* And a message that came in time counts. */
	mbt_delay_arm("before-sleep");
	pid = start_receiver(fd, "in time", 0, 20);
	mbt_delay_wait("before-sleep");
	put(fd, "in time");
	mbt_sleep_ms(50);
	mbt_delay_release("before-sleep");
	EXPECT_CHILD_OK(pid);
	settled(fd, 1, 1);
}

TEST(the_end_that_comes_before_the_sleep_is_not_lost, "C4.12 C6.9 C7.1 C18.1")
{
	int fd = box_new(), all, send, recv, full;
	pid_t pid;

	need_delays();
	mbt_delay_arm("before-sleep");
	pid = start_receiver(fd, "", EIDRM, 0);
	mbt_delay_wait("before-sleep");
	ASSERT_OK(do_destroy(fd));
	mbt_delay_release("before-sleep");
	EXPECT_CHILD_OK(pid);

	/* The last sender goes. */
	all = box_new(.flags = MBOX_OPEN_CREATE | MBOX_OPEN_HANGUP);
	recv = ASSERT_OK(do_copy(all, R_RECV));
	mbt_delay_arm("before-sleep");
	CHILD(pid)
	{
		char c;

		close(all);
		EXPECT_EQ(read(recv, &c, 1), 0);
	}
	mbt_delay_wait("before-sleep");
	close(all);
	mbt_delay_release("before-sleep");
	EXPECT_CHILD_OK(pid);

	/* The last receiver goes. */
	full = full_box();
	send = ASSERT_OK(do_copy(full, R_SEND));
	mbt_delay_arm("before-sleep");
	CHILD(pid)
	{
		close(full);
		EXPECT_ERRNO(do_send(send, "x", 1), EPIPE);
	}
	mbt_delay_wait("before-sleep");
	close(full);
	mbt_delay_release("before-sleep");
	EXPECT_CHILD_OK(pid);
}

TEST(a_receiver_killed_before_it_sleeps_leaves_the_line, "C17.4 C18.1")
{
	int fd = box_new();
	pid_t pid, next;

	need_delays();
	mbt_delay_arm("before-sleep");
	pid = start_receiver(fd, "", EINTR, 0);
	mbt_delay_wait("before-sleep");
	next = start_receiver(fd, "for the next", 0, 0);
	wait_until_blocked(next);
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_CHILD_KILLED(pid, SIGKILL);
	put(fd, "for the next");
	EXPECT_CHILD_OK(next);
	settled(fd, 1, 1);
}

/* -- after-sleep: given up, and still in line ----------------------------------- */

TEST(a_message_for_a_receiver_that_has_given_up_is_its_own, "C18.1 C17.1")
{
	int fd = box_new(), by_signal;
	pid_t pid;

	need_delays();
	for (by_signal = 0; by_signal < 2; by_signal++) {
		mbt_delay_arm("after-sleep");
		pid = start_receiver(fd, "late", 0, by_signal ? 0 : 30);
		if (by_signal) {
			wait_until_blocked(pid);
			ASSERT_OK(kill(pid, SIGUSR1));
		}
		mbt_delay_wait("after-sleep");
		EXPECT_EQ(stat_of(fd).receivers_waiting, 1);
		put(fd, "late");
		mbt_delay_release("after-sleep");
		/* It has the message: not ETIMEDOUT, not EINTR. */
		EXPECT_CHILD_OK(pid);
	}
	settled(fd, 2, 2);
}

TEST(a_receiver_that_gives_up_leaves_messages_to_the_next, "C18.1")
{
	int fd = box_new();
	pid_t pid, next;

	need_delays();
	mbt_delay_arm("after-sleep");
	pid = start_receiver(fd, "", ETIMEDOUT, 30);
	mbt_delay_wait("after-sleep");
	next = start_receiver(fd, "mine", 0, 0);
	wait_until_blocked(next);
	mbt_delay_release("after-sleep");
	EXPECT_CHILD_OK(pid);
	put(fd, "mine");
	EXPECT_CHILD_OK(next);
	settled(fd, 1, 1);
}

TEST(room_for_a_sender_that_has_given_up_makes_it_succeed, "C18.1 C18.5 C17.1")
{
	int by_signal;
	pid_t pid;

	need_delays();
	for (by_signal = 0; by_signal < 2; by_signal++) {
		int fd = full_box();

		mbt_delay_arm("after-sleep");
		pid = start_sender(fd, "second", 0, 0, by_signal ? 0 : 30);
		if (by_signal) {
			wait_until_blocked(pid);
			ASSERT_OK(kill(pid, SIGUSR1));
		}
		mbt_delay_wait("after-sleep");
		expect_next(fd, "first");
		EXPECT_EQ(stat_of(fd).messages, 1);
		mbt_delay_release("after-sleep");
		EXPECT_CHILD_OK(pid);
		expect_next(fd, "second");
		expect_empty(fd);
		settled(fd, 2, 2);
		close(fd);
	}
}

TEST(a_sender_that_gives_up_leaves_its_place_to_the_next, "C18.1 C18.5")
{
	int fd = full_box();
	pid_t pid, next;

	need_delays();
	mbt_delay_arm("after-sleep");
	pid = start_sender(fd, "never", 0, ETIMEDOUT, 30);
	mbt_delay_wait("after-sleep");
	next = start_sender(fd, "next", 0, 0, 0);
	wait_until_blocked(next);
	mbt_delay_release("after-sleep");
	EXPECT_CHILD_OK(pid);
	expect_next(fd, "first");
	EXPECT_CHILD_OK(next);
	expect_next(fd, "next");
	expect_empty(fd);
	settled(fd, 2, 2);
}

TEST(a_receipt_for_a_sender_that_has_given_up_makes_it_succeed,
     "C19.3 C19.2 C18.1")
{
	int kinds[2] = { box_new(), box_new(.capacity = MBOX_CAPACITY_ZERO) };
	int i, by_signal;
	pid_t pid;

	need_delays();
	for (i = 0; i < 4; i++) {
		int fd = kinds[i % 2];

		by_signal = i / 2;
		mbt_delay_arm("after-sleep");
		pid = start_sender(fd, "sync", MBOX_SYNC, 0,
				   by_signal ? 0 : 30);
		if (by_signal) {
			wait_until_blocked(pid);
			ASSERT_OK(kill(pid, SIGUSR1));
		}
		mbt_delay_wait("after-sleep");
		/* Taken before it was withdrawn: the send has succeeded. */
		expect_next(fd, "sync");
		mbt_delay_release("after-sleep");
		EXPECT_CHILD_OK(pid);
	}
	settled(kinds[0], 2, 2);
	settled(kinds[1], 2, 2);
}

TEST(destroy_of_one_who_has_given_up_is_eidrm, "C4.12 C18.1")
{
	int fd = full_box(), empty = box_new();
	pid_t pid;

	need_delays();
	mbt_delay_arm("after-sleep");
	pid = start_sender(fd, "x", 0, EIDRM, 30);
	mbt_delay_wait("after-sleep");
	ASSERT_OK(do_destroy(fd));
	mbt_delay_release("after-sleep");
	EXPECT_CHILD_OK(pid);
	mbt_delay_arm("after-sleep");
	pid = start_receiver(empty, "", EIDRM, 30);
	mbt_delay_wait("after-sleep");
	ASSERT_OK(do_destroy(empty));
	mbt_delay_release("after-sleep");
	EXPECT_CHILD_OK(pid);
}

TEST(a_receiver_killed_as_it_gives_up_does_not_lose_a_message,
     "C17.4 C11.8 C18.1")
{
	int fd = box_new();
	struct mbox_stat st;
	pid_t pid;

	need_delays();
	mbt_delay_arm("after-sleep");
	pid = start_receiver(fd, "", ETIMEDOUT, 30);
	mbt_delay_wait("after-sleep");
	put(fd, "handed over");
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_CHILD_KILLED(pid, SIGKILL);
	st = stat_of(fd);
	/* It had it (received), or it is still there. */
	EXPECT_EQ(st.received + st.messages, 1);
	settled(fd, 1, (int)st.received);
}

/* -- before-wake: finished, and not yet woken ------------------------------------ */

TEST(a_receiver_may_be_gone_before_its_wake_up_is_sent, "C18.1 C36.1")
{
	int fd = box_new(), round;
	pid_t waits, pid;

	need_delays();
	for (round = 0; round < 3; round++) {
		waits = start_receiver(fd, "early bird", 0, 0);
		wait_until_blocked(waits);
		mbt_delay_arm("before-wake");
		pid = start_sender(fd, "early bird", 0, 0, 0);
		mbt_delay_wait("before-wake");
		/* A signal makes it look: it is READY, returns and exits. */
		ASSERT_OK(kill(waits, SIGUSR1));
		EXPECT_CHILD_OK(waits);
		mbt_delay_release("before-wake");
		EXPECT_CHILD_OK(pid);
	}
	settled(fd, 3, 3);
}

TEST(a_killed_receiver_may_be_gone_before_its_wake_up_is_sent,
     "C17.4 C11.8 C36.1")
{
	int fd = box_new();
	pid_t waits, pid;

	need_delays();
	waits = start_receiver(fd, "", EINTR, 0);
	wait_until_blocked(waits);
	mbt_delay_arm("before-wake");
	pid = start_sender(fd, "x", 0, 0, 0);
	mbt_delay_wait("before-wake");
	ASSERT_OK(kill(waits, SIGKILL));
	EXPECT_CHILD_KILLED(waits, SIGKILL);
	mbt_delay_release("before-wake");
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(stat_of(fd).received + stat_of(fd).messages, 1);
}

TEST(a_sender_may_be_gone_before_its_wake_up_is_sent, "C18.1 C18.5 C19.3")
{
	int full = full_box(), fd = box_new();
	pid_t waits, pid;

	need_delays();
	/* One that waits for room ... */
	waits = start_sender(full, "second", 0, 0, 0);
	wait_until_blocked(waits);
	mbt_delay_arm("before-wake");
	pid = start_receiver(full, "first", 0, 0);
	mbt_delay_wait("before-wake");
	ASSERT_OK(kill(waits, SIGUSR1));
	EXPECT_CHILD_OK(waits);
	mbt_delay_release("before-wake");
	EXPECT_CHILD_OK(pid);
	expect_next(full, "second");
	/* ... and one that waits for its receipt. */
	waits = start_sender(fd, "sync", MBOX_SYNC, 0, 0);
	wait_until_blocked(waits);
	mbt_delay_arm("before-wake");
	pid = start_receiver(fd, "sync", 0, 0);
	mbt_delay_wait("before-wake");
	ASSERT_OK(kill(waits, SIGUSR1));
	EXPECT_CHILD_OK(waits);
	mbt_delay_release("before-wake");
	EXPECT_CHILD_OK(pid);
	settled(full, 2, 2);
	settled(fd, 1, 1);
}

TEST(a_waiter_whose_wake_up_is_late_is_woken_all_the_same, "C18.1")
{
	int fd = box_new();
	pid_t waits, pid;

	need_delays();
	waits = start_receiver(fd, "late", 0, 0);
	wait_until_blocked(waits);
	mbt_delay_arm("before-wake");
	pid = start_sender(fd, "late", 0, 0, 0);
	mbt_delay_wait("before-wake");
	mbt_sleep_ms(30);
	EXPECT_TRUE(mbt_is_blocked(waits));
	/* Others are not held up meanwhile. */
	put(fd, "other");
	expect_next(fd, "other");
	mbt_delay_release("before-wake");
	EXPECT_CHILD_OK(waits);
	EXPECT_CHILD_OK(pid);
	settled(fd, 2, 2);
}
