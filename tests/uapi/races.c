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
#include "box.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

static void need_delays(void)
{
	/* Without them nothing below would be forced: that is a failure. */
	if (!mbt_has_delays()) {
		FAIL("this module has no delay points: load the test build");
		_exit(1);
	}
	mbt_checked();
}

/* A child that receives text, or gets err; with a deadline in ms, or 0. */
static pid_t start_receiver(int fd, const char *text, int err, int ms)
{
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_recv r;
		char buf[64];

		catch_signal(SIGUSR1, 0);
		if (err) {
			EXPECT_ERRNO(do_recv(fd, &r, buf, sizeof(buf),
					     .deadline = ms ? mbt_in_ms(ms) :
							      0),
				     err);
		} else {
			ASSERT_OK(do_recv(fd, &r, buf, sizeof(buf) - 1,
					  .deadline = ms ? mbt_in_ms(ms) : 0));
			buf[r.msg_len] = 0;
			EXPECT_STR(buf, text);
		}
	}
	return pid;
}

/* A child that sends text, and succeeds or gets err. */
static pid_t start_sender(int fd, const char *text, __u32 flags, int err,
			  int ms)
{
	pid_t pid;

	CHILD(pid)
	{
		catch_signal(SIGUSR1, 0);
		if (err)
			EXPECT_ERRNO(
				do_send(fd, text, strlen(text), .flags = flags,
					.deadline = ms ? mbt_in_ms(ms) : 0),
				err);
		else
			EXPECT_OK(do_send(fd, text, strlen(text),
					  .flags = flags,
					  .deadline = ms ? mbt_in_ms(ms) : 0));
	}
	return pid;
}

static int full_box(void)
{
	int fd = box_new(.max_messages = 1);

	put(fd, "first");
	return fd;
}

/* The books of a mailbox balance, and nobody waits at it. */
static void settled(int fd, int sent, int received)
{
	struct mbox_stat st = stat_of(fd);

	EXPECT_EQ(st.sent, sent);
	EXPECT_EQ(st.received, received);
	EXPECT_EQ(st.sent, st.received + st.dropped + st.messages);
	EXPECT_EQ(st.senders_waiting, 0);
	EXPECT_EQ(st.receivers_waiting, 0);
}

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

/* -- while-copying: taken, and not yet in user memory ---------------------------- */

TEST(withdrawal_while_copying_leaves_nothing_received, "C19.2 C11.1")
{
	int fd = box_new();
	pid_t sync, pid;

	need_delays();
	sync = start_sender(fd, "withdrawn", MBOX_SYNC, EINTR, 0);
	wait_until_blocked(sync);
	mbt_delay_arm("while-copying");
	pid = start_receiver(fd, "the next", 0, 0);
	mbt_delay_wait("while-copying");
	ASSERT_OK(kill(sync, SIGUSR1));
	EXPECT_CHILD_OK(sync);
	EXPECT_EQ(stat_of(fd).messages, 0);
	mbt_delay_release("while-copying");
	wait_until_blocked(pid);
	put(fd, "the next");
	EXPECT_CHILD_OK(pid);
	settled(fd, 1, 1);
}

TEST(destroy_while_copying_is_eidrm_and_frees_the_message, "C4.11 C4.12 C11.1")
{
	struct mbox_info before = info_of();
	int fd = box_new();
	pid_t sync, pid;

	need_delays();
	sync = start_sender(fd, "x", MBOX_SYNC, EIDRM, 0);
	wait_until_blocked(sync);
	mbt_delay_arm("while-copying");
	pid = start_receiver(fd, "", EIDRM, 0);
	mbt_delay_wait("while-copying");
	ASSERT_OK(do_destroy(fd));
	EXPECT_CHILD_OK(sync);
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(info_of().used_messages, before.used_messages);
}

TEST(the_last_receiver_that_is_copying_still_gives_the_receipt,
     "C19.3 C19.8 C7.1")
{
	int all = box_new(), look = ASSERT_OK(do_copy(all, R_ADMIN));
	int send = ASSERT_OK(do_copy(all, R_SEND));
	pid_t sync, pid;

	need_delays();
	CHILD(sync)
	{
		close(all);
		EXPECT_OK(do_send(send, "x", 1, .flags = MBOX_SYNC));
	}
	wait_until_blocked(sync);
	mbt_delay_arm("while-copying");
	pid = start_receiver(all, "x", 0, 0);
	mbt_delay_wait("while-copying");
	/* The child's call holds the last RECV handle. */
	close(all);
	mbt_sleep_ms(10);
	EXPECT_TRUE(mbt_is_blocked(sync));
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(pid);
	EXPECT_CHILD_OK(sync);
	settled(look, 1, 1);
}

TEST(what_arrives_while_copying_stays_behind, "C11.3 C11.7 C9.2")
{
	int fd = box_new();
	pid_t pid;

	need_delays();
	put(fd, "a");
	mbt_delay_arm("while-copying");
	pid = start_receiver(fd, "a", 0, 0);
	mbt_delay_wait("while-copying");
	put(fd, "b");
	put(fd, "c");
	expect_next(fd, "b");
	EXPECT_EQ(stat_of(fd).messages, 2);
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(pid);
	expect_next(fd, "c");
	settled(fd, 3, 3);
}

TEST(hang_up_while_copying_is_the_end_only_afterwards, "C6.8 C6.9 C11.3")
{
	int all = box_new(.flags = MBOX_OPEN_CREATE | MBOX_OPEN_HANGUP);
	int recv = ASSERT_OK(do_copy(all, R_RECV));
	pid_t pid, other;

	need_delays();
	put(all, "last");
	mbt_delay_arm("while-copying");
	CHILD(pid)
	{
		char buf[8];

		close(all);
		EXPECT_EQ(read(recv, buf, 8), 4);
		EXPECT_EQ(read(recv, buf, 8), 0);
	}
	mbt_delay_wait("while-copying");
	CHILD(other)
	{
		char buf[8];

		close(all);
		EXPECT_EQ(read(recv, buf, 8), 0);
	}
	wait_until_blocked(other);
	close(all);
	mbt_sleep_ms(10);
	EXPECT_TRUE(mbt_is_blocked(other));
	EXPECT_EQ(ready(recv, POLLIN), 0);
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(pid);
	EXPECT_CHILD_OK(other);
	EXPECT_EQ(ready(recv, POLLIN), POLLHUP);
}

/* -- before-lock-send: the message is made, the mailbox not yet looked at -------- */

TEST(destroy_before_the_message_is_posted_is_eidrm, "C4.13 C11.1 C14.13")
{
	struct mbox_info before = info_of();
	int fd = box_new();
	pid_t pid;

	need_delays();
	mbt_delay_arm("before-lock-send");
	pid = start_sender(fd, "late", 0, EIDRM, 0);
	mbt_delay_wait("before-lock-send");
	EXPECT_EQ(info_of().used_messages, before.used_messages + 1);
	ASSERT_OK(do_destroy(fd));
	mbt_delay_release("before-lock-send");
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(info_of().used_messages, before.used_messages);
}

TEST(the_last_receivers_end_before_the_message_is_posted_is_epipe, "C7.1 C11.1")
{
	int all = box_new(), look = ASSERT_OK(do_copy(all, R_ADMIN));
	int send = ASSERT_OK(do_copy(all, R_SEND));
	pid_t pid;

	need_delays();
	mbt_delay_arm("before-lock-send");
	CHILD(pid)
	{
		close(all);
		EXPECT_ERRNO(do_send(send, "late", 4), EPIPE);
	}
	mbt_delay_wait("before-lock-send");
	close(all);
	mbt_delay_release("before-lock-send");
	EXPECT_CHILD_OK(pid);
	settled(look, 0, 0);
}

TEST(room_that_is_gone_before_the_message_is_posted_is_waited_for,
     "C18.7 C16.1")
{
	int fd = box_new(.max_messages = 1);
	pid_t pid;

	need_delays();
	mbt_delay_arm("before-lock-send");
	pid = start_sender(fd, "slow", 0, 0, 0);
	mbt_delay_wait("before-lock-send");
	put(fd, "quick");
	mbt_delay_release("before-lock-send");
	wait_until_blocked(pid);
	expect_next(fd, "quick");
	EXPECT_CHILD_OK(pid);
	expect_next(fd, "slow");
	settled(fd, 2, 2);
}

/* -- before-publish and before-attach: names ------------------------------------- */

static pid_t start_create(const char *name, __u32 flags, int err)
{
	pid_t pid;

	CHILD(pid)
	{
		int fd = box_open(.flags = MBOX_OPEN_CREATE | flags,
				  .rights = R_ALL, .mode = 0600, NAMED(name));

		if (err) {
			EXPECT_EQ(fd, -1);
			EXPECT_EQ(errno, err);
		} else {
			ASSERT_OK(fd);
			put(fd, "from the loser");
		}
	}
	return pid;
}

TEST(a_name_is_not_seen_before_its_mailbox_is_complete, "C2.6")
{
	pid_t pid;

	need_delays();
	mbt_delay_arm("before-publish");
	pid = start_create("unborn", 0, 0);
	mbt_delay_wait("before-publish");
	EXPECT_ERRNO(box_open(.rights = R_SEND, NAMED("unborn")), ENOENT);
	mbt_delay_release("before-publish");
	EXPECT_CHILD_OK(pid);
}

TEST(of_two_creators_the_second_opens_the_firsts_mailbox,
     "C2.6 C3.1 C3.2 OPEN:EEXIST")
{
	struct mbox_info before = info_of();
	pid_t pid;
	int fd;

	need_delays();
	mbt_delay_arm("before-publish");
	pid = start_create("twice", 0, 0);
	mbt_delay_wait("before-publish");
	fd = box_named("twice");
	mbt_delay_release("before-publish");
	EXPECT_CHILD_OK(pid);
	expect_next(fd, "from the loser");
	EXPECT_EQ(stat_of(fd).handles, 1);
	/* With EXCL it must not have it, and nothing is left of its try. */
	mbt_delay_arm("before-publish");
	pid = start_create("other", MBOX_OPEN_EXCL, EEXIST);
	mbt_delay_wait("before-publish");
	box_named("other");
	mbt_delay_release("before-publish");
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(info_of().used_mailboxes, before.used_mailboxes + 2);
}

TEST(a_mailbox_that_dies_while_it_is_opened_is_not_there, "C4.1 C4.10")
{
	int fd, round;
	pid_t pid;

	need_delays();
	for (round = 0; round < 2; round++) {
		fd = box_named("dying");
		mbt_delay_arm("before-attach");
		CHILD(pid)
		{
			close(fd);
			EXPECT_ERRNO(box_open(.rights = R_SEND, NAMED("dying")),
				     ENOENT);
		}
		mbt_delay_wait("before-attach");
		if (round)
			ASSERT_OK(do_destroy(fd));
		close(fd);
		mbt_delay_release("before-attach");
		EXPECT_CHILD_OK(pid);
	}
}

TEST(with_create_one_that_dies_while_it_is_opened_is_made_anew, "C3.1 C4.1")
{
	int fd = box_named("dying");
	pid_t pid;

	need_delays();
	put(fd, "old");
	mbt_delay_arm("before-attach");
	CHILD(pid)
	{
		int mine;

		close(fd);
		mine = box_named("dying");
		expect_empty(mine);
		put(mine, "new");
		expect_next(mine, "new");
	}
	mbt_delay_wait("before-attach");
	close(fd);
	mbt_delay_release("before-attach");
	EXPECT_CHILD_OK(pid);
	EXPECT_ERRNO(box_open(.rights = R_SEND, NAMED("dying")), ENOENT);
}

TEST(an_unlinked_mailbox_is_not_opened_by_one_who_found_it_before, "C4.7")
{
	int fd = box_named("renamed");
	pid_t pid;

	need_delays();
	mbt_delay_arm("before-attach");
	CHILD(pid)
	{
		int got = box_open(.rights = R_SEND, NAMED("renamed"));

		/* It came before UNLINK, or after; never something between. */
		if (got < 0)
			EXPECT_EQ(errno, ENOENT);
		else
			put(got, "before");
		mbt_checked();
	}
	mbt_delay_wait("before-attach");
	ASSERT_OK(do_unlink(fd));
	mbt_delay_release("before-attach");
	EXPECT_CHILD_OK(pid);
	EXPECT_STR(stat_of(fd).name, "");
	EXPECT_EQ(stat_of(fd).handles, 1);
}

TEST(a_namespace_that_ends_before_the_name_is_published_is_enxio,
     "C4.9 C4.15 OPEN:ENXIO")
{
	struct mbox_info before = info_of();
	int made[2], dev;
	pid_t ns, pid;
	char path[64], c;

	need_delays();
	ASSERT_OK(pipe(made));
	CHILD(ns)
	{
		ASSERT_OK(unshare(CLONE_NEWNET));
		ASSERT_EQ(write(made[1], "x", 1), 1);
		pause();
	}
	ASSERT_EQ(read(made[0], &c, 1), 1);
	{
		int home = ASSERT_OK(
			open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
		int there;

		snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)ns);
		there = ASSERT_OK(open(path, O_RDONLY | O_CLOEXEC));
		ASSERT_OK(setns(there, CLONE_NEWNET));
		dev = box_dev_here();
		ASSERT_OK(setns(home, CLONE_NEWNET));
		close(there);
		close(home);
	}
	mbt_delay_arm("before-publish");
	CHILD(pid)
	EXPECT_ERRNO(box_open_at(dev, .flags = MBOX_OPEN_CREATE,
				 .rights = R_ALL, NAMED("late"),
				 .lifetime = MBOX_LIFETIME_PERSISTENT),
		     ENXIO);
	mbt_delay_wait("before-publish");
	ASSERT_OK(kill(ns, SIGKILL));
	EXPECT_CHILD_KILLED(ns, SIGKILL);
	{
		int64_t end = mbt_now() + 15 * MBT_SECOND;

		while (mbt_now() < end) {
			int fd =
				box_open_at(dev, .rights = 0, NAMED("default"));

			if (fd < 0 && errno == ENXIO)
				break;
			close(fd);
			mbt_sleep_ms(5);
		}
	}
	mbt_delay_release("before-publish");
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(info_of().used_mailboxes, before.used_mailboxes);
}
