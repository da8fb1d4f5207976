// SPDX-License-Identifier: GPL-2.0-only
/*
 * fan-races.c: races in a broadcast mailbox, forced at the delay points.
 *
 * Owns: that a message is received once by each subscription, or not at all;
 * part of the program uapi-fan.  Takes no locks; run by the guest runner with
 * the test build of the module.
 */
#include "fan.h"

#include <poll.h>
#include <sys/wait.h>

/* A child that receives text, and stops while it copies it. */
static pid_t stopped_while_copying(int sub, const char *text)
{
	pid_t pid;

	mbt_delay_arm("while-copying");
	pid = start_receiver(sub, text, 0, 0);
	mbt_delay_wait("while-copying");
	return pid;
}

TEST(what_is_dropped_while_it_is_copied_has_been_received, "C25.3 C11.3")
{
	int fan = fan_new(.max_messages = 2), sub = subscribe();
	pid_t pid;

	need_delays();
	put(fan, "1");
	pid = stopped_while_copying(sub, "1");
	put(fan, "2");
	put(fan, "3");
	put(fan, "4");
	put(fan, "5");
	EXPECT_EQ(stat_of(fan).dropped, 3);
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(pid);
	/* It has not missed 1, but 2 and 3. */
	expect_drops(sub, "4", 2);
	expect_drops(sub, "5", 2);
	expect_empty(sub);
	balanced(fan);
}

TEST(two_of_one_subscription_never_have_the_same_message, "C25.1 C11.1")
{
	int fan = fan_new(), sub = subscribe(), other = subscribe();
	pid_t pid;

	need_delays();
	put(fan, "1");
	put(fan, "2");
	put(fan, "3");
	/* It copies 1, but another one has that first. */
	pid = stopped_while_copying(sub, "2");
	expect_next(sub, "1");
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(pid);
	expect_next(sub, "3");
	expect_empty(sub);
	expect_next(other, "1");
	balanced(fan);
}

TEST(who_finds_its_message_gone_waits_for_the_next, "C25.1 C18.1")
{
	int fan = fan_new(), sub = subscribe();
	pid_t pid;

	need_delays();
	put(fan, "1");
	pid = stopped_while_copying(sub, "2");
	expect_next(sub, "1");
	mbt_delay_release("while-copying");
	wait_until_blocked(pid);
	put(fan, "2");
	EXPECT_CHILD_OK(pid);
}

TEST(without_waiting_a_message_that_went_is_EAGAIN, "RECV:EAGAIN C25.1")
{
	int fan = fan_new(), sub = subscribe();
	pid_t pid;

	need_delays();
	put(fan, "1");
	mbt_delay_arm("while-copying");
	CHILD(pid)
	expect_empty(sub);
	mbt_delay_wait("while-copying");
	expect_next(sub, "1");
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(pid);
}

/* A count that was taken too early is not told. */
TEST(what_is_told_as_missed_was_not_received_meanwhile, "C25.3 C13.5 C11.10")
{
	int fan = fan_new(.max_messages = 1), sub = subscribe();
	pid_t first, second;

	need_delays();
	put(fan, "1");
	first = stopped_while_copying(sub, "never seen");
	put(fan, "2");
	put(fan, "3");
	mbt_delay_arm("while-copying");
	CHILD(second)
	expect_drops(sub, "3", 1);
	WAIT_FOR(mbt_delay_stopped("while-copying") == 2);
	/* It would have missed 1 and 2, but the first has 1 after all. */
	ASSERT_OK(kill(first, SIGKILL));
	EXPECT_CHILD_KILLED(first, SIGKILL);
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(second);
	EXPECT_EQ(stat_of(sub).missed, 1);
}

TEST(a_subscription_closes_while_others_copy, "C25.1 C14.13")
{
	struct mbox_info before = info_of();
	int fan = fan_new(), sub = subscribe(), slow = subscribe();
	pid_t pid;

	need_delays();
	put(fan, "1");
	put(fan, "2");
	expect_next(slow, "1");
	pid = stopped_while_copying(sub, "1");
	close(slow);
	EXPECT_EQ(stat_of(fan).messages, 2);
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(stat_of(fan).messages, 1);
	expect_next(sub, "2");
	EXPECT_EQ(info_of().used_messages, before.used_messages);
}

TEST(a_flush_takes_what_another_copies, "C22.5 C25.1")
{
	struct mbox_flush f = { .size = sizeof(f) };
	int fan = fan_new(), sub = subscribe();
	pid_t pid;

	need_delays();
	put(fan, "1");
	put(fan, "2");
	pid = stopped_while_copying(sub, "3");
	ASSERT_OK(box_ioctl(sub, MBOX_IOC_FLUSH, &f));
	EXPECT_EQ(f.messages, 2);
	EXPECT_EQ(stat_of(fan).messages, 0);
	mbt_delay_release("while-copying");
	wait_until_blocked(pid);
	put(fan, "3");
	EXPECT_CHILD_OK(pid);
	balanced(fan);
}

TEST(destroyed_while_copying_nothing_was_received, "RECV:EIDRM C14.13")
{
	struct mbox_info before = info_of();
	int fan = fan_new(), sub = subscribe();
	pid_t pid;

	need_delays();
	put(fan, "1");
	mbt_delay_arm("while-copying");
	pid = start_receiver(sub, "", EIDRM, 0);
	mbt_delay_wait("while-copying");
	ASSERT_OK(do_destroy(fan));
	EXPECT_EQ(info_of().used_messages, before.used_messages + 1);
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(info_of().used_messages, before.used_messages);
}

TEST(killed_while_copying_has_received, "C11.8 C25.1")
{
	int fan = fan_new(), sub = subscribe(), other = subscribe();
	pid_t pid;

	need_delays();
	put(fan, "1");
	put(fan, "2");
	pid = stopped_while_copying(sub, "never seen");
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_CHILD_KILLED(pid, SIGKILL);
	mbt_delay_release("while-copying");
	expect_next(sub, "2");
	expect_next(other, "1");
}

TEST(killed_before_it_looked_has_not, "C11.8 C18.1")
{
	int fan = fan_new(), sub = subscribe();
	pid_t killed, next, sender;

	need_delays();
	killed = start_receiver(sub, "never seen", 0, 0);
	wait_until_blocked(killed);
	next = start_receiver(sub, "1", 0, 0);
	wait_until_blocked(next);
	/* It is told, but not woken; then the kill wakes it. */
	mbt_delay_arm("before-wake");
	sender = start_sender(fan, "1", 0, 0, 0);
	mbt_delay_wait("before-wake");
	ASSERT_OK(kill(killed, SIGKILL));
	EXPECT_CHILD_KILLED(killed, SIGKILL);
	EXPECT_CHILD_OK(next);
	mbt_delay_release("before-wake");
	EXPECT_CHILD_OK(sender);
	EXPECT_EQ(stat_of(fan).received, 1);
}

/* Told of a message that another one had before it woke, it keeps its turn. */
TEST(who_was_woken_in_vain_keeps_its_turn, "C18.3 C18.1")
{
	int fan = fan_new(), sub = subscribe();
	pid_t first, second, sender;

	need_delays();
	first = start_receiver(sub, "2", 0, 0);
	wait_until_blocked(first);
	second = start_receiver(sub, "3", 0, 0);
	wait_until_blocked(second);
	mbt_delay_arm("before-wake");
	sender = start_sender(fan, "1", 0, 0, 0);
	mbt_delay_wait("before-wake");
	expect_next(sub, "1");
	mbt_delay_release("before-wake");
	EXPECT_CHILD_OK(sender);
	WAIT_FOR(stat_of(fan).receivers_waiting == 2);
	wait_until_blocked(first);
	put(fan, "2");
	EXPECT_CHILD_OK(first);
	put(fan, "3");
	EXPECT_CHILD_OK(second);
}

TEST(a_message_at_the_deadline_is_received, "C18.1")
{
	int fan = fan_new(), sub = subscribe();
	pid_t pid;

	need_delays();
	mbt_delay_arm("after-sleep");
	pid = start_receiver(sub, "1", 0, 50);
	mbt_delay_wait("after-sleep");
	put(fan, "1");
	mbt_delay_release("after-sleep");
	EXPECT_CHILD_OK(pid);
}

TEST(a_message_before_the_sleep_is_not_slept_over, "C18.1")
{
	int fan = fan_new(), sub = subscribe();
	pid_t pid;

	need_delays();
	mbt_delay_arm("before-sleep");
	pid = start_receiver(sub, "1", 0, 0);
	mbt_delay_wait("before-sleep");
	put(fan, "1");
	mbt_delay_release("before-sleep");
	EXPECT_CHILD_OK(pid);
}

/* One that is stopped with its message does not keep the next from waking. */
TEST(one_that_is_slow_to_copy_holds_nobody_up, "C18.1")
{
	int fan = fan_new(), sub = subscribe();
	pid_t slow, next;

	need_delays();
	mbt_delay_arm("while-copying");
	slow = start_receiver(sub, "2", 0, 0);
	wait_until_blocked(slow);
	next = start_receiver(sub, "1", 0, 0);
	wait_until_blocked(next);
	put(fan, "1");
	mbt_delay_wait("while-copying");
	/* A message for each of the two: the second has the first of them. */
	put(fan, "2");
	EXPECT_CHILD_OK(next);
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(slow);
}

TEST(the_last_subscription_goes_before_the_message_comes, "SEND:EPIPE C7.1")
{
	int all = box_new(.attrs = MBOX_ATTR_BROADCAST);
	int fan = ASSERT_OK(do_copy(all, R_SEND));
	pid_t pid;

	need_delays();
	mbt_delay_arm("before-lock-send");
	CHILD(pid)
	{
		close(all);
		EXPECT_ERRNO(do_send(fan, "x", 1), EPIPE);
	}
	mbt_delay_wait("before-lock-send");
	close(all);
	mbt_delay_release("before-lock-send");
	EXPECT_CHILD_OK(pid);
}
