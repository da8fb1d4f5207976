// SPDX-License-Identifier: GPL-2.0-only
/*
 * select-wait.c: those who choose wait in line with those who do not.
 *
 * Owns: the claims of C18 about selections, and what a rendezvous, a receipt, a
 * policy and an end are to one who chooses; part of the program uapi-select.
 * Takes no locks; run by the guest runner.
 */
#include "select.h"

#include <sys/wait.h>

/* -- Whose turn it is --------------------------------------------------------------- */

TEST(a_message_goes_to_the_longest_waiting_receiver_whose_selection_it_fits,
     "C18.9 C18.3")
{
	int fd = box_new(), other = ASSERT_OK(do_copy(fd, R_RECV));
	pid_t a7, any, b7, lowest, other8;

	ASSERT_OK(do_filter(other, TAG, 8));
	a7 = chooser(fd, TAG, 7, "first 7");
	lowest = chooser(fd, LOWEST, 5, "5");
	other8 = taker(other, "8");
	b7 = chooser(fd, TAG, 7, "second 7");
	any = chooser(fd, NOT_TAG, 6, "third 7");
	EXPECT_EQ(stat_of(fd).receivers_waiting, 5);
	put_tag(fd, "6", 6);
	EXPECT_EQ(stat_of(fd).receivers_waiting, 5);
	put_tag(fd, "first 7", 7);
	EXPECT_CHILD_OK(a7);
	put_tag(fd, "second 7", 7);
	EXPECT_CHILD_OK(b7);
	put_tag(fd, "third 7", 7);
	EXPECT_CHILD_OK(any);
	put_tag(fd, "8", 8);
	EXPECT_CHILD_OK(other8);
	put_tag(fd, "5", 5);
	EXPECT_CHILD_OK(lowest);
	expect_next(fd, "6");
	settled(fd, 6, 6);
}

TEST(those_who_choose_and_those_who_do_not_keep_their_turn, "C18.9 C18.3")
{
	int fd = box_new();
	pid_t pid[5];

	pid[0] = chooser(fd, TAG, 7, "c");
	pid[1] = taker(fd, "a");
	pid[2] = chooser(fd, TAG, 8, "d");
	pid[3] = taker(fd, "b");
	pid[4] = chooser(fd, NOT_TAG, 7, "e");
	put_tag(fd, "a", 8);
	EXPECT_CHILD_OK(pid[1]);
	/* Its selection fits, and it is the one that waits longest. */
	put_tag(fd, "c", 7);
	EXPECT_CHILD_OK(pid[0]);
	/* It came after the one that takes what comes. */
	put_tag(fd, "d", 8);
	EXPECT_CHILD_OK(pid[2]);
	put_tag(fd, "b", 8);
	EXPECT_CHILD_OK(pid[3]);
	put_tag(fd, "e", 8);
	EXPECT_CHILD_OK(pid[4]);
	settled(fd, 5, 5);
}

TEST(stat_shows_those_who_choose_in_their_turn, "C33.6 C18.9")
{
	int fd = box_new(), i;
	struct mbox_waiter w[8];
	struct mbox_stat st = { .size = sizeof(st),
				.waiters = PTR(w),
				.nwaiters = 8 };
	pid_t pid[5];

	pid[0] = chooser(fd, TAG, 7, "x");
	pid[1] = taker(fd, "x");
	pid[2] = chooser(fd, TAG, 8, "x");
	pid[3] = chooser(fd, TAG, 9, "x");
	pid[4] = taker(fd, "x");
	ASSERT_OK(box_ioctl(fd, MBOX_IOC_STAT, &st));
	ASSERT_EQ(st.nwaiters, 5);
	for (i = 0; i < 5; i++) {
		EXPECT_EQ(w[i].pid, pid[i]);
		EXPECT_EQ(w[i].what, MBOX_WAIT_RECV);
		EXPECT_EQ(w[i].len, 63);
	}
	st.nwaiters = 3;
	ASSERT_OK(box_ioctl(fd, MBOX_IOC_STAT, &st));
	EXPECT_EQ(st.nwaiters, 3);
	put_tag(fd, "x", 7);
	put_tag(fd, "x", 10);
	put_tag(fd, "x", 8);
	put_tag(fd, "x", 9);
	put_tag(fd, "x", 10);
	for (i = 0; i < 5; i++)
		EXPECT_CHILD_OK(pid[i]);
}

static pid_t small_chooser(int fd, uint64_t tag, const char *text)
{
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_recv r = { 0 };
		char buf[4] = "";
		int ret = do_recv(fd, &r, buf, 3, .select = TAG,
				  .select_value = tag);

		EXPECT_EQ(ret < 0 ? errno : 0, text ? 0 : EMSGSIZE);
		EXPECT_EQ(r.msg_len, text ? 3 : 8);
		EXPECT_STR(buf, text ? text : "");
	}
	wait_until_blocked(pid);
	return pid;
}

TEST(one_that_chooses_and_lacks_room_is_told_and_the_next_is_tried,
     "C18.4 C18.9 RECV:EMSGSIZE")
{
	int fd = box_new();
	pid_t small7, small8, big7;

	small8 = small_chooser(fd, 8, "fit");
	small7 = small_chooser(fd, 7, NULL);
	big7 = chooser(fd, TAG, 7, "8 bytes!");
	put_tag(fd, "8 bytes!", 7);
	EXPECT_CHILD_OK(small7);
	EXPECT_CHILD_OK(big7);
	/* Who does not want it is not told how long it was. */
	wait_until_blocked(small8);
	put_tag(fd, "fit", 8);
	EXPECT_CHILD_OK(small8);
	settled(fd, 2, 2);
}

TEST(a_message_that_nobody_wants_wakes_nobody, "C18.2 C18.9")
{
	int fd = box_new(), i;
	long before[3];
	pid_t pid[3];

	for (i = 0; i < 3; i++)
		pid[i] = chooser(fd, TAG, (uint64_t)i, "mine");
	for (i = 0; i < 3; i++)
		before[i] = mbt_sleeps(pid[i]);
	put_tag(fd, "-", 9);
	put_tag(fd, "mine", 1);
	EXPECT_CHILD_OK(pid[1]);
	EXPECT_EQ(mbt_sleeps(pid[0]), before[0]);
	EXPECT_EQ(mbt_sleeps(pid[2]), before[2]);
	put_tag(fd, "mine", 0);
	put_tag(fd, "mine", 2);
	EXPECT_CHILD_OK(pid[0]);
	EXPECT_CHILD_OK(pid[2]);
	expect_next(fd, "-");
}

/* -- The end of waiting ----------------------------------------------------------- */

TEST(one_that_chooses_gives_up_and_leaves_the_line, "C16.4 C17.1 C17.4 C18.9")
{
	int fd = box_new(), i;
	pid_t pid[5];

	for (i = 0; i < 5; i++) {
		int err = i == 1 ? EINTR : i == 2 ? ETIMEDOUT : 0;

		pid[i] = start_chooser(fd, TAG, 7, i == 0 ? "a" : "b", err,
				       i == 2 ? 100 : 0);
		/* The deadline may have come already. */
		if (i == 2)
			EXPECT_CHILD_OK(pid[i]);
		else
			wait_until_blocked(pid[i]);
	}
	ASSERT_OK(kill(pid[1], SIGUSR1));
	EXPECT_CHILD_OK(pid[1]);
	ASSERT_OK(kill(pid[3], SIGKILL));
	EXPECT_CHILD_KILLED(pid[3], SIGKILL);
	EXPECT_EQ(stat_of(fd).receivers_waiting, 2);
	put_tag(fd, "a", 7);
	put_tag(fd, "b", 7);
	EXPECT_CHILD_OK(pid[0]);
	EXPECT_CHILD_OK(pid[4]);
	settled(fd, 2, 2);
}

TEST(a_restarted_receiver_chooses_as_before, "C17.2 C21.2")
{
	int fd = box_new();
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_recv r;
		char buf[8] = "";

		catch_signal(SIGUSR1, SA_RESTART);
		ASSERT_OK(do_recv(fd, &r, buf, 7, .select = TAG,
				  .select_value = 7));
		EXPECT_STR(buf, "7");
		EXPECT_EQ(signals_caught, 1);
	}
	wait_until_blocked(pid);
	ASSERT_OK(kill(pid, SIGUSR1));
	wait_until_blocked(pid);
	put_tag(fd, "8", 8);
	put_tag(fd, "7", 7);
	EXPECT_CHILD_OK(pid);
	expect_next(fd, "8");
}

TEST(destroy_wakes_those_who_choose, "C4.12 RECV:EIDRM")
{
	int fd = box_new();
	pid_t pid[3];

	put_tag(fd, "9", 9);
	pid[0] = start_chooser(fd, TAG, 7, "", EIDRM, 0);
	pid[1] = start_chooser(fd, LOWEST, 7, "", EIDRM, 0);
	pid[2] = start_chooser(fd, BY_PID, 1, "", EIDRM, 0);
	wait_until_blocked(pid[0]);
	wait_until_blocked(pid[1]);
	wait_until_blocked(pid[2]);
	ASSERT_OK(do_destroy(fd));
	EXPECT_CHILD_OK(pid[0]);
	EXPECT_CHILD_OK(pid[1]);
	EXPECT_CHILD_OK(pid[2]);
}

TEST(the_end_comes_to_those_who_choose_when_the_rest_is_gone,
     "C6.8 C6.9 RECV:EPIPE")
{
	int all = box_new(.flags = MBOX_OPEN_CREATE | MBOX_OPEN_HANGUP);
	int recv = ASSERT_OK(do_copy(all, R_RECV));
	pid_t pid[2], i;

	put_tag(all, "9", 9);
	for (i = 0; i < 2; i++) {
		CHILD(pid[i])
		{
			struct mbox_recv r;
			char c;

			close(all);
			EXPECT_ERRNO(do_recv(recv, &r, &c, 1, .select = TAG,
					     .select_value = 7 + i),
				     EPIPE);
		}
		wait_until_blocked(pid[i]);
	}
	close(all);
	/* What is left may be what somebody else waits for. */
	wait_until_blocked(pid[0]);
	wait_until_blocked(pid[1]);
	expect_next(recv, "9");
	EXPECT_CHILD_OK(pid[0]);
	EXPECT_CHILD_OK(pid[1]);
}

/* -- Senders ------------------------------------------------------------------------ */

TEST(a_rendezvous_without_waiting_needs_one_who_wants_the_message,
     "C15.2 C15.4 C18.9 SEND:EAGAIN")
{
	int fd = box_new(.capacity = MBOX_CAPACITY_ZERO);
	pid_t pid;

	pid = chooser(fd, TAG, 7, "7");
	expect_refused(fd, do_send(fd, "8", 1, .tag = 8, .flags = MBOX_NOWAIT),
		       EAGAIN);
	/* Who chooses takes not just any message. */
	EXPECT_EQ(ready(fd, POLLOUT), 0);
	put_tag(fd, "7", 7);
	EXPECT_CHILD_OK(pid);
	settled(fd, 1, 1);
}

TEST(a_rendezvous_meets_the_sender_that_is_chosen, "C15.1 C15.3 C21.2")
{
	int fd = box_new(.capacity = MBOX_CAPACITY_ZERO), i;
	pid_t sends[3], pid;

	for (i = 0; i < 3; i++) {
		CHILD(sends[i])
		ASSERT_OK(do_send(fd, "x", 1, .tag = (uint64_t)i));
		wait_until_blocked(sends[i]);
	}
	expect_none(fd, TAG, 3);
	expect_chosen(fd, TAG, 1, "x");
	EXPECT_CHILD_OK(sends[1]);
	expect_chosen(fd, NOT_TAG, 0, "x");
	EXPECT_CHILD_OK(sends[2]);
	/* One that waits is met by the sender that comes. */
	pid = chooser(fd, TAG, 5, "5");
	CHILD(sends[1])
	ASSERT_OK(do_send(fd, "5", 1, .tag = 5));
	EXPECT_CHILD_OK(sends[1]);
	EXPECT_CHILD_OK(pid);
	expect_chosen(fd, LOWEST, 9, "x");
	EXPECT_CHILD_OK(sends[0]);
	settled(fd, 4, 4);
}

TEST(a_receipt_is_for_who_chose_the_message, "C19.1 C19.6 C21.2")
{
	int fd = box_new();
	pid_t sync[2], pid;
	int i;

	for (i = 0; i < 2; i++) {
		CHILD(sync[i])
		ASSERT_OK(do_send(fd, "x", 1, .tag = (uint64_t)i,
				  .flags = MBOX_SYNC));
		wait_until_blocked(sync[i]);
	}
	expect_chosen(fd, TAG, 1, "x");
	EXPECT_CHILD_OK(sync[1]);
	wait_until_blocked(sync[0]);
	pid = chooser(fd, TAG, 7, "7");
	expect_refused(fd,
		       do_send(fd, "8", 1, .tag = 8,
			       .flags = MBOX_SYNC | MBOX_NOWAIT),
		       EAGAIN);
	ASSERT_OK(do_send(fd, "7", 1, .tag = 7,
			  .flags = MBOX_SYNC | MBOX_NOWAIT));
	EXPECT_CHILD_OK(pid);
	expect_next(fd, "x");
	EXPECT_CHILD_OK(sync[0]);
}

TEST(what_freed_room_lets_in_goes_to_who_waits_for_it, "C18.5 C18.9")
{
	int fd = box_new(.max_messages = 2), i;
	pid_t sends[4], pid;

	put_tag(fd, "a", 0);
	put_tag(fd, "b", 0);
	for (i = 0; i < 4; i++) {
		CHILD(sends[i])
		ASSERT_OK(do_send(fd, "x", 1, .tag = (uint64_t)i + 5));
		wait_until_blocked(sends[i]);
	}
	pid = chooser(fd, TAG, 6, "x");
	/* Tag 5 has the room; then there is none for 6. */
	expect_next(fd, "a");
	EXPECT_CHILD_OK(sends[0]);
	wait_until_blocked(pid);
	/* 6 goes to who waits, 7 has the room that is left. */
	expect_next(fd, "b");
	EXPECT_CHILD_OK(sends[1]);
	EXPECT_CHILD_OK(pid);
	EXPECT_CHILD_OK(sends[2]);
	wait_until_blocked(sends[3]);
	expect_chosen(fd, TAG, 7, "x");
	EXPECT_CHILD_OK(sends[3]);
	expect_chosen(fd, TAG, 8, "x");
	expect_next(fd, "x");
	settled(fd, 6, 6);
}

TEST(a_policy_drops_nothing_for_a_message_that_somebody_waits_for,
     "C13.2 C13.3 C18.9")
{
	static const __u32 policies[] = { MBOX_POLICY_DROP_NEWEST,
					  MBOX_POLICY_DROP_OLDEST };
	size_t i;

	for (i = 0; i < 2; i++) {
		int fd = box_new(.max_messages = 2, .policy = policies[i]);
		pid_t pid;

		put_tag(fd, "a", 1);
		put_tag(fd, "b", 1);
		pid = chooser(fd, TAG, 7, "7");
		put_tag(fd, "7", 7);
		EXPECT_CHILD_OK(pid);
		EXPECT_EQ(stat_of(fd).dropped, 0);
		/* One that nobody waits for is dropped, or another for it. */
		pid = chooser(fd, TAG, 7, "7");
		put_tag(fd, "8", 8);
		EXPECT_EQ(stat_of(fd).dropped, 1);
		wait_until_blocked(pid);
		put_tag(fd, "7", 7);
		EXPECT_CHILD_OK(pid);
		expect_next(fd, i ? "b" : "a");
		expect_next(fd, i ? "8" : "b");
		settled(fd, 5, 4);
		close(fd);
	}
}

/* -- Races, forced ------------------------------------------------------------------- */

TEST(a_message_that_comes_before_a_chooser_sleeps_is_not_lost, "C18.1 C18.9")
{
	int fd = box_new();
	pid_t pid;

	need_delays();
	mbt_delay_arm("before-sleep");
	pid = start_chooser(fd, TAG, 7, "7", 0, 0);
	mbt_delay_wait("before-sleep");
	put_tag(fd, "8", 8);
	put_tag(fd, "7", 7);
	mbt_delay_release("before-sleep");
	EXPECT_CHILD_OK(pid);
	expect_next(fd, "8");
	settled(fd, 2, 2);
}

TEST(a_message_for_a_chooser_that_has_given_up_is_its_own, "C18.1 C18.9")
{
	int fd = box_new();
	pid_t pid, next;

	need_delays();
	mbt_delay_arm("after-sleep");
	pid = start_chooser(fd, TAG, 7, "a", 0, 30);
	mbt_delay_wait("after-sleep");
	next = chooser(fd, TAG, 7, "b");
	put_tag(fd, "a", 7);
	mbt_delay_release("after-sleep");
	EXPECT_CHILD_OK(pid);
	put_tag(fd, "b", 7);
	EXPECT_CHILD_OK(next);
	settled(fd, 2, 2);
}

TEST(a_message_that_comes_back_goes_to_the_chooser_that_waits_for_it,
     "C11.5 C18.9")
{
	int fd = box_new(), all = ASSERT_OK(do_copy(fd, R_RECV));
	pid_t pid, eight, seven;

	need_delays();
	put_tag(fd, "7", 7);
	mbt_delay_arm("while-copying");
	CHILD(pid)
	{
		struct mbox_recv r;

		EXPECT_ERRNO(do_recv(all, &r, nowhere(), 64), EFAULT);
	}
	mbt_delay_wait("while-copying");
	eight = chooser(fd, TAG, 8, "8");
	seven = chooser(fd, TAG, 7, "7");
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(pid);
	EXPECT_CHILD_OK(seven);
	put_tag(fd, "8", 8);
	EXPECT_CHILD_OK(eight);
	settled(fd, 2, 2);
}

TEST(a_chosen_message_that_is_withdrawn_while_it_is_copied_is_followed_by_another,
     "C19.2 C21.2")
{
	int fd = box_new();
	pid_t sync, pid;

	need_delays();
	CHILD(sync)
	{
		catch_signal(SIGUSR1, 0);
		EXPECT_ERRNO(do_send(fd, "old", 3, .tag = 7,
				     .flags = MBOX_SYNC),
			     EINTR);
	}
	wait_until_blocked(sync);
	mbt_delay_arm("while-copying");
	pid = start_chooser(fd, TAG, 7, "new", 0, 0);
	mbt_delay_wait("while-copying");
	ASSERT_OK(kill(sync, SIGUSR1));
	EXPECT_CHILD_OK(sync);
	put_tag(fd, "8", 8);
	put_tag(fd, "new", 7);
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(pid);
	expect_next(fd, "8");
	settled(fd, 2, 2);
}
