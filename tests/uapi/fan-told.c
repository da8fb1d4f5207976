// SPDX-License-Identifier: GPL-2.0-only
/*
 * fan-told.c: broadcast mailboxes beside calls, descriptors, signals, owners and
 * times.
 *
 * Owns: what C25 says of CALL and descriptors, and what C29 and C33 mean for a subscription;
 * part of the program uapi-fan.  Takes no locks; run by the guest runner.
 */
#include "call.h"
#include "fan.h"
#include "told.h"

#include <fcntl.h>

#define SIG SIGRTMIN

TEST(there_are_no_calls, "C25.7 C19.11 CALL:EOPNOTSUPP")
{
	int fan = fan_new(BLOCK), sub = subscribe();
	struct mbox_call c;
	char buf[8];

	EXPECT_ERRNO(do_call(fan, &c, "a", buf, sizeof(buf)), EOPNOTSUPP);
	EXPECT_EQ(c.taken, 0);
	expect_empty(sub);
	EXPECT_EQ(stat_of(fan).sent, 0);
}

TEST(there_is_nothing_to_answer, "C25.7 REPLY:ESTALE")
{
	int fan = fan_new(), sub = subscribe();
	struct mbox_recv r;
	char buf[8];

	put(fan, "a");
	ASSERT_OK(do_recv(sub, &r, buf, sizeof(buf)));
	EXPECT_EQ(r.token, 0);
	EXPECT_ERRNO(do_reply(sub, 1, "b"), ESTALE);
}

TEST(there_are_no_descriptors, "C25.8 C30.1 SEND:EOPNOTSUPP")
{
	int fan = fan_new(), sub = subscribe(), fds[2] = { fan, -1 };
	struct mbox_recv r;
	char buf[8];

	expect_refused(fan, do_send(fan, "a", 1, .fds = PTR(fds), .nfds = 1),
		       EOPNOTSUPP);
	/* That comes before what is to be passed is looked at. */
	expect_refused(fan,
		       do_send(fan, "a", 1, .fds = PTR(nowhere()), .nfds = 2),
		       EOPNOTSUPP);
	expect_empty(sub);
	/* Room for some is no error, and nothing comes into it. */
	put(fan, "a");
	ASSERT_OK(
		do_recv(sub, &r, buf, sizeof(buf), .fds = PTR(fds), .nfds = 2));
	EXPECT_EQ(r.msg_fds, 0);
	EXPECT_EQ(fds[1], -1);
}

TEST(no_broadcast_mailbox_is_made_for_descriptors, "C25.8 ANY:EINVAL")
{
	int box = box_new();

	expect_refused(box,
		       box_open(.flags = MBOX_OPEN_CREATE, .rights = R_ALL,
				.attrs = MBOX_ATTR_BROADCAST | MBOX_ATTR_FDS),
		       EINVAL);
}

static void notify_is_for_a_subscription(unsigned int policy)
{
	int fan = fan_new(.policy = policy), sub = subscribe();
	int slow = subscribe();

	hold_signal(SIG);
	put(fan, "a");
	expect_next(sub, "a");
	ASSERT_OK(do_notify(sub, SIG, 7));
	/* That another has something waiting is nothing to this one. */
	put(fan, "b");
	expect_signal(SIG, NULL);
	ASSERT_OK(do_notify(sub, SIG, 7));
	put(fan, "c");
	expect_no_signal(SIG);
	expect_next(sub, "b");
	expect_next(sub, "c");
	put(fan, "d");
	expect_signal(SIG, NULL);
	expect_next(slow, "a");
}

TEST(notify_is_told_of_the_first_message_of_a_subscription, "C29.5 C25.1")
{
	notify_is_for_a_subscription(MBOX_POLICY_DROP_OLDEST);
}

TEST(notify_is_told_of_the_first_message_in_its_slots, "C29.5 C25.1")
{
	notify_is_for_a_subscription(MBOX_POLICY_DROP_NEWEST);
}

TEST(notify_does_not_ask_what_is_dropped_for_others, "C29.5 C25.3")
{
	int fan = fan_new(.max_messages = 1), sub = subscribe();
	int slow = subscribe();

	hold_signal(SIG);
	put(fan, "a");
	expect_next(sub, "a");
	ASSERT_OK(do_notify(sub, SIG, 7));
	put(fan, "b");
	expect_signal(SIG, NULL);
	expect_drops(slow, "b", 1);
}

TEST(notify_comes_for_a_sender_that_waited, "C29.5 C25.4")
{
	int fan = fan_new(BLOCK, .max_messages = 1), sub = subscribe();
	int slow = subscribe();
	pid_t pid;

	hold_signal(SIG);
	put(fan, "a");
	expect_next(sub, "a");
	ASSERT_OK(do_notify(sub, SIG, 7));
	CHILD(pid)
	ASSERT_OK(do_send(fan, "b", 1));
	wait_until_blocked(pid);
	expect_no_signal(SIG);
	expect_next(slow, "a");
	EXPECT_CHILD_OK(pid);
	await_signal(SIG, NULL);
}

TEST(who_waits_on_the_subscription_gets_it_and_no_signal_comes, "C29.5 C25.1")
{
	int fan = fan_new(), sub = subscribe();
	pid_t pid;

	hold_signal(SIG);
	ASSERT_OK(do_notify(sub, SIG, 7));
	pid = start_receiver(sub, "a", 0, 0);
	wait_until_blocked(pid);
	put(fan, "a");
	EXPECT_CHILD_OK(pid);
	expect_no_signal(SIG);
	put(fan, "b");
	expect_signal(SIG, NULL);
}

TEST(who_waits_without_room_leaves_it_to_who_registered, "C29.5 C25.1")
{
	int fan = fan_new(), sub = subscribe();
	struct mbox_recv r;
	pid_t pid;
	char c;

	hold_signal(SIG);
	ASSERT_OK(do_notify(sub, SIG, 7));
	CHILD(pid)
	EXPECT_ERRNO(do_recv(sub, &r, &c, 1), EMSGSIZE);
	wait_until_blocked(pid);
	put(fan, "large");
	EXPECT_CHILD_OK(pid);
	await_signal(SIG, NULL);
	expect_next(sub, "large");
}

TEST(sigio_comes_to_every_subscription, "C29.1 C25.1")
{
	int fan = fan_new(), sub[2], i;

	hold_signal(SIG);
	for (i = 0; i < 2; i++) {
		sub[i] = subscribe();
		ASSERT_OK(fcntl(sub[i], F_SETOWN, getpid()));
		ASSERT_OK(fcntl(sub[i], F_SETSIG, SIG));
		ASSERT_OK(fcntl(sub[i], F_SETFL, O_RDWR | O_ASYNC));
	}
	put(fan, "a");
	expect_signal(SIG, NULL);
	expect_signal(SIG, NULL);
	expect_no_signal(SIG);
}

TEST(a_message_has_lain_until_all_have_had_it, "C33.8 C25.1")
{
	int fan = fan_new(.attrs = MBOX_ATTR_BROADCAST | MBOX_ATTR_TIMES);
	int sub[2], i, k;

	for (i = 0; i < 2; i++)
		sub[i] = subscribe();
	put(fan, "a");
	for (i = 0; i < 2; i++) {
		struct mbox_stat st;
		unsigned long long n = 0;

		expect_next(sub[i], "a");
		st = stat_of(fan);
		for (k = 0; k < MBOX_TIMES_BUCKETS; k++)
			n += st.times[k];
		EXPECT_EQ(n, i);
		EXPECT_EQ(st.received, i);
	}
}

TEST(with_its_owner_it_ends_for_all, "C4.2 C25.1 RECV:EIDRM")
{
	struct mbox_recv r;
	int sub, ready[2];
	pid_t pid;
	char c;

	ASSERT_OK(pipe(ready));
	CHILD(pid)
	{
		fan_new(.lifetime = MBOX_LIFETIME_OWNER);
		ASSERT_EQ(write(ready[1], "x", 1), 1);
		pause();
	}
	ASSERT_EQ(read(ready[0], &c, 1), 1);
	sub = subscribe();
	EXPECT_ERRNO(do_recv(sub, &r, &c, 1, .flags = MBOX_NOWAIT), EAGAIN);
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_ERRNO(do_recv(sub, &r, &c, 1), EIDRM);
}
